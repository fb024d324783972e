"""The registry of additional terms: a new one is a module here, a line in this table, a weight in ``LossWeights``."""

from __future__ import annotations

from dataclasses import replace

from ...contract import LossWeights
from . import auxiliary, contrastive, label_contrast, modality
from .term import Term

TERMS: tuple[Term, ...] = (auxiliary.TERM, modality.TERM, contrastive.TERM, label_contrast.TERM)


def without_labels(weights: LossWeights, has_teacher: bool) -> LossWeights:
    """The weights for samples without labels, which can be trained on other sensors and a teacher only."""
    main = weights.main if has_teacher and weights.distillation else 0.0
    off = {term.weight: 0.0 for term in TERMS if term.needs_labels}
    return replace(weights, main=main, distillation=1.0, **off)


def teaches(weights: LossWeights, sensors: int) -> bool:
    """Whether anything can be learned with these weights and that number of sensors."""
    possible = [term for term in TERMS if sensors > 1 or not term.needs_several_sensors]
    return bool(weights.main) or any(term.counts(weights) for term in possible)
