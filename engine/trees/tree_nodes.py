"""Fitted trees of scikit-learn as plain arrays whose sums are exact.

Two measures make predictions identical to the bit in NumPy and ONNX Runtime. scikit-learn's thresholds are float64,
those of graphs float32: x ≤ t is replaced by x ≤ the largest float32 not above t, which is equivalent for every float32
x. Leaf values are rounded to integers so small that sums over all trees stay below 2²⁴ and are exact in float32, in any
order and on any number of threads. For 100 trees, the rounding error of one leaf is at most half of 2⁻¹⁶ of the largest
value, and that of the mean far less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Doubles, Flags, Floats, Indices

_EXACT_BITS = 23  # float32 holds all integers up to 2^24
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class TreeNodes:
    """All nodes of all trees; those of one tree are consecutive, the root first.

    Per node: ``feature`` and float32 ``threshold`` of the test feature ≤ threshold; ``yes`` and ``no``, the positions
    of the child nodes, for leaves their own position; ``weight`` (node, output), integers, 0 for inner nodes. ``roots``
    (tree,) are positions. The prediction is the sum of leaf weights times ``scale`` plus ``offset`` (output,).
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
        """The number of classes, labels or targets."""
        return len(self.scale)

    @property
    def leaves(self) -> Flags:
        """Which nodes (node,) are leaves."""
        return np.asarray(self.yes == np.arange(len(self)))

    def sums(self, table: Floats) -> Floats:
        """Sums of leaf weights (sample, output), float32, for rows (sample, feature) without NaN."""
        found = np.empty((len(table), self.outputs), np.float32)
        for start in range(0, len(table), _ROWS_AT_ONCE):
            rows = table[start : start + _ROWS_AT_ONCE]
            found[start : start + _ROWS_AT_ONCE] = self.weight[self.ends(rows)].sum(axis=1)
        return found

    def ends(self, table: Floats) -> Indices:
        """The position of the leaf that each row reaches in each tree (sample, tree)."""
        values, start = table.ravel(), np.repeat(np.arange(len(table)) * table.shape[1], len(self.roots))
        at = np.tile(self.roots, len(table))
        walking = np.arange(len(at))  # those that have not reached a leaf
        while len(walking):
            node = at.take(walking)  # ``take`` is faster than indexing
            value = values.take(start.take(walking) + self.feature.take(node))
            further = np.where(value <= self.threshold.take(node), self.yes.take(node), self.no.take(node))
            at[walking] = further
            walking = walking[further != node]
        return at.reshape(len(table), len(self.roots))

    def predict(self, table: Floats) -> Floats:
        """The mean over the trees (sample, output), float32, identical to the graph's to the bit."""
        return np.asarray(self.sums(table) * self.scale + self.offset, np.float32)


def nodes_of(
    estimators: Sequence[Any], outputs: int, columns: Indices | None = None, least_share: float = 0.0
) -> TreeNodes:
    """Fitted trees of scikit-learn as arrays: of a classifier of one target or of binary labels, or of a regressor.

    Args:
        estimators: the fitted trees, ``estimators_`` of a forest.
        outputs: number of classes, labels or targets.
        columns: (known class,) output index of each class that the trees know.
        least_share: smaller class probabilities in leaves are set to 0; each one kept takes 12 bytes of a graph.
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
    """The largest float32 not above each float64 threshold."""
    nearest = np.asarray(thresholds, np.float64).astype(np.float32)
    below = np.nextafter(nearest, np.float32(-np.inf))
    return np.where(nearest.astype(np.float64) > thresholds, below, nearest)


def _leaf_values(tree: Any) -> Doubles:
    """Values of every node (node, output): class probabilities, probabilities of the labels, or regression values."""
    values = np.asarray(tree.value, np.float64)  # (node, target, class), or (node, target, 1)
    if values.shape[2] == 1:
        return values[:, :, 0]
    shares = values / values.sum(axis=2, keepdims=True)
    found: Doubles = shares[:, 0] if values.shape[1] == 1 else shares[:, :, 1]
    return found


def _without_crumbs(leaves: Doubles, least_share: float) -> Doubles:
    """Class probabilities without those below ``least_share``, normalized again; other values unchanged."""
    if not least_share or leaves.shape[1] < 2 or (leaves < 0).any() or not np.allclose(leaves.sum(axis=1), 1):
        return leaves
    kept = np.where(leaves < min(least_share, 1 / leaves.shape[1]), 0.0, leaves)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def _whole_numbers(values: Doubles, leaf: Flags, trees: int) -> tuple[Floats, Floats, Floats]:
    """Integer weights, scale and offset of node values; probabilities have no offset, so that 0 stays 0."""
    of_leaves = values[leaf]
    shares = bool((of_leaves >= 0).all() and (of_leaves <= 1).all())
    low, high = (np.zeros(values.shape[1]),) * 2 if shares else (of_leaves.min(axis=0), of_leaves.max(axis=0))
    middle = (low + high) / 2
    reach = np.ones(values.shape[1]) if shares else np.abs(of_leaves - middle).max(axis=0)
    step = np.where(reach > 0, reach, 1.0) / 2.0 ** (_EXACT_BITS - max(trees - 1, 0).bit_length())
    weight = np.where(leaf[:, np.newaxis], np.round((values - middle) / step), 0)
    return weight.astype(np.float32), (step / trees).astype(np.float32), middle.astype(np.float32)
