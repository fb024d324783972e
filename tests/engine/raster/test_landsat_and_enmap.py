"""Landsat and EnMAP as delivered: their bands, what stored numbers mean, their quality mask."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.sensors.open import open_as, open_sensor

from delivered import make_enmap, make_landsat, tarred, write
from opened_products import NAN, spec, trained, whole


class TestLandsat:
    """Stored 21818 is 21818 · 2.75e-5 − 0.2 = 0.399995: 3999.95 ten-thousandths."""

    def bands(self, *names):
        return {name: np.full((4, 4), 21818) for name in names}

    def qa(self):
        qa = np.full((4, 4), 21824)
        qa[0, 0], qa[1, 1], qa[3, 3] = 1, 22280, 30048  # fill, cloud, snow
        return qa

    @pytest.mark.parametrize("mtl", [True, False])
    def test_reflectance_and_mask(self, tmp_path, mtl) -> None:
        bands = self.bands("SR_B2", "SR_B4", "ST_B10")
        opened = open_sensor(spec(make_landsat(tmp_path, bands, self.qa(), mtl=mtl)))
        assert opened.bands == ("SR_B2 (482 nm)", "SR_B4 (655 nm)")
        values = whole(opened)
        np.testing.assert_allclose(values[:, 2, 2], 3999.95, rtol=1e-6)
        assert np.argwhere(np.isnan(values[0])).tolist() == [[0, 0], [1, 1]]

    def test_temperature_where_it_is_named(self, tmp_path) -> None:
        bands = self.bands("SR_B4", "ST_B10")
        opened = open_sensor(spec(make_landsat(tmp_path, bands, self.qa()), bands=("st_b10", "SR_B4")))
        assert opened.bands == ("ST_B10", "SR_B4 (655 nm)")
        assert whole(opened)[0, 2, 2] == pytest.approx(21818 * 0.00341802 + 149)

    def test_bands_of_other_instruments_are_not_taken_for_each_other(self, tmp_path, error_of) -> None:
        """Band 4 is red on Landsat 8 and infrared on Landsat 5."""
        model = trained(open_sensor(spec(make_landsat(tmp_path, self.bands("SR_B4"), self.qa()))))
        old = make_landsat(tmp_path, self.bands("SR_B4"), self.qa(), sensor="LT05")
        assert error_of(open_as, model, (RasterSource(str(old)),)).code is ErrorCode.BANDS_DIFFER

    def test_a_tar_is_read_as_it_is(self, tmp_path) -> None:
        place = make_landsat(tmp_path, self.bands("SR_B2"), self.qa())
        archive = tarred(place, tmp_path / "LC08.tar")
        np.testing.assert_array_equal(whole(open_sensor(spec(archive))), whole(open_sensor(spec(place))))

    def test_level_1_is_refused(self, tmp_path, error_of) -> None:
        product = "LC08_L1TP_193023_20200601_20200825_02_T1"
        write(tmp_path / product / f"{product}_B4.TIF", np.ones((1, 2, 2), np.uint16), 30)
        error = error_of(open_sensor, spec(tmp_path / product))
        assert error.code is ErrorCode.PRODUCT_UNUSABLE
        assert "Level 1TP" in error.found
        assert "Level 2" in error.expected

    def test_two_products_in_one_folder_are_refused_by_name(self, tmp_path, error_of) -> None:
        for sensor in ("LC08", "LE07"):
            place = make_landsat(tmp_path, self.bands("SR_B2"), self.qa(), sensor=sensor)
            for file in place.iterdir():
                file.rename(tmp_path / file.name)
        error = error_of(open_sensor, spec(tmp_path))
        assert error.code is ErrorCode.PRODUCT_UNUSABLE
        assert "LC08_L2SP" in error.found
        assert "LE07_L2SP" in error.found


class TestEnmap:
    LAYERS = ("CLASSES", "CLOUD", "CIRRUS", "CLOUDSHADOW", "HAZE", "SNOW")

    def make(self, folder, **changed):
        cube = np.stack([np.full((3, 3), value) for value in (100, -32768, 300)])
        cube[:, 0, 0] = -32768
        layers = {name: np.full((3, 3), int(name == "CLASSES")) for name in self.LAYERS} | changed
        return make_enmap(folder, cube, (418.416, 1380.0, 2445.3), layers)

    def test_bands_with_values_by_wavelength_and_all_layers_as_mask(self, tmp_path) -> None:
        cloud, snow = np.zeros((3, 3)), np.ones((3, 3))
        cloud[2, 2] = 1
        opened = open_sensor(spec(self.make(tmp_path, CLOUD=cloud, SNOW=snow)))
        assert opened.bands == ("418.4 nm", "2445.3 nm")
        assert any("1 of 3 bands contain no values and are excluded: 1380.0 nm" in note for note in opened.notes)
        expected = np.full((3, 3), 300.0)
        expected[0, 0] = expected[2, 2] = NAN
        np.testing.assert_allclose(whole(opened)[1], expected, rtol=1e-6)
        assert opened.mask.startswith("QL_QUALITY_CLASSES values 0,3; QL_QUALITY_CLOUD values 1")

    def test_a_model_finds_its_bands_by_wavelength(self, tmp_path) -> None:
        model = trained(open_sensor(spec(self.make(tmp_path / "a"), bands=("2445.3 nm",))))
        opened = open_as(model, (RasterSource(str(self.make(tmp_path / "b"))),))
        np.testing.assert_allclose(whole(opened)[:, 1, 1], [300], rtol=1e-6)
