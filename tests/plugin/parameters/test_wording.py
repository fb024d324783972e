"""Errors and messages speak of the fields of the form, by their labels first and their names last."""

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, InputError, JobError
from colearn.plugin.messages import sentence
from colearn.plugin.parameters.types.wording import error_words, with_letter

LETTERS = {"10 m": "A", "20 m": "C", "20 m SWIR": "D"}


@pytest.mark.parametrize(
    ("text", "about", "letter"),
    [
        ("20 m: empty bands; leave them out (SENSOR_X_BANDS).", "", "C"),
        ("leave out the bands of 20 m SWIR (SENSOR_X_BANDS).", "", "D"),  # not the 20 m inside its name
        ("leave out the bands of 120 m (SENSOR_X_BANDS).", "", "X"),  # a word of its own
        ("Choose other bands (SENSOR_X_BANDS).", "10 m", "A"),
        ("Choose other bands than 20 m (SENSOR_X_BANDS).", "10 m", "A"),  # the subject counts first
        ("Choose other bands (SENSOR_X_BANDS).", "another sensor", "X"),
    ],
)
def test_a_sensors_parameters_are_named_by_its_letter(text, about, letter):
    assert with_letter(text, LETTERS, about).count(f"SENSOR_{letter}_BANDS") == 1


def test_nothing_else_is_changed():
    assert with_letter("20 m: all is well.", LETTERS) == "20 m: all is well."
    assert with_letter("10 m: see SENSOR_X_BANDS", {}) == "10 m: see SENSOR_X_BANDS"


def test_a_field_is_called_by_its_label_and_its_name_stands_beside_the_code(algorithm):
    error = JobError(ErrorCode.JOB_INVALID, subject="LABEL_BAND", found="f", expected="e", remedy="Do r.")
    assert error_words(error, algorithm("train"), {}) == (
        "A parameter is missing or has an invalid value: “Band of the label raster”.\n"
        "Found: f.\nExpected: e.\nWhat to do: Do r.\n(LABEL_BAND) [job_invalid]"
    )


def test_an_error_of_a_sensor_has_the_parameter_to_change(algorithm):
    error = InputError(ErrorCode.BANDS_EMPTY, subject="20 m", found="f", expected="e", remedy="See SENSOR_X_BANDS.")
    assert "See SENSOR_C_BANDS." in error_words(error, algorithm("train"), LETTERS)


def test_the_headline_is_not_repeated():
    error = InputError(
        ErrorCode.LABELS_WITHOUT_CRS, subject="s", found="no coordinate reference system", expected="e", remedy="r."
    )
    assert sentence(error).splitlines()[1] == "Expected: e."


def test_nothing_is_found_where_nothing_was_given(refusal, raster_layer):
    """The message was “Found: neither.”"""
    given = {"SENSOR_A": [raster_layer("a.tif")], "SENSOR_B": [raster_layer("b.tif")], "OUTPUT_MODEL": "m.colearn"}
    message = refusal("train", given)
    assert "“Labels (points or polygons)”, “Or label raster”" in message
    assert "Found" not in message
