"""What the Layers panel shows of a new layer."""

from __future__ import annotations

from qgis.core import QgsLayerTreeNode


def show_legend(node: QgsLayerTreeNode) -> None:
    """Unfold a node of the layer tree, so that the meaning of its colours is seen first.

    A new node counts as unfolded while the panel shows it folded: only a change reaches the panel.
    """
    node.setExpanded(False)
    node.setExpanded(True)
