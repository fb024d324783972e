"""Features of one sensor for trees: the same torch operations for training samples and in the exported graph.

Only bit-exact operations are used (:mod:`.sums`), so that a training sample and the same pixel of a map have identical
features, whatever the block. Values are z-scores, with nodata as in networks
(:class:`..model.standardize.Standardize`); indices are computed from raw values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..arrays import Floats
from ..contract import SampleShape
from ..learning.standardization import Statistics
from ..model import Standardize, as_raster, band_first, of_samples, pixel_valid, without_halo
from .bands import Index, indices_of
from .design import LARGEST_PLAIN, USUAL, Feature, FeatureDesign
from .image_features import ImageFeatures
from .series_features import SeriesFeatures

_SAMPLES_AT_ONCE = 512


@dataclass(frozen=True)
class SensorView:
    """What features depend on: band names, patch side (1 for series), and the days of a series' dates."""

    bands: tuple[str, ...]
    context_px: int = 1
    days: tuple[float, ...] = ()

    @property
    def shape(self) -> SampleShape:
        """The shape of the sensor's samples."""
        return SampleShape(len(self.bands), len(self.days), self.context_px)


class TreeFeatures(nn.Module):
    """Computes features and validity from raw values; missing features are imputed if medians are given.

    Args:
        view: the sensor.
        statistics: of the training samples, per band.
        design: the groups of features.
        medians: (feature,) of the training samples; None: features of missing dates are NaN.
    """

    def __init__(
        self,
        view: SensorView,
        statistics: Statistics,
        design: FeatureDesign = USUAL,
        medians: NDArray[Any] | None = None,
    ) -> None:
        super().__init__()
        shape, many = view.shape, len(view.bands) > LARGEST_PLAIN
        self.view = view
        self.design = design
        self.statistics = statistics
        self.shape = shape
        self.standardize = Standardize.of(statistics.mean, statistics.scale)
        self.indices: tuple[Index, ...] = indices_of(view.bands, statistics.minimum) if design.indices else ()
        for name, normalized in (("_normalized", True), ("_subtracted", False)):
            pairs = [(index.first, index.second) for index in self.indices if index.normalized is normalized]
            self.register_buffer(name, torch.tensor(pairs, dtype=torch.int64).view(-1, 2).T, persistent=False)
        channels = (*view.bands, *(index.name for index in self.indices))
        self._describe: ImageFeatures | SeriesFeatures
        if shape.has_dates:
            self._describe = SeriesFeatures(channels, view.days, design)
        else:
            self._describe = ImageFeatures(channels, view.context_px if design.context else 1, plain=many)
        self.features: tuple[Feature, ...] = self._describe.features
        self.register_buffer("medians", None if medians is None else torch.from_numpy(np.asarray(medians, np.float32)))

    medians: Tensor | None
    _normalized: Tensor
    _subtracted: Tensor

    def with_medians(self, table: Floats) -> TreeFeatures:
        """The same features, imputed with the medians of training rows (sample, feature)."""
        return TreeFeatures(self.view, self.statistics, self.design, medians_of(table))

    def kinds(self) -> dict[str, list[int]]:
        """The columns of :meth:`table` by kind of feature."""
        found: dict[str, list[int]] = {}
        names = {index.name for index in self.indices}
        for at, feature in enumerate(self.features):
            found.setdefault(feature.kind(names), []).append(at)
        return found

    def imputed(self, table: Floats) -> Floats:
        """Rows (sample, feature) with missing features replaced by the medians.

        Raises:
            ValueError: there are no medians.
        """
        if self.medians is None:
            raise ValueError("features without medians")
        return np.where(np.isfinite(table), table, self.medians.numpy())

    def forward(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        """A raw raster, as encoders take it, to features (batch, feature, row, col) and validity (batch, 1, row, col).

        Series: (1, band, date, pixel) to (1, feature, 1, pixel).
        """
        z, valid = self.standardize(raster)
        channels = torch.cat([z, *self._indices(raster, valid)], dim=1) if self.indices else z
        if self.shape.has_space and not self.design.context:
            channels, valid = without_halo(channels, self.shape), without_halo(valid, self.shape)
            return self._describe(channels, valid, self.medians), valid
        return self._describe(channels, valid, self.medians), pixel_valid(valid, self.shape)

    def _indices(self, raster: Tensor, valid: Tensor) -> list[Tensor]:
        """Indices (batch, index, …) of raw values, normalized ones (−1 to 1) first; 0 for nodata."""
        clean = torch.where(valid, raster, 0.0)
        found = []
        for normalized, pair in ((True, self._normalized), (False, self._subtracted)):
            if any(index.normalized is normalized for index in self.indices):
                first, second = clean.index_select(1, pair[0]), clean.index_select(1, pair[1])
                found.append(_normalized(first, second) if normalized else first - second)
        return found

    def table(self, values: Floats) -> Floats:
        """Features (sample, feature), float32, of samples laid out as in :class:`..samples.sample_set.SensorSamples`.

        A row is NaN if the sample's own pixel, or every date, is nodata.
        """
        starts = range(0, max(len(values), 1), _SAMPLES_AT_ONCE)
        return np.concatenate([self._rows(values[start : start + _SAMPLES_AT_ONCE]) for start in starts])

    def _rows(self, values: Floats) -> Floats:
        with torch.inference_mode():
            features, valid = self(as_raster(band_first(values, self.shape), self.shape))
            rows: Floats = of_samples(torch.where(valid, features, torch.nan), self.shape).numpy()
        return np.ascontiguousarray(rows)


def medians_of(table: Floats) -> Floats:
    """The lower median (feature,), float32, of the finite values of each column; 0 if a column has none."""
    ranked = np.sort(table, axis=0)  # NaN last
    there = np.isfinite(table).sum(axis=0)
    middle = np.maximum(there - 1, 0) // 2
    found = np.take_along_axis(ranked, middle[np.newaxis], axis=0)[0] if len(table) else np.zeros(table.shape[1])
    return np.where(there > 0, found, 0).astype(np.float32)


def _normalized(first: Tensor, second: Tensor) -> Tensor:
    """(a − b) / (a + b), limited to −1 to 1; 0 if a + b is 0."""
    whole = first + second
    nothing = (whole == 0.0).float()
    return ((first - second) / (whole + nothing)).clamp(-1.0, 1.0)


def names_of(features: Sequence[Feature]) -> tuple[str, ...]:
    """The display names of the features."""
    return tuple(feature.name for feature in features)
