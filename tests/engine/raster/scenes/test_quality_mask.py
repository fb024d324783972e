"""Quality masks: which pixels become nodata, from a band of the raster or a raster of its own, on any grid."""

import numpy as np
import pytest
from colearn.engine.contract.job.quality import mask_rules
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.manifest.manifest import SensorManifest
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.scenes.mask_rasters import GivenMask
from colearn.engine.raster.scenes.quality_mask import fails_test
from colearn.engine.raster.scenes.scene import reflected
from colearn.engine.raster.sensors.open import open_as, open_sensor
from hypothesis import given
from hypothesis import strategies as st

from masked_scenes import NAN, as_trained, planes, spec, whole


class TestRules:
    """Landsat's QA_PIXEL: 21824 is clear land, 21826 its dilated cloud (bit 1), 22280 cloud (bit 3), 1 fill."""

    @pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32, np.float64])
    @pytest.mark.parametrize(
        ("text", "stored", "invalid"),
        [
            ("bits 0-4", [1, 21824, 21826, 22280, 23888, 21952], [1, 0, 1, 1, 1, 0]),
            ("bits 5", [30048, 21824], [1, 0]),
            ("sentinel2_scl", range(12), [1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0]),
            ("sentinel2_scl+snow", [11, 6], [1, 0]),
            ("valid 4,5", [3, 4, 5, 6], [1, 0, 0, 1]),
            ("generic", [0, 1, 255], [1, 0, 0]),
            ("above 40", [39, 40, 41], [0, 0, 1]),
            ("below 40", [39, 40, 41], [1, 0, 0]),
        ],
    )
    def test_values_of_any_type(self, dtype, text, stored, invalid) -> None:
        (rule,) = mask_rules(text)
        assert fails_test(np.array(list(stored), dtype), rule).astype(int).tolist() == invalid

    def test_a_threshold_is_one_of_the_bands_own_type(self) -> None:
        values = np.array([0.6, 0.59, 0.61], np.float32)
        assert fails_test(values, mask_rules("below 0.6")[0]).tolist() == [False, True, False]
        assert fails_test(values, mask_rules("above 0.6")[0]).tolist() == [False, False, True]


class TestBandOfTheRaster:
    def make(self, make_raster, **options):
        array = planes(10, 20, 4)
        array[2, 0, 1], array[2, 1, 0] = 9, 3
        return make_raster(array=array, bands=("B02", "B03", "SCL"), **options)

    def test_it_makes_pixels_nodata_and_is_no_input(self, make_raster) -> None:
        opened = open_sensor(spec(self.make(make_raster), mask="sentinel2_scl"))
        assert opened.bands == ("B02", "B03")
        assert opened.mask == "SCL values 0,1,3,8-10"
        np.testing.assert_array_equal(whole(opened), [[[10, NAN], [NAN, 10]], [[20, NAN], [NAN, 20]]])

    def test_by_number_and_kept_by_its_name(self, make_raster) -> None:
        opened = open_sensor(spec(self.make(make_raster), mask="3 values 9"))
        assert (opened.bands, opened.mask) == (("B02", "B03"), "SCL values 9")
        np.testing.assert_array_equal(whole(opened)[0], [[10, NAN], [10, 10]])

    def test_numbers_of_chosen_bands_count_the_mask_too(self, make_raster) -> None:
        source = make_raster(array=planes(10, 1, 30), bands=("B02", "qa", "B03"))
        opened = open_sensor(spec(source, bands=("3",), mask="qa values 0"))
        assert opened.bands == ("B03",)
        assert whole(opened).tolist() == [[[30, 30], [30, 30]]]

    def test_nameless_bands(self, make_raster) -> None:
        opened = open_sensor(spec(make_raster(array=planes(10, 20, 1)), mask="3 values 1"))
        assert opened.bands == ("1", "2")
        assert np.isnan(whole(opened)).all()

    def test_a_band_that_is_not_there_is_reported_with_those_that_are(self, make_raster, error_of) -> None:
        error = error_of(open_sensor, spec(self.make(make_raster), mask="landsat_qa_pixel"))
        assert error.code is ErrorCode.QUALITY_MASK_MISSING
        assert "B02, B03, SCL" in error.found
        assert "QA_PIXEL" in error.expected

    def test_a_raster_that_is_all_mask_has_no_values(self, make_raster, error_of) -> None:
        source = make_raster("x_SCL.tif", planes(4))
        assert error_of(open_sensor, spec(source, mask="sentinel2_scl")).code is ErrorCode.BANDS_UNKNOWN
        source = make_raster("y.tif", planes(4, 5), bands=("SCL", "QA"))
        assert error_of(open_sensor, spec(source, mask="SCL values 1; QA values 1")).code is ErrorCode.BANDS_UNKNOWN

    def test_a_quality_band_among_the_values_is_reported(self, make_raster) -> None:
        opened = open_sensor(spec(self.make(make_raster)))
        assert opened.bands == ("B02", "B03", "SCL")
        assert any("SCL: a quality band by its name" in note for note in opened.notes)
        assert not any("quality" in note for note in open_sensor(spec(self.make(make_raster), mask="none")).notes)

    def test_a_stack_masks_each_date_by_itself(self, make_raster) -> None:
        names = ("VV_2021-01", "qa_2021-01", "VV_2021-02", "qa_2021-02")
        array = planes(1, 0, 2, 0)
        array[1, 0, 0] = array[3, 1, 1] = 8
        opened = open_sensor(spec(make_raster(array=array, bands=names), mask="qa bits 3"))
        np.testing.assert_array_equal(whole(opened), [[[[NAN, 1], [1, 1]]], [[[2, 2], [2, NAN]]]])

    def test_dates_as_files_mask_each_date_by_itself(self, make_raster) -> None:
        march = make_raster("x_20210301.tif", planes(1, 0), bands=("VV", "qa"))
        may = make_raster("x_20210501.tif", planes(2, 8), bands=("VV", "qa"))
        values = whole(open_sensor(spec(may, march, mask="qa bits 3")))
        assert values[0].tolist() == [[[1, 1], [1, 1]]]
        assert np.isnan(values[1]).all()

    def test_masked_dates_are_interpolated_across(self, make_raster) -> None:
        """Of 1, 11 and 3 a month apart the middle one is cloud: then there is 2, the mean of the others, not 11."""
        days = ("2021-03-02", "2021-04-01", "2021-05-01")
        names = [f"{band}_{day}" for day in days for band in ("VV", "qa")]
        clear = make_raster("clear.tif", planes(1, 0, 11, 0, 3, 0), bands=names)
        trained = as_trained(open_sensor(spec(clear, mask="qa values 8")))
        trained = SensorManifest(**{**vars(trained), "dates": ("2021-03-17", "2021-04-01", "2021-04-16")})
        cloudy = make_raster("cloudy.tif", planes(1, 0, 11, 8, 3, 0), bands=names)
        assert whole(open_as(trained, (clear,)))[1].ravel()[0] == 11
        assert whole(open_as(trained, (cloudy,)))[1].ravel()[0] == pytest.approx(2)


class TestTrainedSensor:
    def test_the_models_mask_is_taken_from_the_raster_to_map(self, make_raster) -> None:
        train = make_raster("t.tif", planes(10, 20, 4), bands=("B02", "B03", "SCL"))
        trained = as_trained(open_sensor(spec(train, mask="sentinel2_scl")))
        new = make_raster("n.tif", planes(9, 20, 10), bands=("scl", "B03", "B02"))
        opened = open_as(trained, (new,))
        assert np.isnan(whole(opened)).all()
        assert opened.mask == "SCL values 0,1,3,8-10"
        clear = whole(open_as(trained, (new,), mask=GivenMask("none")))
        assert clear[:, 0, 0].tolist() == [10, 20]

    def test_of_nameless_bands_too(self, make_raster) -> None:
        trained = as_trained(open_sensor(spec(make_raster("t.tif", planes(10, 0, 20)), mask="2 values 1")))
        assert whole(open_as(trained, (make_raster("n.tif", planes(1, 0, 3)),)))[:, 0, 0].tolist() == [1, 3]
        assert np.isnan(whole(open_as(trained, (make_raster("m.tif", planes(1, 1, 3)),)))).all()

    def test_a_missing_one_is_reported_and_the_rest_is_mapped(self, make_raster, error_of) -> None:
        train = make_raster("t.tif", planes(10, 20, 4), bands=("B02", "B03", "SCL"))
        trained = as_trained(open_sensor(spec(train, mask="sentinel2_scl")))
        new = make_raster("n.tif", planes(1, 2), bands=("B02", "B03"))
        opened = open_as(trained, (new,))
        assert opened.mask == ""
        (note,) = opened.notes
        assert "SCL values 0,1,3,8-10" in note
        assert "Clouds, shadows and fill are mapped like any other pixel" in note
        assert not open_as(trained, (new,), mask=GivenMask("none")).notes
        cloud = make_raster("c.tif", planes(8))
        assert np.isnan(whole(open_as(trained, (new,), mask=GivenMask("", (cloud,))))).all()
        error = error_of(open_as, trained, (new,), mask=GivenMask("QA values 1"))
        assert error.code is ErrorCode.QUALITY_MASK_MISSING

    def test_mask_rasters_without_a_rule_are_refused(self, make_raster, error_of) -> None:
        source = make_raster("t.tif", planes(10), bands=("B02",))
        trained = as_trained(open_sensor(spec(source)))
        error = error_of(open_as, trained, (source,), mask=GivenMask("", (source,)))
        assert error.code is ErrorCode.QUALITY_MASK_MISSING
        assert "INPUT_MASK" in error.remedy


@given(data=st.data())
def test_a_window_is_masked_as_the_whole_is(tmp_path_factory, data) -> None:
    """Blocks, halos and grids change no pixel: a window with its halo is a piece of the reflected whole."""
    from osgeo import gdal, osr

    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    folder = tmp_path_factory.mktemp("law")
    pixel = data.draw(st.sampled_from([4.0, 7.3, 10.0, 20.0, 60.0]))
    shift = data.draw(st.floats(-15, 15))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)

    def write(name, array, transform):
        dataset = gdal.GetDriverByName("GTiff").Create(str(folder / name), array.shape[1], array.shape[0], 1)
        dataset.SetGeoTransform(transform)
        dataset.SetSpatialRef(reference)
        dataset.GetRasterBand(1).WriteArray(array)
        return RasterSource(str(folder / name))

    image = write("i.tif", random.integers(1, 99, (9, 11)).astype(np.uint8), (5e5, 10, 0, 58e5, 0, -10))
    side = int(140 / pixel) + 2
    mask = write(
        "m.tif", random.integers(0, 2, (side, side)).astype(np.uint8), (5e5 + shift, pixel, 0, 58e5, 0, -pixel)
    )
    (scene,) = open_sensor(spec(image, mask="generic", mask_rasters=(mask,))).scenes
    row, col = data.draw(st.integers(0, 8)), data.draw(st.integers(0, 10))
    window = Window(row, col, data.draw(st.integers(1, 9 - row)), data.draw(st.integers(1, 11 - col)))
    halo = data.draw(st.integers(0, 4))
    rows = reflected(window.row - halo, window.rows + 2 * halo, 9)
    cols = reflected(window.col - halo, window.cols + 2 * halo, 11)
    expected = scene.read(scene.grid.window())[:, rows[:, np.newaxis], cols]
    np.testing.assert_array_equal(scene.read(window, halo), expected)
