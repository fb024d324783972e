"""Area-adjusted accuracy of a map, for a reference sample stratified by the map's classes.

Olofsson, Foody, Herold, Stehman, Woodcock, Wulder (2014): Good practices for estimating area and assessing accuracy of
land change, Remote Sensing of Environment 148:42-57; equation numbers are theirs. Counts of samples are turned into
shares of the mapped area, so that a class sampled out of proportion to its area is weighted correctly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles
from ...contract import Estimate

Z_95 = 1.96  # half of a 95 % interval in standard errors, as in the paper


@dataclass(frozen=True)
class AreaEstimate:
    """A proportion, or an area in square metres, with standard error and 95 % interval.

    NaN if it cannot be estimated: producer's accuracy of a class without reference samples, user's accuracy of a class
    that is not on the map. The standard error is NaN if it depends on a mapped class with a single sample.
    """

    value: float
    standard_error: float

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end: 1.96 standard errors around the value, which may reach beyond 0 or 1 as in the paper."""
        half = Z_95 * self.standard_error
        return self.value - half, self.value + half

    def estimate(self, low: float = 0.0, high: float = 1.0) -> Estimate:
        """In the form of reports and manifests, clipped to ``low`` and ``high``; with no interval if unknown."""
        if np.isnan(self.standard_error):
            return Estimate(self.value)
        ends = np.clip(self.interval, low, high)
        return Estimate(self.value, float(ends[0]), float(ends[1]))


@dataclass(frozen=True)
class AreaAccuracy:
    """Accuracies and areas of a map; classes (class,) in the order of the counts.

    ``proportions`` (map class, reference class) are estimated shares of the whole area. ``areas_m2`` are the areas of
    the reference classes, corrected for the map's errors. ``clustered``: several pixels of the same polygon were
    treated as independent samples, so that intervals are too narrow.
    """

    proportions: Doubles
    overall: AreaEstimate
    users: tuple[AreaEstimate, ...]
    producers: tuple[AreaEstimate, ...]
    areas_m2: tuple[AreaEstimate, ...]
    clustered: bool = False


def area_accuracy(counts: NDArray[np.int64], mapped_px: NDArray[np.int64], pixel_m2: float) -> AreaAccuracy:
    """Accuracies and areas from a sample that is random within each mapped class (stratified, or simple random).

    Args:
        counts: (map class, reference class) samples: the transpose of ``ClassificationScores.confusion``.
        mapped_px: (class,) number of pixels of each class on the map.
        pixel_m2: area of a pixel.

    Raises:
        ValueError: shapes that do not fit, negative numbers, nothing mapped, or classes that are either mapped or
            sampled but not both, so that their part of the area is unknown.
    """
    _check(counts, mapped_px)
    mapped = np.asarray(mapped_px, np.float64)
    total = counts.sum(axis=1)  # n_i.
    weight = mapped / mapped.sum()  # W_i
    share = counts / np.maximum(total, 1)[:, np.newaxis]  # n_ij / n_i.
    proportions = weight[:, np.newaxis] * share  # eq. 4
    variance = _over(share * (1 - share), (total - 1)[:, np.newaxis])  # of each share
    variance[mapped == 0] = 0  # classes without area contribute nothing
    users = np.where(mapped > 0, share.diagonal(), np.nan)  # eq. 2
    overall = _estimate(proportions.trace(), weight**2 @ variance.diagonal())  # eq. 1, 5
    area_m2 = mapped.sum() * pixel_m2
    return AreaAccuracy(
        proportions,
        overall,
        tuple(map(_estimate, users, np.where(mapped > 0, variance.diagonal(), np.nan))),  # eq. 6
        tuple(map(_estimate, *_producers(proportions, weight, variance))),
        tuple(map(_estimate, area_m2 * proportions.sum(axis=0), area_m2**2 * (weight**2 @ variance))),  # eq. 9 to 11
    )


def _producers(proportions: Doubles, weight: Doubles, variance: Doubles) -> tuple[Doubles, Doubles]:
    """Producer's accuracies and their variances (class,), eq. 3 and 7; areas there are shares here."""
    reference = proportions.sum(axis=0)
    accuracy = _over(proportions.diagonal(), reference)
    own = weight**2 * variance.diagonal()
    others = weight**2 @ variance - own
    return accuracy, _over((1 - accuracy) ** 2 * own + accuracy**2 * others, reference**2)


def _over(values: Doubles, divisor: Doubles) -> Doubles:
    """The quotient, NaN where the denominator is 0."""
    return np.asarray(values / np.where(divisor > 0, divisor, np.nan))


def _estimate(value: float, variance: float) -> AreaEstimate:
    return AreaEstimate(float(value), float(np.sqrt(variance)))


def _check(counts: NDArray[np.int64], mapped: NDArray[np.int64]) -> None:
    if counts.ndim != 2 or counts.shape != (len(mapped), len(mapped)):
        raise ValueError(
            f"counts {counts.shape} and mapped areas {mapped.shape}: as many map classes as reference classes"
        )
    if counts.min(initial=0) < 0 or mapped.min(initial=0) < 0 or not mapped.any():
        raise ValueError("counts and areas must not be negative, and something must be mapped")
    odd = np.flatnonzero((mapped > 0) != (counts.sum(axis=1) > 0)).tolist()
    if odd:
        raise ValueError(f"map classes {odd} are mapped but not sampled, or sampled but not mapped")
