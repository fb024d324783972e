"""Training: from samples to the best checkpoint of one network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from ...contract import EngineError, Epoch, ErrorCode, InputError, LossWeights, UnlabelledUse
from ...contract.wire import from_plain, to_plain
from ...model.encoders.layers import drawing_from, seeded
from ...model.losses import teaches, without_labels
from ...samples import Split
from .batches import BatchPlan, fitting_size, with_positions
from .best_epochs import BestEpochs, ChosenEpochs, Weights
from .checkpoint import Checkpoint
from .data import TrainingData
from .device import memory_errors
from .settings import Fusion, Settings
from .trained_network import TrainedNetwork
from .trainer import Trainer, Validation

__all__ = ["Settings", "TrainedNetwork", "train_network"]

_NOT_VALIDATED = Validation(math.nan, math.nan, [])


def train_network(
    data: TrainingData,
    split: Split,
    settings: Settings,
    training: str,
    on_epoch: Callable[[Epoch], None],
    checkpoint: Checkpoint | None = None,
    keep: Sequence[int] | None = None,
    start: TrainedNetwork | None = None,
) -> TrainedNetwork:
    """Train MDiCo over all sensors of ``data``; with one sensor it is the baseline *alone*.

    Statistics and class weights come from the samples of ``split.train`` that each sensor covers; the weights kept are
    the best on ``split.validation``; ``split.test`` is not used. Samples that only some sensors cover contribute to
    every loss their sensors allow, those that none covers to nothing. The number and size of steps is
    fixed beforehand: whatever is trained on a split, by whichever method, each sensor takes the same steps. On
    the same CPU with the same number of torch's threads, a seed gives the same result to the last bit, interrupted
    or not, and whatever is trained in other threads meanwhile.

    Args:
        training: name of this training, for the epochs.
        on_epoch: called after every epoch.
        checkpoint: where the training is saved, and resumed from.
        keep: the epoch (from 1) of every sensor whose weights are kept, or one for all, as in
            :attr:`.TrainedNetwork.kept`: no validation; the schedule of all epochs ends after the last of them.
        start: a trained network of the same sensors and outputs, that is trained further; its statistics are kept.

    Raises:
        DeviceError: too little memory.
        EngineError: the loss is NaN or infinite from the first epoch on.
        InputError: a sensor without a single valid pixel among its training samples; no sample to validate on.
    """
    split = _covered(split, data, training, validates=keep is None)
    with memory_errors(), _own_randomness(settings) as random:
        plans = _plans(split, data, settings)
        with seeded(random):
            trainer = Trainer(data, split, settings, start)
        return _Training(trainer, plans, settings, training, keep, random).run(on_epoch, checkpoint)


@contextmanager
def _own_randomness(settings: Settings) -> Iterator[torch.Generator]:
    """The generator of a training: of all its numbers on the CPU; a GPU has one training, and its global generator."""
    random = torch.Generator().manual_seed(settings.seed)
    if settings.device != "cuda":
        with drawing_from(random):
            yield random
        return
    with torch.random.fork_rng([torch.cuda.current_device()]):
        torch.cuda.manual_seed(settings.seed)
        yield random


class _Training:
    """The state of one training that changes from epoch to epoch."""

    def __init__(
        self,
        trainer: Trainer,
        plans: tuple[BatchPlan, BatchPlan],
        settings: Settings,
        training: str,
        keep: Sequence[int] | None,
        random: torch.Generator,
    ) -> None:
        self._trainer, self._settings, self._name, self._random = trainer, settings, training, random
        self._order, self._order_beside = (torch.Generator().manual_seed(settings.seed) for _ in range(2))
        positions = trainer.pool.labelled_count + torch.arange(trainer.pool.unlabelled_count)
        self._unlabelled = trainer.pool.covered(positions)
        self._before = self._epochs_before()
        self._plan, validation = plans
        # shuffled, because NT-Xent needs neighbours apart
        drawn = [trainer.pool.covered(batch) for batch in validation.draw(self._order)] if keep is None else []
        self._validation = [batch for batch in drawn if len(batch)]
        slots = trainer.slots()
        self._best = BestEpochs(slots) if keep is None else ChosenEpochs(slots, keep)
        self._epochs = settings.epochs if keep is None else max(keep)
        self._history: list[Epoch] = []

    def run(self, on_epoch: Callable[[Epoch], None], checkpoint: Checkpoint | None) -> TrainedNetwork:
        """Train for all epochs of the schedule. For a finished training only the weights stay on disk."""
        state = checkpoint.load() if checkpoint else None
        if state:
            self._history = [from_plain(Epoch, epoch) for epoch in state["history"]]
            for epoch in self._history:
                on_epoch(epoch)
        weights = state.get("weights") if state else None
        kept = tuple(state["kept"]) if state and weights is not None else ()
        if weights is None:
            weights = self._train_on(state, on_epoch, checkpoint)
            kept = self._best.epochs
            if checkpoint:
                checkpoint.save({"history": self._plain_history(), "weights": weights, "kept": list(kept)})
        return self._trainer.trained(weights, tuple(self._history), kept)

    def _train_on(
        self, state: dict[str, Any] | None, on_epoch: Callable[[Epoch], None], checkpoint: Checkpoint | None
    ) -> Weights:
        """Train from a state, or from the start, to the end; returns the best weights."""
        if state:
            self._restore(state)
        goes_on = True
        while goes_on:
            goes_on = self._epoch()
            on_epoch(self._history[-1])
            if checkpoint and goes_on and checkpoint.due():
                checkpoint.save(self._state())
        weights = self._best.kept(self._trainer.network.state_dict())
        if weights is None:
            raise _diverged(self._name, self._settings.learning_rate)
        return weights

    def _epochs_before(self) -> int:
        """The number of initial epochs without labels, that train from other sensors or a teacher."""
        settings = self._settings
        if settings.unlabelled_use is not UnlabelledUse.BEFORE or settings.fusion is not Fusion.NONE:
            return 0
        if not len(self._unlabelled) or not teaches(self._without_labels(), len(self._trainer.network.slots)):
            return 0  # steps without a gradient would only mislead the optimizer
        return min(max(1, settings.epochs // 4), settings.epochs - 1)

    def _without_labels(self) -> LossWeights:
        return without_labels(self._settings.weights, self._trainer.pool.has_teacher)

    def _epoch(self) -> bool:
        """Train and validate one epoch; False after the last one."""
        settings, number = self._settings, len(self._history) + 1
        first = number <= self._before
        beside = self._unlabelled if first or settings.unlabelled_use is UnlabelledUse.BESIDE else self._unlabelled[:0]
        batches = with_positions(self._plan.draw(self._order), beside, self._order_beside)
        weights = self._without_labels() if first else settings.weights
        train_loss = self._trainer.learn(batches, weights, _rate(number, settings))
        found = self._trainer.validate(self._validation) if self._validation else _NOT_VALIDATED
        self._history.append(Epoch(self._name, number, self._epochs, train_loss, found.loss, found.score))
        self._best.note(found.costs, self._trainer.network.state_dict())
        alive = any(math.isfinite(each) for each in (train_loss, *found.costs))  # else all weights are lost for good
        return alive and number < self._epochs

    def _state(self) -> dict[str, Any]:
        return {
            "learner": self._trainer.state(),
            "best": self._best.state(),
            "history": self._plain_history(),
            "order": self._order.get_state(),
            "order_beside": self._order_beside.get_state(),
            "random": self._random.get_state(),
            "random_gpu": torch.cuda.get_rng_state() if self._settings.device == "cuda" else None,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self._trainer.restore(state["learner"])
        self._best.restore(state["best"])
        self._order.set_state(state["order"])
        self._order_beside.set_state(state["order_beside"])
        self._random.set_state(state["random"])
        if state["random_gpu"] is not None and self._settings.device == "cuda":
            torch.cuda.set_rng_state(state["random_gpu"])

    def _plain_history(self) -> list[Any]:
        return [to_plain(epoch) for epoch in self._history]


def _covered(split: Split, data: TrainingData, training: str, validates: bool) -> Split:
    """The samples that any compared sensor covers; the same for everything trained on a split."""
    if validates and not data.samples.present[split.validation].any():
        raise _nothing_to_validate(training)
    seen = data.compared().any(axis=1)
    return Split(*(part[seen[part]] for part in (split.train, split.validation, split.test)))


def _plans(split: Split, data: TrainingData, settings: Settings) -> tuple[BatchPlan, BatchPlan]:
    """The division of training and validation samples into batches, by the coverage of all compared sensors.

    A sensor alone thus gets the same batches as with others, without the samples that it does not cover.
    """
    compared = torch.from_numpy(data.compared())
    train, validation = (torch.from_numpy(part) for part in (split.train, split.validation))
    size = fitting_size(len(train), settings.batch_size, settings.least_batches)
    return (
        BatchPlan(train, compared[train], size),
        BatchPlan(validation, compared[validation], settings.batch_size),
    )


def _rate(epoch: int, settings: Settings) -> float:
    """Factor of the learning rate in an epoch (from 1): constant, or half a cosine down to almost 0."""
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (epoch - 1) / settings.epochs)) / 2 if settings.cosine else 1.0


def _nothing_to_validate(training: str) -> InputError:
    return InputError(
        ErrorCode.TOO_FEW_SAMPLES,
        subject=training,
        found="no validation sample covered by a sensor",
        expected="validation samples to select the best epoch",
        remedy="Add labels at more locations covered by every sensor, in several groups, or remove the sensor.",
    )


def _diverged(training: str, learning_rate: float) -> EngineError:
    return EngineError(
        ErrorCode.TRAINING_DIVERGED,
        subject=training,
        found=f"a loss of NaN at a learning rate of {learning_rate:g}",
        expected="a decreasing loss",
        remedy="Lower LEARNING_RATE, and check the bands and labels for implausible values.",
    )
