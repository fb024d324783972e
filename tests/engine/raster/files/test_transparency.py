"""Alpha bands, and bands that are merely tagged so."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.sensors.open import open_sensor

RGBA = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand)
TAKEN_AS_ALPHA = "Band 4 is treated as an alpha band (0 is nodata)."
TAKEN_AS_VALUES = "Band 4 is tagged as alpha but used as a data band."
RNG = np.random.default_rng(0)
SIZE = 80


def near_infrared():
    return RNG.integers(1, 256, (SIZE, SIZE))


def mostly_fill():
    values = np.zeros((SIZE, SIZE))
    values[:5] = RNG.integers(40, 200, (5, SIZE))
    return values


def feathered():
    return np.tile(np.clip(np.arange(SIZE) * 20, 0, 255), (SIZE, 1))


def source_of(make_raster, fourth, dtype=np.uint8, **options):
    colours = RNG.integers(1, 200, (3, *fourth.shape))
    return make_raster(array=np.concatenate([colours, fourth[np.newaxis]]).astype(dtype), **options)


def opened_of(source, *bands):
    return open_sensor(SensorSpec("A", (source,), bands=bands))


@pytest.mark.parametrize("fourth", [near_infrared(), mostly_fill()], ids=["near infrared", "mostly fill"])
def test_a_fourth_byte_band_of_values_is_kept_though_gdal_tags_it(make_raster, fourth):
    source = source_of(make_raster, fourth, interpretations=RGBA)
    opened = opened_of(source)
    assert opened.bands == ("1", "2", "3", "4")
    assert TAKEN_AS_VALUES in opened.notes
    read = opened.scenes[0].read(opened.scenes[0].grid.window())
    np.testing.assert_array_equal(read[3], fourth)


def test_gdal_tags_the_fourth_of_four_byte_bands_unasked(tmp_path):
    dataset = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "four.tif"), SIZE, SIZE, 4)
    assert dataset.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand


@pytest.mark.parametrize(
    "fourth",
    [
        np.where(near_infrared() > 128, 255, 0),
        feathered(),
        np.full((SIZE, SIZE), 128),  # one opacity for all
        np.full((SIZE, SIZE), 255),
        np.zeros((SIZE, SIZE)),
    ],
    ids=["hard", "feathered", "half", "opaque", "nothing"],
)
def test_transparency_hard_or_soft_stays_transparency(make_raster, fourth):
    opened = opened_of(source_of(make_raster, fourth, interpretations=RGBA))
    assert opened.bands == ("1", "2", "3")
    assert TAKEN_AS_ALPHA in opened.notes
    read = opened.scenes[0].read(opened.scenes[0].grid.window())
    np.testing.assert_array_equal(np.isnan(read), np.tile(fourth == 0, (3, 1, 1)))


def test_a_tag_that_no_writer_gives_unasked_is_believed(make_raster):
    source = source_of(make_raster, near_infrared(), np.uint16, interpretations=RGBA)
    assert opened_of(source).bands == ("1", "2", "3")
    named = source_of(make_raster, near_infrared(), name="b.tif", interpretations=RGBA, bands=("", "", "", "Alpha"))
    assert opened_of(named).bands == ("1", "2", "3")


def test_the_person_has_the_last_word(make_raster):
    source = source_of(make_raster, feathered(), interpretations=RGBA)
    opened = opened_of(source, "4", "1")
    assert opened.bands == ("4", "1")
    assert TAKEN_AS_VALUES in opened.notes
    assert not np.isnan(opened.scenes[0].read(opened.scenes[0].grid.window())).any()
    assert opened_of(source, "1", "2").bands == ("1", "2")


def test_of_a_large_raster_few_blocks_are_looked_at(make_raster, monkeypatch):
    from colearn.engine.raster.files import transparency

    sample = transparency._sample
    sizes = []
    monkeypatch.setattr(transparency, "_sample", lambda band: sizes.append(sample(band).size) or sample(band))
    fourth = RNG.integers(1, 256, (3000, 40))
    assert opened_of(source_of(make_raster, fourth, interpretations=RGBA)).bands == ("1", "2", "3", "4")
    assert sizes == [8 * 64 * 40]


def test_rasters_without_alpha_have_nothing_to_tell(make_raster):
    assert not any("transparency" in note for note in opened_of(source_of(make_raster, near_infrared())).notes)
