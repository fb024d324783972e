"""How a scene is read: blocks, swaths and the cache."""

from dataclasses import replace

import pytest
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.raster.files.dataset import RasterBand, RasterFile
from colearn.engine.raster.geo.blocks import BlockPlan
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.scenes.read_plan import (
    LEAST_ROWS,
    MOST_BLOCK_BYTES,
    MOST_KEPT_BYTES,
    MOST_WAITING_BYTES,
    plan_reading,
)
from colearn.engine.raster.scenes.scene import Plane, Scene


def scene(side: int, bands: int, block_shape: tuple[int, int], dtype: str = "uint16") -> Scene:
    grid = Grid("EPSG:32633", (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), side, side)
    numbers = range(1, bands + 1)
    file = RasterFile(
        RasterSource("nowhere.tif"),
        grid,
        tuple(RasterBand(number, "", dtype, None, False) for number in numbers),
        None,
        block_shape,
    )
    return Scene("scene", grid, (file,), tuple(Plane(0, number) for number in numbers))


def test_a_small_raster_is_read_row_by_row_in_square_blocks():
    plan = plan_reading(scene(1000, 4, (256, 256)), Window(0, 0, 1000, 1000), 256, 7)
    assert plan.blocks == BlockPlan(Window(0, 0, 1000, 1000), (256, 256), 1024, 256)
    assert plan.cache_bytes < 2 * 64 * 2**20


def test_a_wide_one_is_read_in_swaths_whose_source_blocks_fit_into_the_cache():
    window = Window(0, 0, 200_000, 200_000)
    plan = plan_reading(scene(200_000, 10, (512, 512)), window, 256, 15)
    assert plan.blocks.shape == (256, 256)
    assert 256 <= plan.blocks.swath_cols < 200_000
    assert plan.cache_bytes <= MOST_KEPT_BYTES + 64 * 2**20


def test_strips_are_not_read_in_swaths_but_in_flatter_blocks():
    """A swath would decode every strip again; so would a cache that is a row too small, for every block."""
    window = Window(0, 0, 200_000, 200_000)
    plan = plan_reading(scene(200_000, 10, (1, 200_000)), window, 256, 15)
    rows, cols = plan.blocks.shape
    assert cols == 256
    assert LEAST_ROWS <= rows < 256
    assert plan.blocks.swath_cols >= 200_000
    assert plan.cache_bytes >= (rows + 30) * 200_000 * 10 * 2


@pytest.mark.parametrize(
    ("block_shape", "block_px", "waiting_px"),
    [
        ((256, 256), 256, 0),  # every stored block of the map is whole when it is written
        ((1, 30_000), 256, 256 * 30_208),
        ((256, 256), 128, 256 * 30_208),
        ((256, 256), 100, 512 * 30_208),
        ((256, 256), 512, 0),
    ],
)
def test_the_cache_has_room_for_what_of_the_map_is_incomplete(block_shape, block_px, waiting_px):
    wide = scene(30_000, 4 if block_shape[0] == 1 else 1, block_shape)
    window = Window(0, 0, 30_000, 30_000)
    plans = [plan_reading(wide, window, block_px, 7, map_pixel_bytes) for map_pixel_bytes in (0, 5, 500)]
    assert plans[0].blocks == plans[1].blocks
    sizes = [plan.cache_bytes - plans[0].cache_bytes for plan in plans]
    assert sizes == [0, 5 * waiting_px, MOST_WAITING_BYTES if waiting_px else 0]


@pytest.mark.parametrize("planes", [12 * 12, 100 * 10, 400 * 13])
def test_blocks_of_long_series_are_flatter(planes):
    plan = plan_reading(scene(1000, planes, (256, 256)), Window(0, 0, 1000, 1000), 256, 0)
    rows, cols = plan.blocks.shape
    assert rows * cols * planes * 4 <= MOST_BLOCK_BYTES
    assert plan.blocks.cell_rows == 256
    assert rows == 256 or 2 * rows * cols * planes * 4 > MOST_BLOCK_BYTES


def test_the_cache_holds_what_the_next_row_of_blocks_needs_again(monkeypatch):
    """Every source block is decoded once, though blocks have halos and cut the source's blocks."""
    window = Window(100, 100, 2000, 2000)
    plan = plan_reading(scene(4000, 3, (300, 300)), window, 256, 15)
    wanted = [
        {
            (row, col)
            for row in range((b.row - 15) // 300, (b.row_stop + 14) // 300 + 1)
            for col in range((b.col - 15) // 300, (b.col_stop + 14) // 300 + 1)
        }
        for b in plan.blocks
    ]
    most = plan.cache_bytes // (300 * 300 * 2 * 3)
    held: list = []  # the longest unused first, as GDAL's cache
    decoded = []
    for blocks in wanted:
        for block in sorted(blocks):
            if block in held:
                held.remove(block)
            else:
                decoded.append(block)
            held.append(block)
            del held[: max(0, len(held) - most)]
    assert len(decoded) == len(set(decoded))


def test_the_cache_size_of_the_environment_takes_precedence(monkeypatch):
    from colearn.engine.raster.gdal_calls import gdal

    before = gdal.GetCacheMax()
    plan = replace(plan_reading(scene(100, 1, (64, 64)), Window(0, 0, 100, 100), 64, 0), cache_bytes=77 * 2**20)
    monkeypatch.setenv("GDAL_CACHEMAX", "128")
    plan.size_cache()
    assert gdal.GetCacheMax() == before
    monkeypatch.delenv("GDAL_CACHEMAX")
    try:
        plan.size_cache()
        assert gdal.GetCacheMax() == 77 * 2**20
    finally:
        gdal.SetCacheMax(before)
