"""MDiCo's objective: the weighted sum of its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from ..colearner import SensorOutput
from .contrastive import nt_xent
from .modality import modality_loss
from .task import TaskLoss


@dataclass(frozen=True)
class TermWeights:
    """What each term counts; 0 switches it off.

    The paper sums NT-Xent over the ordered pairs of sensors. Here it is their mean with weight 2: the same for two
    sensors, stable beyond.
    """

    main: float = 1.0
    auxiliary: float = 1.0
    modality: float = 1.0
    contrastive: float = 2.0
    temperature: float = 0.1


@dataclass(frozen=True)
class LossTerms:
    """The terms of one batch, unweighted scalars, and their weighted ``total``.

    L = w₁ mean_m task(y, main_m)
      + w₂ mean_m ½ [task(y, aux(z_spe)) + task(y, aux(z_sha))]
      + w₃ mean_m ½ [CE(m, head_spe(z_spe)) + CE(m, head_unu(z_unu))]
      + w₄ mean_{i≠j} NT-Xent(z_sha_i, z_sha_j)
    """

    main: Tensor
    auxiliary: Tensor
    modality: Tensor
    contrastive: Tensor
    total: Tensor


def objective(outputs: Sequence[SensorOutput], target: Tensor, task: TaskLoss, weights: TermWeights) -> LossTerms:
    """The terms of one batch; with one sensor those between sensors are 0."""
    main = _mean([task(output.main, target) for output in outputs])
    auxiliary = _mean([auxiliary_term(output, target, task) for output in outputs])
    if len(outputs) == 1:
        modality = contrastive = torch.zeros_like(main)
    else:
        modality = _mean([modality_term(output, position) for position, output in enumerate(outputs)])
        pairs = combinations([output.shared for output in outputs], 2)
        contrastive = _mean([nt_xent(first, second, weights.temperature) for first, second in pairs])
    total = (
        weights.main * main
        + weights.auxiliary * auxiliary
        + weights.modality * modality
        + weights.contrastive * contrastive
    )
    return LossTerms(main, auxiliary, modality, contrastive, total)


def auxiliary_term(output: SensorOutput, target: Tensor, task: TaskLoss) -> Tensor:
    """½ [task(y, aux(z_spe)) + task(y, aux(z_sha))] of one sensor."""
    return (task(output.auxiliary_specific, target) + task(output.auxiliary_shared, target)) / 2


def modality_term(output: SensorOutput, position: int) -> Tensor:
    """½ [CE(m, head_spe(z_spe)) + CE(m, head_unu(z_unu))] of the sensor at ``position``."""
    return (modality_loss(output.modality_specific, position) + modality_loss(output.modality_unused, position)) / 2


def _mean(terms: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(terms)).mean()
