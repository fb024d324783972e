"""How good a sensor's map is, in words a forester uses: what is right, what is explained, by how much it is off."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...contract import Estimate, Manifest, Task, Variant
from ...learning.metrics import MINIMUM_GROUPS
from ...learning.tasks import Population, regression_scores
from .evidence import Scores, Target
from .numbers import (
    THIN_SPACE,
    FormattedEstimate,
    decimals_for,
    fixed,
    in_sentences,
    style_of,
)
from .results import SensorResult, commonest_class

SINGLE_RUN = (
    "The intervals are of the test places only: a training with another seed or split scatters by another 0.03 to 0.05 "
    "at these sizes (REPEATS or FOLDS measure it)."
)

NO_INTERVALS = (
    f"The test samples come from fewer than {MINIMUM_GROUPS} groups: too few for intervals. How far the scores can be "
    "trusted is not known; label more places, or test on all of them with FOLDS."
)

Phrase = Callable[[Estimate], FormattedEstimate]

# The score a sentence tells: the plainest there is, which need not be the one the training was judged by.
PLAIN_SCORE = {Task.CLASSIFICATION: "accuracy", Task.REGRESSION: "R²", Task.MULTILABEL: "average precision"}
_OTHER = {Variant.COLEARNED: "trained alone", Variant.ALONE: "trained with the others"}


def joined_by_and(words: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def lead(manifest: Manifest, result: SensorResult) -> str:
    """The first sentence: how good the shipped network is, then the other one and all sensors together."""
    row = result.row(PLAIN_SCORE[manifest.task]) or result.main
    say = phrasing(manifest.task, [row.colearned, row.alone, row.fused])
    clause = how_good(
        manifest, say(row.of(result.shipped)), result.evidence.target, result.evidence.shipped, "test samples"
    )
    others = []
    if row.colearned is not None:
        other = row.alone if result.shipped is Variant.COLEARNED else row.colearned
        others.append(f"{_OTHER[result.shipped]} {say(other).value}")
    if row.fused is not None:
        others.append(f"with all sensors together {say(row.fused).value}")
    return "; ".join([f"From {result.sensor.name} alone, the model {clause}", *others]) + "."


def how_good(manifest: Manifest, score: FormattedEstimate, target: Target, prediction: Scores, samples: str) -> str:
    """``predicts the genus correctly for 62 % [55, 69] of test samples``, and the like for values and labels."""
    if manifest.task is Task.CLASSIFICATION:
        return f"predicts the {_named_thing(manifest)} correctly for {score} of {samples} (overall accuracy)"
    if manifest.task is Task.MULTILABEL:
        return f"predicts the labels of {samples} with a mean average precision of {score}"
    names = [item.name for item in manifest.targets]
    errors = _errors(manifest, target, prediction)
    explained = f"explains {score} of the variance of {joined_by_and(names)} among {samples} (R²)"
    return f"{explained}, with a mean absolute error of {errors}"


def phrasing(task: Task, estimates: Sequence[Estimate | None]) -> Phrase:
    """How such estimates are said in a sentence: shares as percent, an average precision as it is."""
    if task is Task.MULTILABEL:
        return style_of(PLAIN_SCORE[task]).score
    style = in_sentences(estimates)
    if task is Task.CLASSIFICATION:
        return style.score
    return lambda estimate: style.score(estimate) if estimate.value > 0 else FormattedEstimate("nothing")


def commonest(manifest: Manifest, target: Target, population: Population) -> str:
    """What predicting the commonest class everywhere would achieve: ``Predicting Pinus everywhere: 45 % correct.``"""
    at, part = commonest_class(target, population)
    share = fixed(100 * part, 0) + THIN_SPACE + "%"
    return f"Predicting {manifest.classes[at].name} everywhere would be correct for {share}."


def _named_thing(manifest: Manifest) -> str:
    """What a classification names: the label field where it reads as words, else the class."""
    words = manifest.label.replace("_", " ").strip()
    if len(manifest.label_fields) > 1 or not words.replace(" ", "").isalpha():
        return "class"
    return words.lower() if words.isupper() else words


def _errors(manifest: Manifest, target: Target, prediction: Scores) -> str:
    """The mean absolute error of each target, in its own unit."""
    errors = [score.mae for score in regression_scores(target, prediction).targets]
    error_texts = [
        fixed(error, decimals_for(error, 2)) + (THIN_SPACE + item.unit if item.unit else "")
        for error, item in zip(errors, manifest.targets, strict=True)
    ]
    if len(error_texts) == 1:
        return error_texts[0] if manifest.unit else f"{error_texts[0]} in the field’s own unit"
    return joined_by_and([f"{error} ({item.name})" for error, item in zip(error_texts, manifest.targets, strict=True)])


def uncertainty_remark(manifest: Manifest) -> str:
    """What the intervals of scores hold, and what they do not."""
    runs = manifest.folds * manifest.repeats
    if all(sensor.score.of_shipped.low is None for sensor in manifest.sensors):
        return NO_INTERVALS
    if runs == 1:
        return SINGLE_RUN
    return (
        f"The intervals hold both what other test places and what training again would change, as the {runs} trainings "
        "scatter."
    )
