"""The legend of a new layer in the Layers panel."""

from __future__ import annotations

from qgis.core import QgsLayerTreeNode


def show_legend(node: QgsLayerTreeNode) -> None:
    """Expand a node of the layer tree, so that its legend is visible from the start.

    A new node counts as expanded although the panel shows it collapsed; only a change reaches the panel.
    """
    node.setExpanded(False)
    node.setExpanded(True)
