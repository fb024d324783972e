"""AdamW (Loshchilov, Hutter 2019, arXiv 1711.05101) by torch's fused step.

``torch.optim.AdamW`` imports torch's compiler, two seconds in every process that trains, and adds Python to each step.
The arithmetic is the same to the bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

BETAS = 0.9, 0.999
EPSILON = 1e-8


class AdamW:
    """Updates parameters by their gradients; one without a gradient is left as it is, and keeps its moments.

    Args:
        parameters: float32, where they are trained.
        weight_decay: decoupled from the gradient, per unit of the learning rate.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float) -> None:
        self._parameters = list(parameters)
        self._weight_decay = weight_decay
        self._steps = [torch.zeros((), dtype=torch.float32, device=each.device) for each in self._parameters]
        self._means = [torch.zeros_like(each) for each in self._parameters]
        self._squares = [torch.zeros_like(each) for each in self._parameters]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One step of the learning rate ``rate``."""
        at, gradients = [], []
        for number, parameter in enumerate(self._parameters):
            if parameter.grad is not None:
                at.append(number)
                gradients.append(parameter.grad)
        adamw(
            [self._parameters[number] for number in at],
            gradients,
            [self._means[number] for number in at],
            [self._squares[number] for number in at],
            [],
            [self._steps[number] for number in at],
            fused=True,
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=rate,
            weight_decay=self._weight_decay,
            eps=EPSILON,
            maximize=False,
        )

    def state(self) -> dict[str, Any]:
        """The state, to resume from."""
        return {"steps": self._steps, "means": self._means, "squares": self._squares}

    def restore(self, state: dict[str, Any]) -> None:
        """Restore a :meth:`state`."""
        for name, own in self.state().items():
            _copy(state[name], own)


def _copy(saved: list[Tensor], own: list[Tensor]) -> None:
    for source, target in zip(saved, own, strict=True):
        target.copy_(source)
