"""Rasters opened as a trained sensor expects them; the sensor that rasters belong to."""

import numpy as np
import pytest
from colearn.engine.contract.errors import ErrorCode
from colearn.engine.contract.job import Layout, SensorSpec, Task
from colearn.engine.contract.manifest import (
    Band,
    Estimate,
    Manifest,
    SampleCounts,
    SensorKind,
    SensorManifest,
    SensorScore,
    Verdict,
)
from colearn.engine.raster.gdal_seam import gdal
from colearn.engine.raster.grid import Window
from colearn.engine.raster.sensor import open_as, open_sensor, recognize

RGBA = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand)
COARSE = (500000.0, 20.0, 0.0, 5800000.0, 0.0, -20.0)
SCORE = SensorScore("balanced accuracy", None, Estimate(0.5, 0.4, 0.6), None, Verdict.NOT_MEASURED)


def trained(
    name="camera", bands=("red", "nir"), dates=(), layout=Layout.SCENES, *, dtype="uint8", named=True, known=True
):
    return SensorManifest(
        name=name,
        kind=SensorKind.SERIES if dates else SensorKind.IMAGE,
        layout=layout,
        bands=tuple(Band(band, 0, 1, 0, 1) for band in bands),
        bands_named=named,
        dates=dates,
        dates_known=known,
        pixel_m=10,
        context_px=1,
        dtype=dtype,
        graph=f"sensors/{name}.onnx",
        score=SCORE,
    )


def model(*sensors):
    return Manifest(
        task=Task.CLASSIFICATION,
        method="mdico",
        label_fields=("class",),
        sensors=sensors,
        classes=(),
        targets=(),
        nodata=255,
        samples=SampleCounts(1, 1, 1, 1, 0),
        area=None,
        split="polygon",
        seed=0,
        created="",
        versions={},
        job={},
    )


def planes(*values):
    return np.array([np.full((4, 6), value, np.uint8) for value in values])


def first_pixel(opened):
    return opened.scenes[0].read(Window(0, 0, 1, 1))[..., 0, 0].tolist()


def test_bands_are_found_by_name_whatever_their_order_and_company(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("nir", "blue", "Red"))
    opened = open_as(trained(), (source,))
    assert (opened.bands, first_pixel(opened), opened.notes) == (("red", "nir"), [3, 1], ())


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


def test_named_bands_for_a_model_without_names_are_taken_by_order_and_told(make_raster):
    opened = open_as(trained(bands=("1", "2"), named=False), (make_raster(array=planes(5, 6), bands=("b", "a")),))
    assert first_pixel(opened) == [5, 6]
    assert any("order" in note for note in opened.notes)


def test_another_type_of_values_is_told(make_raster):
    opened = open_as(trained(dtype="uint16"), (make_raster(array=planes(1, 2), bands=("red", "nir")),))
    assert any("uint8" in note and "uint16" in note for note in opened.notes)


MONTHS = ("2020-01", "2020-02")


def test_a_series_of_another_year_with_as_many_dates_is_the_same_sensor(make_raster):
    source = make_raster(array=planes(1, 2), bands=("VV_2023-02", "VV_2023-01"))
    opened = open_as(trained(bands=("VV",), dates=MONTHS, layout=Layout.STACK), (source,))
    assert (first_pixel(opened), opened.dates) == ([[2], [1]], ("2023-01", "2023-02"))


@pytest.mark.parametrize("months", [("2020-01",), ("2020-01", "2020-02", "2020-03")])
def test_fewer_or_more_dates_are_an_error(make_raster, error_of, months):
    source = make_raster(array=planes(*range(len(months))), bands=[f"VV_{month}" for month in months])
    error = error_of(open_as, trained(bands=("VV",), dates=MONTHS, layout=Layout.STACK), (source,))
    assert error.code is ErrorCode.DATES_DIFFER
    assert (f"{len(months)} dates" in error.found, "2 dates" in error.expected) == (True, True)


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


# Recognizing

RGB, RED_EDGE = trained("rgb", ("red", "green", "blue")), trained("edge", ("B05", "B06", "B07"))
RADAR = trained("radar", ("VV",), MONTHS, Layout.STACK)


def test_the_sensor_is_recognized_from_the_bands(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("B07", "B06", "B05"))
    assert recognize(model(RGB, RED_EDGE, RADAR), (source,)).name == "edge"


def test_a_series_is_recognized_from_its_bands(make_raster):
    source = make_raster(array=planes(1, 2), bands=("VV_2023-01", "VV_2023-02"))
    assert recognize(model(RGB, RED_EDGE, RADAR), (source,)).name == "radar"


def test_the_sensor_that_uses_all_bands_is_likelier_than_one_that_uses_some(make_raster):
    two = trained("two", ("red", "green"))
    source = make_raster(array=planes(1, 2, 3), bands=("red", "green", "blue"))
    assert recognize(model(two, RGB), (source,)).name == "rgb"


def test_the_type_of_values_decides_between_nameless_sensors(make_raster):
    sensors = [trained(dtype, ("1",), dtype=dtype, named=False) for dtype in ("uint8", "float32")]
    assert recognize(model(*sensors), (make_raster(array=planes(1)),)).name == "uint8"


def test_several_sensors_that_fit_are_an_error_that_names_them(make_raster, error_of):
    sensors = [trained(name, ("1",), named=False) for name in ("dem", "chm")]
    error = error_of(recognize, model(*sensors), (make_raster(array=planes(1)),))
    assert error.code is ErrorCode.MODEL_OTHER_SENSOR
    assert ("dem" in error.expected, "chm" in error.expected, "SENSOR" in error.remedy) == (True, True, True)


def test_no_sensor_that_fits_is_an_error_that_names_all(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("x", "y"))
    error = error_of(recognize, model(RGB, RED_EDGE), (source,))
    assert error.code is ErrorCode.MODEL_OTHER_SENSOR
    assert "x, y" in error.found
    assert ("red, green, blue" in error.expected, "B05, B06, B07" in error.expected) == (True, True)


def test_the_only_sensor_tells_why_it_does_not_fit(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("x", "y"))
    assert error_of(recognize, model(RGB), (source,)).code is ErrorCode.BANDS_DIFFER


def test_the_right_bands_on_too_many_dates_are_told_as_that(make_raster, error_of):
    names = ("VV_2023-01", "VV_2023-02", "VV_2023-03")
    source = make_raster(array=planes(1, 2, 3), bands=names)
    assert error_of(recognize, model(RGB, RADAR), (source,)).code is ErrorCode.DATES_DIFFER


def test_other_bands_are_another_sensor_even_where_their_number_is_no_multiple_of_the_dates(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("x", "y", "z"))
    assert error_of(recognize, model(RGB, RADAR), (source,)).code is ErrorCode.MODEL_OTHER_SENSOR


def test_a_raster_that_cannot_be_used_is_no_matter_of_sensors(make_raster, error_of):
    error = error_of(recognize, model(RGB, RED_EDGE), (make_raster(crs=None),))
    assert error.code is ErrorCode.RASTER_WITHOUT_CRS


def test_a_sensor_trained_on_a_band_tagged_as_alpha_is_read_with_it(make_raster):
    """Unnamed byte bands are four in prediction where they were four in training, whatever the fourth looks like."""
    array = np.full((4, 2, 2), 255, np.uint8)
    source = make_raster(array=array, interpretations=RGBA)
    opened = open_as(trained(bands=("1", "2", "3", "4"), named=False), (source,))
    assert opened.scenes[0].read(Window(0, 0, 2, 2)).shape == (4, 2, 2)
    assert "Band 4 is tagged as transparency, but is taken as values." in opened.notes
    opened = open_as(trained(bands=("1", "2", "3"), named=False), (source,))
    assert opened.scenes[0].read(Window(0, 0, 2, 2)).shape == (3, 2, 2)
