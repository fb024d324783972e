"""The objective: the weighted sum of its terms, each over the samples that the sensors cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ...contract import LossWeights
from .registry import TERMS
from .term import BatchLabels, Criteria, LossBatch, SensorBatch


@dataclass(frozen=True)
class LossTerms:
    """The terms of one batch as unweighted scalars, and their weighted ``total``; ``others`` are ordered as ``TERMS``.

    L = w₁ mean_{m ∈ T} [(1 − δ) task(y, main_m) + δ distillation(t, main_m)]
      + w₂ mean_{m ∈ Y} ½ [task(y, aux(z_spe)) + task(y, aux(z_sha))]
      + w₃ mean_{m ∈ V} ½ [CE(m, head_spe(z_spe)) + CE(m, head_unu(z_unu))]
      + w₄ mean_{(i, j) ∈ P} NT-Xent(z_sha_i, z_sha_j)
      + w₅ label contrast over the z_sha of all sensors

    V are the sensors with samples in the batch (none if there is only one), Y those with a labelled sample, T those
    with a labelled sample or one with soft targets, P the pairs of different sensors with at least two samples in
    common. A mean over an empty set is 0. Within a sensor, task is over its labelled samples and distillation over
    those with soft targets; if a sensor has only one of the two, that one has weight 1 (δ = 0 or 1), and δ = 0 without
    a teacher. With δ = 0 and w₅ = 0, on samples that all sensors cover, this is the paper's objective.
    ``main_of_sensors`` is the main term per sensor.
    """

    total: Tensor
    main_of_sensors: tuple[Tensor | None, ...]
    main: Tensor
    others: tuple[Tensor, ...]

    def of(self, weight: str) -> Tensor:
        """The term with this weight."""
        return self.others[[term.weight for term in TERMS].index(weight)]


def objective(
    sensors: Sequence[SensorBatch], labels: BatchLabels, criteria: Sequence[Criteria], weights: LossWeights
) -> LossTerms:
    """The terms of one batch. A term with weight 0, or without suitable samples in the batch, is 0.

    Args:
        criteria: per sensor, by position.
    """
    zero = sensors[0].output.main.sum() * 0.0
    batch = LossBatch(sensors, labels, [criteria[sensor.position] for sensor in sensors], weights)
    mains = [
        main_term(sensor.output.main, sensor.rows, labels, costs, weights.distillation)
        for sensor, costs in zip(sensors, batch.criteria, strict=True)
    ]
    main = _mean([term for term in mains if term is not None], zero)
    others = tuple(_mean(term.losses(batch) if term.counts(weights) else [], zero) for term in TERMS)
    counted = [(weights.main, main), *((term.counts(weights), loss) for term, loss in zip(TERMS, others, strict=True))]
    total = torch.stack([factor * loss for factor, loss in counted if factor] or [zero]).sum()
    return LossTerms(total, tuple(mains), main, others)


def main_term(logits: Tensor, rows: Tensor, labels: BatchLabels, criteria: Criteria, share: float) -> Tensor | None:
    """(1 − δ) task(y, main) + δ distillation(t, main); the only one of the two that is possible, or None if neither is.

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


def _mean(terms: Sequence[Tensor], nothing: Tensor) -> Tensor:
    return torch.stack(list(terms)).mean() if terms else nothing
