"""The loss of accuracy by int8 on real data: agreement with fp32, and scores on samples not used in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....engine.contract import Precision, Task
from ....engine.learning.metrics import compare
from ....engine.mapping import score_samples
from ....engine.model import NetworkDesign
from ....engine.samples import SampleSet
from ....engine.samples.split import split_by_group
from ...method.datasets import load
from ..entries import Facts, MissingError, Prepared
from ..models import SEED, Model, model_of
from ..names import (
    ACCURACY_SETS,
    AGREEMENT,
    CHANGE,
    COAST,
    CROPS,
    HESBAYE,
    HIGH,
    LOW,
    SAMPLES,
    SCORE,
)
from ..pixels import coast, hesbaye
from ..samples import labelled_samples
from ..size import Size

HIDDEN = 128


@dataclass(frozen=True)
class _Case:
    """Samples of one sensor, names of their classes or targets, and the length of the training."""

    samples: SampleSet
    labels: Sequence[str]
    bands: Sequence[str]


def prepare(size: Size) -> Prepared:
    """No contestants: there are facts only."""
    return Prepared(facts=lambda: _facts(size))


def _facts(size: Size) -> Facts:
    found: Facts = {}
    for name in ACCURACY_SETS:
        case = _case(name, size)
        model = model_of(case.samples, case.labels, case.bands, NetworkDesign(hidden=HIDDEN), size.accuracy_epochs)
        found |= _cost(name, model, case.samples)
    return found


def _case(name: str, size: Size) -> _Case:
    if name == HESBAYE:
        return _Case(labelled_samples(hesbaye(), 2 * size.samples), hesbaye().classes, hesbaye().bands)
    if name == COAST:
        return _Case(labelled_samples(coast(), size.samples // 2, 15), coast().classes, coast().bands)
    dataset = load("eastafrica" if name == CROPS else "lfmc")
    samples = dataset.samples.only("S2" if name == CROPS else "optical")
    bands = [f"band {number + 1}" for number in range(samples.sensors[0].values.shape[2])]
    return _Case(samples, dataset.labels, bands)


def _cost(name: str, model: Model, samples: SampleSet) -> Facts:
    """Both graphs on validation and test samples: agreement on all of them, scores on the test samples."""
    try:
        sessions = [model.session(precision) for precision in (Precision.FP32, Precision.INT8)]
    except MissingError:
        return {}
    split = split_by_group(samples, SEED, "the benchmark")
    seen = samples.present[:, 0]
    unlearned = np.concatenate([split.validation, split.test])
    unlearned = unlearned[seen[unlearned]]
    values, target = samples.sensors[0].values[unlearned], samples.target[unlearned]
    fp32, int8 = (score_samples(session, model.sensor, values) for session in sessions)
    in_test = np.isin(unlearned, split.test)
    logged = compare(
        samples.task, target[in_test], int8[in_test], fp32[in_test], samples.groups[unlearned][in_test], seed=SEED
    )
    change = logged.gain[0]
    found = {
        CHANGE.format(name): change.value,
        SCORE.format(name): logged.alone[0].value,
        SAMPLES.format(name): float(len(unlearned)),
    }
    if change.low is not None and change.high is not None:
        found |= {LOW.format(name): change.low, HIGH.format(name): change.high}
    if samples.task is Task.CLASSIFICATION:
        found[AGREEMENT.format(name)] = float((fp32.argmax(axis=1) == int8.argmax(axis=1)).mean())
    return found
