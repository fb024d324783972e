"""Stored blocks are written when they are whole, in one order."""

import hashlib

import numpy as np
import pytest
from colearn.engine.raster.geo.blocks import BlockPlan
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.output.geotiff import RasterWriter
from colearn.engine.raster.output.incomplete_blocks import IncompleteBlocks
from osgeo import gdal

GRID = Grid("EPSG:32633", (400_000.0, 10.0, 0.0, 5_800_000.0, 0.0, -10.0), 600, 1100)


def test_a_block_is_incomplete_until_its_last_pixel() -> None:
    counted = IncompleteBlocks((100, 130), 64)
    assert counted.add(Window(0, 0, 64, 64))
    assert not counted.add(Window(0, 64, 64, 32))
    assert counted.add(Window(0, 96, 64, 32))
    assert counted.add(Window(64, 128, 36, 2))
    assert not counted.add(Window(0, 128, 63, 2))
    assert counted.add(Window(63, 128, 1, 2))


@pytest.mark.parametrize(
    "plan",
    [
        BlockPlan(GRID.window(), (256, 256), 512, 256),  # in swaths
        BlockPlan(GRID.window(), (64, 256), 512, 256),  # flat blocks that come together
        BlockPlan(GRID.window(), (512, 512), 1536, 512),
    ],
    ids=["swaths", "flat", "large"],
)
def test_the_file_does_not_depend_on_gdals_cache(plan, tmp_path) -> None:
    """A cache that holds two stored blocks of both bands, and one that holds all."""
    values = np.random.default_rng(0).random((2, 600, 1100), dtype=np.float32)
    before = gdal.GetCacheMax()
    digests = set()
    try:
        for cache_bytes in (2 * 2**20, 64 * 2**20):
            gdal.SetCacheMax(cache_bytes)
            path = tmp_path / f"{cache_bytes}.tif"
            writer = RasterWriter.create(path, GRID, bands=2, dtype="float32", nodata=-9999)
            for block in plan:
                writer.write(block, values[(slice(None), *block.slices())])
            writer.close()
            digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    finally:
        gdal.SetCacheMax(before)
    assert len(digests) == 1
