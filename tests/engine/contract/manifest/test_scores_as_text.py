"""Scores as a person reads them: one form for each metric, everywhere."""

import pytest

from engine.contract import Estimate, difference_text, estimate_text, metric_text, score_text


@pytest.mark.parametrize(
    ("value", "metric", "text"),
    [
        (0.5738, "balanced accuracy", "57.4 %"),
        (1.0, "accuracy", "100.0 %"),
        (0.25, "label accuracy", "25.0 %"),
        (0.0625, "macro F1", "6.2 %"),  # 6.25, to even
        (0.8, "average precision", "80.0 %"),
        (0.5738, "R²", "0.574"),
        (-0.25, "R²", "−0.250"),
        (-0.0001, "R²", "0.000"),
        (0.61, "kappa", "0.610"),
        (0.5, "", "0.500"),  # an event of an older engine
    ],
)
def test_a_score(value: float, metric: str, text: str) -> None:
    assert score_text(value, metric) == text


def test_an_interval_stands_in_the_units_of_its_score() -> None:
    assert estimate_text(Estimate(0.582, 0.512, 0.653), "balanced accuracy") == "58.2 % [51.2, 65.3]"
    assert estimate_text(Estimate(0.582, -0.05, 0.653), "R²") == "0.582 [−0.050, 0.653]"
    assert estimate_text(Estimate(0.582), "accuracy") == "58.2 %"


def test_a_difference_has_its_sign_and_is_in_points() -> None:
    assert difference_text(Estimate(0.031, -0.004, 0.066), "accuracy") == "+3.1 points [−0.4, +6.6]"
    assert difference_text(Estimate(-0.0004, -0.01, 0.0), "accuracy") == "0.0 points [−1.0, 0.0]"
    assert difference_text(Estimate(0.031), "kappa") == "+0.031"


def test_accuracy_alone_is_named_overall_accuracy() -> None:
    assert metric_text("accuracy") == "overall accuracy"
    assert metric_text("balanced accuracy") == "balanced accuracy"
