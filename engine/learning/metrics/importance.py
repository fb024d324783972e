"""What a predictor relies on: how much its score falls when a band, a date or a sensor is shuffled among the samples.

Permutation importance (Breiman 2001; Fisher, Rudin, Dominici 2019, JMLR 20:177), of any predictor. Bands that tell the
same stand in for one another, so that each seems to matter little: it says what *this* predictor misses, not what the
land is told by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from ...arrays import Floats, Indices
from ...samples import SampleSet, SensorSamples

REPEATS = 5

Score = Callable[[Floats], float]  # of predictions (sample, output)


class Part(str, Enum):
    """What is shuffled."""

    SENSOR = "sensor"
    BAND = "band"
    DATE = "date"


@dataclass(frozen=True)
class Importance:
    """The mean fall of the score, and its standard deviation over shuffles; below 0 the part did harm, or nothing."""

    part: Part
    name: str
    fall: float
    sd: float


def importance_of_bands(
    sensor: SensorSamples,
    bands: Sequence[str],
    dates: Sequence[str],
    predict: Callable[[Floats], Floats],
    score: Score,
    seed: int,
) -> tuple[Importance, ...]:
    """Of every band (over all dates, or the whole patch), then of every date of a series (in all bands).

    Args:
        sensor: samples that were not trained on.
        predict: raw values, as ``sensor`` has them, to predictions (sample, output).
        score: of predictions for these samples, the higher the better.
    """
    values, shape = sensor.values, sensor.shape
    parts = [(Part.BAND, name, _at(shape.band_axis, at)) for at, name in enumerate(bands)]
    if shape.date_axis is not None:
        parts += [(Part.DATE, name, _at(shape.date_axis, at)) for at, name in enumerate(dates)]
    whole = score(predict(values))
    return tuple(
        _summed(part, name, whole, [score(predict(_shuffled(values, at, order))) for order in _orders(values, seed)])
        for part, name, at in parts
    )


def _at(axis: int, position: int) -> tuple[slice | int, ...]:
    return (*(slice(None),) * axis, position)


def importance_of_sensors(
    samples: SampleSet, predict: Callable[[SampleSet], Floats], score: Score, seed: int
) -> tuple[Importance, ...]:
    """Of every sensor for what sees all of them; samples that a sensor does not cover go on without it."""
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
    """Orders of the samples; the same for all parts, so that these are compared alike."""
    random = np.random.default_rng(seed)
    for _ in range(REPEATS):
        yield random.permutation(len(values))


def _shuffled(values: Floats, at: tuple[slice | int, ...], order: Indices) -> Floats:
    """Values with a part taken from other samples, where both have one: what is missing stays so, and nothing more."""
    found = values.copy()
    own, other = values[at], values[order][at]
    found[at] = np.where(np.isfinite(own) & np.isfinite(other), other, own)
    return found


def _summed(part: Part, name: str, whole: float, scores: Sequence[float]) -> Importance:
    falls = whole - np.array(scores)
    return Importance(part, name, float(falls.mean()), float(falls.std(ddof=1)))
