"""Which epoch's weights to keep: the best on validation, or one chosen beforehand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

Weights = dict[str, Tensor]


class BestWeights:
    """Keeps the weights with the lowest cost, and their epoch; 0: none yet."""

    def __init__(self) -> None:
        self.weights: Weights | None = None
        self.cost = math.inf
        self.epoch = self.noted = 0

    def note(self, cost: float, weights: Mapping[str, Tensor]) -> None:
        """Record one epoch. NaN is never a lower cost."""
        self.noted += 1
        if cost < self.cost:
            self.cost, self.epoch = cost, self.noted
            self.weights = {name: value.detach().clone() for name, value in weights.items()}


class BestEpochs:
    """Keeps the weights of every sensor's best epoch separately. It never ends a training: schedules are fixed.

    Sensors of a network are best at different epochs. Each sensor's predictor has its own weights, so each can be
    kept at its best; shared heads, which are not used for prediction, are kept from the last epoch.

    Args:
        slots: the part of each sensor's weight names, between dots; none: all weights are kept together.
    """

    def __init__(self, slots: tuple[str, ...]) -> None:
        self._slots = slots
        self.best = [BestWeights() for _ in slots or ("",)]

    @property
    def epochs(self) -> tuple[int, ...]:
        """The best epoch of every sensor, or of all together."""
        return tuple(best.epoch for best in self.best)

    def note(self, costs: list[float], weights: Mapping[str, Tensor]) -> None:
        """Record one epoch's costs (lower is better): one per sensor, or a single one for the whole network."""
        for position, (best, cost) in enumerate(zip(self.best, costs, strict=True)):
            best.note(cost, self._own(position, weights))

    def kept(self, last: Mapping[str, Tensor]) -> Weights | None:
        """The best weights of every sensor, and the ``last`` of all others; None if a sensor never had any."""
        kept = dict(last)
        for best in self.best:
            if best.weights is None:
                return None
            kept |= best.weights
        return kept

    def state(self) -> list[dict[str, Any]]:
        """The state, to resume from."""
        return [
            {"cost": best.cost, "weights": best.weights, "epoch": best.epoch, "noted": best.noted} for best in self.best
        ]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Restore a :meth:`state`."""
        for best, known in zip(self.best, state, strict=True):
            best.cost, best.weights = known["cost"], known["weights"]
            best.epoch, best.noted = known["epoch"], known["noted"]

    def _own(self, position: int, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        if not self._slots:
            return weights
        slot = self._slots[position]
        return {name: value for name, value in weights.items() if f".{slot}." in name}


class ChosenEpochs(BestEpochs):
    """Keeps the weights of every sensor's epoch that was chosen beforehand, if no sample is left for validation.

    Args:
        chosen: the epoch, from 1, of every slot; one for all without slots.
    """

    def __init__(self, slots: tuple[str, ...], chosen: Sequence[int]) -> None:
        super().__init__(slots)
        if len(chosen) != len(self.best) or min(chosen) < 1:
            raise ValueError(f"epochs {tuple(chosen)} for {len(self.best)} parts of a network")
        self._chosen = tuple(chosen)

    def note(self, costs: list[float], weights: Mapping[str, Tensor]) -> None:
        """Record one epoch; costs are ignored."""
        super().note([0.0 if best.noted + 1 == epoch else math.inf for best, epoch in self._pairs()], weights)

    def _pairs(self) -> list[tuple[BestWeights, int]]:
        return list(zip(self.best, self._chosen, strict=True))
