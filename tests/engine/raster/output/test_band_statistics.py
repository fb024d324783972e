"""Statistics of rasters, added up block by block."""

import numpy as np
import pytest
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.geo.pixel_area import pixel_areas_m2
from colearn.engine.raster.output.band_statistics import tally_of
from colearn.engine.raster.output.class_areas import ClassAreas
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from block_plans import plan_blocks

FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True, allow_subnormal=False)
NODATA = -9999.0


def tallied(values, nodata, cuts=()):
    """Statistics of values taken in pieces, the last first."""
    tally = tally_of(values.dtype, nodata)
    for piece in reversed(np.split(values, sorted(cuts))):
        tally.add(piece)
    return tally.statistics()


@given(arrays.arrays(np.float32, st.integers(1, 60), elements=FLOATS), st.lists(st.integers(0, 60), max_size=4))
def test_how_real_values_are_cut_and_ordered_changes_no_bit(values, cuts):
    assert tallied(values, NODATA, cuts) == tallied(values, NODATA)


@given(arrays.arrays(np.float32, st.integers(1, 60), elements=st.floats(-1e6, 1e6, width=32)))
def test_real_values_are_described_as_exactly_as_doubles_can(values):
    found = tallied(values, NODATA)
    valid = values[values != NODATA].astype(np.float64)
    if not valid.size:
        assert found is None
        return
    assert (found.pixels, found.minimum, found.maximum) == (valid.size, valid.min(), valid.max())
    assert found.mean == pytest.approx(valid.mean(), rel=1e-12, abs=1e-9)
    assert found.sd == pytest.approx(valid.std(), rel=1e-6, abs=1e-6)


def test_small_differences_of_large_values_are_not_lost():
    """The sum of squares in doubles gives 0 or nothing here."""
    values = np.array([2**24 - 2, 2**24 - 1] * 5000, np.float32)
    assert tallied(values, NODATA).sd == 0.5


@pytest.mark.parametrize(("dtype", "nodata"), [("uint8", 255), ("uint16", 65535), ("int16", -32768)])
def test_whole_numbers_of_every_type_are_described(dtype, nodata):
    kind = np.iinfo(dtype)
    values = np.random.default_rng(0).integers(kind.min, kind.max, 10_000, dtype, endpoint=True)
    values[:100] = nodata
    valid = values[values != nodata].astype(np.float64)
    found = tallied(values, nodata, (77, 5000))
    assert (found.pixels, found.minimum, found.maximum) == (valid.size, valid.min(), valid.max())
    assert (found.mean, found.sd) == (pytest.approx(valid.mean()), pytest.approx(valid.std()))


@pytest.mark.parametrize("values", [np.full(9, 255, np.uint8), np.array([np.nan, NODATA, np.inf], np.float32)])
def test_nothing_valid_has_no_statistics(values):
    assert tallied(values, 255 if values.dtype == np.uint8 else NODATA) is None


@pytest.mark.parametrize(
    "grid",
    [
        Grid("EPSG:32633", (500000, 10, 0, 5800000, 0, -10), 70, 50),
        Grid("EPSG:3857", (1e6, 1000, 200, 8e6, 200, -1000), 70, 50),
        Grid("EPSG:4326", (10.0, 0.5, 0.0, 80.0, 0.0, -0.5), 70, 50),
        Grid("EPSG:4326", (10.0, 0.4, 0.2, 60.0, 0.2, -0.4), 70, 50),
    ],
    ids=["projected", "mercator", "geographic", "turned"],
)
def test_areas_of_classes_are_those_of_their_pixels_however_cut(grid):
    codes = np.random.default_rng(0).integers(0, 3, grid.shape).astype(np.uint8)
    sums = []
    for block_px in (7, 16, 1000):
        areas = ClassAreas(grid, np.dtype(np.uint8))
        for block in plan_blocks(grid.window(), block_px):
            areas.add(block, codes[block.slices()])
        sums.append([areas.area_m2(code) for code in range(4)])
    assert sums[0] == sums[1] == sums[2]
    ground = np.broadcast_to(pixel_areas_m2(grid, grid.window()), grid.shape)
    assert sums[0][:3] == pytest.approx([ground[codes == code].sum() for code in range(3)], rel=1e-5)
    assert sums[0][3] == 0


def test_areas_in_a_projected_crs_are_pixels_times_their_ground_area():
    grid = Grid("EPSG:32633", (500000, 10, 0, 5800000, 0, -10), 200, 200)
    areas = ClassAreas(grid, np.dtype(np.uint16))
    areas.add(Window(0, 0, 3, 7), np.full((3, 7), 60_000, np.uint16))
    assert areas.area_m2(60_000) == pytest.approx(2100.0 / 0.9996**2, rel=1e-6)
