"""Numbers as a reader expects them."""

import pytest
from colearn.engine.contract.manifest.scores import Estimate
from colearn.engine.report.content.numbers import (
    brief,
    decimals_for,
    fixed,
    number_of,
    share,
    style_of,
)
from colearn.engine.report.content.results import ScoreRow
from colearn.engine.report.figures.dot_plot import dots
from colearn.engine.report.figures.error_map import length_text, round_length


def plain(text):
    """With ordinary spaces."""
    return str(text).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (0.0, 1, True, "0.0"),
        (-0.04, 1, True, "0.0"),
        (-0.06, 1, False, "−0.1"),
        (3.14159, 2, True, "+3.14"),
        (-1234567.8, 1, False, "−1 234 567.8"),
    ],
)
def test_fixed(value, decimals, signed, text):
    assert plain(fixed(value, decimals, signed)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (1.5, "1.5"), (10.0, "10"), (1432.1, "1 432"), (0.03127, "0.0313")],
)
def test_brief(value, text):
    assert plain(brief(value)) == text


@pytest.mark.parametrize(
    ("scale", "decimals"), [(0.0, 2), (float("nan"), 2), (2.3, 2), (52.0, 1), (4e3, 0), (1e-20, 9)]
)
def test_decimals_for(scale, decimals):
    assert decimals_for(scale) == decimals


def test_accuracy_is_percent_and_its_difference_points():
    style = style_of("balanced accuracy")
    assert plain(style.score(Estimate(0.6234, 0.55, 0.7))) == "62.3 % [55.0, 70.0]"
    assert plain(style.difference(Estimate(0.0123, -0.02, 0.05))) == "+1.2 points [−2.0, +5.0]"


def test_an_estimate_without_interval_shows_none():
    assert plain(style_of("R²").score(Estimate(0.5))) == "0.500"


def test_errors_take_their_digits_from_the_error():
    assert plain(style_of("RMSE", scale=23.4).score(Estimate(23.41, 20.0, 26.0))) == "23.4 [20.0, 26.0]"


def test_shares_and_counts():
    assert plain(share(1, 3)) == "33.3 %"
    assert share(0, 0) == "–"
    assert plain(number_of(1, "sample")) == "1 sample"
    assert plain(number_of(2300, "sample")) == "2 300 samples"


@pytest.mark.parametrize(("metres", "rounded"), [(7.3, 5), (20.0, 20), (0.34, 0.2), (999.0, 500), (5100.0, 5000)])
def test_scale_bars_are_round(metres, rounded):
    assert round_length(metres) == pytest.approx(rounded)


def test_lengths_in_the_unit_a_person_would_use():
    assert [length_text(metres) for metres in (0.2, 500, 20000)] == ["0.2 m", "500 m", "20 km"]


class Result:
    """What dots look at of a sensor's result."""

    def __init__(self, main):
        self.main, self.rows, self.sensor = main, (main,), self
        self.name = "A"


@pytest.mark.parametrize("value", [-40.0, -0.3, 0.0, 0.5, 1.0])
def test_dots_stay_on_their_scale(value):
    alone = Estimate(value, value - 0.2, min(value + 0.2, 1.0))
    drawn = dots([Result(ScoreRow("R²", style_of("R²"), None, alone, None, Estimate(0.2)))], chance=0.0)
    dot, forest = drawn.rows[0].dots
    assert 0 <= dot.low <= dot.at <= dot.high <= 100
    assert forest.low is None
    assert 0 < dot.top < forest.top < 100
    assert [tick.at for tick in drawn.ticks] == sorted(tick.at for tick in drawn.ticks)
    assert drawn.ticks[-1].at == pytest.approx(100)
    assert [words for _, words in drawn.legend] == ["trained alone", "random forest"]
