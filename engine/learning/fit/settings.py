"""How to train."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ...contract import ClassWeight, LossWeights, Optimize, TrainJob, UnlabelledUse
from ...model import NetworkDesign


class Fusion(Enum):
    """Whether one head reads several sensors at once."""

    NONE = "none"  # every sensor has its own head: MDiCo, or alone
    DROPOUT = "dropout"  # any subset of the sensors, drawn anew for every sample
    ALL = "all"  # all there are: the reference that no single sensor has


class Criterion(Enum):
    """What says, on validation samples, which epoch was best."""

    LOSS = "loss"  # each sensor's own main loss
    CALIBRATED = "calibrated"  # that loss at the temperature that suits it best: being too sure costs nothing
    OBJECTIVE = "objective"  # the whole objective, over all sensors at once: the paper's


@dataclass(frozen=True)
class Settings:
    """How to train, whatever the sensors.

    ``epochs`` are all run: a schedule that ended when validation improved no more would be longer beside others than
    alone. ``outputs`` counts classes, labels or targets; ``device`` is torch's name of it. An epoch has
    ``least_batches`` batches or more, as far as each then holds 16 samples: where samples are few, batches are smaller
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
