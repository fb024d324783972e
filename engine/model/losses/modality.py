"""Modality term: the sensor shall be recognizable in z_spe and z_unu, so that z_sha need not carry it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from .. import SensorOutput
from .term import LossBatch, Term


def modality_loss(logits: Tensor, position: int) -> Tensor:
    """CE(m, head(z)): cross-entropy of (sample, sensor) logits against the sensor at ``position``."""
    return F.cross_entropy(logits, torch.full((len(logits),), position, device=logits.device))


def modality_term(output: SensorOutput, position: int) -> Tensor:
    """½ [CE(m, head_spe(z_spe)) + CE(m, head_unu(z_unu))] of the sensor at ``position``."""
    return (modality_loss(output.modality_specific, position) + modality_loss(output.modality_unused, position)) / 2


def _losses(batch: LossBatch) -> list[Tensor]:
    return [modality_term(each.output, each.position) for each in batch.sensors if len(batch.sensors) > 1]


TERM = Term("modality", _losses, needs_several_sensors=True)
