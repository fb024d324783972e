"""Which sensor is it? Keeps what is a sensor's own out of what is shared."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def modality_loss(logits: Tensor, position: int) -> Tensor:
    """CE(m, head(z)): cross-entropy of (sample, sensor) logits against the sensor at ``position``."""
    return F.cross_entropy(logits, torch.full((len(logits),), position, device=logits.device))
