"""A forest as a torch module that is exported as one ONNX operator (ai.onnx.ml TreeEnsembleRegressor).

The operator's attributes are written from the trees' arrays without skl2onnx, which does not follow missing values,
adds outputs and reshapes of its own, and would be two more packages to pin in place of forty lines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .tree_nodes import TreeNodes

ML_DOMAIN, ML_OPSET = "ai.onnx.ml", 3


class TreeEnsemble(nn.Module):
    """Features (batch, feature, row, col), finite where valid, to the mean over the trees (batch, output, row, col)."""

    scale: Tensor
    offset: Tensor

    def __init__(self, nodes: TreeNodes) -> None:
        super().__init__()
        self.nodes = nodes
        self.register_buffer("scale", torch.from_numpy(nodes.scale).view(1, -1))
        self.register_buffer("offset", torch.from_numpy(nodes.offset).view(1, -1))

    def forward(self, features: Tensor) -> Tensor:
        """The mean over the trees at every pixel."""
        batch, channels, rows, cols = features.shape
        table = features.permute(0, 2, 3, 1).reshape(-1, channels)
        predictions: Tensor = _Sums.apply(table, self.nodes) * self.scale + self.offset  # type: ignore[no-untyped-call]
        return predictions.reshape(batch, rows, cols, self.nodes.outputs).permute(0, 3, 1, 2)


class _Sums(torch.autograd.Function):
    """The sum of leaf weights (row, output) over the trees; exported as the operator."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, nodes: TreeNodes) -> Tensor:
        if torch.onnx.is_in_onnx_export():  # tracing needs the shape only, and cannot follow NumPy
            return table[:, :1].expand(-1, nodes.outputs)
        return torch.from_numpy(nodes.sums(table.detach().cpu().numpy())).to(table.device)

    @staticmethod
    def symbolic(g: Any, table: Any, nodes: TreeNodes) -> Any:
        operator = f"{ML_DOMAIN}::TreeEnsembleRegressor"
        found = g.op(operator, table, **attributes_of(nodes))
        return found.setType(table.type().with_sizes([None, nodes.outputs]))


def attributes_of(nodes: TreeNodes) -> dict[str, Any]:
    """The operator's attributes, named with torch's type suffixes."""
    tree = np.searchsorted(nodes.roots, np.arange(len(nodes)), side="right") - 1
    within = np.arange(len(nodes)) - nodes.roots[tree]
    leaf = nodes.leaves
    at, output = np.nonzero(nodes.weight)
    silent = np.setdiff1d(np.flatnonzero(leaf), at)  # leaves with weight 0 still need an entry
    at, output = np.concatenate([at, silent]), np.concatenate([output, np.zeros(len(silent), np.int64)])
    ordered = np.lexsort((output, at))
    at, output = at[ordered], output[ordered]
    return {
        "n_targets_i": nodes.outputs,
        "nodes_treeids_i": tree.tolist(),
        "nodes_nodeids_i": within.tolist(),
        "nodes_featureids_i": nodes.feature.tolist(),
        "nodes_values_f": nodes.threshold.tolist(),
        "nodes_modes_s": ["LEAF" if each else "BRANCH_LEQ" for each in leaf],
        "nodes_truenodeids_i": np.where(leaf, 0, nodes.yes - nodes.roots[tree]).tolist(),
        "nodes_falsenodeids_i": np.where(leaf, 0, nodes.no - nodes.roots[tree]).tolist(),
        "target_treeids_i": tree[at].tolist(),
        "target_nodeids_i": within[at].tolist(),
        "target_ids_i": output.tolist(),
        "target_weights_f": nodes.weight[at, output].tolist(),
    }
