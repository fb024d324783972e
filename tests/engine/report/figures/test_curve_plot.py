"""Learning curves: the score in the form in which the whole report writes it."""

import re

from colearn.engine.contract.wire.events import Epoch
from colearn.engine.report.figures.curve_plot import curves


def texts(metric, *scores):
    history = tuple(Epoch("alone: a", at, len(scores), 1.0, 1.0, score) for at, score in enumerate(scores, 1))
    (curve,) = curves(history, metric)
    return re.findall(r"<text[^>]*>([^<]*)</text>", str(curve.svg))


def test_shares_are_percent_and_none_is_beyond_all():
    found = texts("balanced accuracy", 0.4, 0.8, 1.0)
    assert "Balanced accuracy (%)" in found
    assert {"40", "60", "80", "100"} <= set(found)
    assert "120" not in found and "0.6" not in found


def test_r2_is_a_plain_number():
    found = texts("R²", 0.2, 0.4, 0.6)
    assert "R²" in found and "0.45" in found


def test_a_flat_curve_of_all_ends_at_100_percent():
    numbers = [float(text) for text in texts("average precision", 1.0, 1.0) if re.fullmatch(r"[\d.]+", text)]
    assert max(numbers) == 100
