"""Blocks as they are stored: none twice, full ones alone."""

import hashlib

import pytest
from colearn.engine.contract.job.sources import Extent
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.raster.geo.grid import Grid
from colearn.engine.raster.output.geotiff import RasterWriter
from osgeo import gdal

from journeys import predict_job, read, run_predict
from world import NORTH, PIXEL_M, WEST


@pytest.fixture
def little_cache(monkeypatch):
    """Too little for a row of the map's blocks: those that are not full are stored as they are."""
    before = gdal.GetCacheMax()
    monkeypatch.setenv("GDAL_CACHEMAX", "1")  # or the engine would choose
    gdal.SetCacheMax(1 << 20)
    yield
    gdal.SetCacheMax(before)


@pytest.mark.parametrize(
    ("corner", "block_px", "once"), [((0, 0), 256, True), ((37, 5), 256, True), ((0, 0), 250, False)]
)
def test_no_block_is_stored_twice_wherever_the_extent_begins(
    large, small_model, tmp_path, little_cache, corner, block_px, once
) -> None:
    """What is stored twice leaves a hole of its size in the file."""
    row, col = corner
    bounds = (WEST + col * PIXEL_M, NORTH - 530 * PIXEL_M, WEST + 700 * PIXEL_M, NORTH - row * PIXEL_M)
    extent = Extent(*bounds, "EPSG:32633")
    wishes = {"extent": extent, "output_confidence": str(tmp_path / "c.tif"), "block_px": block_px}
    run_predict(predict_job(small_model, large, tmp_path / "m.tif", **wishes))
    values = read(tmp_path / "c.tif")
    grid = Grid("EPSG:32633", (bounds[0], PIXEL_M, 0, bounds[3], 0, -PIXEL_M), 530 - row, 700 - col)
    origin = (("COLEARN_MODEL", ModelFile.open(str(small_model)).manifest.identity), ("COLEARN_SENSOR", "camera"))
    metadata = (("CONFIDENCE", "maximum"), *origin)
    names = {"descriptions": ("probability of the class given",), "metadata": metadata}
    writer = RasterWriter.create(tmp_path / "once.tif", grid, bands=1, dtype="float32", nodata=-9999, **names)
    gdal.SetCacheMax(1 << 28)
    writer.write(grid.window(), values)
    writer.close()
    sizes = [(tmp_path / name).stat().st_size for name in ("c.tif", "once.tif")]
    assert (sizes[0] == sizes[1]) == once


def test_flat_blocks_of_strips_wait_in_the_cache_until_a_stored_block_is_full(
    large, small_model, tmp_path, monkeypatch
) -> None:
    """Else the file is twice as large and another one every time: the rasters here are 2.5 MB a row of blocks."""
    before = gdal.GetCacheMax()
    monkeypatch.setattr("colearn.engine.raster.scenes.read_plan.MOST_KEPT_BYTES", 1)
    monkeypatch.setattr("colearn.engine.raster.scenes.read_plan._SPARE_BYTES", 1 << 20)
    found = []
    try:
        for name in ("as planned", "all of it"):
            folder = tmp_path / name
            run_predict(
                predict_job(small_model, large, folder / "m.tif", output_probabilities=str(folder / "p.tif"), threads=2)
            )
            found.append([hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in ("m.tif", "p.tif")])
            monkeypatch.setenv("GDAL_CACHEMAX", "256")
            gdal.SetCacheMax(1 << 28)
    finally:
        gdal.SetCacheMax(before)
    assert found[0] == found[1]
