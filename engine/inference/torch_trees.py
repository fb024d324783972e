"""The trees of a graph (ai.onnx.ml.TreeEnsembleRegressor) in torch: all rows descend all trees, level by level.

Only what exports use: comparisons of a feature with a threshold (≤), and sums of integer weights,
whose result does not depend on the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TREES = "TreeEnsembleRegressor"
_QUESTION, _LEAF = b"BRANCH_LEQ", b"LEAF"
_VALUES_AT_ONCE = 2**22  # rows × trees; more would only need more memory


def tables_of(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The operator's attributes as tensors by node, to be created once; branches are positions of nodes.

    Raises:
        NotImplementedError: trees with other comparisons or aggregations, or incomplete ones.
    """
    try:
        return _tables(attributes)
    except (KeyError, IndexError, ValueError, TypeError) as error:  # files are untrusted
        raise NotImplementedError("incomplete trees") from error


def _tables(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    other = {*attributes["nodes_modes"]} - {_QUESTION, _LEAF}
    if other or attributes.get("aggregate_function", b"SUM") != b"SUM" or attributes.get("base_values"):
        raise NotImplementedError(f"trees with {sorted(map(str, other)) or 'another sum'}")
    tree, within = (np.asarray(attributes[name]) for name in ("nodes_treeids", "nodes_nodeids"))
    leaf = np.array([mode == _LEAF for mode in attributes["nodes_modes"]])
    own, roots = np.arange(len(tree)), np.flatnonzero(within == 0)
    start = roots[tree]
    yes, no = (
        np.where(leaf, own, np.asarray(attributes[name]) + start)
        for name in ("nodes_truenodeids", "nodes_falsenodeids")
    )
    weight = np.zeros((len(tree), attributes["n_targets"]), np.float32)
    at = roots[np.asarray(attributes["target_treeids"])] + np.asarray(attributes["target_nodeids"])
    weight[at, np.asarray(attributes["target_ids"])] = attributes["target_weights"]
    return {
        "feature": torch.from_numpy(np.asarray(attributes["nodes_featureids"])),
        "threshold": torch.from_numpy(np.asarray(attributes["nodes_values"], np.float32)),
        "answers": torch.from_numpy(np.stack([no, yes], axis=1)),
        "weight": torch.from_numpy(weight),
        "roots": torch.from_numpy(roots),
        "depth": _depth(yes, no, roots),
    }


def tree_sums(tables: Mapping[str, Any], inputs: Sequence[Any]) -> Tensor:
    """The summed weights (row, output) of the leaves reached by rows (row, feature)."""
    rows: Tensor = inputs[0]
    on_device = {name: table.to(rows.device) for name, table in tables.items() if isinstance(table, Tensor)}
    size = max(1, _VALUES_AT_ONCE // len(on_device["roots"]))
    return torch.cat([_sums(on_device, tables["depth"], part) for part in torch.split(rows, size)])


def _sums(tables: Mapping[str, Tensor], depth: int, rows: Tensor) -> Tensor:
    at = tables["roots"].expand(len(rows), -1)
    for _ in range(depth):
        asked = rows.gather(1, tables["feature"][at]) <= tables["threshold"][at]
        at = tables["answers"].flatten()[2 * at + asked]
    total = rows.new_zeros(len(rows), tables["weight"].shape[1])
    for ends in at.T:  # one tree at a time: rows × trees × outputs would need too much memory
        total += tables["weight"][ends]
    return total


def _depth(yes: NDArray[Any], no: NDArray[Any], roots: NDArray[Any]) -> int:
    """The maximum depth of a leaf.

    Raises:
        NotImplementedError: the branches form a cycle.
    """
    level, depth = roots, 0
    while True:
        level = level[yes[level] != level]
        if not len(level):
            return depth
        if depth > len(yes):
            raise NotImplementedError("trees with a cycle")
        level, depth = np.unique(np.concatenate([yes[level], no[level]])), depth + 1
