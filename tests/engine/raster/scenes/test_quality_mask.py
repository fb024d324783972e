"""Quality masks: which pixels become nodata, from a band of the raster or a raster of its own, on any grid."""

import numpy as np
import pytest
from colearn.engine.contract.job.quality import mask_rules
from colearn.engine.contract.job.sources import Layout, RasterSource, SensorSpec
from colearn.engine.contract.manifest.manifest import SensorKind, SensorManifest
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.scenes import quality_mask
from colearn.engine.raster.scenes.mask_rasters import GivenMask
from colearn.engine.raster.scenes.quality_mask import fails_test
from colearn.engine.raster.scenes.scene import reflected
from colearn.engine.raster.sensors.open import open_as, open_sensor
from hypothesis import given
from hypothesis import strategies as st

NAN = float("nan")


def spec(*sources, **options):
    return SensorSpec("A", sources, **options)


def planes(*values, side=(2, 2), dtype=np.uint16):
    """One constant plane (band, row, col) for every value."""
    return np.stack([np.full(side, value, dtype) for value in values])


def whole(opened, at=0):
    scene = opened.scenes[at]
    return scene.read(scene.grid.window())


def as_trained(opened, layout=None):
    """The sensor that a training on these rasters leaves in the model."""
    kind = SensorKind.SERIES if opened.dates else SensorKind.IMAGE
    bands = tuple(_band(name) for name in opened.bands)
    return SensorManifest(
        *("A", kind, layout or opened.layout, bands, opened.bands_named, opened.dates, opened.dates_known),
        *(10.0, 1, opened.dtype, "a.onnx", None),
        mask=opened.mask,
    )


def _band(name):
    from colearn.engine.contract.manifest.manifest import Band

    return Band(name, 0.0, 1.0, 0.0, 1.0)


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
        assert any("SCL: by the name a quality band" in note for note in opened.notes)
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


class TestRasterOfItsOwn:
    def test_one_twice_as_coarse_is_asked_at_the_pixels_centres(self, make_raster) -> None:
        """Four rows of 10 m under two of 20 m; the upper right 20 m pixel is cloud: rows 0, 1, columns 2, 3."""
        image = make_raster("i.tif", np.ones((1, 4, 4), np.uint8))
        scl = make_raster("s.tif", np.array([[[4, 9], [5, 4]]], np.uint8), transform=(5e5, 20, 0, 58e5, 0, -20))
        values = whole(open_sensor(spec(image, mask="sentinel2_scl", mask_rasters=(scl,))))[0]
        clear = np.ones((4, 4))
        clear[:2, 2:] = NAN
        np.testing.assert_array_equal(values, clear)

    def test_a_finer_one_too_and_the_same_one_read_in_parts(self, make_raster, monkeypatch) -> None:
        """Pixels of 30 m; the mask's of 10 m: the centre of a pixel is the middle one of nine."""
        image = make_raster("i.tif", np.ones((1, 3, 4), np.uint8), transform=(5e5, 30, 0, 58e5, 0, -30))
        fine = np.ones((1, 9, 12), np.uint8)
        fine[0, 4, 7] = 0  # the middle of pixel (1, 2)
        fine[0, 0, 0] = 0  # a corner of pixel (0, 0): not its centre
        mask = make_raster("m.tif", fine)
        opened = open_sensor(spec(image, mask="generic", mask_rasters=(mask,)))
        clear = np.ones((3, 4))
        clear[1, 2] = NAN
        np.testing.assert_array_equal(whole(opened)[0], clear)
        monkeypatch.setattr(quality_mask, "MOST_READ_PX", 1)
        np.testing.assert_array_equal(whole(opened)[0], clear)

    def test_what_it_does_not_cover_is_nodata_and_reported(self, make_raster) -> None:
        image = make_raster("i.tif", np.ones((1, 2, 4), np.uint8))
        mask = make_raster("m.tif", np.ones((1, 2, 2), np.uint8))
        opened = open_sensor(spec(image, mask="generic", mask_rasters=(mask,)))
        np.testing.assert_array_equal(whole(opened)[0], [[1, 1, NAN, NAN]] * 2)
        assert any("covers about 50%" in note for note in opened.notes)

    def test_in_another_crs(self, make_raster) -> None:
        """The mask in degrees, 0.001° a pixel (68 to 111 m): its north-western pixel alone is cloud."""
        image = make_raster("i.tif", np.ones((1, 60, 60), np.uint8))
        cloud = np.ones((1, 30, 30), np.uint8)
        cloud[0, :10, :10] = 0
        mask = make_raster("m.tif", cloud, crs="EPSG:4326", transform=(14.995, 0.001, 0, 52.355, 0, -0.001))
        values = whole(open_sensor(spec(image, mask="generic", mask_rasters=(mask,))))[0]
        scene = open_sensor(spec(image, mask="generic", mask_rasters=(mask,))).scenes[0]
        from colearn.engine.raster.geo.crs import transform_xy

        row, col = np.mgrid[:60, :60]
        x, y = transform_xy(*scene.grid.xy_of(row, col), "EPSG:32633", "EPSG:4326")
        cloudy = (x < 15.005) & (y > 52.345)
        assert 0 < cloudy.sum() < cloudy.size
        np.testing.assert_array_equal(np.isnan(values), cloudy)

    def test_its_own_nodata_is_invalid_unless_its_rule_says_that_it_is_valid(self, make_raster) -> None:
        image = make_raster("i.tif", np.ones((1, 1, 3), np.uint8))
        mask = make_raster("m.tif", np.array([[[0, 1, 2]]], np.uint8), nodata=0)
        opened = open_sensor(spec(image, mask="values 2", mask_rasters=(mask,)))
        np.testing.assert_array_equal(whole(opened)[0], [[NAN, 1, NAN]])
        assert any("declares 0 as its own nodata" in note and "“valid 0”" in note for note in opened.notes)
        opened = open_sensor(spec(image, mask="valid 0,1", mask_rasters=(mask,)))
        np.testing.assert_array_equal(whole(opened)[0], [[1, 1, NAN]])
        assert not opened.notes

    def test_a_file_of_the_bands_that_is_called_like_it_is_it(self, make_raster) -> None:
        """A product's files as they lie in its folder: SCL has 20 m and the bands 10 m."""
        name = "T33UUU_20200101T102101_{}.tif"
        files = [make_raster(name.format(f"B0{band}_10m"), np.full((1, 4, 4), band, np.uint16)) for band in (2, 3)]
        scl = np.array([[[4, 4], [4, 8]]], np.uint8)
        files.append(make_raster(name.format("SCL_20m"), scl, transform=(5e5, 20, 0, 58e5, 0, -20)))
        opened = open_sensor(spec(*files, mask="sentinel2_scl"))
        assert (opened.bands, opened.layout) == (("B02", "B03"), Layout.BANDS)
        assert np.isnan(whole(opened)[:, 2:, 2:]).all()
        assert np.isfinite(whole(opened)).sum() == 2 * 12

    def test_layers_of_several_kinds_are_told_apart_by_their_names(self, make_raster) -> None:
        image = make_raster("E-SPECTRAL_IMAGE.TIF", np.ones((1, 1, 5), np.int16))
        layers = {"CLASSES": [1, 3, 1, 1, 2], "CLOUD": [0, 0, 1, 0, 0], "CLOUDSHADOW": [0, 0, 0, 1, 0]}
        layers |= {"CIRRUS": [0] * 5, "HAZE": [0] * 5, "SNOW": [0, 0, 0, 0, 1]}
        masks = tuple(
            make_raster(f"E-QL_QUALITY_{kind}.TIF", np.array([[row]], np.uint8)) for kind, row in layers.items()
        )
        opened = open_sensor(spec(image, mask="enmap_quality", mask_rasters=masks))
        np.testing.assert_array_equal(whole(opened)[0], [[1, NAN, NAN, NAN, 1]])
        opened = open_sensor(spec(image, *masks, mask="enmap_quality+snow"))
        np.testing.assert_array_equal(whole(opened)[0], [[1, NAN, NAN, NAN, NAN]])

    def test_one_for_each_date_by_the_dates_in_the_names(self, make_raster) -> None:
        dates = [make_raster(f"x_2021030{day}.tif", planes(day), bands=("VV",)) for day in (1, 2)]
        masks = tuple(make_raster(f"m_2021030{day}.tif", planes(day == 1, dtype=np.uint8)) for day in (2, 1))
        values = whole(open_sensor(spec(*dates, layout=Layout.DATES, mask="generic", mask_rasters=masks)))
        assert values[0].ravel().tolist() == [1] * 4
        assert np.isnan(values[1]).all()

    def test_a_date_without_one_is_named(self, make_raster, error_of) -> None:
        dates = [make_raster(f"x_2021030{day}.tif", planes(day), bands=("VV",)) for day in (1, 2)]
        mask = make_raster("m_20210301.tif", planes(1))
        options = {"layout": Layout.DATES, "mask": "generic", "mask_rasters": (mask,)}
        error = error_of(open_sensor, spec(*dates, **options))
        assert error.code is ErrorCode.QUALITY_MASK_MISSING
        assert "none of 2021-03-02" in error.found

    def test_one_without_a_date_is_for_all_of_them(self, make_raster) -> None:
        dates = [make_raster(f"x_2021030{day}.tif", planes(day), bands=("VV",)) for day in (1, 2)]
        water = make_raster("water.tif", np.array([[[1, 0], [1, 1]]], np.uint8))
        values = whole(open_sensor(spec(*dates, layout=Layout.DATES, mask="generic", mask_rasters=(water,))))
        assert np.isnan(values)[:, 0].tolist() == [[[False, True], [False, False]]] * 2

    def test_scenes_take_the_one_that_lies_on_them(self, make_raster) -> None:
        east = (5e5 + 20, 10, 0, 58e5, 0, -10)
        scenes = (make_raster("w.tif", planes(1)), make_raster("e.tif", planes(2), transform=east))
        masks = (make_raster("me.tif", planes(0), transform=east), make_raster("mw.tif", planes(1)))
        opened = open_sensor(spec(*scenes, mask="generic", mask_rasters=masks))
        assert whole(opened).ravel().tolist() == [1] * 4
        assert np.isnan(whole(opened, 1)).all()

    def test_two_for_one_scene_are_unclear_and_one_elsewhere_is_none(self, make_raster, error_of) -> None:
        image = make_raster("i.tif", planes(1))
        masks = (make_raster("one.tif", planes(0)), make_raster("two.tif", planes(1)))
        error = error_of(open_sensor, spec(image, mask="generic", mask_rasters=masks))
        assert error.code is ErrorCode.QUALITY_MASK_UNCLEAR
        assert "one, two" in error.found.replace(".tif", "")
        away = make_raster("away.tif", planes(1), transform=(6e5, 10, 0, 58e5, 0, -10))
        error = error_of(open_sensor, spec(image, mask="generic", mask_rasters=(away,)))
        assert error.code is ErrorCode.QUALITY_MASK_MISSING
        assert "elsewhere" in error.found

    def test_one_of_another_day_is_reported(self, make_raster) -> None:
        image = make_raster("image_20200601.tif", planes(10))
        other, own = (make_raster(f"clouds_{day}.tif", planes(0)) for day in ("20210701", "20200601"))
        (note,) = open_sensor(spec(image, mask="values 1", mask_rasters=(other,))).notes
        assert "clouds_20210701" in note
        assert "2021-07-01" in note
        assert "of 2020-06-01" in note
        (note,) = open_sensor(spec(image, mask="values 1", mask_rasters=(own, other))).notes
        assert "clouds_20210701" in note
        assert "not used" in note
        assert open_sensor(spec(image, mask="values 1", mask_rasters=(own,))).notes == ()

    def test_one_that_no_rule_asks_is_reported(self, make_raster) -> None:
        """The image has a band of the name itself."""
        image = make_raster("image.tif", planes(10, 4), bands=("B02", "SCL"))
        opened = open_sensor(spec(image, mask="SCL values 9", mask_rasters=(make_raster("finer.tif", planes(9)),)))
        assert any("finer" in note and "not used" in note for note in opened.notes)
        mapped = open_as(as_trained(opened), (image,), mask=GivenMask(rasters=(make_raster("finer.tif", planes(9)),)))
        assert any("finer" in note and "not used" in note for note in mapped.notes)

    def test_a_number_of_two_bands_is_unclear(self, make_raster, error_of) -> None:
        """Band 2 of the image is infrared: it never is the mask because the mask raster has a band 2 as well."""
        image = make_raster("image.tif", planes(10, 20), bands=("red", "nir"))
        clouds = make_raster("clouds.tif", planes(0, 1))
        error = error_of(open_sensor, spec(image, mask="2 values 1", mask_rasters=(clouds,)))
        assert error.code is ErrorCode.QUALITY_MASK_UNCLEAR
        assert "the band nir here" in error.found
        assert "clouds" in error.found
        wide = make_raster("wide.tif", planes(0, 1, 1))
        assert np.isnan(whole(open_sensor(spec(image, mask="3 values 1", mask_rasters=(wide,))))).all()

    def test_floats_that_hold_no_bits_are_invalid(self, make_raster) -> None:
        stored = np.array([[[2.0, np.inf], [-3.4e38, 4.0]]], np.float32)
        opened = open_sensor(
            spec(make_raster("x.tif", planes(10)), mask="bits 2", mask_rasters=(make_raster("bits.tif", stored),))
        )
        np.testing.assert_array_equal(whole(opened)[0], [[10, NAN], [10, NAN]])

    def test_a_change_of_its_file_is_noticed(self, make_raster, error_of) -> None:
        image, mask = make_raster("i.tif", planes(1)), make_raster("m.tif", planes(1))
        opened = open_sensor(spec(image, mask="generic", mask_rasters=(mask,)))
        assert mask.path in opened.scenes[0].sources
        make_raster("m.tif", planes(0, 1))
        assert error_of(opened.require_unchanged).code is ErrorCode.INPUT_CHANGED


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

    def test_one_that_is_not_there_is_reported_and_the_rest_is_mapped(self, make_raster, error_of) -> None:
        train = make_raster("t.tif", planes(10, 20, 4), bands=("B02", "B03", "SCL"))
        trained = as_trained(open_sensor(spec(train, mask="sentinel2_scl")))
        new = make_raster("n.tif", planes(1, 2), bands=("B02", "B03"))
        opened = open_as(trained, (new,))
        assert opened.mask == ""
        (note,) = opened.notes
        assert "SCL values 0,1,3,8-10" in note
        assert "Clouds, shadows and fill count as any other ground" in note
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
