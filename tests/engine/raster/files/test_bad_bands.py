"""Bands that a file calls bad are excluded and reported; a choice of bands wins; a trained sensor finds its own."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, RasterSource, SensorSpec
from colearn.engine.contract.manifest.manifest import Band, SensorKind, SensorManifest
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal, osr
from colearn.engine.raster.sensors.open import open_as, open_sensor

NM = (418.2, 500.5, 665.1, 760.0)


@pytest.fixture
def make_cube(tmp_path):
    """An ENVI file whose bands hold 10, 20, 30, 40; with the list of bad bands and the wavelengths of its header."""

    def make(name="cube.bsq", bbl="1, 0, 1, 1", wavelengths=NM, values=(10, 20, 30, 40)):
        path = tmp_path / name
        dataset = gdal.GetDriverByName("ENVI").Create(str(path), 3, 2, len(values), gdal.GDT_Int16)
        dataset.SetGeoTransform((5e5, 30, 0, 58e5, 0, -30))
        reference = osr.SpatialReference()
        reference.ImportFromEPSG(32633)
        dataset.SetSpatialRef(reference)
        for number, value in enumerate(values, 1):
            dataset.GetRasterBand(number).WriteArray(np.full((2, 3), value, np.int16))
        dataset = None
        header = path.with_suffix(".hdr")
        text = header.read_text()
        text += f"bbl = {{ {bbl} }}\n" if bbl else ""
        if wavelengths:
            text += f"wavelength units = Nanometers\nwavelength = {{ {', '.join(map(str, wavelengths))} }}\n"
        header.write_text(text)
        return RasterSource(str(path))

    return make


def first(opened):
    scene = opened.scenes[0]
    return scene.read(scene.grid.window())[:, 0, 0].tolist()


def trained(opened):
    bands = tuple(Band(name, 0.0, 1.0, 0.0, 1.0) for name in opened.bands)
    return SensorManifest(
        *("A", SensorKind.IMAGE, Layout.SCENES, bands, opened.bands_named, (), True, 30.0, 1, opened.dtype, "a", None)
    )


def test_they_are_left_out_and_reported(make_cube) -> None:
    opened = open_sensor(SensorSpec("A", (make_cube(),)))
    assert first(opened) == [10, 30, 40]
    assert any("1 of 4 bands are marked as bad" in note and "500.5" in note for note in opened.notes)


def test_a_choice_of_bands_wins(make_cube) -> None:
    opened = open_sensor(SensorSpec("A", (make_cube(),), bands=("2", "3")))
    assert first(opened) == [20, 30]
    assert not any("bad" in note for note in opened.notes)


@pytest.mark.parametrize("bbl", ["", "1, 0", "1, x, 1, 1", "1, 1, 1, 1"])
def test_a_list_that_does_not_fit_or_names_none_changes_nothing(make_cube, bbl) -> None:
    opened = open_sensor(SensorSpec("A", (make_cube(bbl=bbl),)))
    assert first(opened) == [10, 20, 30, 40]


def test_nothing_but_bad_bands_is_refused(make_cube, error_of) -> None:
    error = error_of(open_sensor, SensorSpec("A", (make_cube(bbl="0,0,0,0"),)))
    assert error.code is ErrorCode.BANDS_UNKNOWN
    assert "bbl" in error.found


def test_what_one_scene_calls_bad_is_left_out_of_all(make_cube) -> None:
    one, other = make_cube("one.bsq", "1, 0, 1, 1"), make_cube("other.bsq", "1, 1, 1, 0")
    opened = open_sensor(SensorSpec("A", (one, other), layout=Layout.SCENES))
    assert first(opened) == [10, 30]


def test_a_trained_sensor_finds_its_bands_by_wavelength_whatever_is_bad_there(make_cube) -> None:
    sensor = trained(open_sensor(SensorSpec("A", (make_cube(),))))
    subset = make_cube("subset.bsq", "1, 0, 1", (760.02, 665.0, 418.2), (4, 3, 1))
    opened = open_as(sensor, (subset,))
    assert first(opened) == [1, 3, 4]
    assert any("that the sensor was trained on are marked as bad in the file (bbl)" in note for note in opened.notes)


def test_without_names_the_good_ones_are_those_trained_on(make_cube) -> None:
    sensor = trained(open_sensor(SensorSpec("A", (make_cube(wavelengths=()),))))
    assert not sensor.bands_named
    assert first(open_as(sensor, (make_cube("n.bsq", wavelengths=(), values=(1, 2, 3, 4)),))) == [1, 3, 4]


def test_a_list_of_each_band_as_others_write_it(make_raster) -> None:
    array = np.stack([np.full((2, 2), value, np.uint8) for value in (1, 2, 3)])
    source = make_raster(array=array, bands=("a", "b", "c"))
    dataset = gdal.Open(source.path, gdal.GA_Update)
    for number, good in enumerate("101", 1):
        dataset.GetRasterBand(number).SetMetadataItem("bbl", good, "ENVI")
    dataset = None
    opened = open_sensor(SensorSpec("A", (source,)))
    assert opened.bands == ("a", "c")
    assert first(open_as(replace(trained(opened)), (source,))) == [1, 3]
