"""Area-adjusted accuracy of a map, where the reference sample was drawn within the map's classes.

Olofsson, Foody, Herold, Stehman, Woodcock, Wulder (2014): Good practices for estimating area and assessing accuracy of
land change, Remote Sensing of Environment 148:42-57; equation numbers are theirs. Counts of samples are turned into
shares of the mapped area, so that a class that was sampled more than its area deserves counts no more than it should.
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
    """A share of 1, or an area in square metres, with standard error and 95 % interval.

    NaN where it cannot be estimated: a producer's accuracy of a class that no sample has, a user's accuracy of a class
    the map does not show. The standard error is NaN where it rests on a mapped class with a single sample.
    """

    value: float
    standard_error: float

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end: 1.96 standard errors around the value, which may reach beyond 0 or 1 as in the paper."""
        half = Z_95 * self.standard_error
        return self.value - half, self.value + half

    def estimate(self, low: float = 0.0, high: float = 1.0) -> Estimate:
        """As reports and manifests hold it, the interval cut at ``low`` and ``high``; none where there is none."""
        if np.isnan(self.standard_error):
            return Estimate(self.value)
        ends = np.clip(self.interval, low, high)
        return Estimate(self.value, float(ends[0]), float(ends[1]))


@dataclass(frozen=True)
class AreaAccuracy:
    """Accuracies and areas of a map; classes (class,) in the order of the counts.

    ``proportions`` (map class, reference class) are estimated shares of the whole area. ``areas_m2`` are the areas of
    the reference classes, corrected for the map's errors. ``clustered`` says that several pixels of one polygon were
    taken for independent samples, so that intervals are too narrow.
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
        mapped_px: (class,) pixels the map gives each class.
        pixel_m2: area of a pixel.

    Raises:
        ValueError: shapes that do not fit, negative numbers, nothing mapped, or classes that are either mapped or
            sampled but not both: nothing is known of their part of the area.
    """
    _check(counts, mapped_px)
    mapped = np.asarray(mapped_px, np.float64)
    total = counts.sum(axis=1)  # n_i.
    weight = mapped / mapped.sum()  # W_i
    share = counts / np.maximum(total, 1)[:, np.newaxis]  # n_ij / n_i.
    proportions = weight[:, np.newaxis] * share  # eq. 4
    variance = _over(share * (1 - share), (total - 1)[:, np.newaxis])  # of each share
    variance[mapped == 0] = 0  # what has no area adds none
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
    """The quotient, NaN where there is nothing to divide by."""
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
