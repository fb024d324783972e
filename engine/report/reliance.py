"""Whether a map is worth relying on: against a guess, and against a random forest on the same sensor."""

from __future__ import annotations

from enum import Enum

from ..contract.manifest import Estimate
from .numbers import fixed
from .results import Score, SensorResult

LEVEL = 0.01  # differences of scores below this are none for any practical purpose
HARDLY = 0.1  # of the way from a guess to a perfect score


class AgainstForest(Enum):
    """How the shipped network stands against the random forest."""

    WORSE = "worse"  # the whole interval is below zero
    PERHAPS_WORSE = "perhaps worse"  # it is behind, though that may be chance
    LEVEL = "level"
    BETTER = "better"  # the whole interval is above zero


def against_forest(result: SensorResult) -> AgainstForest | None:
    """The shipped network against the forest on the test samples; None where there is no forest."""
    score = result.sensor.score
    if score.forest is None or not result.rows:
        return None
    gap = score.forest_gap or Estimate(score.of_shipped.value - score.forest.value)
    if gap.high is not None and gap.high < 0:
        return AgainstForest.WORSE
    if gap.low is not None and gap.low > 0:
        return AgainstForest.BETTER
    return AgainstForest.PERHAPS_WORSE if gap.value < -LEVEL else AgainstForest.LEVEL


def forest_remark(result: SensorResult) -> str:
    """How the forest did, where that is no reason to take it."""
    score, standing = result.sensor.score, against_forest(result)
    if score.forest is None or standing not in (AgainstForest.LEVEL, AgainstForest.BETTER):
        return ""
    forest = f"A random forest on {result.sensor.name} alone reaches {result.main.style.score(score.forest).value}"
    if standing is AgainstForest.LEVEL:
        return f"{forest} in {score.metric}: about the same."
    return f"{forest} in {score.metric}; this model is better{_by(result)}."


def forest_advice(result: SensorResult, guess: float | None) -> str:
    """The forest, recommended in plain words where it does better, if not where it is no better than a guess."""
    score, standing = result.sensor.score, against_forest(result)
    if score.forest is None or standing not in (AgainstForest.WORSE, AgainstForest.PERHAPS_WORSE):
        return ""
    style, name = result.main.style, result.sensor.name
    reached = f"{style.score(score.forest)} in {score.metric} against {style.score(score.of_shipped).value} here"
    if guess is not None and score.forest.value <= guess:
        return f"A random forest on {name} alone was ahead ({reached}), but is not worth relying on either."
    if standing is AgainstForest.WORSE:
        advice = f"To map from {name}, use a random forest instead"
        return f"A random forest on {name} alone does better: {reached}. {advice}."
    return (
        f"A random forest on {name} alone was ahead: {reached}. That may be chance, but nothing here speaks for the "
        f"network: to map from {name}, a random forest is the simpler choice."
    )


def reliance_advice(score: Score, guess: float | None) -> str:
    """A warning where the score is not shown to be better than a guess, or is hardly better."""
    if guess is None:
        return ""
    found = score.estimate
    shown_better = (found.value if found.low is None else found.low) > guess
    hardly = found.value - guess < HARDLY * (1 - guess)
    if shown_better and not hardly:
        return ""
    told = "hardly better than" if shown_better else "not shown to be better than"
    return f"That is {told} {_guess(score, guess)}: do not rely on this map."


def _by(result: SensorResult) -> str:
    gap = result.sensor.score.forest_gap
    return f" ({result.main.style.difference(gap)})" if gap else ""


def _guess(score: Score, guess: float) -> str:
    if score.name == "R²":
        return "giving every place the mean (R² 0)"
    if score.name == "accuracy":
        return f"naming the commonest class everywhere ({score.style.score(Estimate(guess))})"
    value = f"{score.name} {fixed(guess, 3)}" if score.style.factor == 1 else str(score.style.score(Estimate(guess)))
    return f"guessing ({value})"
