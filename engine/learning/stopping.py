"""When to stop training, and which weights to keep."""

from __future__ import annotations

import math

from torch import Tensor, nn


class EarlyStopping:
    """Keeps the weights of the lowest validation loss; stops after ``patience`` epochs without a lower one."""

    def __init__(self, patience: int) -> None:
        self.best: dict[str, Tensor] | None = None
        self._best_loss = math.inf
        self._patience = patience
        self._waited = 0

    def goes_on(self, loss: float, network: nn.Module) -> bool:
        """Take note of one epoch; False when it was the last. A loss that is no number is never lower."""
        if loss < self._best_loss:
            self._best_loss, self._waited = loss, 0
            self.best = {name: value.detach().clone() for name, value in network.state_dict().items()}
        else:
            self._waited += 1
        return self._waited < self._patience
