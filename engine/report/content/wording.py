"""The quality of a sensor's map in plain terms: what is correct, what is explained, how large errors are."""

from __future__ import annotations

from ...contract import PERCENT_METRICS, Manifest, Variant
from ...learning.metrics import MINIMUM_GROUPS
from .results import SensorResult
from .task_words import words_of

_SPREAD = {True: "3 to 5 points", False: "0.03 to 0.05"}  # between trainings with other seeds or splits, as measured

NO_INTERVALS = (
    f"The test samples come from fewer than {MINIMUM_GROUPS} groups, too few for confidence intervals. The "
    f"uncertainty of the scores is unknown; add labels at more locations, or test on all of them with FOLDS."
)

_OTHER = {Variant.COLEARNED: "trained alone", Variant.ALONE: "trained with the others"}


def lead(manifest: Manifest, result: SensorResult) -> str:
    """The first sentence: the score of the shipped network, then of the other one and of all sensors together."""
    words = words_of(manifest.task)
    row = result.row(words.plain_score) or result.main
    say = row.style.score
    clause = words.how_good(
        manifest, say(row.of(result.shipped)), result.evidence.target, result.evidence.shipped, "test samples"
    )
    what = "" if row.style.unit else f"{row.name} "  # not an error in the target's unit
    others = []
    if row.colearned is not None:
        other = row.alone if result.shipped is Variant.COLEARNED else row.colearned
        others.append(f"{_OTHER[result.shipped]} {what}{say(other).value}")
    if row.fused is not None:
        others.append(f"with all sensors together {what}{say(row.fused).value}")
    return "; ".join([f"From {result.sensor.name} alone, the model {clause}", *others]) + "."


def uncertainty_remark(manifest: Manifest) -> str:
    """What the intervals of scores cover, and what they do not."""
    runs = manifest.folds * manifest.repeats
    if all(sensor.score.of_shipped.low is None for sensor in manifest.sensors):
        return NO_INTERVALS
    if runs == 1:
        return (
            "The intervals cover the choice of test locations only: another seed or split changes scores by a further "
            f"{spread_text(manifest)} (measured by REPEATS or FOLDS)."
        )
    return f"The intervals include the variation between test locations and between the {runs} trainings."


def spread_text(manifest: Manifest) -> str:
    """The typical difference to scores of a training with another seed or split, in units of the score."""
    return _SPREAD[manifest.sensors[0].score.metric in PERCENT_METRICS]
