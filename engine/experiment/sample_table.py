"""The samples of a training as a table: where each lies, which part it was in, what the shipped networks predict.

Predictions stand at the test samples only. With several runs the parts and predictions are the first run's, whose
networks the model file holds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats, Indices
from ..contract import Task
from ..raster.vector_output import Column, Value
from .describe import TrainingRecord

PART, GROUP, CLASS = "part", "group", "class"
TRAIN, VALIDATION, TEST, LEFT_OUT = "train", "validation", "test", "left out"


def sample_columns(record: TrainingRecord) -> tuple[Column, ...]:
    """A row for every sample: its part, its group, its label, and for each sensor whether and what it predicts."""
    return (
        Column(PART, str, _parts(record).tolist()),
        Column(GROUP, int, record.samples.groups.tolist()),
        *_labels(record),
        *(column for at in range(len(record.sensors)) for column in _of_sensor(record, at)),
    )


def _parts(record: TrainingRecord) -> NDArray[np.object_]:
    """The part (sample,) of every sample in the first run; what lies too near another part is in none."""
    split = record.plan.first
    part = np.full(len(record.samples), LEFT_OUT, dtype=object)
    for name, index in ((TRAIN, split.train), (VALIDATION, split.validation), (TEST, split.test)):
        part[index] = name
    return part


def _labels(record: TrainingRecord) -> Iterator[Column]:
    space, target = record.points.space, record.samples.target
    if space.task is Task.CLASSIFICATION:
        yield Column(CLASS, str, [space.classes[index].name for index in target])
        return
    kind = int if space.task is Task.MULTILABEL else float
    for at, name in enumerate(space.names):
        yield Column(name, kind, [kind(value) for value in target[:, at]])


def _of_sensor(record: TrainingRecord, at: int) -> Iterator[Column]:
    """What the shipped network of one sensor predicts at the test samples that the sensor covers."""
    sensor, space = record.sensors[at].name, record.points.space
    yield Column(f"{sensor} covers", int, record.samples.present[:, at].astype(int).tolist())
    prediction, rows = _predicted(record, sensor)
    if space.task is not Task.CLASSIFICATION:
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
    """Predictions (row, output) of the shipped network, and the sample that each row is of."""
    held_out = record.results.held_out[0]
    prediction = held_out.of(sensor)[record.results.first.variant(sensor).value]
    seen = held_out.seen(sensor)
    return prediction[seen], record.plan.first.test[seen]


def _spread(record: TrainingRecord, rows: Indices, values: list[Value]) -> list[Value]:
    """Values of some samples as a column of all; empty cells elsewhere."""
    column: list[Value] = [None] * len(record.samples)
    for row, value in zip(rows.tolist(), values, strict=True):
        column[row] = value
    return column
