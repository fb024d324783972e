"""The matrix: data sets × methods × seeds, and the shards that several processes share it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

REPORTED_SEEDS = (1, 2, 3)  # whatever is chosen by looking at scores is chosen on others, from 100 on


@dataclass(frozen=True)
class Cell:
    """One data set by one method; the seed draws the split (the same for all methods) and the training."""

    dataset: str
    method: str
    seed: int

    def __str__(self) -> str:
        return f"{self.dataset}, {self.method}, seed {self.seed}"

    def of(self, method: str) -> Cell:
        """The same split by another method."""
        return Cell(self.dataset, method, self.seed)


@dataclass(frozen=True)
class Shard:
    """Part ``number`` (from 1) of ``count``."""

    number: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """From ``number/count``, as in 2/3.

        Raises:
            ValueError: anything else, or a number that is not among the count.
        """
        number, slash, count = text.partition("/")
        if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise ValueError(f"a shard is NUMBER/COUNT, from 1/COUNT to COUNT/COUNT, not {text!r}")
        return cls(int(number), int(count))


def cells(sets: Sequence[str], methods: Sequence[str], seeds: Sequence[int], shard: Shard) -> tuple[Cell, ...]:
    """The cells of one shard, the first seed of every set before the second of any.

    All methods of a set and a seed are in one shard: ``auto`` builds on the others' cells.
    """
    splits = [(name, seed) for seed in seeds for name in sets]
    return tuple(
        Cell(name, method, seed) for name, seed in splits[shard.number - 1 :: shard.count] for method in methods
    )
