"""The random numbers of one training, apart from torch's global ones: trainings in other threads change none of them.

Torch's layers draw initial weights and dropout from one global generator of the process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

BITS_16 = 2**16
IMAGES = 4  # axes: sample, band, row, col
_SEEDING = threading.Lock()
_of_thread = threading.local()


def own_generator() -> torch.Generator | None:
    """The generator of this thread's training; None: torch's global one."""
    found: torch.Generator | None = getattr(_of_thread, "generator", None)
    return found


@contextmanager
def drawing_from(generator: torch.Generator) -> Iterator[None]:
    """Layers draw from ``generator`` in this thread."""
    before, _of_thread.generator = own_generator(), generator
    try:
        yield
    finally:
        _of_thread.generator = before


@contextmanager
def seeded(generator: torch.Generator) -> Iterator[None]:
    """Inside, torch's global numbers for the CPU are those of ``generator``, which then goes on after the last of them.

    For initial weights, which torch draws from nowhere else. One thread at a time; the global state is restored.
    """
    with _SEEDING, torch.random.fork_rng([]):
        torch.set_rng_state(generator.get_state())
        yield
        generator.set_state(torch.get_rng_state())


class Dropout(nn.Dropout):
    """Dropout from the thread's own generator: 16 random bits per value, in a fifth of the time of torch's numbers."""

    def forward(self, input: Tensor) -> Tensor:
        """Values of any shape."""
        generator = own_generator()
        if generator is None or not self._drops:
            return super().forward(input)
        return input * self._factors(input, generator)

    def of_relu(self, input: Tensor) -> Tensor:
        """The same after a ReLU, to the bit: with one pass through the gradient instead of two."""
        generator = own_generator()
        if generator is None or not self._drops:
            return super().forward(F.relu(input))
        factors = self._factors(input, generator)
        found: Tensor = _ReluTimes.apply(input, factors, self._factor)  # type: ignore[no-untyped-call]
        return found

    @property
    def _drops(self) -> bool:
        return self.training and self.p > 0

    @property
    def _dropped(self) -> int:
        """How many of the 2¹⁶ numbers drop a value."""
        return min(round(self.p * BITS_16), BITS_16 - 1)

    @property
    def _factor(self) -> float:
        """Of values that are kept: the mean stays the same."""
        return BITS_16 / (BITS_16 - self._dropped)

    def _factors(self, input: Tensor, generator: torch.Generator) -> Tensor:
        """0 for values to drop, else the factor, in the shape and memory order of the input."""
        kept = (_random_16_bits(input.numel(), generator) >= self._dropped - BITS_16 // 2).astype(np.float32)
        kept *= self._factor
        factors = torch.from_numpy(kept).to(input.dtype)
        return factors.as_strided(input.shape, input.stride()) if _bands_innermost(input) else factors.view(input.shape)


class _ReluTimes(torch.autograd.Function):
    """The ReLU of values, times factors that are 0 or ``factor``; where the result is 0, so is the gradient."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, factors: Tensor, factor: float) -> Tensor:
        found = input.relu().mul_(factors)
        ctx.save_for_backward(found)
        ctx.factor = factor
        return found

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (found,) = ctx.saved_tensors
        if _bands_innermost(found):
            gradient = gradient.contiguous(memory_format=torch.channels_last)  # mixed orders take ten times as long
        return torch.ops.aten.threshold_backward(gradient, found, 0).mul_(ctx.factor), None, None


def _bands_innermost(images: Tensor) -> bool:
    return images.dim() == IMAGES and images.is_contiguous(memory_format=torch.channels_last)


def _random_16_bits(count: int, generator: torch.Generator) -> NDArray[np.int16]:
    """Uniform numbers (count,), four from each draw of 64 bits; NumPy compares them ten times as fast as torch."""
    draws = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None, generator=generator)
    return draws.numpy().view(np.int16)[:count]
