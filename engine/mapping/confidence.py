"""Confidence of mapped classes, from their probabilities; plain arrays, pixel by pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats, Indices
from ..contract import REGRESSION_NODATA, Confidence

Bytes = NDArray[np.uint8]

PROBABILITY_NODATA = REGRESSION_NODATA
BYTE_STEPS = 254  # codes 0 to 254 represent 0 to 1
BYTE_NODATA = 255


def confidence_of(probabilities: Floats, measure: Confidence, given: Indices | None = None) -> Floats:
    """The confidence of each pixel, float32 (row, col) in 0..1; NaN where probabilities (class, row, col) are.

    maximum: the probability of the mapped class, i.e. that the map is correct there. margin: its lead over
    any other class, 0 if another is at least as probable. entropy: 1 − H / log K, where H = −Σ p log p over K classes
    (Shannon 1948): 1 if one class is certain, 0 if all are equally probable, whichever is mapped.

    Args:
        given: (row, col) indices of the mapped classes, if these are not the most probable ones; None: they are.
    """
    if measure is Confidence.ENTROPY:
        return _evenness_left(probabilities)
    if given is None:
        own: Floats = probabilities.max(axis=0)
    else:
        own = np.take_along_axis(probabilities, given[np.newaxis], axis=0)[0]
    if measure is Confidence.MAXIMUM:
        return own
    # The best other class is the second largest probability, or the largest if that is not of the mapped class.
    second, first = np.partition(probabilities, -2, axis=0)[-2:]
    margin: Floats = np.maximum(own - np.where(own < first, first, second), np.float32(0))
    return margin


def _evenness_left(probabilities: Floats) -> Floats:
    summed = np.zeros(probabilities.shape[1:], np.float64)
    for single in probabilities:  # one by one: numpy's sum uses another order for few pixels
        exact = single.astype(np.float64)
        summed += exact * np.log(np.where(exact > 0, exact, 1.0))
    left: Floats = np.clip(1 + summed / np.log(len(probabilities)), 0.0, 1.0).astype(np.float32)
    return left


def as_bytes(probabilities: Floats) -> Bytes:
    """Probabilities in steps of 1/254, to the nearest; NaN becomes 255."""
    steps = np.rint(probabilities * np.float32(BYTE_STEPS))
    return np.where(np.isnan(steps), np.float32(BYTE_NODATA), steps).astype(np.uint8)


def probability_nodata(dtype: np.dtype[np.generic] | str) -> float:
    """Nodata of probabilities and confidence, by the data type they are stored in."""
    return BYTE_NODATA if np.dtype(dtype) == np.uint8 else PROBABILITY_NODATA
