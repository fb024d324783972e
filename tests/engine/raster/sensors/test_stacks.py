"""Stacks: bands and dates in one raster."""

from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.sensors.open import open_sensor

from opened_sensors import first_pixel, planes, spec


def test_dates_in_band_names_make_a_sorted_series(make_raster):
    names = ("VV_2021-02", "VH_2021-02", "VV_2020-12", "VH_2020-12")
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3, 4), bands=names)))
    assert (opened.kind, opened.layout) == (SensorKind.SERIES, Layout.STACK)
    assert (opened.bands, opened.dates, opened.dates_known) == (("VV", "VH"), ("2020-12", "2021-02"), True)
    assert first_pixel(opened) == [[3, 4], [1, 2]]


def test_a_stacks_band_is_chosen_without_its_date(make_raster):
    names = ("VV_2020-12", "VH_2020-12", "VV_2021-02", "VH_2021-02")
    source = make_raster(array=planes(1, 2, 3, 4), bands=names)
    assert first_pixel(open_sensor(spec(source, bands=("VH",)))) == [[2], [4]]
    assert first_pixel(open_sensor(spec(source, bands=("2", "1")))) == [[2, 1], [4, 3]]


def test_a_stack_of_one_band_has_dates_for_names(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2), bands=("2020-01-05", "2020-01-15"))))
    assert (opened.bands, opened.dates, opened.notes) == (("1",), ("2020-01-05", "2020-01-15"), ())


def test_an_unnamed_stack_is_read_date_by_date(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3, 4, 5, 6)), dates=3))
    assert (opened.dates, opened.dates_known, opened.layout) == (("1", "2", "3"), False, Layout.STACK)
    assert first_pixel(opened) == [[1, 2], [3, 4], [5, 6]]
    assert any("order" in note for note in opened.notes)


def test_names_that_repeat_on_every_date_are_the_bands(make_raster):
    opened = open_sensor(spec(make_raster(array=planes(1, 2, 3, 4), bands=("VV", "VH") * 2), dates=2))
    assert (opened.bands, opened.bands_named) == (("VV", "VH"), True)


def test_a_number_of_dates_that_does_not_divide_the_bands_is_an_error(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster(array=planes(1, 2, 3, 4)), dates=3))
    assert error.code is ErrorCode.DATES_DIFFER
    assert ("4 bands" in error.found, "3 dates" in error.expected) == (True, True)


def test_a_number_of_dates_that_the_names_deny_is_an_error(make_raster, error_of):
    source = make_raster(array=planes(1, 2), bands=("VV_2020-12", "VV_2021-02"))
    assert error_of(open_sensor, spec(source, dates=1)).code is ErrorCode.DATES_DIFFER


def test_a_stack_without_dates_anywhere_is_unclear(make_raster, error_of):
    error = error_of(open_sensor, spec(make_raster(array=planes(1, 2)), layout=Layout.STACK))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert "SENSOR_X_DATES" in error.expected


def test_a_date_that_lacks_a_band_is_an_error_unless_the_band_is_not_used(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2020-12", "VH_2020-12", "VV_2021-02"))
    error = error_of(open_sensor, spec(source))
    assert error.code is ErrorCode.BANDS_DIFFER
    assert "2021-02" in error.found
    assert first_pixel(open_sensor(spec(source, bands=("VV",)))) == [[1], [3]]


def test_a_band_twice_on_a_date_is_unclear(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2020-12", "VV_2020-12", "VV_2021-02"))
    assert error_of(open_sensor, spec(source)).code is ErrorCode.SENSOR_LAYOUT_UNCLEAR


def test_dated_bands_beside_undated_ones_are_unclear_until_bands_are_chosen(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2020-12", "VV_2021-02", "slope"))
    error = error_of(open_sensor, spec(source))
    assert error.code is ErrorCode.SENSOR_LAYOUT_UNCLEAR
    assert "slope" in error.found
    assert open_sensor(spec(source, bands=("VV",))).dates == ("2020-12", "2021-02")
