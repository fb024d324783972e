"""Training: from samples to the best checkpoint of one network."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from ..contract.errors import EngineError, ErrorCode
from ..contract.events import Epoch
from ..contract.method import UnlabelledUse
from ..samples.sample_set import Split
from .batches import joined_batches, shuffled_batches
from .device import memory_errors
from .learner import Learner
from .material import Material
from .settings import Fusion, Settings
from .stopping import EarlyStopping
from .trained import TrainedNetwork

__all__ = ["Material", "Settings", "TrainedNetwork", "train_network"]


def train_network(
    material: Material, split: Split, settings: Settings, training: str, on_epoch: Callable[[Epoch], None]
) -> TrainedNetwork:
    """Train MDiCo over all sensors of ``material``; with one sensor it is the baseline *alone*.

    Statistics and class weights come from ``split.train``; the weights kept are those that did best on
    ``split.validation``; ``split.test`` is not looked at. Samples that only some sensors cover take part in every loss
    their sensors allow. On one CPU with one number of threads, one seed gives one result to the last bit.

    Args:
        training: name of this training, for the epochs.
        on_epoch: called after every epoch.

    Raises:
        DeviceError: too little memory.
        EngineError: the loss is no number from the first epoch on.
        InputError: a sensor without a single valid pixel among its training samples.
    """
    devices = [torch.cuda.current_device()] if settings.device == "cuda" else []
    with memory_errors(), torch.random.fork_rng(devices):
        torch.manual_seed(settings.seed)
        return _train(Learner(material, split, settings), split, settings, training, on_epoch)


def _train(
    learner: Learner, split: Split, settings: Settings, training: str, on_epoch: Callable[[Epoch], None]
) -> TrainedNetwork:
    """Train until validation improves no more."""
    order = torch.Generator().manual_seed(settings.seed)
    train, validation = torch.tensor(split.train), torch.tensor(split.validation)
    unlabelled = learner.pool.labelled_count + torch.arange(learner.pool.unlabelled_count)
    beside = unlabelled if settings.unlabelled_use is UnlabelledUse.BESIDE else unlabelled[:0]
    validation_batches = shuffled_batches(validation, settings.batch_size, order)  # NT-Xent needs neighbours apart
    if len(unlabelled) and not len(beside) and settings.fusion is Fusion.NONE:
        _learn_unlabelled(learner, torch.cat([train, unlabelled]), settings, order)
    stopping = EarlyStopping(settings.patience, learner.slots())
    history: list[Epoch] = []
    for number in range(1, settings.epochs + 1):
        batches = joined_batches(train, beside, settings.batch_size, order)
        train_loss = learner.learn(batches, settings.weights, _rate(number, settings))
        found = learner.validate(validation_batches)
        history.append(Epoch(training, number, settings.epochs, train_loss, found.loss, found.score))
        on_epoch(history[-1])
        if not stopping.goes_on(found.costs, learner.predicting.state_dict()):
            break
    kept = stopping.kept(learner.predicting.state_dict())
    if kept is None:
        raise _diverged(training, settings.learning_rate)
    return learner.trained(kept, tuple(history))


def _learn_unlabelled(learner: Learner, positions: Tensor, settings: Settings, order: torch.Generator) -> None:
    """Learn from all positions what needs no labels, before anything else."""
    weights = replace(settings.weights, main=0.0, auxiliary=0.0, label_contrast=0.0)
    for _ in range(max(1, settings.epochs // 4)):
        learner.learn(shuffled_batches(positions, settings.batch_size, order), weights)


def _rate(epoch: int, settings: Settings) -> float:
    """Share of the learning rate in an epoch (from 1): constant, or half a cosine down to nearly nothing."""
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (epoch - 1) / settings.epochs)) / 2 if settings.cosine else 1.0


def _diverged(training: str, learning_rate: float) -> EngineError:
    return EngineError(
        ErrorCode.TRAINING_DIVERGED,
        subject=training,
        found=f"a loss that is no number, at a learning rate of {learning_rate:g}",
        expected="a loss that falls",
        remedy="Lower LEARNING_RATE; look for absurd values in the sensors' bands or the labels.",
    )
