"""The objective: the weighted sum of its terms, each over the samples that its sensors cover."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from ...contract import LossWeights
from .. import SensorOutput
from .contrastive import nt_xent
from .label_contrast import label_contrast
from .modality import modality_loss
from .task import TaskLoss


@dataclass(frozen=True)
class Criteria:
    """What an answer costs: against labels, against soft targets; and how alike the labels of samples are."""

    task: TaskLoss
    distillation: TaskLoss
    affinity: Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class BatchLabels:
    """What is known of a batch.

    ``target`` (sample, …) as the task loss takes it, any value where ``labelled`` (sample,) is false. ``soft_targets``
    (sample, output) are a teacher's probabilities or values, NaN where it has none; None without a teacher.
    """

    target: Tensor
    labelled: Tensor
    soft_targets: Tensor | None = None


@dataclass(frozen=True)
class SensorBatch:
    """One sensor's outputs for the samples of a batch that it covers, ``rows`` (row,) being their positions in it."""

    position: int
    rows: Tensor
    output: SensorOutput


@dataclass(frozen=True)
class LossTerms:
    """The terms of one batch, unweighted scalars, and their weighted ``total``.

    L = w₁ mean_{m ∈ T} [(1 − δ) task(y, main_m) + δ distillation(t, main_m)]
      + w₂ mean_{m ∈ Y} ½ [task(y, aux(z_spe)) + task(y, aux(z_sha))]
      + w₃ mean_{m ∈ V} ½ [CE(m, head_spe(z_spe)) + CE(m, head_unu(z_unu))]
      + w₄ mean_{(i, j) ∈ P} NT-Xent(z_sha_i, z_sha_j)
      + w₅ label contrast over the z_sha of all sensors

    Each mean runs over what counts in the batch and nothing else: V are the sensors with rows in it (none where there
    is only one: it has none to differ from), Y those with a labelled row, T those with a labelled row or one
    with soft targets, P the ordered pairs of different sensors with two rows in common. A mean over nothing is 0.
    Within a sensor, task runs over its labelled rows and distillation over those with soft targets; where a sensor has
    only one of the two, that one counts whole (δ = 0 or 1), and δ = 0 without a teacher. Without δ and the last term,
    on samples that all sensors cover, it is the paper's. ``main_of_sensors`` is the main term of each sensor by itself.
    """

    total: Tensor
    main_of_sensors: tuple[Tensor | None, ...]
    main: Tensor
    auxiliary: Tensor
    modality: Tensor
    contrastive: Tensor
    label_contrast: Tensor


def objective(
    sensors: Sequence[SensorBatch], labels: BatchLabels, criteria: Sequence[Criteria], weights: LossWeights
) -> LossTerms:
    """The terms of one batch. A term whose weight is 0, or that no sample of the batch allows, is 0.

    Args:
        criteria: of every sensor, by its position.
    """
    zero = sensors[0].output.main.sum() * 0.0
    known = [_labelled(sensor, labels) for sensor in sensors]
    own = [criteria[sensor.position] for sensor in sensors]
    mains = [
        main_term(sensor.output.main, sensor.rows, labels, costs, weights.distillation)
        for sensor, costs in zip(sensors, own, strict=True)
    ]
    main = [term for term in mains if term is not None]
    auxiliary = [
        auxiliary_term(output, target, costs.task)
        for (output, target), costs in zip(known, own, strict=True)
        if len(target)
    ]
    modality = [modality_term(sensor.output, sensor.position) for sensor in sensors if len(sensors) > 1]
    pairs = [_seen_by_both(first, second) for first, second in combinations(sensors, 2)] if weights.contrastive else []
    contrastive = [nt_xent(first, second, weights.temperature) for first, second in pairs if len(first) > 1]
    related = [_label_contrast(known, own[0].affinity, weights.temperature)] if weights.label_contrast else []
    five = [_mean(losses, zero) for losses in (main, auxiliary, modality, contrastive, related)]
    factors = (weights.main, weights.auxiliary, weights.modality, weights.contrastive, weights.label_contrast)
    total = torch.stack([factor * term for factor, term in zip(factors, five, strict=True) if factor] or [zero]).sum()
    return LossTerms(total, tuple(mains), *five)


def main_term(logits: Tensor, rows: Tensor, labels: BatchLabels, criteria: Criteria, share: float) -> Tensor | None:
    """(1 − δ) task(y, main) + δ distillation(t, main); one whole where the rows lack the other, None without both.

    Args:
        logits: (row, output).
        rows: (row,) positions in the batch.
        share: δ.
    """
    which = labels.labelled[rows]
    terms = [(1 - share, criteria.task(logits[which], labels.target[rows[which]]))] if which.any() else []
    if labels.soft_targets is not None and share:
        soft_targets = labels.soft_targets[rows]
        known = ~soft_targets.isnan().any(dim=1)
        terms += [(share, criteria.distillation(logits[known], soft_targets[known]))] if known.any() else []
    if not terms:
        return None
    return terms[0][1] if len(terms) == 1 else torch.stack([factor * term for factor, term in terms]).sum()


def auxiliary_term(output: SensorOutput, target: Tensor, task: TaskLoss) -> Tensor:
    """½ [task(y, aux(z_spe)) + task(y, aux(z_sha))] of one sensor."""
    return (task(output.auxiliary_specific, target) + task(output.auxiliary_shared, target)) / 2


def modality_term(output: SensorOutput, position: int) -> Tensor:
    """½ [CE(m, head_spe(z_spe)) + CE(m, head_unu(z_unu))] of the sensor at ``position``."""
    return (modality_loss(output.modality_specific, position) + modality_loss(output.modality_unused, position)) / 2


def _labelled(sensor: SensorBatch, labels: BatchLabels) -> tuple[SensorOutput, Tensor]:
    """The sensor's outputs for labelled samples, and their labels."""
    which = labels.labelled[sensor.rows]
    return sensor.output.take(which), labels.target[sensor.rows[which]]


def _seen_by_both(first: SensorBatch, second: SensorBatch) -> tuple[Tensor, Tensor]:
    """z_sha of two sensors for the samples both cover."""
    common = torch.isin(first.rows, second.rows), torch.isin(second.rows, first.rows)
    return first.output.shared[common[0]], second.output.shared[common[1]]


def _label_contrast(
    known: Sequence[tuple[SensorOutput, Tensor]], affinity: Callable[[Tensor], Tensor], temperature: float
) -> Tensor:
    shared = torch.cat([output.shared for output, _ in known])
    return label_contrast(shared, affinity(torch.cat([target for _, target in known])), temperature)


def _mean(terms: Sequence[Tensor], nothing: Tensor) -> Tensor:
    return torch.stack(list(terms)).mean() if terms else nothing
