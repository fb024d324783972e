"""How sure a map is of its classes, from their probabilities; plain arrays, each pixel by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats, Indices
from ..contract import REGRESSION_NODATA, Confidence

Bytes = NDArray[np.uint8]

PROBABILITY_NODATA = REGRESSION_NODATA
BYTE_STEPS = 254  # 0 to 254 stand for 0 to 1
BYTE_NODATA = 255


def confidence_of(probabilities: Floats, measure: Confidence, given: Indices | None = None) -> Floats:
    """How sure each pixel is, float32 (row, col) in 0..1; NaN where probabilities (class, row, col) are.

    maximum: the probability of the class given, which is that the map is right there. margin: how far it is ahead of
    any other class, 0 where another is as probable or more. entropy: 1 − H / log K, where H = −Σ p log p over K classes
    (Shannon 1948): 1 where one class is certain, 0 where all are alike, whichever is given.

    Args:
        given: (row, col) indices of the classes given, which need not be the most probable ones; None: these.
    """
    if measure is Confidence.ENTROPY:
        return _evenness_left(probabilities)
    if given is None:
        own: Floats = probabilities.max(axis=0)
    else:
        own = np.take_along_axis(probabilities, given[np.newaxis], axis=0)[0]
    if measure is Confidence.MAXIMUM:
        return own
    # Sorted, the best other is the second largest, or the largest where that is not the class given.
    second, first = np.partition(probabilities, -2, axis=0)[-2:]
    margin: Floats = np.maximum(own - np.where(own < first, first, second), np.float32(0))
    return margin


def _evenness_left(probabilities: Floats) -> Floats:
    summed = np.zeros(probabilities.shape[1:], np.float64)
    for single in probabilities:  # one by one: numpy's sum takes another order where there are few pixels
        exact = single.astype(np.float64)
        summed += exact * np.log(np.where(exact > 0, exact, 1.0))
    left: Floats = np.clip(1 + summed / np.log(len(probabilities)), 0.0, 1.0).astype(np.float32)
    return left


def as_bytes(probabilities: Floats) -> Bytes:
    """Probabilities in steps of 1/254, to the nearest; NaN becomes 255."""
    steps = np.rint(probabilities * np.float32(BYTE_STEPS))
    return np.where(np.isnan(steps), np.float32(BYTE_NODATA), steps).astype(np.uint8)


def probability_nodata(dtype: np.dtype[np.generic] | str) -> float:
    """Nodata of probabilities and confidence, by the type they are stored in."""
    return BYTE_NODATA if np.dtype(dtype) == np.uint8 else PROBABILITY_NODATA
