"""The layers of a new map: their group, the slider of the confidence layer, the file's name."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Optional

from qgis.core import QgsLayerTreeLayer, QgsMapLayer, QgsProject

from ...layers.map_place import default_map
from ...messages import tr
from ..form.map_form import MapForm
from ..unsure import give_slider


def default_output(form: MapForm) -> str:
    """The default path of the map; empty until model and sensor are known."""
    return default_map(form.model, form.sensor) if form.model and form.sensor else ""


def layers_of(form: MapForm, before: Collection[str]) -> list[str]:
    """The ids of the project's layers that show a map's files and are new.

    Other layers may have been added meanwhile: the user keeps working, or opens another project.
    """
    files = form.files()
    there = QgsProject.instance().mapLayers().items()
    return [key for key, layer in there if key not in before and layer.source().split("|")[0] in files]


def group_layers(form: MapForm, keys: Sequence[str]) -> None:
    """Group new layers at the top, named after model, sensor and date; add the slider to the confidence layer."""
    root = QgsProject.instance().layerTreeRoot()
    nodes = [node for key in keys if (node := root.findLayer(key)) is not None]
    if nodes:
        name = f"{Path(form.model).stem} · {form.sensor}"
        group = root.insertGroup(0, f"{name} · {datetime.date.today():%Y-%m-%d}")
        covers = [node for node in nodes if _is_confidence(form, node.layer())]
        for node in covers + [node for node in nodes if node not in covers]:
            moved = node.clone()
            moved.setExpanded(True)  # show the legend at once
            _shorten(moved, name)
            group.addChildNode(moved)
            node.parent().removeChildNode(node)
    for layer in map(QgsProject.instance().mapLayer, keys):
        if _is_confidence(form, layer):
            give_slider(layer)


def _shorten(node: QgsLayerTreeLayer, name: str) -> None:
    """Drop the group's name from a layer's name in the tree, because the panel is narrow."""
    if node.layer().name().startswith(name):
        node.setUseLayerName(False)
        node.setName(node.layer().name()[len(name) :].strip(" ·") or tr("map"))


def _is_confidence(form: MapForm, layer: Optional[QgsMapLayer]) -> bool:
    return layer is not None and layer.source().split("|")[0] == form.beside("_confidence.tif")
