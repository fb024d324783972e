"""The place of new points in a project: above its rasters, and in an empty project on a raster's CRS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLayerTree,
    QgsLayerTreeGroup,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QTimer

from ..process.background import Background
from .legend import show_legend
from .opened_layers import open_raster

CRS_BEHAVIOR = "projections/newProjectCrsBehavior"
PRESET = "UsePresetCrs"


def points_of(raster: str) -> Callable[[QgsMapLayer], None]:
    """What to do with points sampled from a raster, given by its source, when QGIS has loaded them."""

    def place(layer: QgsMapLayer) -> None:
        key = layer.id()
        is_alone = not QgsProject.instance().mapLayers().keys() - {key}

        def settle() -> None:
            move_above_rasters(key)
            if is_alone:
                _take_crs(key, raster)

        QTimer.singleShot(0, settle)  # QGIS adds the layer to the tree, and takes its CRS, in its event loop

    return place


def add_below_vectors(rasters: Sequence[QgsRasterLayer]) -> None:
    """Add rasters to the project, below the vector layers that are on top: points and polygons stay visible."""
    children = QgsProject.instance().layerTreeRoot().children()
    on_top = [child.layerId() for child in takewhile(_is_vector, children)]
    QgsProject.instance().addMapLayers(list(rasters))
    for key in on_top:
        move_above_rasters(key)


def _is_vector(node: QgsLayerTreeNode) -> bool:
    return QgsLayerTree.isLayer(node) and isinstance(node.layer(), QgsVectorLayer)


def move_above_rasters(key: str) -> None:
    """Move a layer of the project above the rasters that hide it; within a group it stays there."""
    root = QgsProject.instance().layerTreeRoot()
    node = root.findLayer(key)
    if node is None or node.parent() != root:
        return
    children = root.children()
    over = next((at for at, child in enumerate(children[: children.index(node)]) if _shows_rasters(child)), None)
    if over is not None:
        moved = node.clone()
        root.insertChildNode(over, moved)
        root.removeChildNode(node)
        if moved.isExpanded():
            show_legend(moved)


def _shows_rasters(node: QgsLayerTreeNode) -> bool:
    if QgsLayerTree.isLayer(node):
        return isinstance(node.layer(), QgsRasterLayer)
    return isinstance(node, QgsLayerTreeGroup) and any(map(_shows_rasters, node.children()))


def _take_crs(key: str, raster: str) -> None:
    """Give a project the raster's CRS if QGIS gave it that of its first layer, the points."""
    project = QgsProject.instance()

    def take(crs: QgsCoordinateReferenceSystem) -> None:
        points = project.mapLayer(key)
        is_own = points is not None and project.crs() == points.crs() and len(project.mapLayers()) == 1
        if is_own and crs.isValid():
            project.setCrs(crs)

    if QgsSettings().value(CRS_BEHAVIOR, "", str, QgsSettings.Section.App) != PRESET:
        Background(lambda: open_raster(raster).crs(), take, lambda _error: None).settle()
