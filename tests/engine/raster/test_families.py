"""A law for all families of rasters: bands that names tell apart become one right stack, or an error; never scenes."""

import itertools

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, RasterSource, SensorSpec
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.raster.files.read import close_datasets
from colearn.engine.raster.gdal_calls import gdal, osr
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.sensors.open import open_sensor
from hypothesis import given, settings
from hypothesis import strategies as st

ROWS, COLS = 30, 36
WEST, NORTH, STEP = 500000.0, 5800000.0, 10.0
VALUES = np.arange(ROWS * COLS, dtype=np.int32).reshape(ROWS, COLS)
SAME_GROUND = ("EPSG:32633", "EPSG:25833", "EPSG:25833+7837")  # no shift that GDAL makes
NAMES = st.sampled_from(
    [("B02", "B03", "B04"), ("red", "nir", "swir1"), ("VV", "VH", "HH"), ("alpha", "beta", "gamma")]
)
_number = itertools.count()


def crs_of(text):
    reference = osr.SpatialReference()
    reference.SetFromUserInput(text)
    return reference


@st.composite
def members(draw):
    """How one file is cut from the lattice: its sides' cuts, a shift in pixels, its directions, its CRS."""
    cuts = st.sampled_from([0, 0, 0, 1, 2, 3, 9])
    return {
        "window": (draw(cuts), draw(cuts), draw(cuts), draw(cuts)),  # top, left, bottom, right
        "shift": draw(st.sampled_from([(0.0, 0.0)] * 6 + [(0.5, 0.0), (0.0, 0.25), (0.02, 0.0), (0.004, -0.003)])),
        "flips": draw(st.tuples(st.booleans(), st.booleans())) if draw(st.booleans()) else (False, False),
        "crs": draw(st.sampled_from(SAME_GROUND)),
    }


@st.composite
def families(draw):
    bands = draw(NAMES)[: draw(st.integers(2, 3))]
    named_by = draw(st.sampled_from(["file", "layer", "description"]))
    dated = draw(st.booleans())
    return [(band, named_by, dated, draw(members())) for band in bands]


def write(folder, band, number, named_by, dated, member):
    top, left, bottom, right = member["window"]
    values = VALUES[top : ROWS - bottom, left : COLS - right] + 10000 * number
    rows, cols = values.shape
    x = WEST + (left + member["shift"][1]) * STEP
    y = NORTH - (top + member["shift"][0]) * STEP
    step_x, step_y = STEP, -STEP
    if member["flips"][0]:
        values, y, step_y = values[::-1], y - rows * STEP, STEP
    if member["flips"][1]:
        values, x, step_x = values[:, ::-1], x + cols * STEP, -STEP
    day = "20200101T101021_" if dated else ""
    path = folder / f"{next(_number)}" / (f"T33_{day}{band}.tif" if named_by == "file" else f"{number}.tif")
    path.parent.mkdir()
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, 1, gdal.GDT_Int32)
    dataset.SetGeoTransform((x, step_x, 0.0, y, 0.0, step_y))
    dataset.SetSpatialRef(crs_of(member["crs"]))
    dataset.GetRasterBand(1).WriteArray(values)
    if named_by == "description":
        dataset.GetRasterBand(1).SetDescription(f"{day}{band}")
    dataset = None
    return RasterSource(str(path), f"{day}{band}" if named_by == "layer" else "")


def common_share(one, other):
    """How much of the smaller of two windows (cuts: top, left, bottom, right) is common; shifts of pixels apart."""
    areas = [(ROWS - top - bottom) * (COLS - left - right) for top, left, bottom, right in (one, other)]
    top, left, bottom, right = map(max, one, other)
    return (ROWS - top - bottom) * (COLS - left - right) / min(areas)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    yield tmp_path_factory.mktemp("families")
    close_datasets()


@settings(deadline=None, max_examples=150)
@given(family=families())
def test_named_bands_are_one_right_stack_or_an_error_and_never_scenes(folder, family):
    sources = [write(folder, band, at, *how) for at, (band, *how) in enumerate(family)]
    cuts = np.array([how[-1]["window"] for _, *how in family])
    shifts = [how[-1]["shift"] if max(how[-1]["shift"]) > 0.01 else (0.0, 0.0) for _, *how in family]
    shifted = len(set(shifts)) > 1
    top, left, bottom, right = cuts.max(axis=0)
    sides = np.array([ROWS, COLS]) - cuts[:, :2] - cuts[:, 2:]  # (file, rows and cols)
    lost = sides - [ROWS - top - bottom, COLS - left - right]
    small = bool((lost <= np.maximum(2, sides / 10)).all())
    try:
        sensor = open_sensor(SensorSpec("camera", tuple(sources)))
    except CoLearnError as error:
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert sum(source.label() in error.found for source in sources) >= 2
        assert shifted or not small  # only what cannot be mended, or is too much to mend without being asked
        return
    if len(sensor.scenes) > 1:  # east.tif and west.tif: words that are no bands, of neighbours
        assert family[0][0] == "alpha" and family[0][1] != "description"
        assert max(itertools.starmap(common_share, itertools.combinations(cuts.tolist(), 2))) < 0.55
        return
    assert small and not shifted
    assert sensor.bands == tuple(band for band, *_ in family)
    scene = sensor.scenes[0]
    expected = VALUES[top : ROWS - bottom, left : COLS - right]
    found = scene.read(Window(0, 0, scene.grid.rows, scene.grid.cols))
    stack = np.stack([expected + 10000 * at for at in range(len(family))])
    upright = scene.grid.transform[1] > 0 and scene.grid.transform[5] < 0
    if upright:
        x, y = WEST + (left + shifts[0][1]) * STEP, NORTH - (top + shifts[0][0]) * STEP
        assert scene.grid.transform[::3] == pytest.approx((x, y), abs=0.05)
        np.testing.assert_array_equal(found, stack)
    else:  # all are stored in other directions: the first one's
        flips = family[0][-1]["flips"]
        np.testing.assert_array_equal(found, stack[:, :: -1 if flips[0] else 1, :: -1 if flips[1] else 1])


@settings(deadline=None, max_examples=60)
@given(days=st.permutations(["20200101", "20200211", "2020-03", "2021004"]), how=st.data())
def test_dated_files_are_one_right_series_or_an_error_and_never_scenes(folder, days, how):
    """As above, the files being dates of one band: the right stack is that of the dates in their order."""
    days = days[: how.draw(st.integers(2, 3))]
    cuts = [how.draw(members()) for _ in days]
    sources = [
        write(folder, f"NDVI_{day}", at, "file", False, member) for at, (day, member) in enumerate(zip(days, cuts))
    ]
    windows = np.array([member["window"] for member in cuts])
    top, left, bottom, right = windows.max(axis=0)
    sides = np.array([ROWS, COLS]) - windows[:, :2] - windows[:, 2:]
    small = bool((sides - [ROWS - top - bottom, COLS - left - right] <= np.maximum(2, sides / 10)).all())
    shifts = {member["shift"] if max(member["shift"]) > 0.01 else (0.0, 0.0) for member in cuts}
    try:
        sensor = open_sensor(SensorSpec("index", tuple(sources)))
    except CoLearnError as error:
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert sum(source.label() in error.found for source in sources) >= 2
        assert len(shifts) > 1 or not small
        return
    if len(sensor.scenes) > 1:  # dated neighbours stay scenes; these have less than half of their ground in common
        assert sensor.layout is Layout.SCENES
        assert max(itertools.starmap(common_share, itertools.combinations(windows.tolist(), 2))) < 0.55
        return
    assert small and len(shifts) == 1
    iso = {"20200101": "2020-01-01", "20200211": "2020-02-11", "2020-03": "2020-03", "2021004": "2021-01-04"}
    assert sensor.dates == tuple(sorted(iso[day] for day in days))
    (scene,) = sensor.scenes
    first = scene.read(Window(0, 0, 1, 1))[:, 0, 0, 0]  # each file's values begin at 10000 times its position
    order = sorted(range(len(days)), key=lambda at: iso[days[at]])
    assert (first // 10000).tolist() == order
    assert len(set((first % 10000).tolist())) == 1  # the same pixel of the lattice on every date
    if scene.grid.transform[1] > 0 and scene.grid.transform[5] < 0:
        assert first[0] % 10000 == VALUES[top, left]
