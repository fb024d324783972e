"""Whether a map is worth relying on: against a guess, and against a random forest on the same sensor."""

from __future__ import annotations

from enum import Enum

from ...contract import Estimate
from ...learning.metrics import MINIMUM_GROUPS
from .numbers import fixed
from .results import Score, SensorResult

LEVEL = 0.03  # differences of scores up to this are none for any practical purpose
EXPLAINED = 0.05  # an R² below this is no better than the mean, unless its interval says so
HARDLY = 0.1  # of the way from a guess to a perfect score


class AgainstForest(Enum):
    """How what is shipped stands against the random forest."""

    WORSE = "worse"  # the whole interval is below zero
    PERHAPS_WORSE = "perhaps worse"  # it is behind, though that may be chance
    LEVEL = "level"
    PERHAPS_BETTER = "perhaps better"  # it is ahead, though that may be chance
    BETTER = "better"  # the whole interval is above zero


def against_forest(result: SensorResult) -> AgainstForest | None:
    """What is shipped against the forest on the test samples; None where there is no forest."""
    score = result.sensor.score
    if score.forest is None or not result.rows:
        return None
    gap = _gap(result)
    if gap.high is not None and gap.high < 0:
        return AgainstForest.WORSE
    if gap.low is not None and gap.low > 0:
        return AgainstForest.BETTER
    if abs(gap.value) <= LEVEL:
        return AgainstForest.LEVEL
    return AgainstForest.PERHAPS_WORSE if gap.value < 0 else AgainstForest.PERHAPS_BETTER


def forest_wins(result: SensorResult, guess: float | None) -> bool:
    """Whether the forest does better than what is shipped, and is worth something itself."""
    return against_forest(result) is AgainstForest.WORSE and _worth_something(result, guess)


def forest_remark(result: SensorResult, guess: float | None) -> str:
    """How the forest did, where that is no reason to take it."""
    score, standing = result.sensor.score, against_forest(result)
    if score.forest is None or standing is None:
        return ""
    reached = result.main.style.score(score.forest).value
    article = "an" if score.metric.startswith(tuple("aeiouR")) else "a"
    forest = f"A random forest on {result.sensor.name} alone has {article} {score.metric} of {reached}"
    if standing in (AgainstForest.WORSE, AgainstForest.PERHAPS_WORSE):
        if guess is None or _worth_something(result, guess):
            return ""
        found = Score(result.main.name, result.main.style, score.forest)
        return f"{forest}, which is not shown to be better than {_guess(found, guess)}."
    if standing is AgainstForest.LEVEL:
        return f"{forest}: about the same."
    if standing is AgainstForest.BETTER:
        return f"{forest}; this model is better{_by(result)}."
    return f"{forest}, lower by {_points(result)}{_by_chance(result)}."


def forest_advice(result: SensorResult, guess: float | None) -> str:
    """The forest, recommended in plain words where it does better and is itself better than a guess."""
    score, standing = result.sensor.score, against_forest(result)
    if score.forest is None or standing not in (AgainstForest.WORSE, AgainstForest.PERHAPS_WORSE):
        return ""
    if not _worth_something(result, guess):
        return ""
    style, name = result.main.style, result.sensor.name
    reached = f"{style.score(score.forest)} in {score.metric} against {style.score(score.of_shipped).value} here"
    if standing is AgainstForest.WORSE:
        advice = f"To map from {name}, use a random forest instead"
        return f"A random forest on {name} alone is better: {reached}. {advice}."
    return (
        f"A random forest on {name} alone scores higher by {_points(result)}{_by_chance(result)}: {reached}. To map "
        f"from {name}, a random forest is the simpler choice."
    )


def _gap(result: SensorResult) -> Estimate:
    """What is shipped less the forest; only of a sensor that has a forest."""
    score = result.sensor.score
    if score.forest_gap is not None or score.forest is None:
        return score.forest_gap or Estimate(0.0)
    return Estimate(score.of_shipped.value - score.forest.value)


def _worth_something(result: SensorResult, guess: float | None) -> bool:
    """Whether the forest itself beats a guess: an R² needs a margin or an interval, since the mean is no class."""
    forest = result.sensor.score.forest
    if forest is None or guess is None:
        return forest is not None
    if forest.low is not None and forest.low > guess:
        return True
    return forest.value > guess + (EXPLAINED if result.main.name == "R²" else 0.0)


def _points(result: SensorResult) -> str:
    """How far apart the two are, without a sign: ``21.0 points``."""
    return result.main.style.difference(Estimate(abs(_gap(result).value))).value.lstrip("+")


def _by_chance(result: SensorResult) -> str:
    """How little a difference says that no interval shows."""
    if result.evidence.group_count < MINIMUM_GROUPS:
        return ", which may be due to chance with so few groups"
    return ", which may be due to chance"


def reliance_advice(score: Score, guess: float | None) -> str:
    """A warning where the score is not shown to be better than a guess, or is hardly better."""
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
    gap = result.sensor.score.forest_gap
    return f" ({result.main.style.difference(gap)})" if gap else ""


def _guess(score: Score, guess: float) -> str:
    if score.name == "R²":
        return "always predicting the mean (R² 0)"
    if score.name == "accuracy":
        return f"always predicting the most frequent class ({score.style.score(Estimate(guess))})"
    value = f"{score.name} {fixed(guess, 3)}" if score.style.factor == 1 else str(score.style.score(Estimate(guess)))
    return f"guessing ({value})"
