"""When to stop training, and which weights to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from torch import Tensor

Weights = dict[str, Tensor]


class BestWeights:
    """Keeps the weights of the lowest cost, and counts the epochs since."""

    def __init__(self) -> None:
        self.weights: Weights | None = None
        self.cost = math.inf
        self.waited = 0

    def note(self, cost: float, weights: Mapping[str, Tensor]) -> None:
        """Take note of one epoch. A cost that is no number is never lower."""
        if cost < self.cost:
            self.cost, self.waited = cost, 0
            self.weights = {name: value.detach().clone() for name, value in weights.items()}
        else:
            self.waited += 1


class EarlyStopping:
    """Keeps the best weights of every sensor by itself; stops when none has improved for ``patience`` epochs.

    Sensors of one network are best at different times. What predicts from a sensor is its own, so that each can be
    kept as it was at its best; heads that sensors share, which predict nothing, are kept as they were last.

    Args:
        sensors: how many costs each epoch has: one per sensor, or a single one for the whole network.
        slots: what the weights of each sensor have in their names, between dots; none: all are kept together.
    """

    def __init__(self, patience: int, slots: tuple[str, ...]) -> None:
        self._patience = patience
        self._slots = slots
        self.best = [BestWeights() for _ in slots or ("",)]

    def goes_on(self, costs: list[float], weights: Mapping[str, Tensor]) -> bool:
        """Take note of one epoch's costs (lower is better); False when it was the last."""
        for position, (best, cost) in enumerate(zip(self.best, costs, strict=True)):
            best.note(cost, self._own(position, weights))
        return min(best.waited for best in self.best) < self._patience

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
        return [{"cost": best.cost, "waited": best.waited, "weights": best.weights} for best in self.best]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Remember what :meth:`state` gave."""
        for best, known in zip(self.best, state, strict=True):
            best.cost, best.waited, best.weights = known["cost"], known["waited"], known["weights"]

    def _own(self, position: int, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        if not self._slots:
            return weights
        slot = self._slots[position]
        return {name: value for name, value in weights.items() if f".{slot}." in name}
