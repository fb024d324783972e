"""Samples drawn from real areas, for short trainings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from ...engine.arrays import Floats, Indices
from ...engine.contract import SensorKind, Task
from ...engine.samples import SampleSet, SensorSamples
from .pixels import DAYS, NO_LABEL, OPTICAL, RADAR, Land
from .stored import NODATA, Stored, as_read

GROUP_PX = 10  # side of the squares kept together by the split, because neighbouring pixels are correlated
KINDS = 10
SHUFFLED = 0.2  # share of the labels
SEED = 1


def labelled_samples(land: Land, count: int, context_px: int = 1, names: tuple[str, ...] = ("sensor",)) -> SampleSet:
    """Samples at evenly drawn pixels, all labelled; grouped by squares of 10 pixels.

    Args:
        context_px: patch side of an image.
        names: names of the sensors: one, or for the series two, radar and optical.
    """
    halo_px = context_px // 2
    rows, cols = land.labels.shape
    inner = land.labels[halo_px : rows - halo_px, halo_px : cols - halo_px]
    places = np.argwhere(inner != NO_LABEL) + halo_px
    drawn = places[np.random.default_rng(0).permutation(len(places))[:count]]
    groups = drawn[:, 0] // GROUP_PX * 1000 + drawn[:, 1] // GROUP_PX
    sensors = _sensors(land, drawn, context_px, names)
    present = np.column_stack([_covered(sensor.values) for sensor in sensors])
    target = land.labels[drawn[:, 0], drawn[:, 1]].astype(np.int64)
    row, col = drawn.T * 1e-4
    return SampleSet(Task.CLASSIFICATION, sensors, present, target, groups.astype(np.int64), col, row)


def _sensors(land: Land, drawn: Indices, context_px: int, names: tuple[str, ...]) -> tuple[SensorSamples, ...]:
    values = as_read(land.values)
    if land.kind is SensorKind.IMAGE:
        windows = np.lib.stride_tricks.sliding_window_view(values, (context_px, context_px), axis=(1, 2))
        halo_px = context_px // 2
        patches = windows[:, drawn[:, 0] - halo_px, drawn[:, 1] - halo_px].transpose(1, 0, 2, 3)
        return (SensorSamples(names[0], SensorKind.IMAGE, np.ascontiguousarray(patches)),)
    series = values[:, :, drawn[:, 0], drawn[:, 1]].transpose(2, 0, 1)
    days = tuple(map(float, DAYS[: series.shape[1]]))
    cuts = [slice(None)] if len(names) == 1 else [slice(0, len(RADAR)), slice(len(RADAR), len(RADAR) + len(OPTICAL))]
    return tuple(
        SensorSamples(name, SensorKind.SERIES, np.ascontiguousarray(series[:, :, cut]), days)
        for name, cut in zip(names, cuts, strict=True)
    )


def _covered(values: Floats) -> NDArray[np.bool_]:
    valid = np.isfinite(values)
    seen: NDArray[np.bool_] = valid.all(axis=2).any(axis=1) if values.ndim == 3 else valid.all(axis=(1, 2, 3))
    return seen


def with_kinds(samples: SampleSet, kinds: int = KINDS) -> SampleSet:
    """The same samples with synthetic labels: clusters by k-means, with every fifth label drawn at random.

    For speed only. Trees are deeper and slower with more classes and impure ones, so that two separable classes would
    not represent the forests of real users.
    """
    logged = np.nan_to_num(samples.sensors[0].values.reshape(len(samples), -1))
    logged = (logged - logged.mean(axis=0)) / np.maximum(logged.std(axis=0), 1e-6)
    labels = KMeans(kinds, n_init=1, random_state=SEED).fit_predict(logged)
    random = np.random.default_rng(SEED)
    drawn = random.random(len(labels)) < SHUFFLED
    labels[drawn] = random.integers(0, kinds, int(drawn.sum()))
    return replace(samples, target=labels.astype(np.int64))


def stored_table(samples: SampleSet) -> Stored:
    """The stored values (sample, value) of the samples' only sensor, including nodata, as input of trees."""
    values = samples.sensors[0].values.reshape(len(samples), -1)
    return np.where(np.isnan(values), NODATA, values).astype(np.uint16)
