"""Spectral reductions fitted before training: principal components of the training samples' pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Doubles, Indices
from ...contract import Spectral
from ...model import MOST_Z, NetworkDesign
from ...model.encoders.layers import MANY_BANDS, Reduction
from ...samples import SampleSet, SensorSamples
from .statistics import Statistics, valid_pixels

VARIANCE_KEPT = 0.999
FEWEST_COMPONENTS, MOST_COMPONENTS = 8, 32
_NO_VARIANCE = 1e-6  # of the first component's: less is rounding, which whitening would amplify


def reductions_for(
    samples: SampleSet, index: Indices, statistics: Sequence[Statistics], design: NetworkDesign
) -> tuple[Reduction | None, ...]:
    """The reduction of each sensor, None if the design or the number of its bands needs none.

    Args:
        index: the training samples; no others are used.
        statistics: one per sensor, of the same samples.
    """
    return tuple(
        principal_components(sensor, index, of_sensor)
        if design.spectral is Spectral.PCA and sensor.shape.bands > MANY_BANDS
        else None
        for sensor, of_sensor in zip(samples.sensors, statistics, strict=True)
    )


def principal_components(sensor: SensorSamples, index: Indices, statistics: Statistics) -> Reduction:
    """Whitened principal components of a sensor's z-scores over the valid pixels (dates) of the samples at ``index``.

    As many as explain 99.9 % of the variance, at least 8 (if the pixels vary in so many ways) and at most 32, the
    largest first. Each is scaled to variance 1; its sign is such that its largest weight is positive.

    Returns:
        weights (component, band) float32.
    """
    variances, directions = np.linalg.eigh(_covariance(sensor, index, statistics))
    variances, directions = np.maximum(variances[::-1], 0), directions[:, ::-1].T  # largest first, (component, band)
    count = _component_count(variances)
    variances, directions = variances[:count], directions[:count]
    largest = np.abs(directions).argmax(axis=1)[:, np.newaxis]
    signs = np.sign(np.take_along_axis(directions, largest, axis=1))
    scale = np.sqrt(np.where(variances > 0, variances, 1.0))
    return Reduction((signs * directions / scale[:, np.newaxis]).astype(np.float32))


def _component_count(variances: Doubles) -> int:
    """The number of components to keep, from their variances, the largest first."""
    kept = np.cumsum(variances) / max(variances.sum(), np.finfo(np.float64).tiny)
    enough = 1 + int(np.count_nonzero(kept < VARIANCE_KEPT))
    varying = max(1, int(np.count_nonzero(variances > _NO_VARIANCE * variances[0])))
    return min(max(enough, FEWEST_COMPONENTS), MOST_COMPONENTS, varying)


def _covariance(sensor: SensorSamples, index: Indices, statistics: Statistics) -> Doubles:
    """Covariance (band, band) of the z-scores, whose means are 0."""
    bands = sensor.shape.bands
    total, count = np.zeros((bands, bands)), 0
    for pixels in valid_pixels(sensor, index):
        z = np.clip((pixels - statistics.mean) / statistics.scale, -MOST_Z, MOST_Z)
        total += z.T @ z
        count += len(z)
    return total / max(count, 1)
