"""Numbers as a person reads them."""

import pytest
from colearn.engine.contract.wire.number_words import about, about_m, number_text, thousands
from colearn.engine.process.words import counted


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (999, "", "999"),
        (50176, "", "50\u202f176"),
        (-1234567, "", "-1\u202f234\u202f567"),
        (4114.25, ".1f", "4\u202f114.2"),
    ],
)
def test_thousands_stand_apart(number, form, text):
    assert thousands(number, form) == text
    assert counted(4114, "label") == "4\u202f114 labels"


@pytest.mark.parametrize(
    ("length_m", "text"),
    [(150.1, "150"), (1.501, "1.5"), (10.0, "10"), (0.125, "0.125"), (1000.4, "1\u202f000"), (30_020.0, "30\u202f000")],
)
def test_lengths_are_rounded_as_people_write_them(length_m, text):
    assert about_m(length_m) == text


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (1000.0, 3, "1\u202f000"),
        (10_000.0, 4, "10\u202f000"),
        (999.6, 3, "1\u202f000"),
        (2_500_000.0, 6, "2\u202f500\u202f000"),
        (-123_456.0, 4, "-123\u202f500"),
        (0.00001234, 2, "0.000012"),
        (-0.0, 3, "0"),
        (1.5, 3, "1.5"),
        (3.4028235e38, 4, "3.403e+38"),
        (float("nan"), 3, "nan"),
        (float("-inf"), 3, "-inf"),
    ],
)
def test_numbers_in_few_digits_have_no_exponent(number, digits, text):
    assert about(number, digits) == text


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (-9999999.0, None, "-9999999"),
        (-2147483648.0, None, "-2147483648"),
        (0.0000275, None, "0.0000275"),
        (-3.4028234663852886e38, None, "-3.4028234663852886e+38"),
        (-9999.0, None, "-9999"),
        (0.1, None, "0.1"),
        (9999.999999999, 6, "10000"),
        (8.983152841195214e-05, 6, "0.0000898315"),
    ],
)
def test_numbers_to_type_keep_their_digits_and_have_no_exponent(number, digits, text):
    assert number_text(number, digits) == text
    if digits is None:
        assert float(text) == number
