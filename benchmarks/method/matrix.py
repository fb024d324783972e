"""The matrix: data sets × methods × seeds, and the shards that several processes share it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...engine.parts.plan import Shard

REPORTED_SEEDS = (1, 2, 3)  # whatever is chosen by looking at scores is chosen on others, from 100 on


@dataclass(frozen=True)
class Cell:
    """One data set by one method; the seed draws the split (the same for all methods) and the training."""

    dataset: str
    method: str
    seed: int

    def __str__(self) -> str:
        return f"{self.dataset}, {self.method}, seed {self.seed}"


WHOLE = Shard(1, 1)


def cells(sets: Sequence[str], methods: Sequence[str], seeds: Sequence[int], shard: Shard) -> tuple[Cell, ...]:
    """The cells of one shard, the first seed of every set before the second of any.

    All methods of a set and a seed are in one shard.
    """
    splits = [(name, seed) for seed in seeds for name in sets]
    return tuple(
        Cell(name, method, seed) for name, seed in splits[shard.number - 1 :: shard.count] for method in methods
    )
