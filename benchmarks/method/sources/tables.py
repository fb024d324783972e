"""Samples from tables: columns converted to images of one pixel and to series."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

import numpy as np

from ....engine.arrays import Flags, Floats
from ....engine.contract import SensorKind
from ....engine.samples import SensorSamples

DAYS_PER_MONTH = 30.4375

Row = dict[str, str]


def rows_of(lines: Iterable[str]) -> list[Row]:
    """The rows of a CSV text with a header."""
    return list(csv.DictReader(lines))


def columns(rows: Sequence[Row], names: Sequence[str]) -> Floats:
    """Values (row, column), float32; empty cells are NaN."""
    return np.array([[float(row[name] or "nan") for name in names] for row in rows], dtype=np.float32)


def pixels(name: str, values: Floats) -> SensorSamples:
    """An image sensor of one pixel from (sample, band)."""
    return SensorSamples(name, SensorKind.IMAGE, np.ascontiguousarray(values[:, :, None, None], dtype=np.float32))


def monthly(name: str, values: Floats) -> SensorSamples:
    """A series sensor from (sample, month, band)."""
    days = tuple(round(month * DAYS_PER_MONTH) for month in range(values.shape[1]))
    return SensorSamples(name, SensorKind.SERIES, np.ascontiguousarray(values, dtype=np.float32), days)


def covered(sensors: Sequence[SensorSamples]) -> Flags:
    """Coverage (sample, sensor): an image with a valid centre in every band, a series with a complete date."""
    return np.column_stack([_covered(sensor) for sensor in sensors])


def _covered(sensor: SensorSamples) -> Flags:
    shape = sensor.shape
    valid = np.isfinite(sensor.values[shape.at_centre]).reshape(len(sensor.values), -1, shape.bands)
    return np.asarray(valid.all(axis=2).any(axis=1))
