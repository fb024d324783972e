"""Learning curves of running trainings, from the engine's epoch events."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Optional

from .....engine.contract import Epoch, Method


@dataclass(frozen=True)
class Curve:
    """One training: its epochs so far. ``sensor`` is empty if all sensors train together; ``run`` counts from 1."""

    training: str
    sensor: str
    is_alone: bool
    epochs: int
    train_loss: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    score: tuple[float, ...] = ()
    run: int = 1

    @property
    def method(self) -> str:
        """The method, without sensor and number of the seed: “alone” for “alone 2: radar”."""
        return _without_number(self.training.partition(": ")[0])

    @property
    def best_epoch(self) -> Optional[int]:
        """The epoch (from 1) with the lowest validation loss, by which epochs are selected; None before the first."""
        known = [(loss, at) for at, loss in enumerate(self.validation_loss, 1) if math.isfinite(loss)]
        return min(known)[1] if known else None


@dataclass(frozen=True)
class Curves:
    """All trainings of a run, in the order in which they started; of folds and repeats only the latest."""

    trainings: tuple[Curve, ...] = ()

    def having(self, epoch: Epoch) -> Curves:
        """The curves with one epoch added."""
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
        """The sensors that are trained alone, in order."""
        return tuple(dict.fromkeys(curve.sensor for curve in self.trainings if curve.sensor))

    def alike(self) -> tuple[tuple[Curve, ...], ...]:
        """Trainings grouped if they differ only in their seed: one legend entry per group."""
        kinds: dict[tuple[str, str], list[Curve]] = {}
        for curve in self.trainings:
            kinds.setdefault((curve.method, curve.sensor), []).append(curve)
        return tuple(tuple(curves) for curves in kinds.values())


def _begun(epoch: Epoch) -> Curve:
    method, _colon, sensor = epoch.training.partition(": ")
    return Curve(epoch.training, sensor, _without_number(method) == Method.ALONE.value, epoch.epochs)


def _without_number(method: str) -> str:
    """Remove the number that distinguishes networks of several seeds: “alone”, “alone 2”."""
    name, _blank, number = method.rpartition(" ")
    return name if name and number.isdigit() else method
