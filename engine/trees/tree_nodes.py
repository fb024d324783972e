"""Fitted trees of scikit-learn as plain arrays whose sums are exact.

Two things make a sum of trees the same to the bit wherever it is computed. Thresholds are float64 in scikit-learn and
float32 in graphs: x ≤ t is asked with the largest float32 that is not above t, which is the same question for every
float32 x. And what leaves say is rounded to integers so small that the sum over all trees is an integer that
float32 holds (below 2^24): integers add up to the same in any order, on any number of threads. One leaf is off
by at most half of 2^-16 of the largest value for 100 trees, their mean by far less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Doubles, Flags, Floats, Indices

_EXACT_BITS = 23  # sums of magnitudes up to 2^23 stay below what float32 counts by ones
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class TreeNodes:
    """All nodes of all trees, those of a tree side by side, its root first.

    Per node: ``feature`` and float32 ``threshold`` of the question whether feature ≤ threshold; ``yes`` and ``no``, the
    positions of the nodes that answers lead to, a leaf's own position; ``weight`` (node, output), integers, 0
    where there is no leaf. ``roots`` (tree,) are positions. What the trees say is their summed weight times ``scale``
    plus ``offset`` (output,).
    """

    feature: Indices
    threshold: Floats
    yes: Indices
    no: Indices
    weight: Floats
    roots: Indices
    scale: Floats
    offset: Floats

    def __len__(self) -> int:
        return len(self.feature)

    @property
    def outputs(self) -> int:
        """Classes, labels or targets."""
        return len(self.scale)

    @property
    def leaves(self) -> Flags:
        """Which nodes (node,) are leaves."""
        return np.asarray(self.yes == np.arange(len(self)))

    def sums(self, table: Floats) -> Floats:
        """The summed weights (sample, output) of the leaves that rows (sample, feature) without NaN end in."""
        found = np.empty((len(table), self.outputs), np.float32)
        for start in range(0, len(table), _ROWS_AT_ONCE):
            rows = table[start : start + _ROWS_AT_ONCE]
            found[start : start + _ROWS_AT_ONCE] = self.weight[self.ends(rows)].sum(axis=1)
        return found

    def ends(self, table: Floats) -> Indices:
        """The leaf (sample, tree) of every tree, as its position."""
        at = np.repeat(self.roots[np.newaxis], len(table), axis=0)
        sample = np.arange(len(table))[:, np.newaxis]
        while True:
            values = table[sample, self.feature[at]]
            further = np.where(values <= self.threshold[at], self.yes[at], self.no[at])
            if np.array_equal(further, at):
                return at
            at = further

    def predict(self, table: Floats) -> Floats:
        """The mean over the trees (sample, output) float32, to the bit as the graph has it."""
        return np.asarray(self.sums(table) * self.scale + self.offset, np.float32)


def nodes_of(
    estimators: Sequence[Any], outputs: int, columns: Indices | None = None, least_share: float = 0.0
) -> TreeNodes:
    """Trees of scikit-learn: those of a classifier of one target, or of several yes/no labels, or of a regressor.

    Args:
        estimators: the fitted trees, ``estimators_`` of a forest.
        outputs: classes, labels or targets.
        columns: (known class,) where the classes that the trees know stand among the outputs.
        least_share: a leaf's share of a class below it counts as none; each kept costs a graph 12 bytes.
    """
    trees = [each.tree_ for each in estimators]
    starts = np.cumsum([0, *(tree.node_count for tree in trees)])
    leaves = np.concatenate([_leaf_values(tree) for tree in trees])
    values = np.zeros((len(leaves), outputs))
    values[:, np.arange(outputs) if columns is None else columns] = _without_crumbs(leaves, least_share)
    leaf = np.concatenate([tree.children_left < 0 for tree in trees])
    own = np.arange(len(leaf))
    yes = np.concatenate([tree.children_left + start for tree, start in zip(trees, starts[:-1], strict=True)])
    no = np.concatenate([tree.children_right + start for tree, start in zip(trees, starts[:-1], strict=True)])
    weight, scale, offset = _whole_numbers(values, leaf, len(trees))
    return TreeNodes(
        feature=np.where(leaf, 0, np.concatenate([tree.feature for tree in trees])).astype(np.int64),
        threshold=np.where(leaf, 0, at_most(np.concatenate([tree.threshold for tree in trees]))).astype(np.float32),
        yes=np.where(leaf, own, yes),
        no=np.where(leaf, own, no),
        weight=weight,
        roots=starts[:-1],
        scale=scale,
        offset=offset,
    )


def at_most(thresholds: Doubles) -> Floats:
    """The largest float32 that is not above each float64 threshold."""
    nearest = np.asarray(thresholds, np.float64).astype(np.float32)
    below = np.nextafter(nearest, np.float32(-np.inf))
    return np.where(nearest.astype(np.float64) > thresholds, below, nearest)


def _leaf_values(tree: Any) -> Doubles:
    """What every node (node, output) of a tree says: class shares, shares of each label's yes, or values."""
    values = np.asarray(tree.value, np.float64)  # (node, target, class), or (node, target, 1)
    if values.shape[2] == 1:
        return values[:, :, 0]
    shares = values / values.sum(axis=2, keepdims=True)
    found: Doubles = shares[:, 0] if values.shape[1] == 1 else shares[:, :, 1]
    return found


def _without_crumbs(leaves: Doubles, least_share: float) -> Doubles:
    """Shares of classes without those below ``least_share``, the rest still 1; what are no such shares stays."""
    if not least_share or leaves.shape[1] < 2 or (leaves < 0).any() or not np.allclose(leaves.sum(axis=1), 1):
        return leaves
    kept = np.where(leaves < min(least_share, 1 / leaves.shape[1]), 0.0, leaves)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def _whole_numbers(values: Doubles, leaf: Flags, trees: int) -> tuple[Floats, Floats, Floats]:
    """Weights, scale and offset of what nodes say; shares between 0 and 1 get no offset, so that 0 stays 0."""
    of_leaves = values[leaf]
    shares = bool((of_leaves >= 0).all() and (of_leaves <= 1).all())
    low, high = (np.zeros(values.shape[1]),) * 2 if shares else (of_leaves.min(axis=0), of_leaves.max(axis=0))
    middle = (low + high) / 2
    reach = np.ones(values.shape[1]) if shares else np.abs(of_leaves - middle).max(axis=0)
    step = np.where(reach > 0, reach, 1.0) / 2.0 ** (_EXACT_BITS - max(trees - 1, 0).bit_length())
    weight = np.where(leaf[:, np.newaxis], np.round((values - middle) / step), 0)
    return weight.astype(np.float32), (step / trees).astype(np.float32), middle.astype(np.float32)
