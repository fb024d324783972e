"""How good a sensor's map is, in words a forester uses: what is right, what is explained, by how much it is off."""

from __future__ import annotations

from ...contract import Manifest, Variant
from ...learning.metrics import MINIMUM_GROUPS
from .results import SensorResult
from .task_words import words_of

SINGLE_RUN = (
    "The intervals are of the test places only: a training with another seed or split scatters by another 0.03 to 0.05 "
    "at these sizes (REPEATS or FOLDS measure it)."
)

NO_INTERVALS = (
    f"The test samples come from fewer than {MINIMUM_GROUPS} groups: too few for intervals. How far the scores can be "
    "trusted is not known; label more places, or test on all of them with FOLDS."
)

_OTHER = {Variant.COLEARNED: "trained alone", Variant.ALONE: "trained with the others"}


def lead(manifest: Manifest, result: SensorResult) -> str:
    """The first sentence: how good the shipped network is, then the other one and all sensors together."""
    words = words_of(manifest.task)
    row = result.row(words.plain_score) or result.main
    say = words.phrasing([row.colearned, row.alone, row.fused])
    clause = words.how_good(
        manifest, say(row.of(result.shipped)), result.evidence.target, result.evidence.shipped, "test samples"
    )
    others = []
    if row.colearned is not None:
        other = row.alone if result.shipped is Variant.COLEARNED else row.colearned
        others.append(f"{_OTHER[result.shipped]} {say(other).value}")
    if row.fused is not None:
        others.append(f"with all sensors together {say(row.fused).value}")
    return "; ".join([f"From {result.sensor.name} alone, the model {clause}", *others]) + "."


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
