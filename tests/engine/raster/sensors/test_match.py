"""Rasters opened as a trained sensor expects them; the sensor that rasters belong to."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Layout, SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.sensors.open import open_as, open_sensor

from trained_sensors import MONTHS, first_pixel, planes, trained

RGBA = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand)
COARSE = (500000.0, 20.0, 0.0, 5800000.0, 0.0, -20.0)


def test_bands_are_found_by_name_whatever_their_order_and_company(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("nir", "blue", "Red"))
    opened = open_as(trained(), (source,))
    assert (opened.bands, first_pixel(opened), opened.notes) == (("red", "nir"), [3, 1], ())


def test_nodata_is_that_of_the_training_unless_other_values_or_none_are_given(make_raster):
    source = make_raster(array=planes(1, 2), bands=("red", "nir"))
    sensor = replace(trained(), nodata=(1.0,))
    assert np.isnan(first_pixel(open_as(sensor, (source,)))).tolist() == [True, False]
    assert np.isnan(first_pixel(open_as(sensor, (source,), nodata=(2.0,)))).tolist() == [False, True]
    assert first_pixel(open_as(sensor, (source,), nodata=())) == [1, 2]


def test_bands_are_found_by_wavelength(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("665.4 nm", "band (0.8331 µm)", "700 nm"))
    assert first_pixel(open_as(trained(bands=("833.0 nm", "665.0 nm")), (source,))) == [2, 1]


def test_wavelengths_too_far_apart_are_other_bands(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("667.0 nm", "833.0 nm"))
    assert error_of(open_as, trained(bands=("833.0 nm", "665.0 nm")), (source,)).code is ErrorCode.BANDS_DIFFER


def test_two_trained_bands_never_share_one(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("665.0 nm", "833.0 nm"))
    assert error_of(open_as, trained(bands=("665.0 nm", "665.8 nm")), (source,)).code is ErrorCode.BANDS_DIFFER


@pytest.mark.parametrize("bands", [("red", "swir"), (), ("red",)])
def test_bands_that_do_not_match_name_both_lists(make_raster, error_of, bands):
    error = error_of(open_as, trained(), (make_raster(array=planes(*range(max(len(bands), 1))), bands=bands),))
    assert error.code is ErrorCode.BANDS_DIFFER
    assert "red, nir" in error.expected
    assert (", ".join(bands) or "without names") in error.found


def test_order_counts_only_where_the_model_knows_no_names(make_raster, error_of):
    nameless = trained(bands=("1", "2"), named=False)
    opened = open_as(nameless, (make_raster(array=planes(5, 6)),))
    assert first_pixel(opened) == [5, 6]
    assert any("order" in note for note in opened.notes)
    error = error_of(open_as, nameless, (make_raster("three.tif", planes(1, 2, 3)),))
    assert error.code is ErrorCode.BANDS_DIFFER


def test_named_bands_for_a_model_without_names_are_taken_by_order_and_reported(make_raster):
    opened = open_as(trained(bands=("1", "2"), named=False), (make_raster(array=planes(5, 6), bands=("b", "a")),))
    assert first_pixel(opened) == [5, 6]
    assert any("order" in note for note in opened.notes)


def test_another_type_of_values_is_reported(make_raster):
    opened = open_as(trained(dtype="uint16"), (make_raster(array=planes(1, 2), bands=("red", "nir")),))
    assert any("uint8" in note and "uint16" in note for note in opened.notes)


def test_a_series_of_another_year_with_as_many_dates_is_the_same_sensor(make_raster):
    source = make_raster(array=planes(1, 2), bands=("VV_2023-02", "VV_2023-01"))
    opened = open_as(trained(bands=("VV",), dates=MONTHS, layout=Layout.STACK), (source,))
    assert (first_pixel(opened), opened.dates) == ([[2], [1]], ("2023-01", "2023-02"))


@pytest.mark.parametrize("count", [1, 3])
def test_fewer_or_more_dates_are_an_error_where_days_are_not_known(make_raster, error_of, count):
    """By their names neither, or neither in training: what is a date is only a number."""
    named = make_raster("named.tif", planes(*range(count)), bands=[f"VV_2020-{at + 1:02d}-01" for at in range(count)])
    unknown = trained(bands=("VV",), dates=("1", "2"), layout=Layout.STACK, known=False)
    error = error_of(open_as, unknown, (named,))
    assert error.code is ErrorCode.DATES_DIFFER
    assert (f"{count} date{'s' * (count > 1)} (" in error.found, "2 dates" in error.expected) == (True, True)
    nameless = [make_raster(f"{name}.tif", planes(1), bands=("VV",)) for name in "abc"[:count]]
    error = error_of(open_as, trained(bands=("VV",), dates=MONTHS, layout=Layout.DATES), nameless, Layout.DATES)
    assert error.code is ErrorCode.DATES_DIFFER


def test_an_unnamed_stack_is_read_with_the_trained_number_of_dates(make_raster):
    sensor = trained(bands=("1", "2"), dates=("1", "2"), layout=Layout.STACK, named=False, known=False)
    assert first_pixel(open_as(sensor, (make_raster(array=planes(1, 2, 3, 4)),))) == [[1, 2], [3, 4]]


def test_a_series_for_an_image_sensor_and_the_reverse_are_errors(make_raster, error_of):
    series = make_raster("series.tif", planes(1, 2), bands=("VV_2023-02", "VV_2023-01"))
    image = make_raster("image.tif", planes(1), bands=("VV",))
    assert error_of(open_as, trained(bands=("VV",)), (series,)).code is ErrorCode.DATES_DIFFER
    error = error_of(open_as, trained(bands=("VV",), dates=MONTHS, layout=Layout.STACK), (image,))
    assert error.code is ErrorCode.DATES_DIFFER


def test_files_of_bands_are_found_among_others_of_other_pixel_sizes(make_raster):
    fine = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03"))]
    coarse = make_raster("T33_B05.tif", planes(9), transform=COARSE)
    sensor = trained(bands=("B03", "B02"), layout=Layout.BANDS)
    assert first_pixel(open_as(sensor, (coarse, *fine))) == [1, 0]


def shorter(make_raster, band, value):
    """A band file that lacks the first row."""
    place = (500000.0, 10.0, 0.0, 5799990.0, 0.0, -10.0)
    return make_raster(f"T33_{band}.tif", planes(value)[:, 1:], transform=place)


class TestOtherGrids:
    BANDS = trained(bands=("B02", "B03"), layout=Layout.BANDS)

    def test_a_band_of_one_row_less_maps_what_all_show(self, make_raster):
        files = (make_raster("T33_B02.tif", planes(1)), shorter(make_raster, "B03", 2))
        opened = open_as(self.BANDS, files)
        grid = opened.scenes[0].grid
        assert (first_pixel(opened), grid.shape, grid.transform[3]) == ([1, 2], (3, 6), 5799990.0)
        assert any("Their common extent is used: 3 × 6." in note for note in opened.notes)

    def test_a_band_between_the_pixels_of_another_names_the_difference(self, make_raster, error_of):
        off = make_raster("T33_B03.tif", planes(2), transform=(500005.0, 10.0, 0.0, 5800000.0, 0.0, -10.0))
        error = error_of(open_as, self.BANDS, (make_raster("T33_B02.tif", planes(1)), off))
        assert error.code is ErrorCode.SENSOR_GRIDS_DIFFER
        seen = "T33_B03.tif compared with T33_B02.tif: shifted by 0 pixels down and 0.5 pixels to the right"
        assert seen in error.found

    def test_band_files_of_what_came_as_one_raster_are_its_bands(self, make_raster):
        files = (shorter(make_raster, "B03", 2), make_raster("T33_B02.tif", planes(1)))
        opened = open_as(trained(bands=("B02", "B03")), files)
        assert (len(opened.scenes), first_pixel(opened)) == (1, [1, 2])

    def test_one_of_the_bands_alone_is_refused(self, make_raster, error_of):
        error = error_of(open_as, self.BANDS, (make_raster("T33_B03.tif", planes(2)),))
        assert error.code is ErrorCode.BANDS_DIFFER
        assert "B02, B03" in error.expected

    def test_another_band_than_the_only_one_is_refused_by_its_files_name(self, make_raster, error_of):
        """A model of T33_B02.tif alone, and a map from a file of B03."""
        sensor = trained(bands=open_sensor(SensorSpec("S2", (make_raster("T33_B02.tif", planes(1)),))).bands)
        assert first_pixel(open_as(sensor, (make_raster("T32_b02_10m.tif", planes(7)),))) == [7]
        error = error_of(open_as, sensor, (make_raster("T33_B03.tif", planes(2)),))
        assert error.code is ErrorCode.BANDS_DIFFER
        assert ("B03" in error.found, "B02" in error.expected) == (True, True)

    def test_bands_are_no_scenes_of_a_model_of_one_unnamed_band(self, make_raster, error_of):
        sensor = trained(bands=("1",), named=False)
        files = (make_raster("T33_B02.tif", planes(1)), shorter(make_raster, "B03", 2))
        error = error_of(open_as, sensor, files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "B02, B03" in error.found

    def test_dates_of_one_area_are_scenes_only_if_declared(self, make_raster, error_of):
        off = (500005.0, 10.0, 0.0, 5800000.0, 0.0, -10.0)
        files = [
            make_raster("S2_20200101.tif", planes(1, 2), bands=("red", "nir")),
            make_raster("S2_20200201.tif", planes(3, 4), bands=("red", "nir"), transform=off),
        ]
        error = error_of(open_as, trained(), files)
        assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
        assert "different dates (2020-01-01, 2020-02-01)" in error.found
        assert len(open_as(trained(), files, Layout.SCENES).scenes) == 2

    def test_dates_of_one_row_less_are_a_series(self, make_raster):
        sensor = trained(bands=("VV",), dates=MONTHS, layout=Layout.DATES)
        place = (500000.0, 10.0, 0.0, 5799990.0, 0.0, -10.0)
        short = make_raster("a_2023-02.tif", planes(2)[:, 1:], bands=("VV",), transform=place)
        opened = open_as(sensor, (short, make_raster("a_2023-01.tif", planes(1), bands=("VV",))))
        assert (first_pixel(opened), opened.scenes[0].grid.shape) == ([[1], [2]], (3, 6))


def test_one_raster_may_hold_what_came_as_many_files_in_training(make_raster):
    bands = make_raster("bands.tif", planes(1, 2), bands=("B02", "B03"))
    assert first_pixel(open_as(trained(bands=("B02", "B03"), layout=Layout.BANDS), (bands,))) == [1, 2]
    dates = make_raster("dates.tif", planes(1, 2), bands=("VV_2023-01", "VV_2023-02"))
    sensor = trained(bands=("VV",), dates=MONTHS, layout=Layout.DATES)
    assert first_pixel(open_as(sensor, (dates,))) == [[1], [2]]


def test_the_layout_can_be_overridden(make_raster):
    files = [make_raster(f"T33_{band}.tif", planes(at)) for at, band in enumerate(("B02", "B03"))]
    sensor = trained(bands=("B02", "B03"), layout=Layout.SCENES)
    assert first_pixel(open_as(sensor, files, Layout.BANDS)) == [0, 1]


def test_what_open_sensor_saw_opens_again_as_that_sensor(make_raster):
    days = ("20200301", "20200101")
    files = [make_raster(f"S2_{day}.tif", planes(at, at + 10), bands=("red", "nir")) for at, day in enumerate(days)]
    opened = open_sensor(SensorSpec("S2", tuple(files)))
    sensor = trained("S2", opened.bands, opened.dates, opened.layout, dtype=opened.dtype)
    again = open_as(sensor, files)
    assert (again.scenes, again.dates) == (opened.scenes, opened.dates)


def test_a_sensor_trained_on_a_band_tagged_as_alpha_is_read_with_it(make_raster):
    """Unnamed byte bands are four in prediction where they were four in training, whatever the fourth looks like."""
    array = np.full((4, 2, 2), 255, np.uint8)
    source = make_raster(array=array, interpretations=RGBA)
    opened = open_as(trained(bands=("1", "2", "3", "4"), named=False), (source,))
    assert opened.scenes[0].read(Window(0, 0, 2, 2)).shape == (4, 2, 2)
    assert "Band 4 is tagged as alpha but used as a data band." in opened.notes
    opened = open_as(trained(bands=("1", "2", "3"), named=False), (source,))
    assert opened.scenes[0].read(Window(0, 0, 2, 2)).shape == (3, 2, 2)
