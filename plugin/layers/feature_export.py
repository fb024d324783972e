"""Features of a layer, exported by the thread of a run.

What the layer is like (selection, filter, edits and all) is noted in QGIS's own thread, in which layers live and which
copies nothing for it; features are read and written elsewhere. A layer that changes or is deleted meanwhile changes
nothing in the export.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from qgis.core import (
    QgsExpressionContext,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeedback,
    QgsFields,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from ...engine.contract import ErrorCode, OutputError, VectorSource
from ..messages import tr

LAYER = "labels"


@dataclass(frozen=True)
class Narrowing:
    """Which of a layer's features are wanted: those with an id, those an expression is true of, the first so many."""

    ids: Optional[frozenset[int]] = None
    expression: str = ""
    limit: int = -1


def narrowing_of(given: Any, layer: QgsVectorLayer) -> Optional[Narrowing]:
    """The restriction of a layer's features by a parameter; None where all are used."""
    if not isinstance(given, QgsProcessingFeatureSourceDefinition):
        return None
    expression = str(getattr(given, "filterExpression", "") or "")  # from QGIS 3.32
    if not (given.selectedFeaturesOnly or given.featureLimit >= 0 or expression):
        return None
    ids = frozenset(layer.selectedFeatureIds()) if given.selectedFeaturesOnly else None
    return Narrowing(ids, expression, int(given.featureLimit))


class FeatureExport:
    """The features of a layer as they were when this was made, to be written into a GeoPackage."""

    def __init__(
        self,
        layer: QgsVectorLayer,
        field_names: Sequence[str],
        narrowing: Optional[Narrowing],
        path: str,
        context: QgsProcessingContext,
    ) -> None:
        self.path, self.name = path, layer.name()
        self._source = QgsVectorLayerFeatureSource(layer)
        self._names = tuple(dict.fromkeys(field_names))
        self._narrowing = narrowing or Narrowing()
        self._geometry_type, self._crs = layer.wkbType(), layer.crs()
        self._transforms = context.transformContext()
        self._expressions = QgsExpressionContext(context.expressionContext())
        self._expressions.appendScope(layer.createExpressionContextScope())

    @property
    def written(self) -> VectorSource:
        """What is there once it is written."""
        return VectorSource(self.path, LAYER, self.name)

    def write(self, feedback: QgsFeedback) -> None:
        """Write the features; stops where the run is cancelled.

        Raises:
            OutputError: they cannot be written.
        """
        fields = QgsFields()
        for name in self._names:
            fields.append(self._source.fields().field(name))
        writer = self._writer(fields)
        for feature in self._wanted(feedback):
            reduced = QgsFeature(fields)
            reduced.setGeometry(feature.geometry())
            reduced.setAttributes([feature[field.name()] for field in fields])
            if not writer.addFeature(reduced):
                raise unwritable(self.path, writer.errorMessage())
        if not writer.flushBuffer():
            raise unwritable(self.path, writer.errorMessage())

    def _writer(self, fields: QgsFields) -> QgsVectorFileWriter:
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = "GPKG"
        options.layerName = LAYER
        # Names no user's field has, else a field "fid" with values that are not unique would be lost.
        options.layerOptions = ["FID=colearn_fid", "GEOMETRY_NAME=colearn_geometry"]
        make_folder_of(self.path)
        writer = QgsVectorFileWriter.create(
            self.path, fields, self._geometry_type, self._crs, self._transforms, options
        )
        if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
            raise unwritable(self.path, writer.errorMessage())
        return writer

    def _wanted(self, feedback: QgsFeedback) -> Iterator[QgsFeature]:
        """Features in the layer's order; geometries are not repaired, and none is left out for being invalid."""
        narrowing, count = self._narrowing, 0
        request = QgsFeatureRequest()
        if narrowing.expression:
            request.setFilterExpression(narrowing.expression)
            request.setExpressionContext(self._expressions)
        for feature in self._source.getFeatures(request):
            if feedback.isCanceled() or count == narrowing.limit:
                return
            if narrowing.ids is None or feature.id() in narrowing.ids:
                count += 1
                yield feature


def make_folder_of(path: str) -> None:
    """Make the folder that a file is to be written into.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as error:
        raise unwritable(path, str(error)) from error


def unwritable(path: str, reason: str) -> OutputError:
    """The error of an exported layer that cannot be written."""
    return OutputError(
        ErrorCode.OUTPUT_UNWRITABLE,
        subject=path,
        found=reason or tr("an error while writing"),
        expected=tr("a writable location for the exported layer"),
        remedy=tr("Free some disk space, or export the layer to a file and choose that."),
    )
