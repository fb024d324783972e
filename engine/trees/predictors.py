"""Forests, and averages of networks and forests, with the interface of a network: raw values in, scores out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..contract import SampleShape, Task
from ..learning.tasks import LEAST_PROBABILITY
from ..model import PredictionNetwork, Scores, as_raster, of_samples
from .features import TreeFeatures
from .sums import pairwise_sum
from .tree_ensemble import TreeEnsemble
from .tree_nodes import TreeNodes

_OUTPUTS = 1  # axis
_WITHIN = 40.0  # exp(±40), and the products formed from it, are normal float32 numbers


class ScoresToRead(Protocol):
    """The last stage of a predictor: its task, and the decision for a class."""

    @property
    def task(self) -> Task:
        """The task."""

    def decide(self, scores: Tensor) -> Tensor:
        """Class indices (batch, ...) of probabilities (batch, class, ...)."""


class MapPredictor(Protocol):
    """A module that can be exported as a graph: it predicts from one sensor's raw values, per sample and densely."""

    @property
    def shape(self) -> SampleShape:
        """The shape of the sensor's samples."""

    @property
    def scores(self) -> ScoresToRead:
        """The last stage of the predictor."""

    def __call__(self, samples: Tensor) -> Tensor:
        """Raw samples (sample, band, row, col) or (sample, band, date) to scores (sample, output)."""

    def forward_dense(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        """A raw raster, as encoders take it, to scores (batch, output, row, col) and validity (batch, 1, row, col)."""


class SharesToScores(nn.Module):
    """Calibrates probabilities along axis 1, and decides for a class; regression values pass unchanged.

    Equal to softmax(log(p) / T + b) for classes: p^(1/T) · e^b, normalized. This form avoids the logarithm, whose last
    bit in ONNX Runtime depends on the position of a pixel in its block. For multilabel, the odds are transformed alike.

    With many classes and a small T, all powers would underflow in float32. So a root of the powers is computed that
    cannot, divided by the largest one of the pixel, and only then raised to the power of the root.

    Args:
        scale, offset: (output,) 1 / T and b; 1 and 0 leave the probabilities unchanged.
        decision: (class,) decision weights of the classes; empty: the most probable class is chosen.
    """

    power: Tensor
    odds: Tensor

    def __init__(self, task: Task, scale: NDArray[Any], offset: NDArray[Any], decision: Sequence[float] = ()) -> None:
        super().__init__()
        self.task = task
        self.outputs = len(scale)
        self.changes = bool((np.asarray(scale) != 1).any() or (np.asarray(offset) != 0).any())
        self._rule = Scores.of(task, np.ones(len(scale)), np.zeros(len(scale)), decision)
        self._squarings = _squarings(np.asarray(scale), np.asarray(offset))
        root = 2**self._squarings
        self.register_buffer("power", _per_output(np.asarray(scale) / root))
        self.register_buffer("odds", _per_output(np.exp(np.asarray(offset) / root)))

    @property
    def decision(self) -> Tensor | None:
        """Decision weights (class,); None: the most probable class is chosen."""
        return self._rule.decision

    def forward(self, shares: Tensor) -> Tensor:
        """Probabilities or values (batch, output, row, col) to scores of the same shape."""
        if not self.task.has_probabilities or not self.changes:
            return shares
        yes = shares.clamp(min=LEAST_PROBABILITY).pow(self.power) * self.odds
        if self.task.one_class:
            yes = self._raised(yes / yes.amax(_OUTPUTS, keepdim=True))
            return yes / pairwise_sum(yes, _OUTPUTS, self.outputs)
        no = (1 - shares).clamp(min=LEAST_PROBABILITY).pow(self.power)
        most = torch.maximum(yes, no)
        yes, no = self._raised(yes / most), self._raised(no / most)
        return yes / (yes + no)

    def _raised(self, roots: Tensor) -> Tensor:
        """The roots raised to the full power."""
        for _ in range(self._squarings):
            roots = roots * roots
        return roots

    def decide(self, scores: Tensor) -> Tensor:
        """Class indices (batch, ...) of probabilities (batch, class, ...)."""
        return self._rule.decide(scores)


def _squarings(scale: NDArray[Any], offset: NDArray[Any]) -> int:
    """The number of square roots that keep the smallest and the largest power within float32."""
    furthest = np.abs(np.log(LEAST_PROBABILITY)) * np.abs(scale).max() + np.abs(offset).max()
    return int(max(0, np.ceil(np.log2(furthest / _WITHIN))))


def _per_output(numbers: NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.asarray(numbers, np.float32)).view(1, -1, 1, 1)


class PredictionForest(nn.Module):
    """Features, trees and calibration of one sensor; scores are NaN where the pixel is nodata.

    Args:
        features: with medians, so that valid pixels have no missing features.

    Raises:
        ValueError: features without medians.
    """

    def __init__(self, features: TreeFeatures, nodes: TreeNodes, scores: SharesToScores) -> None:
        super().__init__()
        if features.medians is None:
            raise ValueError("features without medians: missing dates would be NaN")
        self.shape = features.shape
        self.features = features
        self.trees = TreeEnsemble(nodes)
        self.scores = scores

    def forward(self, samples: Tensor) -> Tensor:
        """Raw samples (sample, band, row, col) or (sample, band, date) to scores (sample, output)."""
        scores, _ = self.forward_dense(as_raster(samples, self.shape))
        return of_samples(scores, self.shape)

    def forward_dense(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        """A raw raster, as encoders take it, to scores (batch, output, row, col) and validity (batch, 1, row, col)."""
        return self.of_features(*self.features(raster))

    def of_features(self, features: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
        """The same from precomputed features."""
        scores: Tensor = self.scores(self.trees(features))
        return torch.where(valid, scores, torch.nan), valid


class PredictionAverage(nn.Module):
    """The weighted mean of several predictors of one sensor, with a calibration of its own.

    Args:
        members: predictors of one sensor; features shared by several forests are computed once.
        weights: (member,) positive; they are normalized.

    Raises:
        ValueError: no members, or weights that do not match.
    """

    def __init__(
        self, members: Sequence[PredictionNetwork | PredictionForest], weights: Sequence[float], scores: SharesToScores
    ) -> None:
        super().__init__()
        if not members or len(members) != len(weights) or min(weights) <= 0:
            raise ValueError(f"{len(members)} members with the weights {list(weights)}")
        self.shape = members[0].shape
        self.members = nn.ModuleList(members)
        self.weights = tuple(weight / sum(weights) for weight in weights)
        self.scores = scores

    def forward(self, samples: Tensor) -> Tensor:
        """Raw samples (sample, band, row, col) or (sample, band, date) to scores (sample, output)."""
        return self.calibrated(self.mean(samples))

    def mean(self, samples: Tensor) -> Tensor:
        """Raw samples to the mean over the members (sample, output), before the average's own calibration."""
        return self._mean([member(samples) for member in self.members])

    def calibrated(self, mean: Tensor) -> Tensor:
        """A :meth:`mean` to scores (sample, output)."""
        scores: Tensor = self.scores(mean.unsqueeze(2).unsqueeze(3))
        return scores.squeeze(3).squeeze(2)

    def forward_dense(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        """A raw raster, as encoders take it, to scores (batch, output, row, col) and validity (batch, 1, row, col)."""
        shown: dict[TreeFeatures, tuple[Tensor, Tensor]] = {}
        predictions, valid = [], None
        member: Any
        for member in self.members:
            if isinstance(member, PredictionForest):
                if member.features not in shown:
                    shown[member.features] = member.features(raster)
                scores, valid = member.of_features(*shown[member.features])
            else:
                scores, valid = member.forward_dense(raster)
            predictions.append(scores)
        scores = self.scores(self._mean(predictions))
        if valid is None:
            raise ValueError("an average of nothing")
        return torch.where(valid, scores, torch.nan), valid

    def _mean(self, predictions: Sequence[Tensor]) -> Tensor:
        total = predictions[0] * self.weights[0]
        for scores, weight in zip(predictions[1:], self.weights[1:], strict=True):
            total = total + scores * weight
        return total
