"""The Processing provider: the list of algorithms."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..engine.contract import POLYGON_ENDINGS
from .algorithms.edit_classes import EditClasses
from .algorithms.evaluate import Evaluate
from .algorithms.export_sensor import ExportSensor
from .algorithms.inspect_model import InspectModel
from .algorithms.predict import Predict
from .algorithms.toolbox_entry import ICON
from .algorithms.train import Train
from .parameters.types.definitions import RASTER_ENDINGS

ALGORITHMS = (Train, Predict, Evaluate, InspectModel, EditClasses, ExportSensor)


class CoLearnProvider(QgsProcessingProvider):
    """CoLearn in the Processing toolbox."""

    def id(self) -> str:
        """The first part of every algorithm's id."""
        return "colearn"

    def name(self) -> str:
        """Its name in the toolbox."""
        return "CoLearn"

    def longName(self) -> str:
        """Its long name."""
        return "CoLearn: train on several sensors, map from any one"

    def icon(self) -> QIcon:
        """CoLearn's icon."""
        return QIcon(ICON)

    def svgIconPath(self) -> str:
        """CoLearn's icon."""
        return ICON

    def supportedOutputRasterLayerExtensions(self) -> list[str]:
        """The engine writes GeoTIFF."""
        return [ending.lstrip(".") for ending in RASTER_ENDINGS]

    def supportedOutputVectorLayerExtensions(self) -> list[str]:
        """The engine writes GeoPackage (first, as the default of temporary layers) and GeoJSON."""
        return [ending.lstrip(".") for ending in POLYGON_ENDINGS]

    def defaultVectorFileExtension(self, hasGeometry: bool = True) -> str:
        """GeoPackage, whatever QGIS's setting is."""
        return POLYGON_ENDINGS[0].lstrip(".")

    def loadAlgorithms(self) -> None:
        """Add every algorithm."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
