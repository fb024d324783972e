"""What cannot be mapped: other bands and dates, several scenes, extents and masks that miss, no GPU."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.sources import Extent, Layout, RasterSource, VectorSource
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from osgeo import gdal, ogr

from journeys import predict_job, read, run_predict, source
from layers import square, write_layer
from refusals import refused, says
from world import CAMERA_BANDS, DATES, NORTH, PIXEL_M, WEST, write_raster

SERIES = tuple(f"{band}_{date}" for date in DATES for band in ("red", "nir"))


@pytest.fixture
def refuse(world, outputs, small_model):
    """Map a raster with a model; it must be refused."""

    def run(code, raster=world.camera, model=small_model, **changes):
        return refused(run_predict, predict_job(model, raster, outputs / "map.tif", **changes), code, outputs)

    return run


class TestBands:
    def test_too_few_bands_name_both_lists(self, refuse, world, tmp_path) -> None:
        raster = write_raster(tmp_path / "three.tif", read(world.camera)[:3], names=CAMERA_BANDS[:3])
        error = refuse(ErrorCode.BANDS_DIFFER, raster, sensor="camera")
        says(error, "three", "found the bands B02, B03, B04;", "the bands of camera: B02, B03, B04, B08")

    def test_other_bands_of_the_same_number_name_both_lists(self, refuse, world, tmp_path) -> None:
        names = ("B05", "B06", "B07", "B8A")
        raster = write_raster(tmp_path / "red edge.tif", read(world.camera), names=names)
        says(refuse(ErrorCode.BANDS_DIFFER, raster, sensor="camera"), "red edge", *names, *CAMERA_BANDS)

    def test_bands_without_names_are_not_taken_by_order(self, refuse, world, tmp_path) -> None:
        raster = write_raster(tmp_path / "nameless.tif", read(world.camera))
        error = refuse(ErrorCode.BANDS_DIFFER, raster, sensor="camera")
        says(error, "found 4 bands without names", *CAMERA_BANDS, "name the bands", "INPUT_BANDS")

    def test_a_raster_of_no_sensor_of_the_model_says_what_each_needs(self, refuse, world, tmp_path) -> None:
        raster = write_raster(tmp_path / "lidar.tif", read(world.radar), 20.0, names=("height", "density"))
        error = refuse(ErrorCode.MODEL_OTHER_SENSOR, raster)
        says(error, "height, density in lidar", "camera: B02, B03, B04, B08", "radar: VV, VH")

    def test_an_unknown_sensor_lists_the_models_sensors(self, refuse) -> None:
        says(refuse(ErrorCode.MODEL_OTHER_SENSOR, sensor="lidar"), "SENSOR", "'lidar'", "camera, radar")

    def test_bands_in_another_order_are_found_by_name(self, world, small_model, tmp_path) -> None:
        turned = write_raster(tmp_path / "turned.tif", read(world.camera)[::-1], nodata=0, names=CAMERA_BANDS[::-1])
        for name, raster in (("a.tif", world.camera), ("b.tif", turned)):
            run_predict(predict_job(small_model, raster, tmp_path / name))
        assert np.array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"))


class TestDates:
    @pytest.mark.parametrize("sensor", [None, "series"])
    def test_a_season_that_ends_too_early_names_both(self, refuse, world, small_series_model, tmp_path, sensor) -> None:
        raster = write_raster(tmp_path / "season.tif", read(world.series)[:8], nodata=-9999, names=SERIES[:8])
        error = refuse(ErrorCode.DATES_DIFFER, raster, small_series_model, sensor=sensor)
        says(error, "season", "4 dates (2021-03, ", "no observation near 2021-07-15, 2021-08-15, 2 of the 6 dates")
        says(error, "the season 2021-03 to 2021-08", "at most a quarter of them missing")

    @pytest.mark.parametrize("sensor", [None, "series"])
    @pytest.mark.parametrize("dates", [5, 7])
    def test_fewer_or_more_dates_that_no_name_tells(self, refuse, world, small_series_model, tmp_path, dates, sensor):
        values = np.concatenate([read(world.series)] * 2)[: 2 * dates]
        files = [
            write_raster(
                tmp_path / f"{'abcdefg'[at]}.tif", values[2 * at : 2 * at + 2], nodata=-9999, names=("red", "nir")
            )
            for at in range(dates)
        ]
        job = {"input": tuple(map(source, files)), "input_layout": Layout.DATES, "sensor": sensor}
        error = refuse(ErrorCode.DATES_DIFFER, files[0], small_series_model, **job)
        says(error, f"{dates} dates (1, ", "6 dates (2021-03, ", "as series was trained")

    def test_stacks_without_dates_that_do_not_divide(self, refuse, world, small_series_model, tmp_path) -> None:
        raster = write_raster(tmp_path / "stack.tif", read(world.series)[:11], nodata=-9999)
        error = refuse(ErrorCode.DATES_DIFFER, raster, small_series_model, sensor="series")
        says(error, "stack", "11 bands", "6 dates")

    def test_an_image_for_a_series_and_a_series_for_an_image(self, refuse, world, small_series_model) -> None:
        error = refuse(ErrorCode.DATES_DIFFER, world.series, small_series_model, sensor="camera")
        says(error, "6 dates", "a single image, as camera was trained")
        error = refuse(ErrorCode.DATES_DIFFER, world.camera, small_series_model, sensor="series")
        says(error, "4 bands", "6 dates")

    def test_the_same_months_of_another_year_are_reported_without_a_warning(self, world, small_series_model, tmp_path):
        sink = self._mapped(world, small_series_model, tmp_path, months_later=0)
        assert "Its dates are used as they are: 2019-03, " in sink.texts(Level.INFO)
        assert "dates" not in sink.texts(Level.WARNING)

    def test_one_missing_date_is_a_warning_that_names_it(self, world, small_series_model, tmp_path) -> None:
        sink = self._mapped(world, small_series_model, tmp_path, months_later=1)
        assert "There is no observation near 2021-03: this date is missing for the network." in sink.texts(
            Level.WARNING
        )

    @pytest.mark.parametrize("months_later", [2, 4])
    def test_as_many_months_of_another_season(self, refuse, world, small_series_model, tmp_path, months_later) -> None:
        raster = self._later(world, tmp_path, months_later)
        error = refuse(ErrorCode.DATES_DIFFER, raster, small_series_model, sensor="series")
        says(error, "6 dates (2019-", "no observation near 2019-03-15, 2019-04-15")

    def _mapped(self, world, model, folder, months_later):
        raster = self._later(world, folder, months_later)
        return run_predict(predict_job(model, raster, folder / "map.tif"))[1]

    def _later(self, world, folder, months_later):
        names = tuple(f"{name[:-7]}2019-{int(name[-2:]) + months_later:02d}" for name in SERIES)
        return write_raster(folder / "later.tif", read(world.series), nodata=-9999, names=names)


class TestInput:
    def test_several_scenes_name_batch(self, refuse, world, outputs, small_model, tmp_path) -> None:
        there = (WEST + 5000, NORTH)
        other = write_raster(tmp_path / "b.tif", read(world.camera), nodata=0, names=CAMERA_BANDS, origin=there)
        job = predict_job(small_model, world.camera, outputs / "map.tif", input=(source(world.camera), source(other)))
        error = refused(run_predict, job, ErrorCode.SEVERAL_SCENES, outputs)
        says(error, "INPUT", "2 scenes of camera", "batch")

    def test_a_file_that_is_not_there(self, refuse, tmp_path) -> None:
        says(refuse(ErrorCode.RASTER_UNREADABLE, tmp_path / "gone.tif"), "gone", "No such file")

    def test_without_crs(self, refuse, world, tmp_path) -> None:
        raster = write_raster(tmp_path / "lost.tif", read(world.camera), names=CAMERA_BANDS, epsg=None)
        says(refuse(ErrorCode.RASTER_WITHOUT_CRS, raster), "lost", "coordinate reference system")

    def test_a_web_service(self, refuse, outputs, small_model) -> None:
        address = RasterSource("type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png", "aerial pictures")
        job = predict_job(small_model, "x", outputs / "map.tif", input=(address,))
        says(refused(run_predict, job, ErrorCode.RASTER_IS_SERVICE, outputs), "aerial pictures", "GeoTIFF")

    def test_a_file_that_is_cut_off_fails_in_the_middle_and_leaves_the_old_map(self, refuse, outputs, tmp_path) -> None:
        values = np.random.default_rng(0).integers(1, 4000, (4, 400, 300)).astype(np.uint16)
        whole = write_raster(tmp_path / "whole.tif", values, names=CAMERA_BANDS).read_bytes()
        (tmp_path / "cut.tif").write_bytes(whole[: len(whole) * 3 // 5])
        (outputs / "map.tif").write_bytes(b"the map of last year")
        error = refuse(ErrorCode.RASTER_READ_FAILED, tmp_path / "cut.tif", block_px=64)
        says(error, "cut", "rows", "copy or download it again")


class TestExtent:
    @pytest.mark.parametrize(
        ("edges", "crs"),
        [
            ((0.0, 0.0, 10.0, 10.0), "EPSG:32633"),
            ((-10.0, -10.0, -9.0, -9.0), "EPSG:4326"),
            ((WEST + 1200, NORTH - 1200, WEST + 1300, NORTH), "EPSG:32633"),  # touching is not overlapping
            ((1e30, 1e30, 1e31, 1e31), "EPSG:3857"),
            ((float("nan"), 0.0, 10.0, 10.0), "EPSG:32633"),
            ((-float("inf"), 0.0, float("inf"), 10.0), "EPSG:32633"),
        ],
    )
    def test_outside_the_raster(self, refuse, edges, crs) -> None:
        error = refuse(ErrorCode.EXTENT_OUTSIDE, extent=Extent(*edges, crs))
        says(error, "EXTENT", f"in {crs}", "x 400000 to 401200, y 5798800 to 5800000 in EPSG:32633", "CRS")

    def test_an_unknown_crs(self, refuse) -> None:
        extent = Extent(WEST, NORTH - 100, WEST + 100, NORTH, "EPSG:999999")
        says(refuse(ErrorCode.CRS_UNUSABLE, extent=extent), "EPSG:999999", "not recognized")

    def test_degrees_over_the_raster_are_fine(self, world, small_model, tmp_path) -> None:
        extent = Extent(13.535, 52.333, 13.540, 52.336, "EPSG:4326")
        run_predict(predict_job(small_model, world.camera, tmp_path / "map.tif", extent=extent))
        assert 20 < gdal.Open(str(tmp_path / "map.tif")).RasterXSize < 60


class TestMask:
    @pytest.fixture
    def mask(self, tmp_path):
        def write(*squares, **options):
            features = [(wkt, {}) for wkt in squares]
            return VectorSource(str(write_layer(tmp_path / "mask.gpkg", features, **options)), "stands", "the forest")

        return write

    def test_without_a_polygon(self, refuse, mask) -> None:
        says(refuse(ErrorCode.MASK_EMPTY, mask=mask()), "the forest", "without polygons", "MASK")

    def test_outside_the_raster(self, refuse, mask) -> None:
        error = refuse(ErrorCode.MASK_EMPTY, mask=mask(square(5000, 0), square(0, -50)))
        says(error, "the forest", "2 polygons", "none of which overlaps", "CRS")

    def test_outside_the_extent(self, refuse, mask) -> None:
        extent = Extent(WEST + 500, NORTH - 600, WEST + 600, NORTH - 500, "EPSG:32633")
        says(refuse(ErrorCode.MASK_EMPTY, mask=mask(square(0, 0)), extent=extent), "1 polygon,")

    def test_between_pixel_centres(self, refuse, mask) -> None:
        says(refuse(ErrorCode.MASK_EMPTY, mask=mask(square(50.1, 50.1, 0.2))), "no pixel centre")

    @pytest.mark.parametrize(
        ("wkt", "kind", "logged"),
        [
            (f"POINT ({WEST + 500} {NORTH - 500})", ogr.wkbPoint, "1 point;"),
            (f"LINESTRING ({WEST} {NORTH}, {WEST + 9} {NORTH})", ogr.wkbLineString, "1 × linestring"),
        ],
    )
    def test_no_polygons(self, refuse, mask, wkt, kind, logged) -> None:
        says(refuse(ErrorCode.MASK_UNREADABLE, mask=mask(wkt, kind=kind)), "the forest", logged, "polygon layer")

    def test_without_crs(self, refuse, mask) -> None:
        error = refuse(ErrorCode.MASK_UNREADABLE, mask=mask(square(20, 20), epsg=None))
        says(error, "the forest", "without a coordinate reference system", "Assign")

    def test_a_file_that_is_not_there(self, refuse, tmp_path) -> None:
        mask = VectorSource(str(tmp_path / "gone.gpkg"), "", "the forest")
        says(refuse(ErrorCode.MASK_UNREADABLE, mask=mask), "the forest", "No such file")


class TestResolution:
    @pytest.fixture
    def coarse(self, world, tmp_path):
        def write(pixel_m):
            return write_raster(tmp_path / "coarse.tif", read(world.camera), pixel_m, nodata=0, names=CAMERA_BANDS)

        return write

    @pytest.mark.parametrize(("pixel_m", "logged"), [(2.6, "2.6 m"), (5.0, "5 m"), (20.0, "20 m"), (39.9, "39.9 m")])
    def test_twice_the_trained_size_is_a_warning_with_both(
        self, coarse, small_model, tmp_path, pixel_m, logged
    ) -> None:
        _, sink = run_predict(predict_job(small_model, coarse(pixel_m), tmp_path / "map.tif"))
        assert f"The pixel size is {logged}" in sink.texts(Level.WARNING)
        assert "10 m that camera was trained on" in sink.texts(Level.WARNING)

    @pytest.mark.parametrize("pixel_m", [6.0, 10.0, 17.0])
    def test_about_the_trained_pixel_size_is_not_logged(self, coarse, small_model, tmp_path, pixel_m) -> None:
        _, sink = run_predict(predict_job(small_model, coarse(pixel_m), tmp_path / "map.tif"))
        assert "pixels are" not in sink.texts(Level.WARNING)

    @pytest.mark.parametrize("pixel_m", [2.0, 60.0])
    def test_beyond_four_times_is_refused_with_both(self, refuse, coarse, pixel_m) -> None:
        error = refuse(ErrorCode.RESOLUTION_DIFFERS, coarse(pixel_m))
        says(error, "INPUT", f"pixels of {pixel_m:g}", "camera was trained on", "ANY_RESOLUTION", "resample")

    def test_unless_any_resolution_will_do(self, coarse, small_model, tmp_path) -> None:
        _, sink = run_predict(predict_job(small_model, coarse(60.0), tmp_path / "map.tif", any_resolution=True))
        assert "6 times larger" in sink.texts(Level.WARNING)
        assert read(tmp_path / "map.tif").shape == (1, 120, 120)


def test_a_gpu_that_is_not_there(refuse) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("a GPU is there")
    says(refuse(ErrorCode.DEVICE_MISSING, device=Device.CUDA), "DEVICE", "CUDA", "auto or cpu")


def test_probabilities_of_a_regression(refuse, outputs, world, small_series_model) -> None:
    wishes = {"output_probabilities": str(outputs / "p.tif"), "output_confidence": str(outputs / "c.tif")}
    error = refuse(ErrorCode.JOB_INVALID, world.series, small_series_model, **wishes)
    says(error, "OUTPUT_PROBABILITIES and OUTPUT_CONFIDENCE", "regression", "Leave these outputs empty")


def test_a_refused_map_leaves_the_one_before_untouched(world, small_model, outputs) -> None:
    job = predict_job(small_model, world.camera, outputs / "map.tif")
    run_predict(job)
    refused(run_predict, replace(job, sensor="radar"), ErrorCode.BANDS_DIFFER, outputs)
    assert gdal.Open(str(outputs / "map.tif")).GetGeoTransform()[1] == PIXEL_M
