"""Reading: values, validity, the edge of the raster, threads."""

import resource
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from colearn.engine.contract.job.sources import RasterSource, SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.files import dataset_pool as open_datasets
from colearn.engine.raster.files import read as pixels
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.scenes.scene import reflected
from colearn.engine.raster.sensors.open import open_sensor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def scene_of(*sources, **options):
    (scene,) = open_sensor(SensorSpec("A", sources, **options)).scenes
    return scene


@given(st.integers(1, 9), st.integers(0, 40))
def test_reflection_is_numpys(size, pad):
    expected = np.pad(np.arange(size), pad, mode="reflect")
    assert reflected(-pad, size + 2 * pad, size).tolist() == expected.tolist()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.data())
def test_any_window_with_any_halo_is_cut_from_the_reflected_raster(make_raster, data):
    rows, cols, halo = (data.draw(st.integers(low, high)) for low, high in ((1, 7), (1, 7), (0, 9)))
    array = np.arange(2 * rows * cols, dtype=np.int16).reshape(2, rows, cols)
    array[0, 0, 0] = -1
    scene = scene_of(make_raster(f"{rows}x{cols}.tif", array, nodata=-1))
    row, col = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, cols - 1))
    window = Window(row, col, data.draw(st.integers(1, rows - row)), data.draw(st.integers(1, cols - col)))
    whole = np.where(array == -1, np.nan, array.astype(np.float32))
    padded = np.pad(whole, ((0, 0), (halo, halo), (halo, halo)), mode="reflect")
    expected = padded[:, row : row + window.rows + 2 * halo, col : col + window.cols + 2 * halo]
    np.testing.assert_array_equal(scene.read(window, halo), expected)
    pixels.close_datasets()


def test_inside_the_raster_halo_pixels_are_read_not_reflected(make_raster):
    scene = scene_of(make_raster(array=np.arange(100, dtype=np.uint8).reshape(1, 10, 10)))
    np.testing.assert_array_equal(scene.read(Window(4, 4, 1, 1), 1)[0], [[33, 34, 35], [43, 44, 45], [53, 54, 55]])


def test_values_are_raw_whatever_scale_the_file_declares(make_raster):
    source = make_raster(array=np.full((1, 2, 2), 7, np.int16))
    dataset = gdal.Open(source.path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetScale(0.5)
    dataset.GetRasterBand(1).SetOffset(3)
    dataset = None
    assert (scene_of(source).read(Window(0, 0, 2, 2)) == 7).all()


TYPES = [np.uint8, np.uint16, np.int16, np.uint32, np.int32, np.uint64, np.int64, np.float32, np.float64]


@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_of_number_is_read_and_its_nodata_left_out(make_raster, dtype):
    array = np.array([[[1, 2], [3, 99]]], dtype)
    scene = scene_of(make_raster(array=array, nodata=99))
    np.testing.assert_array_equal(scene.read(scene.grid.window())[0], [[1, 2], [3, np.nan]])


def test_signed_bytes_are_signed(make_raster):
    """From GDAL 3.7 on a type of its own; before that unsigned bytes with a remark."""
    if hasattr(gdal, "GDT_Int8"):
        source = make_raster(array=np.array([[[1, -56]]], np.int8))
    else:
        source = make_raster(array=np.array([[[1, 200]]], np.uint8), options=["PIXELTYPE=SIGNEDBYTE"])
    scene = scene_of(source)
    np.testing.assert_array_equal(scene.read(scene.grid.window())[0], [[1, -56]])


@pytest.mark.parametrize(
    ("dtype", "nodata", "stored"),
    [
        (np.float32, 0.1, 0.1),  # 0.1 in float32 is not 0.1 in float64
        (np.float32, -3.4028234663852886e38, np.finfo(np.float32).min),
        (np.float64, -1.7976931348623157e308, np.finfo(np.float64).min),
        (np.float32, np.nan, np.nan),
        (np.int32, -2147483648, -2147483648),
        (np.int64, -9223372036854775808, -9223372036854775808),
    ],
)
def test_nodata_is_compared_in_the_bands_own_type(make_raster, dtype, nodata, stored):
    array = np.array([[[1, stored]]], dtype)
    scene = scene_of(make_raster(array=array, nodata=nodata))
    np.testing.assert_array_equal(scene.read(scene.grid.window())[0], [[1, np.nan]])


@pytest.mark.parametrize("nodata", [-9999, 256, 0.5, np.nan])
def test_nodata_that_the_type_cannot_hold_hides_nothing(make_raster, nodata):
    scene = scene_of(make_raster(array=np.array([[[0, 241, 255]]], np.uint8), nodata=nodata))
    np.testing.assert_array_equal(scene.read(scene.grid.window())[0], [[0, 241, 255]])


def test_nodata_in_a_sidecar_counts(make_raster):
    source = make_raster(array=np.array([[[1, 2]]], np.uint8))
    dataset = gdal.Open(source.path)  # read-only, so that what is set goes beside the file
    dataset.GetRasterBand(1).SetNoDataValue(2)
    dataset = None
    scene = scene_of(source)
    np.testing.assert_array_equal(scene.read(scene.grid.window())[0], [[1, np.nan]])


def test_nan_and_infinities_are_nodata_without_any_declaration(make_raster):
    scene = scene_of(make_raster(array=np.array([[[1, np.nan, np.inf, -np.inf, 1e300]]], np.float64)))
    np.testing.assert_array_equal(scene.read(scene.grid.window())[0], [[1, np.nan, np.nan, np.nan, np.nan]])


def test_a_mask_band_hides_pixels_of_every_band(make_raster):
    mask = np.array([[255, 0], [1, 255]], np.uint8)
    scene = scene_of(make_raster(array=np.ones((2, 2, 2), np.uint8), mask=mask))
    np.testing.assert_array_equal(scene.read(scene.grid.window()), [[[1, np.nan], [1, 1]]] * 2)


def test_a_mask_and_nodata_both_count(make_raster):
    mask = np.array([[255, 0, 255]], np.uint8)
    scene = scene_of(make_raster(array=np.array([[[1, 2, 3]]], np.uint8), nodata=3, mask=mask))
    np.testing.assert_array_equal(scene.read(scene.grid.window())[0], [[1, np.nan, np.nan]])


RGBA = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand)


def test_alpha_is_no_band_but_says_what_is_valid(make_raster):
    array = np.array([[[1, 2]], [[3, 4]], [[5, 6]], [[0, 1]]], np.uint8)
    opened = open_sensor(SensorSpec("A", (make_raster(array=array, interpretations=RGBA),)))
    scene = opened.scenes[0]
    assert opened.bands == ("1", "2", "3")
    np.testing.assert_array_equal(scene.read(scene.grid.window()), [[[np.nan, 2]], [[np.nan, 4]], [[np.nan, 6]]])


def test_a_band_tagged_alpha_but_named_otherwise_is_a_band(make_raster):
    """GDAL tags the fourth byte band of a file as alpha unasked; near infrared ends there often enough."""
    array = np.array([[[1, 2]], [[3, 4]], [[5, 6]], [[0, 1]]], np.uint8)
    source = make_raster(array=array, interpretations=RGBA, bands=("red", "green", "blue", "nir"))
    opened = open_sensor(SensorSpec("A", (source,)))
    assert opened.bands == ("red", "green", "blue", "nir")
    assert not np.isnan(opened.scenes[0].read(Window(0, 0, 1, 2))).any()


def test_bands_chosen_in_any_order_are_read_in_that_order(make_raster):
    array = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    scene = scene_of(make_raster(array=array, bands=("a", "b", "c")), bands=("c", "a"))
    np.testing.assert_array_equal(scene.read(scene.grid.window()), array[[2, 0]])


def test_bands_of_different_types_in_one_raster(make_raster, tmp_path):
    bytes_ = make_raster("bytes.tif", np.array([[[7, 8]]], np.uint8), nodata=7)
    floats = make_raster("floats.tif", np.array([[[0.5, 8]]], np.float32), nodata=8)
    path = str(tmp_path / "both.vrt")
    gdal.BuildVRT(path, [bytes_.path, floats.path], options=gdal.BuildVRTOptions(separate=True)).FlushCache()
    scene = scene_of(RasterSource(path))
    np.testing.assert_array_equal(scene.read(scene.grid.window()), [[[np.nan, 8]], [[0.5, np.nan]]])


def test_a_truncated_file_is_reported_with_its_name_and_the_place(make_raster, error_of):
    rng = np.random.default_rng(0)
    source = make_raster("cut.tif", rng.integers(0, 255, (1, 600, 600), np.uint8), options=["COMPRESS=DEFLATE"])
    with open(source.path, "r+b") as file:
        file.truncate(200_000)
    scene = scene_of(source)
    error = error_of(scene.read, Window(500, 10, 80, 20))
    assert error.code is ErrorCode.RASTER_READ_FAILED
    assert error.subject == "cut.tif"
    assert "rows 501 to 580" in error.found
    assert "cut.tif" in error.found


def test_many_threads_read_the_same_scene(make_raster):
    array = np.random.default_rng(0).integers(0, 60000, (3, 300, 300), np.uint16)
    scene = scene_of(make_raster(array=array, options=["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"]))
    windows = [Window(row, col, 50, 50) for row in range(0, 300, 50) for col in range(0, 300, 50)] * 3
    with ThreadPoolExecutor(4) as pool:
        for window, found in zip(windows, pool.map(scene.read, windows)):
            np.testing.assert_array_equal(found, array[(slice(None), *window.slices())])


def test_many_scenes_keep_few_files_open(make_raster, monkeypatch):
    monkeypatch.setattr(open_datasets, "most_open", lambda: 5)
    sources = [
        make_raster(f"{n}.tif", np.full((1, 2, 2), n, np.uint16), transform=(n, 1, 0, 0, 0, -1)) for n in range(20)
    ]
    opened = open_sensor(SensorSpec("A", tuple(sources)))
    for round_ in range(2):
        for n, scene in enumerate(opened.scenes):
            assert (scene.read(Window(0, 0, 2, 2)) == n).all(), round_
    assert len(pixels._open._idle) == 5


@pytest.fixture
def files_at_most():
    """Let this process have no more than some files open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda files: resource.setrlimit(resource.RLIMIT_NOFILE, (files, before[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_many_dates_in_many_threads_stay_under_the_limit_of_the_process(make_raster, files_at_most):
    sources = [make_raster(f"2020{n:03d}.tif", np.full((1, 2, 2), n, np.uint8)) for n in range(1, 41)]
    scene = scene_of(*sources)
    together = threading.Barrier(8)

    def read(_):
        together.wait()
        return scene.read(Window(0, 0, 2, 2))[:, 0, 0, 0].tolist()

    files_at_most(256)
    with ThreadPoolExecutor(8) as pool:
        for dates in pool.map(read, range(8 * 4)):
            assert dates == list(range(1, 41))
    assert len(pixels._open._idle) <= 64


def test_a_file_too_many_is_no_fault_of_the_file(make_raster, error_of, files_at_most):
    source = make_raster("fine.tif")
    scene = scene_of(source)
    files_at_most(3)
    for error in (error_of(open_sensor, SensorSpec("A", (source,))), error_of(scene.read, Window(0, 0, 1, 1))):
        assert (error.code, error.subject) == (ErrorCode.RASTER_UNREADABLE, "fine.tif")
        assert "maximum number of open files" in error.found
        assert "ulimit" in error.remedy


def test_blocks_are_those_of_the_file(make_raster):
    options = ["TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=16"]
    assert scene_of(make_raster(array=np.zeros((1, 64, 64), np.uint8), options=options)).block_shape == (16, 32)


def test_two_months_of_the_real_series_are_nodata(data):
    scene = scene_of(RasterSource(str(data / "worldcereal_hesbaye" / "S2_monthly.tif")))
    values = scene.read(scene.grid.window())
    assert values.shape == (12, 9, 100, 100)
    assert np.isnan(values).all(axis=(1, 2, 3)).sum() == 2


def test_a_real_raster_in_degrees(data):
    scene = scene_of(RasterSource(str(data / "rstoolbox_amazon" / "sen2" / "S2.tif")))
    assert scene.read(Window(0, 0, 10, 10), 3).shape == (12, 16, 16)
    assert 9.9 < scene.grid.pixel_m() < 10.0


def test_added_nodata_is_nodata_in_every_band_beside_what_the_file_declares(make_raster):
    source = make_raster(array=np.array([[[0, 1, 7]], [[5, -9999, 8]]], np.int16), nodata=1)
    read = scene_of(source, nodata=(0.0, -9999.0)).read(Window(0, 0, 1, 3))
    np.testing.assert_array_equal(read, np.float32([[[np.nan, np.nan, 7]], [[5, np.nan, 8]]]))


def test_added_nodata_is_compared_in_the_bands_own_type(make_raster):
    source = make_raster(array=np.array([[[0.1, 0.2]]], np.float32))
    np.testing.assert_array_equal(
        scene_of(source, nodata=(0.1,)).read(Window(0, 0, 1, 2)), np.float32([[[np.nan, 0.2]]])
    )


def test_added_nodata_that_no_band_can_hold_is_noted(make_raster):
    opened = open_sensor(
        SensorSpec("A", (make_raster(array=np.ones((1, 2, 2), np.uint16)),), nodata=(-9999.0, 0.0, 0.5))
    )
    assert "Nodata values that cannot occur in the data type uint16: -9999, 0.5." in opened.notes
    real = open_sensor(SensorSpec("A", (make_raster("real.tif", np.ones((1, 2, 2), np.float32)),), nodata=(-9999.0,)))
    assert not [note for note in real.notes if "cannot occur" in note]


@pytest.mark.parametrize("huge", [3.4028235e38, -3.4028235e38, 1.1e30, -1.1e30, np.inf])
def test_implausibly_large_values_are_nodata_even_if_undeclared(make_raster, huge):
    scene = scene_of(make_raster(array=np.array([[[huge, 0.9e30, -3]]], np.float32)))
    np.testing.assert_array_equal(scene.read(Window(0, 0, 1, 3)), np.float32([[[np.nan, 0.9e30, -3]]]))
    assert scene.read(Window(0, 0, 1, 3), keep_infinite=True)[0, 0, 0] == np.float32(huge)
