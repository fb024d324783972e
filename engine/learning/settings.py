"""How to train."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..contract.method import ClassWeight
from ..model.losses.objective import TermWeights


@dataclass(frozen=True)
class Settings:
    """How to train, whatever the sensors.

    ``outputs`` counts classes, labels or targets; ``device`` is torch's name of it; ``patience`` counts epochs without
    a lower validation loss.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    class_weight: ClassWeight
    seed: int
    outputs: int
    device: str = "cpu"
    patience: int = 5
    term_weights: TermWeights = field(default_factory=TermWeights)
