"""The terms that are added to the main one: a new one is a file, a line here, its weight in ``LossWeights``."""

from __future__ import annotations

from dataclasses import replace

from ...contract import LossWeights
from . import auxiliary, contrastive, label_contrast, modality
from .term import Term

TERMS: tuple[Term, ...] = (auxiliary.TERM, modality.TERM, contrastive.TERM, label_contrast.TERM)


def without_labels(weights: LossWeights, has_teacher: bool) -> LossWeights:
    """The weights of what can be learned from positions without labels: other sensors, a teacher."""
    main = weights.main if has_teacher and weights.distillation else 0.0
    off = {term.weight: 0.0 for term in TERMS if term.needs_labels}
    return replace(weights, main=main, distillation=1.0, **off)


def teaches(weights: LossWeights, sensors: int) -> bool:
    """Whether so many sensors learn anything by these weights."""
    possible = [term for term in TERMS if sensors > 1 or not term.needs_several_sensors]
    return bool(weights.main) or any(term.counts(weights) for term in possible)
