"""Training: from samples to the best checkpoint of one network."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ..contract.errors import EngineError, ErrorCode
from ..contract.events import Epoch
from ..samples.sample_set import SampleSet, Split
from .batches import shuffled_batches
from .device import memory_errors
from .learner import Learner
from .settings import Settings
from .stopping import EarlyStopping
from .trained import TrainedNetwork

__all__ = ["Settings", "TrainedNetwork", "train_network"]


def train_network(
    samples: SampleSet, split: Split, settings: Settings, training: str, on_epoch: Callable[[Epoch], None]
) -> TrainedNetwork:
    """Train MDiCo over all sensors of ``samples``; with one sensor it is the baseline *alone*.

    Statistics and class weights come from ``split.train``; the weights kept are those of the lowest total loss on
    ``split.validation``; ``split.test`` is not looked at. On one CPU with one number of threads, one seed gives one
    result to the last bit.

    Args:
        training: name of this training, for the epochs.
        on_epoch: called after every epoch.

    Raises:
        DeviceError: too little memory.
        EngineError: the loss is no number from the first epoch on.
        InputError: a sensor without a single valid pixel.
    """
    if not samples.present.all():
        raise ValueError("training takes samples that every sensor covers")
    devices = [torch.cuda.current_device()] if settings.device == "cuda" else []
    with memory_errors(), torch.random.fork_rng(devices):
        torch.manual_seed(settings.seed)
        learner = Learner(samples, split, settings)
        history = _train(learner, split, settings, training, on_epoch)
        return learner.trained(history)


def _train(
    learner: Learner, split: Split, settings: Settings, training: str, on_epoch: Callable[[Epoch], None]
) -> tuple[Epoch, ...]:
    """Train until the validation loss falls no more; leaves the best weights in the learner's network."""
    order = torch.Generator().manual_seed(settings.seed)
    train, validation = torch.tensor(split.train), torch.tensor(split.validation)
    validation_batches = shuffled_batches(validation, settings.batch_size, order)  # NT-Xent needs neighbours apart
    stopping = EarlyStopping(settings.patience)
    history: list[Epoch] = []
    for number in range(1, settings.epochs + 1):
        train_loss = learner.learn(shuffled_batches(train, settings.batch_size, order))
        validation_loss, score = learner.validate(validation_batches)
        history.append(Epoch(training, number, settings.epochs, train_loss, validation_loss, score))
        on_epoch(history[-1])
        if not stopping.goes_on(validation_loss, learner.network):
            break
    if stopping.best is None:
        raise _diverged(training, settings.learning_rate)
    learner.network.load_state_dict(stopping.best)
    return tuple(history)


def _diverged(training: str, learning_rate: float) -> EngineError:
    return EngineError(
        ErrorCode.TRAINING_DIVERGED,
        subject=training,
        found=f"a loss that is no number, at a learning rate of {learning_rate:g}",
        expected="a loss that falls",
        remedy="Lower LEARNING_RATE; look for absurd values in the sensors' bands or the labels.",
    )
