"""Curves of trainings under way, out of the engine's epoch events."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Optional

from .....engine.contract import Epoch, Method


@dataclass(frozen=True)
class Curve:
    """One training: its epochs so far. ``sensor`` is empty where all sensors learn together; ``run`` counts from 1."""

    training: str
    sensor: str
    is_alone: bool
    epochs: int
    train_loss: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    score: tuple[float, ...] = ()
    run: int = 1

    @property
    def best_epoch(self) -> Optional[int]:
        """The epoch, from 1, of the least validation loss, by which epochs are chosen; None before the first."""
        known = [(loss, at) for at, loss in enumerate(self.validation_loss, 1) if math.isfinite(loss)]
        return min(known)[1] if known else None


@dataclass(frozen=True)
class Curves:
    """All trainings of a run, in the order they began; of folds and repeats the latest."""

    trainings: tuple[Curve, ...] = ()

    def having(self, epoch: Epoch) -> Curves:
        """The curves with one more epoch."""
        known = {curve.training: curve for curve in self.trainings}
        curve = known.get(epoch.training) or _begun(epoch)
        if epoch.epoch == 1 and curve.score:
            curve = replace(_begun(epoch), run=curve.run + 1)
        known[epoch.training] = replace(
            curve,
            train_loss=(*curve.train_loss, epoch.train_loss),
            validation_loss=(*curve.validation_loss, epoch.validation_loss),
            score=(*curve.score, epoch.score),
        )
        return Curves(tuple(known.values()))

    def sensors(self) -> tuple[str, ...]:
        """The sensors that have a training of their own, in order."""
        return tuple(dict.fromkeys(curve.sensor for curve in self.trainings if curve.sensor))


def _begun(epoch: Epoch) -> Curve:
    method, _colon, sensor = epoch.training.partition(": ")
    # Averages hold networks alone of several seeds: “alone”, “alone 2”.
    return Curve(epoch.training, sensor, method.partition(" ")[0] == Method.ALONE.value, epoch.epochs)


def highest(values: tuple[float, ...]) -> float:
    """The greatest of the finite values; 0 where there is none."""
    return max((value for value in values if math.isfinite(value)), default=0.0)


def round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten: where an axis ends."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))
