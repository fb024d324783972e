"""The misclassified test samples of a training, as a layer of the project."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsMarkerSymbol, QgsProject, QgsSingleSymbolRenderer, QgsVectorLayer

from ...layers.above_rasters import move_above_rasters
from ...messages import tr

ERROR_MARK = {"name": "cross_fill", "color": "#c0392b", "outline_color": "#ffffff", "size": "3"}


def show_test_errors(path: str, name: str) -> Optional[QgsVectorLayer]:
    """Load the samples, filtered to test samples that any sensor predicts wrongly; None if the file is missing."""
    layer = QgsVectorLayer(path, tr("{name}: test errors").format(name=name), "ogr")
    if not layer.isValid():
        return None
    verdicts = [field for field in layer.fields().names() if field.endswith(" correct")]
    wrong = " OR ".join('"{}" = 0'.format(field.replace('"', '""')) for field in verdicts)
    layer.setSubsetString(f"\"part\" = 'test'{f' AND ({wrong})' if wrong else ''}")
    layer.setRenderer(QgsSingleSymbolRenderer(QgsMarkerSymbol.createSimple(ERROR_MARK)))
    QgsProject.instance().addMapLayer(layer)
    move_above_rasters(layer.id())
    return layer
