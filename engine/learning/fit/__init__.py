"""One training: data, batches, schedule, checkpoints, the trained network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .batches import shuffled_batches
    from .checkpoint import Checkpoints, checkpoints_of, identity_of
    from .data import TrainingData
    from .device import choose_device, trainings_at_once, use_one_core
    from .loop import train_network
    from .recipe import with_recipe
    from .settings import Fusion, Settings
    from .targets import class_weights, criteria, network_targets, population_of, resolved_weight, shift_of
    from .trained_network import TrainedNetwork, for_population, predict_with
    from .trainer import Trainer
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "Checkpoints",
    "Fusion",
    "Settings",
    "TrainedNetwork",
    "Trainer",
    "TrainingData",
    "checkpoints_of",
    "choose_device",
    "class_weights",
    "criteria",
    "for_population",
    "identity_of",
    "network_targets",
    "population_of",
    "predict_with",
    "resolved_weight",
    "shift_of",
    "shuffled_batches",
    "train_network",
    "trainings_at_once",
    "use_one_core",
    "with_recipe",
]
