"""Scores as text for the user: in percent, differences in percentage points; R² and kappa as plain numbers."""

from __future__ import annotations

from typing import Callable

from .scores import Estimate

PERCENT_METRICS = frozenset({"accuracy", "balanced accuracy", "label accuracy", "macro F1", "average precision"})
_MINUS = "\u2212"


def metric_text(metric: str) -> str:
    """The metric's name in a sentence: ``accuracy`` alone would be ambiguous."""
    return "overall accuracy" if metric == "accuracy" else metric


def score_text(value: float, metric: str) -> str:
    """``57.4 %`` for accuracies, F1 and average precision, ``0.574`` for R² and kappa."""
    return f"{_plain(value, metric)} %" if metric in PERCENT_METRICS else _plain(value, metric)


def estimate_text(estimate: Estimate, metric: str) -> str:
    """``57.4 % [55.1, 69.0]``: a score, with its 95 % interval if there is one."""
    return _with_interval(estimate, score_text(estimate.value, metric), lambda value: _plain(value, metric))


def difference_text(difference: Estimate, metric: str) -> str:
    """``+3.1 points [−0.4, +6.6]``, or ``+0.031`` for R² and kappa."""
    unit = " points" if metric in PERCENT_METRICS else ""
    return _with_interval(
        difference, f"{_signed(difference.value, metric)}{unit}", lambda value: _signed(value, metric)
    )


def _with_interval(estimate: Estimate, text: str, number: Callable[[float], str]) -> str:
    if estimate.low is None or estimate.high is None:
        return text
    return f"{text} [{number(estimate.low)}, {number(estimate.high)}]"


def _plain(value: float, metric: str) -> str:
    text = f"{100 * abs(value):.1f}" if metric in PERCENT_METRICS else f"{abs(value):.3f}"
    return f"{_MINUS}{text}" if value < 0 and float(text) else text


def _signed(value: float, metric: str) -> str:
    text = _plain(value, metric)
    return text if text.startswith(_MINUS) or not float(text) else f"+{text}"
