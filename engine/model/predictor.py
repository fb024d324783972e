"""A network that predicts probabilities or values from one sensor's raw values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..contract import SampleShape, Task
from .layout import pixel_valid
from .sensor_network import SensorNetwork
from .standardize import Standardize
from .task_output import output_of


class Scores(nn.Module):
    """From logits to scores, along axis 1.

    Scores are probabilities that sum to 1 (classification), one probability per label (multilabel), or values in the
    target's unit (regression): logits · ``scale`` + ``offset`` (output,), followed by softmax or sigmoid where scores
    are probabilities. ``scale`` and ``offset`` are the calibration; in regression they undo the standardization of
    targets.

    ``decision`` (class,) multiplies probabilities before the class with the largest product is chosen; None: all equal.
    """

    scale: Tensor
    offset: Tensor
    decision: Tensor | None

    def __init__(self, task: Task, scale: Tensor, offset: Tensor, decision: Tensor | None = None) -> None:
        super().__init__()
        self.task = task
        self.register_buffer("decision", None if decision is None else decision.float())
        self.register_buffer("scale", scale.float())
        self.register_buffer("offset", offset.float())

    @classmethod
    def of(cls, task: Task, scale: NDArray[Any], offset: NDArray[Any], decision: Sequence[float] = ()) -> Scores:
        """From arrays (output,); without ``decision``, the most probable class is chosen."""
        weights = torch.tensor(list(decision)) if len(decision) else None
        return cls(task, torch.from_numpy(np.asarray(scale)), torch.from_numpy(np.asarray(offset)), weights)

    def forward(self, logits: Tensor) -> Tensor:
        """Logits (batch, output, …) to scores of the same shape."""
        outputs = (1, -1) + (1,) * (logits.dim() - 2)
        scaled = logits * self.scale.view(outputs) + self.offset.view(outputs)
        return output_of(self.task).scores(scaled)

    def decide(self, scores: Tensor) -> Tensor:
        """Class indices (batch, …) from probabilities (batch, class, …)."""
        if self.decision is None:
            return scores.argmax(dim=1)
        return (scores * self.decision.view((1, -1) + (1,) * (scores.dim() - 2))).argmax(dim=1)


class PredictionNetwork(nn.Module):
    """Standardization, one sensor's network, and scores; scores are NaN where the pixel is nodata.

    An image pixel is nodata if any of its bands is, a series pixel if all its dates are missing. Invalid neighbours and
    missing dates are 0 after standardization.
    """

    def __init__(self, shape: SampleShape, standardize: Standardize, network: SensorNetwork, scores: Scores):
        super().__init__()
        self.shape = shape
        self.standardize = standardize
        self.path = network  # the attribute's name is part of exported graphs, whose bytes must not change
        self.scores = scores

    def forward(self, samples: Tensor) -> Tensor:
        """Raw samples (sample, band, row, col) or (sample, band, date) to scores (sample, output)."""
        z, valid = self.standardize(samples)
        scores: Tensor = self.scores(self.path(z, valid))
        return torch.where(pixel_valid(valid, self.shape).flatten(1), scores, torch.nan)

    def forward_dense(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        """A raw raster, as encoders take it, to scores (batch, output, row, col) and validity (batch, 1, row, col)."""
        z, valid = self.standardize(raster)
        of_pixel = pixel_valid(valid, self.shape)
        scores = self.scores(self.path.forward_dense(z, valid))
        return torch.where(of_pixel, scores, torch.nan), of_pixel
