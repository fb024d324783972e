"""Products as delivered: their bands, what stored numbers mean, their quality mask; and what is refused."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, RasterSource, SensorSpec
from colearn.engine.contract.naming.products import ProductKind, delivery_at
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.scenes.mask_rasters import GivenMask
from colearn.engine.raster.sensors.open import open_as, open_sensor

from delivered import NEW_OFFSETS, S2_NATIVE_M, make_safe, zipped
from opened_products import NAN, spec, trained, whole
from world import WEST

TEN_M = ("B02", "B03", "B04", "B08")
TWENTY_M = ("B05", "B06", "B07", "B8A", "B11", "B12")


def stored(value, *, side_px=12, names=tuple(S2_NATIVE_M)):
    """Every band of a SAFE with value + its place in the list, on 120 m of ground; 0 (nothing) in the first pixel."""
    bands = {}
    for at, name in enumerate(names):
        if name != "B10":
            side = side_px * 10 // S2_NATIVE_M[name]
            bands[name] = np.full((side, side), value + at)
            bands[name][0, 0] = 0
    return bands


def clear(side=6):
    return np.full((side, side), 4)


class TestSentinel2:
    def test_the_finest_bands_are_taken_with_the_scene_classification_as_mask(self, tmp_path) -> None:
        scl = clear()
        scl[1, 2] = 9  # rows 2 and 3, columns 4 and 5 of 10 m
        opened = open_sensor(spec(make_safe(tmp_path, stored(2000), scl)))
        assert (opened.bands, opened.mask) == (TEN_M, "SCL values 0,1,3,8-10")
        assert opened.scenes[0].grid.pixel_m() == pytest.approx(10, rel=1e-3)
        expected = np.full((12, 12), 2001.0)  # B02 is the second band
        expected[0, 0] = expected[2:4, 4:6] = NAN
        np.testing.assert_array_equal(whole(opened)[0], expected)

    def test_old_and_new_baselines_give_the_same_values(self, tmp_path) -> None:
        """Reflectance 0.2 is stored as 2000 before baseline 04.00 and as 3000 since; both are 2000 ten-thousandths."""
        old = make_safe(tmp_path / "old", stored(2000), clear(), baseline="02.13")
        new = make_safe(tmp_path / "new", stored(3000), clear(), baseline="05.09", offsets=NEW_OFFSETS)
        silent = make_safe(tmp_path / "silent", stored(3000), clear(), baseline="04.00")
        values = [whole(open_sensor(spec(safe, bands=("20m",)))) for safe in (old, new, silent)]
        assert values[0][:, 5, 5].tolist() == [2004, 2005, 2006, 2008, 2011, 2012]
        np.testing.assert_array_equal(values[0], values[1])
        np.testing.assert_array_equal(values[0], values[2])
        opened = open_sensor(spec(new))
        assert "baseline 05.09, its offset of -1000 applied" in opened.facts_text()
        assert opened.notes == ()

    def test_dark_pixels_keep_their_negative_values(self, tmp_path) -> None:
        safe = make_safe(tmp_path, stored(990), clear(), baseline="05.00", offsets=NEW_OFFSETS)
        assert whole(open_sensor(spec(safe)))[0, 5, 5] == -9

    def test_one_safe_is_two_sensors_by_the_size_of_the_pixels(self, tmp_path) -> None:
        safe = make_safe(tmp_path, stored(2000), clear())
        assert open_sensor(spec(safe, bands=("20m",))).bands == TWENTY_M
        assert open_sensor(spec(safe, bands=("60 m",))).bands == ("B01", "B09")
        opened = open_sensor(spec(safe, bands=("B8A", "B11")))
        assert opened.bands == ("B8A", "B11")
        assert opened.scenes[0].grid.shape == (6, 6)

    def test_bands_that_no_pixel_size_has_together_are_reported_with_what_there_is(self, tmp_path, error_of) -> None:
        error = error_of(open_sensor, spec(make_safe(tmp_path, stored(2000), clear()), bands=("B04", "B11")))
        assert error.code is ErrorCode.BANDS_UNKNOWN
        assert "B04, B11" in error.found
        assert "B02, B03, B04, B08 in 10 m (10m)" in error.expected
        assert "B11, B12 in 20 m (20m)" in error.expected

    def test_zip_metadata_file_and_folder_are_the_same(self, tmp_path) -> None:
        safe = make_safe(tmp_path, stored(2000), clear())
        ways = (safe, safe / "MTD_MSIL2A.xml", zipped(safe, tmp_path / "S2A zip & co.zip"), safe.parent)
        values = [whole(open_sensor(spec(way))) for way in ways]
        for other in values[1:]:
            np.testing.assert_array_equal(values[0], other)

    def test_its_mask_can_be_switched_off_and_changed(self, tmp_path) -> None:
        scl = clear()
        scl[1, 2] = 9
        safe = make_safe(tmp_path, stored(2000), scl)
        opened = open_sensor(spec(safe, mask="none"))
        assert (opened.bands, opened.mask) == (TEN_M, "")
        assert np.isnan(whole(opened)[0]).sum() == 1
        assert np.isnan(whole(open_sensor(spec(safe, mask="SCL values 4")))[0]).sum() == 12 * 12 - 4

    def test_products_with_and_without_a_mask_are_refused_until_one_is_chosen(self, tmp_path, error_of) -> None:
        bands = {"B02": stored(100)["B02"]}
        with_scl = make_safe(tmp_path, bands, clear(), date="20200601")
        without = make_safe(tmp_path, bands, None, date="20200611")
        error = error_of(open_sensor, spec(with_scl, without))
        assert error.code is ErrorCode.QUALITY_MASK_MISSING
        assert "sentinel2_scl in " in error.found
        assert f"no quality mask in {without.name}" in error.found
        assert "SENSOR_X_MASK=none" in error.remedy
        opened = open_sensor(spec(with_scl, without, mask="none"))
        assert (opened.bands, opened.mask) == (("B02",), "")

    def test_two_dates_are_a_series_each_with_its_own_clouds(self, tmp_path) -> None:
        cloudy = np.full((6, 6), 8)
        june = make_safe(tmp_path, stored(2000), clear(), date="20200601")
        july = make_safe(tmp_path, stored(3000), cloudy, date="20200701")
        opened = open_sensor(spec(july, june))
        assert opened.dates == ("2020-06-01", "2020-07-01")
        values = whole(opened)
        assert np.isfinite(values[0]).sum() == 4 * 143
        assert np.isnan(values[1]).all()

    def test_a_model_finds_its_bands_in_a_product_and_its_mask(self, tmp_path, error_of) -> None:
        model = trained(open_sensor(spec(make_safe(tmp_path / "a", stored(2000), clear()), bands=("B11", "B05"))))
        new = make_safe(tmp_path / "b", stored(3000), np.full((6, 6), 10), baseline="05.00", offsets=NEW_OFFSETS)
        source = (RasterSource(str(new)),)
        assert np.isnan(whole(open_as(model, source))).all()
        assert whole(open_as(model, source, mask=GivenMask("none")))[:, 3, 3].tolist() == [2011, 2004]
        few = make_safe(tmp_path / "c", {"B05": stored(1)["B05"]}, clear())
        assert error_of(open_as, model, (RasterSource(str(few)),)).code is ErrorCode.BANDS_DIFFER

    def test_a_model_of_plain_files_takes_a_product(self, tmp_path, make_raster) -> None:
        files = [make_raster(f"T33UUU_20170216T102101_{name}.tif", np.full((1, 4, 4), 7, np.uint16)) for name in TEN_M]
        model = trained(open_sensor(SensorSpec("A", tuple(files))))
        opened = open_as(model, (RasterSource(str(make_safe(tmp_path, stored(2000), clear()))),))
        assert whole(opened)[:, 5, 5].tolist() == [2001, 2002, 2003, 2007]

    def test_level_1c(self, tmp_path) -> None:
        opened = open_sensor(spec(make_safe(tmp_path, stored(2000), None, level="L1C"), bands=("20m",)))
        assert opened.bands == TWENTY_M
        assert opened.mask == ""
        assert any("no scene classification" in note for note in opened.notes)

    def test_names_of_the_first_years(self, tmp_path) -> None:
        safe = make_safe(tmp_path, stored(2000), clear())
        for file in safe.rglob("*.jp2"):
            file.rename(file.with_name(f"L2A_{file.name}"))
        assert open_sensor(spec(safe)).bands == TEN_M

    def test_two_tiles_are_two_scenes(self, tmp_path) -> None:
        one = make_safe(tmp_path, stored(2000), clear())
        other = make_safe(tmp_path, stored(3000), np.full((6, 6), 9), tile="T33UVU", west=WEST + 500)
        opened = open_sensor(spec(one, other))
        assert (len(opened.scenes), opened.layout, opened.bands) == (2, Layout.SCENES, TEN_M)
        assert np.isfinite(whole(opened)).sum() == 4 * 143
        assert np.isnan(whole(opened, 1)).all()

    def test_windows_are_pieces_of_the_whole(self, tmp_path) -> None:
        """The 20 m classification under 10 m bands is read alike in every window, odd ones too."""
        scl = np.random.default_rng(1).choice([4, 9], (6, 6))
        (scene,) = open_sensor(spec(make_safe(tmp_path, stored(2000), scl))).scenes
        everything = scene.read(scene.grid.window())
        for window in (Window(1, 1, 3, 5), Window(3, 5, 1, 1), Window(5, 0, 7, 11), Window(11, 11, 1, 1)):
            np.testing.assert_array_equal(scene.read(window), everything[(slice(None), *window.slices())])


class TestRecognition:
    def test_kinds(self, tmp_path) -> None:
        safe = make_safe(tmp_path / "s", stored(1), clear())
        assert delivery_at(str(safe)).kind is ProductKind.SENTINEL2
        assert delivery_at(str(safe)).name == safe.name[:-5]

    def test_others_are_none(self, tmp_path, make_raster) -> None:
        (tmp_path / "empty.zip").write_bytes(b"PK\x05\x06" + bytes(18))
        (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04 and then nothing")
        (tmp_path / "damaged.tar").write_bytes(b"no tar")
        for path in (make_raster().path, tmp_path, tmp_path / "empty.zip", tmp_path / "damaged.zip", "gone.SAFE", ""):
            assert delivery_at(str(path)) is None
        assert delivery_at(str(tmp_path / "damaged.tar")) is None
        assert delivery_at("/vsizip/x.zip") is None

    def test_a_safe_without_its_metadata_is_refused(self, tmp_path, error_of) -> None:
        safe = make_safe(tmp_path, stored(1), clear())
        (safe / "MTD_MSIL2A.xml").unlink()
        error = error_of(open_sensor, spec(safe))
        assert error.code is ErrorCode.PRODUCT_UNUSABLE
        assert "MTD_MSIL2A.xml" in error.found

    def test_a_file_that_only_is_called_an_image_is_not_followed(self, tmp_path, error_of, make_raster) -> None:
        """A hostile product: the “image” is a virtual raster that leads out of the product."""
        safe = make_safe(tmp_path, stored(1), clear())
        secret = make_raster("secret.tif", np.full((1, 12, 12), 42, np.uint16))
        (image,) = safe.rglob("*_B02_10m.jp2")
        image.write_text(
            '<VRTDataset rasterXSize="12" rasterYSize="12"><VRTRasterBand dataType="UInt16" band="1"><SimpleSource>'
            f"<SourceFilename>{secret.path}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
        )
        assert error_of(open_sensor, spec(safe)).code is ErrorCode.PRODUCT_UNUSABLE

    def test_a_damaged_image_is_named(self, tmp_path, error_of) -> None:
        safe = make_safe(tmp_path, stored(1), clear())
        (image,) = safe.rglob("*_B03_10m.jp2")
        image.write_bytes(b"nothing")
        error = error_of(open_sensor, spec(safe))
        assert error.code is ErrorCode.PRODUCT_UNUSABLE
        assert "_B03_10m.jp2" in error.found

    def test_the_same_product_twice_is_refused(self, tmp_path, error_of) -> None:
        safe = make_safe(tmp_path, stored(1), clear())
        error = error_of(open_sensor, spec(safe, safe / "MTD_MSIL2A.xml", layout=Layout.SCENES))
        assert "listed twice" in error.found
