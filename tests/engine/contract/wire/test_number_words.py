"""Numbers as a person reads them."""

import pytest
from colearn.engine.contract.wire.number_words import about_m, thousands
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
