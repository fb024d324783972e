"""Forests, and averages of networks and forests, where a network's predictor stands: raw values in, scores out."""

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
_WITHIN = 40.0  # e to its power, and to its negative, times all that follows, is a normal number of float32


class ScoresToRead(Protocol):
    """The end of a predictor: its task, and how a class is decided."""

    @property
    def task(self) -> Task:
        """What is predicted."""

    def decide(self, scores: Tensor) -> Tensor:
        """Class indices (batch, ...) of probabilities (batch, class, ...)."""


class MapPredictor(Protocol):
    """What can become a graph: a module that predicts from one sensor's raw values, per sample and densely."""

    @property
    def shape(self) -> SampleShape:
        """Of the sensor's samples."""

    @property
    def scores(self) -> ScoresToRead:
        """The end of the predictor."""

    def __call__(self, samples: Tensor) -> Tensor:
        """Raw samples (sample, band, row, col) or (sample, band, date) to scores (sample, output)."""

    def forward_dense(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        """A raw raster, as encoders take it, to scores (batch, output, row, col) and validity (batch, 1, row, col)."""


class SharesToScores(nn.Module):
    """From probabilities, or values, to what a person reads, along axis 1; calibrates and decides as logits do.

    Softmax of log(p) / T + b is p to the power 1 / T times e^b over their sum, which needs no logarithm: that of ONNX
    Runtime depends in its last bit on where in a block a pixel stands. Labels at a time: odds alike. Values stay.

    Of two hundred classes at T = 0.05 all such powers are nothing in float32. So a root of them is taken that is not,
    it is divided by the largest of a pixel, which is 1 then, and only that is raised to the root's power.

    Args:
        scale, offset: (output,) 1 / T and b; 1 and 0 change nothing.
        decision: (class,) weights where one class is decided; empty: the most probable one.
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
        """Weights (class,) of the decision; None: the most probable class."""
        return self._rule.decision

    def forward(self, shares: Tensor) -> Tensor:
        """(batch, output, row, col) to the same shape."""
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
        """What they are roots of."""
        for _ in range(self._squarings):
            roots = roots * roots
        return roots

    def decide(self, scores: Tensor) -> Tensor:
        """Class indices (batch, ...) of probabilities (batch, class, ...)."""
        return self._rule.decide(scores)


def _squarings(scale: NDArray[Any], offset: NDArray[Any]) -> int:
    """How many square roots keep the least of all powers, and the largest, well within float32."""
    furthest = np.abs(np.log(LEAST_PROBABILITY)) * np.abs(scale).max() + np.abs(offset).max()
    return int(max(0, np.ceil(np.log2(furthest / _WITHIN))))


def _per_output(numbers: NDArray[Any]) -> Tensor:
    return torch.from_numpy(np.asarray(numbers, np.float32)).view(1, -1, 1, 1)


class PredictionForest(nn.Module):
    """Features, trees, scores; NaN where the pixel itself is nodata.

    Args:
        features: with medians, so that no feature of a valid pixel is missing.
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
        """The same, of features that are known."""
        scores: Tensor = self.scores(self.trees(features))
        return torch.where(valid, scores, torch.nan), valid


class PredictionAverage(nn.Module):
    """The weighted mean of several predictors of one sensor, then calibrated.

    Args:
        members: of one sensor; forests that share their features are shown them once.
        weights: (member,) above 0; only their ratios count.
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
        predictions = self._mean([member(samples) for member in self.members])
        scores: Tensor = self.scores(predictions.unsqueeze(2).unsqueeze(3))
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
