"""Which epoch's weights to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor

Weights = dict[str, Tensor]


class BestWeights:
    """Keeps the weights of the lowest cost."""

    def __init__(self) -> None:
        self.weights: Weights | None = None
        self.cost = math.inf

    def note(self, cost: float, weights: Mapping[str, Tensor]) -> None:
        """Take note of one epoch. A cost that is no number is never lower."""
        if cost < self.cost:
            self.cost = cost
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
        return [{"cost": best.cost, "weights": best.weights} for best in self.best]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Remember what :meth:`state` gave."""
        for best, known in zip(self.best, state, strict=True):
            best.cost, best.weights = known["cost"], known["weights"]

    def _own(self, position: int, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        if not self._slots:
            return weights
        slot = self._slots[position]
        return {name: value for name, value in weights.items() if f".{slot}." in name}
