"""The random numbers of one training, apart from torch's global ones: trainings in other threads change none of them.

Torch's layers draw initial weights and dropout from one global generator of the process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

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
    """Dropout from the thread's own generator: 16 random bits per value, in a third of the time of torch's numbers."""

    def forward(self, input: Tensor) -> Tensor:
        """Values of any shape."""
        generator = own_generator()
        if generator is None or not self.training or self.p == 0:
            return super().forward(input)
        dropped = min(round(self.p * BITS_16), BITS_16 - 1)
        kept = _random_16_bits(input.numel(), generator) >= dropped - BITS_16 // 2
        if input.dim() == IMAGES and input.is_contiguous(memory_format=torch.channels_last):
            kept = kept.as_strided(input.shape, input.stride())  # faster in the order of the values in memory
        else:
            kept = kept.view(input.shape)
        return input * kept.to(input.dtype).mul_(BITS_16 / (BITS_16 - dropped))


def _random_16_bits(count: int, generator: torch.Generator) -> Tensor:
    """Uniform int16 numbers (count,), four from each draw of 64 bits."""
    draws = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None, generator=generator)
    return draws.view(torch.int16)[:count]
