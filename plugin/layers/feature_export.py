"""Features of a layer, exported in the thread of a run.

The state of the layer (selection, filter, edits) is recorded in QGIS's main thread, in which layers live, without
copying any feature; the features are read and written in the thread of the run. If the layer changes or is deleted
meanwhile, the export does not change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
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
# Names that no user's field has; otherwise a field "fid" with values that are not unique would be lost.
_ID, _GEOMETRY = "colearn_fid", "colearn_geometry"


@dataclass(frozen=True)
class Narrowing:
    """A restriction of a layer's features: to certain ids, to those matching an expression, to the first n."""

    ids: Optional[frozenset[int]] = None
    expression: str = ""
    limit: int = -1


def narrowing_of(given: Any, layer: QgsVectorLayer) -> Optional[Narrowing]:
    """The restriction of a layer's features in a parameter value; None if all are used."""
    if not isinstance(given, QgsProcessingFeatureSourceDefinition):
        return None
    expression = str(getattr(given, "filterExpression", "") or "")  # from QGIS 3.32
    if not (given.selectedFeaturesOnly or given.featureLimit >= 0 or expression):
        return None
    ids = frozenset(layer.selectedFeatureIds()) if given.selectedFeaturesOnly else None
    return Narrowing(ids, expression, int(given.featureLimit))


class FeatureExport:
    """The features of a layer as they were when this object was created, to be written to a GeoPackage."""

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
        """The vector source that exists once the features are written."""
        return VectorSource(self.path, LAYER, self.name)

    def write(self, feedback: QgsFeedback, path: str) -> None:
        """Write the features to this path, from which the file is then moved to its own; stops if cancelled.

        Raises:
            OutputError: they cannot be written.
        """
        fields = QgsFields()
        for name in self._names:
            fields.append(self._source.fields().field(name))
        writer = self._writer(fields, path)
        for feature in self._wanted(feedback):
            reduced = QgsFeature(fields)
            reduced.setGeometry(feature.geometry())
            reduced.setAttributes([feature[field.name()] for field in fields])
            if not writer.addFeature(reduced):
                raise _unwritable(self.path, writer.errorMessage())
        if not writer.flushBuffer():
            raise _unwritable(self.path, writer.errorMessage())

    def _writer(self, fields: QgsFields, path: str) -> QgsVectorFileWriter:
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = "GPKG"
        options.layerName = LAYER
        options.layerOptions = [f"FID={_ID}", f"GEOMETRY_NAME={_GEOMETRY}"]
        writer = QgsVectorFileWriter.create(path, fields, self._geometry_type, self._crs, self._transforms, options)
        if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
            raise _unwritable(self.path, writer.errorMessage())
        return writer

    def _wanted(self, feedback: QgsFeedback) -> Iterator[QgsFeature]:
        """Features in the layer's order; invalid geometries are neither repaired nor skipped."""
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


def path_beside(job_file: str, name: str) -> str:
    """The path of an export beside a job: replaces that of an earlier job, but never a file of the user's own."""
    path, number = Path(job_file).with_suffix(f".{name}.gpkg"), 1
    while path.exists() and not _is_export(path):
        number += 1
        path = Path(job_file).with_suffix(f".{name}_{number}.gpkg")
    return str(path)


def _is_export(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            return file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall() == [
                (LAYER, _GEOMETRY)
            ]
    except sqlite3.Error:
        return False


def _unwritable(path: str, reason: str) -> OutputError:
    """The error for an exported layer that cannot be written."""
    return OutputError(
        ErrorCode.OUTPUT_UNWRITABLE,
        subject=path,
        found=reason or tr("an error while writing"),
        expected=tr("a writable location for the exported layer"),
        remedy=tr("Free some disk space, or export the layer to a file and choose that."),
    )
