"""Which epoch's weights to keep: the best by validation, or one that was chosen beforehand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

Weights = dict[str, Tensor]


class BestWeights:
    """Keeps the weights of the lowest cost, and which epoch's they are; 0: none yet."""

    def __init__(self) -> None:
        self.weights: Weights | None = None
        self.cost = math.inf
        self.epoch = self.noted = 0

    def note(self, cost: float, weights: Mapping[str, Tensor]) -> None:
        """Take note of one epoch. A cost that is no number is never lower."""
        self.noted += 1
        if cost < self.cost:
            self.cost, self.epoch = cost, self.noted
            self.weights = {name: value.detach().clone() for name, value in weights.items()}


class BestEpochs:
    """Keeps the weights of every sensor's best epoch by itself. It never ends a training: schedules are fixed.

    Sensors of one network are best at different times. What predicts from a sensor is its own, so that each can be
    kept as it was at its best; heads that sensors share, which predict nothing, are kept as they were last.

    Args:
        slots: what the weights of each sensor have in their names, between dots; none: all are kept together.
    """

    def __init__(self, slots: tuple[str, ...]) -> None:
        self._slots = slots
        self.best = [BestWeights() for _ in slots or ("",)]

    @property
    def epochs(self) -> tuple[int, ...]:
        """The best epoch of every sensor, or of all together."""
        return tuple(best.epoch for best in self.best)

    def note(self, costs: list[float], weights: Mapping[str, Tensor]) -> None:
        """Take note of one epoch's costs (lower is better): one per sensor, or a single one for the whole network."""
        for position, (best, cost) in enumerate(zip(self.best, costs, strict=True)):
            best.note(cost, self._own(position, weights))

    def kept(self, last: Mapping[str, Tensor]) -> Weights | None:
        """The best weights of every sensor amid the ``last`` of all others; None where a sensor never had any."""
        kept = dict(last)
        for best in self.best:
            if best.weights is None:
                return None
            kept |= best.weights
        return kept

    def state(self) -> list[dict[str, Any]]:
        """All it remembers, to go on from."""
        return [
            {"cost": best.cost, "weights": best.weights, "epoch": best.epoch, "noted": best.noted} for best in self.best
        ]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Remember what :meth:`state` gave."""
        for best, known in zip(self.best, state, strict=True):
            best.cost, best.weights = known["cost"], known["weights"]
            best.epoch, best.noted = known["epoch"], known["noted"]

    def _own(self, position: int, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        if not self._slots:
            return weights
        slot = self._slots[position]
        return {name: value for name, value in weights.items() if f".{slot}." in name}


class ChosenEpochs(BestEpochs):
    """Keeps the weights of every sensor's epoch that was chosen beforehand: no sample is left to choose it by.

    Args:
        chosen: the epoch, from 1, of every slot; one for all without slots.
    """

    def __init__(self, slots: tuple[str, ...], chosen: Sequence[int]) -> None:
        super().__init__(slots)
        if len(chosen) != len(self.best) or min(chosen) < 1:
            raise ValueError(f"epochs {tuple(chosen)} for {len(self.best)} part(s) of a network")
        self._chosen = tuple(chosen)

    def note(self, costs: list[float], weights: Mapping[str, Tensor]) -> None:
        """Take note of one epoch, whose costs count for nothing."""
        super().note([0.0 if best.noted + 1 == epoch else math.inf for best, epoch in self._pairs()], weights)

    def _pairs(self) -> list[tuple[BestWeights, int]]:
        return list(zip(self.best, self._chosen, strict=True))
