"""Quality masks in rasters of their own: on any grid, of any extent, for bands, dates and scenes."""

import numpy as np
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.scenes import quality_mask
from colearn.engine.raster.scenes.mask_rasters import GivenMask
from colearn.engine.raster.sensors.open import open_as, open_sensor

from masked_scenes import NAN, as_trained, planes, spec, whole


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
        assert any("covers about 50 %" in note for note in opened.notes)

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

    def test_layers_of_several_kinds_are_distinguished_by_their_names(self, make_raster) -> None:
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
        assert "another area" in error.found

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
        assert "which is nir in the image" in error.found
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
