"""Which sensor of a model rasters belong to."""

from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.manifest import Manifest, SampleCounts
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.sensors.open import recognize

from trained_sensors import MONTHS, OPTICAL, SPRING, planes, trained


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


def test_the_right_bands_of_another_season_are_reported_as_that(make_raster, error_of):
    names = ("VV_2023-05", "VV_2023-06", "VV_2023-07")
    source = make_raster(array=planes(1, 2, 3), bands=names)
    assert error_of(recognize, model(RGB, RADAR), (source,)).code is ErrorCode.DATES_DIFFER


def test_a_series_on_other_dates_is_recognized_from_its_bands(make_raster):
    source = make_raster(array=planes(1, 2, 3), bands=("VV_2023-01", "VV_2023-02", "VV_2023-03"))
    assert recognize(model(RGB, RADAR, OPTICAL), (source,)).name == "radar"


def test_dates_as_trained_win_over_dates_to_interpolate(make_raster):
    winter = trained("winter", ("VV",), ("2020-01-10", "2020-02-10"), Layout.STACK)
    autumn = trained("long", ("VV",), ("2020-01-20", "2020-01-25", "2020-01-30"), Layout.STACK)
    source = make_raster(array=planes(1, 2), bands=("VV_2023-01-11", "VV_2023-02-09"))
    assert recognize(model(winter, autumn), (source,)).name == "winter"


def test_two_sensors_whose_dates_could_both_be_interpolated_are_left_to_the_person(make_raster, error_of):
    sensors = [trained(name, ("VV",), days, Layout.STACK) for name, days in (("a", SPRING), ("b", SPRING[:2]))]
    source = make_raster(array=planes(*range(4)), bands=[f"VV_2023-{month:02d}-01" for month in (2, 3, 4, 5)])
    assert error_of(recognize, model(*sensors), (source,)).code is ErrorCode.MODEL_OTHER_SENSOR


def test_other_bands_are_another_sensor_even_where_their_number_is_no_multiple_of_the_dates(make_raster, error_of):
    source = make_raster(array=planes(1, 2, 3), bands=("x", "y", "z"))
    assert error_of(recognize, model(RGB, RADAR), (source,)).code is ErrorCode.MODEL_OTHER_SENSOR


def test_a_raster_that_cannot_be_used_is_no_matter_of_sensors(make_raster, error_of):
    error = error_of(recognize, model(RGB, RED_EDGE), (make_raster(crs=None),))
    assert error.code is ErrorCode.RASTER_WITHOUT_CRS
