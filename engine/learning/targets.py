"""Labels as the network learns them, and what a wrong answer costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..contract.job import Task
from ..contract.method import ClassWeight
from ..model.losses.task import TaskLoss, binary_cross_entropy, cross_entropy, squared_error
from ..samples.sample_set import Floats, Indices, SampleSet
from .statistics import target_statistics


@dataclass(frozen=True)
class Targets:
    """The labels of all samples, in the network's terms.

    ``values`` is int64 (sample,) class indices, float32 (sample, label) 0/1, or float32 (sample, target) standardized
    by ``mean`` and ``sd`` (output,), which are 0 and 1 but for regression.
    """

    values: Tensor
    mean: Floats
    sd: Floats


def network_targets(samples: SampleSet, train: Indices, outputs: int) -> Targets:
    """The labels, standardized (regression) by the samples at ``train``."""
    if samples.task is not Task.REGRESSION:
        mean, sd = np.zeros(outputs, np.float32), np.ones(outputs, np.float32)
        return Targets(torch.tensor(samples.target), mean, sd)
    statistics = target_statistics(samples.target[train])
    mean, sd = statistics.mean.astype(np.float32), statistics.scale.astype(np.float32)
    return Targets(torch.from_numpy(((samples.target - mean) / sd).astype(np.float32)), mean, sd)


def task_loss(samples: SampleSet, train: Indices, outputs: int, class_weight: ClassWeight, device: str) -> TaskLoss:
    """The loss of the task; class weights come from the samples at ``train``."""
    if samples.task is Task.REGRESSION:
        return squared_error()
    if samples.task is Task.MULTILABEL:
        return binary_cross_entropy()
    if class_weight is ClassWeight.NONE:
        return cross_entropy(None)
    return cross_entropy(torch.from_numpy(balanced_weights(samples.target[train], outputs)).to(device))


def balanced_weights(target: NDArray[Any], classes: int) -> Floats:
    """n / (K · n_k) per class, K the classes present in ``target`` (sample,); 1 for a class that is not.

    Every present class then counts the same in total, and the mean weight of a sample is 1.
    """
    counts = np.bincount(target, minlength=classes)
    present = counts > 0
    weights = np.ones(classes, dtype=np.float32)
    weights[present] = len(target) / (present.sum() * counts[present])
    return weights
