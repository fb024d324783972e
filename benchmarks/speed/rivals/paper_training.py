"""The paper's training loop, reimplemented after its public code.

One dictionary per sample from a DataLoader, every loss term separately, NT-Xent by the metric-learning library once for
each order of the two sensors, plain Adam. The network is ours with the paper's design, so that only the loop differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import torch
from torch import Tensor
from torch.nn import functional as F

from ....engine.model import CoLearner, SensorOutput
from ..entries import MissingError
from .paper_samples import OneByOne, batches, network_inputs

TEMPERATURE = 0.1
LEARNING_RATE = 1e-3


class PaperTraining:
    """Trains a network of two sensors step by step."""

    def __init__(self, network: CoLearner, samples: OneByOne, class_weights: Tensor | None) -> None:
        """Use the given network, which is trained.

        Raises:
            MissingError: the metric-learning library is not installed.
        """
        self._contrast = _library_loss()
        self._network, self._class_weights = network, class_weights
        self._samples = samples
        self._optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)

    def steps(self, count: int) -> None:
        """Train on this number of batches of 128."""
        self._network.train()
        drawn = iter(batches(self._samples, shuffled=True))
        for _ in range(count):
            batch = next(drawn)
            outputs = [output for output in self._network(network_inputs(batch)) if output is not None]
            self._optimizer.zero_grad()
            self.total(outputs, batch["target"]).backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()

    def total(self, outputs: Sequence[SensorOutput], target: Tensor) -> Tensor:
        """The paper's loss of a batch with all weights 1; NT-Xent is summed over the ordered pairs of sensors."""
        task = [self._task(output.main, target) for output in outputs]
        auxiliary = [
            (self._task(output.auxiliary_specific, target) + self._task(output.auxiliary_shared, target)) / 2
            for output in outputs
        ]
        modality = [
            (_which(output.modality_specific, at) + _which(output.modality_unused, at)) / 2
            for at, output in enumerate(outputs)
        ]
        contrast = [self._pair(first.shared, second.shared) for first, second in permutations(outputs, 2)]
        return _mean(task) + _mean(auxiliary) + _mean(modality) + torch.stack(contrast).sum()

    def _task(self, logits: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(logits, target, weight=self._class_weights)

    def _pair(self, first: Tensor, second: Tensor) -> Tensor:
        labels = torch.arange(len(first)).repeat(2)
        loss: Tensor = self._contrast(torch.cat([first, second]), labels)
        return loss


def _library_loss() -> torch.nn.Module:
    try:
        from pytorch_metric_learning.losses import NTXentLoss
    except ImportError as error:
        raise MissingError("pytorch-metric-learning is not installed (bench-requirements.txt)") from error
    loss: torch.nn.Module = NTXentLoss(temperature=TEMPERATURE)
    return loss


def _which(logits: Tensor, sensor: int) -> Tensor:
    return F.cross_entropy(logits, torch.full((len(logits),), sensor))


def _mean(terms: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(terms)).mean()
