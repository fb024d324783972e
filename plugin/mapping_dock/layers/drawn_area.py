"""The layer of the polygons that the user draws as the area to map."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsMapLayer,
    QgsProject,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)

from ...messages import tr

DRAWN = "colearn/drawn_area"  # layer property that marks the dock's own layers: polygons are added to no other
_OUTLINE = {"style": "no", "outline_color": "#d55e00", "outline_width": "0.6"}  # the image below stays visible


def with_polygon(chosen: Optional[QgsMapLayer], shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> QgsMapLayer:
    """The chosen layer with the polygon added, if it is a drawn one in this CRS; else a new layer in the project."""
    layer = chosen if chosen is not None and chosen.customProperty(DRAWN) and chosen.crs() == crs else _new(crs)
    feature = QgsFeature(layer.fields())
    feature.setGeometry(shape)
    layer.dataProvider().addFeature(feature)
    layer.updateExtents()
    layer.triggerRepaint()
    return layer


def _new(crs: QgsCoordinateReferenceSystem) -> QgsVectorLayer:
    layer = QgsVectorLayer("MultiPolygon", tr("area to map"), "memory")
    layer.setCrs(crs)
    layer.setCustomProperty(DRAWN, True)
    layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(_OUTLINE)))
    QgsProject.instance().addMapLayer(layer)
    return layer
