"""The samples of a training as a table: location, split part, predictions of the shipped networks.

Only test samples have predictions; with folds these are all samples, each predicted by the fold that tests it.
With several runs the parts are those of the first run, and predictions those of the first seed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats, Indices
from ..raster.vector_output import Column, Value
from ..samples import SampleSet, Split
from ..samples.labels import LabelSpace
from .describe import TrainingRecord
from .splits import SplitPlan

PART, GROUP, CLASS = "part", "group", "class"
TRAIN, VALIDATION, TEST, LEFT_OUT = "train", "validation", "test", "excluded"


def sample_columns(record: TrainingRecord) -> tuple[Column, ...]:
    """A row for every sample: its part, group, label, and for each sensor its coverage and prediction."""
    of_sensors = (column for at in range(len(record.sensors)) for column in _of_sensor(record, at))
    return (*_of_split(record.points.space, record.samples, record.plan.first), *of_sensors)


def split_columns(space: LabelSpace, samples: SampleSet, plan: SplitPlan) -> tuple[Column, ...]:
    """As :func:`sample_columns`, before training: part, group, label, and which sensors cover it."""
    covers = (_covers(samples, at) for at in range(len(samples.sensors)))
    return (*_of_split(space, samples, plan.first), *covers)


def _of_split(space: LabelSpace, samples: SampleSet, split: Split) -> tuple[Column, ...]:
    return (
        Column(PART, str, _parts(samples, split).tolist()),
        Column(GROUP, int, samples.groups.tolist()),
        *_labels(space, samples),
    )


def _parts(samples: SampleSet, split: Split) -> NDArray[np.object_]:
    """The part (sample,) of every sample in the first run; samples too near to another part are in none."""
    part = np.full(len(samples), LEFT_OUT, dtype=object)
    for name, index in ((TRAIN, split.train), (VALIDATION, split.validation), (TEST, split.test)):
        part[index] = name
    return part


def _labels(space: LabelSpace, samples: SampleSet) -> Iterator[Column]:
    target = samples.target
    if space.task.one_class:
        yield Column(CLASS, str, [space.classes[index].name for index in target])
        return
    kind = int if space.task.has_probabilities else float
    for at, name in enumerate(space.names):
        yield Column(name, kind, [kind(value) for value in target[:, at]])


def _covers(samples: SampleSet, at: int) -> Column:
    return Column(f"{samples.sensors[at].name} covers", int, samples.present[:, at].astype(int).tolist())


def _of_sensor(record: TrainingRecord, at: int) -> Iterator[Column]:
    """The predictions of one sensor's shipped network at the test samples that it covers."""
    sensor, space = record.sensors[at].name, record.points.space
    yield _covers(record.samples, at)
    prediction, rows = _predicted(record, sensor)
    if not space.task.one_class:
        for output, name in enumerate(space.names):
            yield Column(f"{sensor} {name}", float, _spread(record, rows, prediction[:, output].tolist()))
        return
    given = record.results.first.population.decided(prediction)
    right = given == record.samples.target[rows]
    sure = prediction[np.arange(len(rows)), given]
    yield Column(f"{sensor} class", str, _spread(record, rows, [space.classes[index].name for index in given]))
    yield Column(f"{sensor} probability", float, _spread(record, rows, sure.tolist()))
    yield Column(f"{sensor} correct", int, _spread(record, rows, right.astype(int).tolist()))


def _predicted(record: TrainingRecord, sensor: str) -> tuple[Floats, Indices]:
    """Predictions (row, output) of the shipped predictor, as scored, and the sample index of each row."""
    variant, predictions, rows = record.results.first.variant(sensor).value, [], []
    for (_, split), held_out in zip(record.plan.splits, record.results.of_first_seed(), strict=False):
        seen = held_out.seen(sensor)
        predictions.append(held_out.of(sensor)[variant][seen])
        rows.append(split.test[seen])
    return np.concatenate(predictions), np.concatenate(rows)


def _spread(record: TrainingRecord, rows: Indices, values: list[Value]) -> list[Value]:
    """Values of some samples as a column for all samples; empty elsewhere."""
    column: list[Value] = [None] * len(record.samples)
    for row, value in zip(rows.tolist(), values, strict=True):
        column[row] = value
    return column
