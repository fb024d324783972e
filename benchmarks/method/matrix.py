"""The matrix: data sets × methods × seeds, divided into shards for several processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...engine.parts.plan import Shard

REPORTED_SEEDS = (1, 2, 3, 4, 5)  # selection uses other seeds, from 100 on


@dataclass(frozen=True)
class Cell:
    """One data set with one method; the seed determines the split (the same for all methods) and the training.

    ``labels`` are the known labels of the training part: up to 1 their share, above it their number.
    """

    dataset: str
    method: str
    seed: int
    labels: float = 1.0

    def __str__(self) -> str:
        return f"{self.dataset}, {self.method}, seed {self.seed}{self._fewer}"

    @property
    def file(self) -> str:
        """The file name of its result, without extension."""
        return f"{self.method}-{self.seed}{f'@{self.labels:g}' if self.labels != 1 else ''}"

    @property
    def _fewer(self) -> str:
        return "" if self.labels == 1 else f", {labels_text(self.labels)}"


def labels_text(labels: float) -> str:
    """The number of known training labels as text."""
    return "all labels" if labels == 1 else f"{labels:.0%} of the labels" if labels < 1 else f"{labels:.0f} labels"


WHOLE = Shard(1, 1)


def cells(
    sets: Sequence[str],
    methods: Sequence[str],
    seeds: Sequence[int],
    shard: Shard,
    labels: Sequence[float] = (1.0,),
) -> tuple[Cell, ...]:
    """The cells of one shard: the first seed of every set before the second of any.

    All methods of a set and seed are in one shard.
    """
    splits = [(name, seed) for seed in seeds for name in sets]
    return tuple(
        Cell(name, method, seed, many)
        for name, seed in splits[shard.number - 1 :: shard.count]
        for many in labels
        for method in methods
    )
