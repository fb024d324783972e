"""Whether a map is reliable: compared with a trivial prediction, and with the reference on the same sensor."""

from __future__ import annotations

from enum import Enum

from ...contract import REFERENCE, Estimate
from ...learning.metrics import MINIMUM_GROUPS
from .numbers import fixed
from .results import Score, SensorResult

LEVEL = 0.03  # differences of scores up to this are practically irrelevant
EXPLAINED = 0.05  # an R² below this is no better than the mean, unless its interval says so
HARDLY = 0.1  # share of the range from a trivial prediction to a perfect score


class AgainstReference(Enum):
    """The comparison of the shipped predictor with the reference."""

    WORSE = "worse"  # the whole interval is below zero
    PERHAPS_WORSE = "perhaps worse"  # it is behind, though that may be chance
    LEVEL = "level"
    PERHAPS_BETTER = "perhaps better"  # it is ahead, though that may be chance
    BETTER = "better"  # the whole interval is above zero


def against_reference(result: SensorResult) -> AgainstReference | None:
    """The shipped predictor compared with the reference on the test samples; None if there is no reference."""
    score = result.sensor.score
    if score.reference is None or not result.rows:
        return None
    gap = _gap(result)
    if gap.high is not None and gap.high < 0:
        return AgainstReference.WORSE
    if gap.low is not None and gap.low > 0:
        return AgainstReference.BETTER
    if abs(gap.value) <= LEVEL:
        return AgainstReference.LEVEL
    return AgainstReference.PERHAPS_WORSE if gap.value < 0 else AgainstReference.PERHAPS_BETTER


def reference_wins(result: SensorResult, guess: float | None) -> bool:
    """Whether the reference is better than the shipped predictor, and itself better than a trivial prediction."""
    return against_reference(result) is AgainstReference.WORSE and _worth_something(result, guess)


def reference_remark(result: SensorResult, guess: float | None) -> str:
    """The reference's result, if it is no reason to prefer it."""
    score, standing = result.sensor.score, against_reference(result)
    if score.reference is None or standing is None:
        return ""
    reached = result.main.style.score(score.reference).value
    article = "an" if score.metric.startswith(tuple("aeiouR")) else "a"
    reference = f"A {REFERENCE} on {result.sensor.name} alone has {article} {score.metric} of {reached}"
    if standing in (AgainstReference.WORSE, AgainstReference.PERHAPS_WORSE):
        if guess is None or _worth_something(result, guess):
            return ""
        found = Score(result.main.name, result.main.style, score.reference)
        return f"{reference}, which is not shown to be better than {_guess(found, guess)}."
    if standing is AgainstReference.LEVEL:
        return f"{reference}: about the same."
    if standing is AgainstReference.BETTER:
        return f"{reference}; this model is better{_by(result)}."
    return f"{reference}, lower by {_points(result)}{_by_chance(result)}."


def reference_advice(result: SensorResult, guess: float | None) -> str:
    """The recommendation to use the reference, if it is better, and better than a trivial prediction."""
    score, standing = result.sensor.score, against_reference(result)
    if score.reference is None or standing not in (AgainstReference.WORSE, AgainstReference.PERHAPS_WORSE):
        return ""
    if not _worth_something(result, guess):
        return ""
    style, name = result.main.style, result.sensor.name
    reached = f"{style.score(score.reference)} in {score.metric} against {style.score(score.of_shipped).value} here"
    if standing is AgainstReference.WORSE:
        advice = f"To map from {name}, use a {REFERENCE} instead"
        return f"A {REFERENCE} on {name} alone is better: {reached}. {advice}."
    return (
        f"A {REFERENCE} on {name} alone scores higher by {_points(result)}{_by_chance(result)}: {reached}. To map "
        f"from {name}, a {REFERENCE} is the simpler choice."
    )


def _gap(result: SensorResult) -> Estimate:
    """The shipped predictor's score minus the reference's; only for a sensor with a reference."""
    score = result.sensor.score
    if score.reference_gap is not None or score.reference is None:
        return score.reference_gap or Estimate(0.0)
    return Estimate(score.of_shipped.value - score.reference.value)


def _worth_something(result: SensorResult, guess: float | None) -> bool:
    """Whether the reference itself beats a trivial prediction; an R² needs a margin or an interval."""
    reference = result.sensor.score.reference
    if reference is None or guess is None:
        return reference is not None
    if reference.low is not None and reference.low > guess:
        return True
    return reference.value > guess + (EXPLAINED if result.main.name == "R²" else 0.0)


def _points(result: SensorResult) -> str:
    """The absolute difference: ``21.0 points``."""
    return result.main.style.difference(Estimate(abs(_gap(result).value))).value.lstrip("+")


def _by_chance(result: SensorResult) -> str:
    """The caveat about a difference that the interval does not support."""
    if result.evidence.group_count < MINIMUM_GROUPS:
        return ", which may be due to chance with so few groups"
    return ", which may be due to chance"


def reliance_advice(score: Score, guess: float | None) -> str:
    """A warning if the score is not significantly, or hardly, better than a trivial prediction."""
    if guess is None:
        return ""
    found = score.estimate
    shown_better = (found.value if found.low is None else found.low) > guess
    hardly = found.value - guess < HARDLY * (1 - guess)
    if shown_better and not hardly:
        return ""
    verdict = "hardly better than" if shown_better else "not shown to be better than"
    return f"This is {verdict} {_guess(score, guess)}: do not rely on this map."


def _by(result: SensorResult) -> str:
    gap = result.sensor.score.reference_gap
    return f" ({result.main.style.difference(gap)})" if gap else ""


def _guess(score: Score, guess: float) -> str:
    if score.name == "R²":
        return "always predicting the mean (R² 0)"
    if score.name == "accuracy":
        return f"always predicting the most frequent class ({score.style.score(Estimate(guess))})"
    value = f"{score.name} {fixed(guess, 3)}" if score.style.factor == 1 else str(score.style.score(Estimate(guess)))
    return f"guessing ({value})"
