"""How to train."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ...contract import ClassWeight, LossWeights, Optimize, TrainJob, UnlabelledUse
from ...model import NetworkDesign


class Fusion(Enum):
    """Whether one head reads several sensors at once."""

    NONE = "none"  # every sensor has its own head: MDiCo, or alone
    DROPOUT = "dropout"  # a random subset of the sensors for every sample
    ALL = "all"  # all sensors: the reference that no single sensor has


class Criterion(Enum):
    """The criterion, on validation samples, for the best epoch."""

    LOSS = "loss"  # each sensor's own main loss
    CALIBRATED = "calibrated"  # that loss at its best temperature: overconfidence is not penalized
    OBJECTIVE = "objective"  # the whole objective, over all sensors at once, as in the paper


@dataclass(frozen=True)
class Settings:
    """Training settings that do not depend on the sensors.

    ``epochs`` are all run: with early stopping a schedule could be longer with others than
    alone. ``outputs`` is the number of classes, labels or targets; ``device`` is torch's device name. An epoch has
    at least ``least_batches`` batches, if each then has 16 samples: with few samples, batches are smaller
    than ``batch_size``.
    ``shares`` are those of the classes, or labels, in the population; empty: those among the training samples.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    class_weight: ClassWeight
    seed: int
    outputs: int
    device: str = "cpu"
    design: NetworkDesign = field(default_factory=NetworkDesign)
    weights: LossWeights = field(default_factory=LossWeights)
    optimize: Optimize = TrainJob.optimize
    fusion: Fusion = Fusion.NONE
    criterion: Criterion = Criterion.OBJECTIVE
    weight_decay: float = 0.0
    cosine: bool = False
    least_batches: int = 1
    unlabelled_use: UnlabelledUse = TrainJob.unlabelled_use
    shares: tuple[float, ...] = ()
