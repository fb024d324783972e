"""Permutation importance: the decrease of a score when a band, a date or a sensor is permuted among the samples.

Breiman 2001; Fisher, Rudin, Dominici 2019, JMLR 20:177; for any predictor. Correlated bands substitute for
one another, so that each seems unimportant: it shows what *this* predictor relies on, not what
distinguishes land cover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...arrays import Floats, Indices
from ...contract import Importance
from ...contract import ImportancePart as Part
from ...samples import SampleSet, SensorSamples

REPEATS = 5
MOST_PARTS = 24  # maximum number of bands, and of dates

Score = Callable[[Floats], float]  # of predictions (sample, output)


def importance_of_bands(
    sensor: SensorSamples,
    bands: Sequence[str],
    dates: Sequence[str],
    predict: Callable[[Floats], Floats],
    score: Score,
    seed: int,
    most: int = MOST_PARTS,
) -> tuple[Importance, ...]:
    """The importance of every band (over all dates, or the whole patch), then of every date of a series (in all bands).

    Args:
        most: if there are more bands (or dates), neighbours are permuted together, because each alone matters little.
        sensor: samples not used in training.
        predict: maps raw values, as in ``sensor``, to predictions (sample, output).
        score: of predictions for these samples, the higher the better.
    """
    values, shape = sensor.values, sensor.shape
    parts = [(Part.BAND, name, _at(shape.band_axis, run)) for name, run in neighbours(bands, most)]
    if shape.date_axis is not None:
        parts += [(Part.DATE, name, _at(shape.date_axis, run)) for name, run in neighbours(dates, most)]
    whole = score(predict(values))
    return tuple(
        _summed(part, name, whole, [score(predict(_shuffled(values, at, order))) for order in _orders(values, seed)])
        for part, name, at in parts
    )


def importance_of_columns(
    table: Floats, kinds: Mapping[str, Sequence[int]], predict: Callable[[Floats], Floats], score: Score, seed: int
) -> tuple[Importance, ...]:
    """The importance of feature types: the columns (sample, feature) of each are permuted together."""
    whole, found = score(predict(table)), []
    for name, columns in kinds.items():
        at = (slice(None), list(columns))
        scores = [score(predict(_shuffled(table, at, order))) for order in _orders(table, seed)]
        found.append(_summed(Part.FEATURE, name, whole, scores))
    return tuple(found)


def neighbours(names: Sequence[str], most: int) -> tuple[tuple[str, slice], ...]:
    """At most ``most`` groups of neighbours, of nearly equal size, and their names."""
    found = []
    for run in np.array_split(np.arange(len(names)), min(len(names), most)) if len(names) else ():
        first, last = int(run[0]), int(run[-1])
        name = names[first] if first == last else f"{names[first]} – {names[last]}"
        found.append((name, slice(first, last + 1)))
    return tuple(found)


def _at(axis: int, run: slice) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, run)


def importance_of_sensors(
    samples: SampleSet, predict: Callable[[SampleSet], Floats], score: Score, seed: int
) -> tuple[Importance, ...]:
    """The importance of every sensor for a predictor of all; samples that a sensor does not cover are unchanged."""
    whole, found = score(predict(samples)), []
    for at, sensor in enumerate(samples.sensors):
        scores = []
        for order in _orders(sensor.values, seed):
            values = _shuffled(sensor.values, (slice(None),), order)
            sensors = (*samples.sensors[:at], replace(sensor, values=values), *samples.sensors[at + 1 :])
            scores.append(score(predict(replace(samples, sensors=sensors))))
        found.append(_summed(Part.SENSOR, sensor.name, whole, scores))
    return tuple(found)


def _orders(values: Floats, seed: int) -> Iterator[Indices]:
    """Permutations of the samples; the same for all parts, for comparability."""
    random = np.random.default_rng(seed)
    for _ in range(REPEATS):
        yield random.permutation(len(values))


def _shuffled(values: Floats, at: tuple[slice | list[int], ...], order: Indices) -> Floats:
    """Values with a part taken from other samples, if both have it: missing values stay missing, and no others do."""
    found = values.copy()
    own, other = values[at], values[order][at]
    found[at] = np.where(np.isfinite(own) & np.isfinite(other), other, own)
    return found


def _summed(part: Part, name: str, whole: float, scores: Sequence[float]) -> Importance:
    falls = whole - np.array(scores)
    return Importance(part, name, float(falls.mean()), float(falls.std(ddof=1)))
