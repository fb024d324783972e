"""The parameter values of one run, as the contract expects them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, Optional, TypeVar

from qgis.core import (
    NULL,
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsProperty,
    QgsVectorLayer,
)

from ....engine.contract import ErrorCode, Extent, InputError, RasterSource, VectorSource
from ... import sentences
from ...layers import layer_files
from ...layers.feature_export import FeatureExport, narrowing_of, path_beside
from ...layers.given_rasters import make_findable, unopened_words
from ...layers.sources import crs_text, gdal_source
from ...messages import tr
from ...process.run_files import RunFiles
from .choices import with_named_choices

E = TypeVar("E", bound=Enum)


class ParameterValues:
    """Reads parameters by name; ``algorithm`` has the definitions, ``parameters`` the values."""

    def __init__(
        self, algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> None:
        self._algorithm = algorithm
        self._given = with_named_choices(algorithm, parameters)
        self.context = context
        self.run_files = RunFiles()
        self.exports: list[FeatureExport] = []  # to be written before the engine starts
        self.layers_to_load: dict[str, QgsProcessingContext.LayerDetails] = {}

    def is_given(self, name: str) -> bool:
        """Whether there is a value, which may be the default."""
        value = self._given.get(name)
        if value is None and name not in self._given:
            value = self._algorithm.parameterDefinition(name).defaultValue()
        return not (value is None or value == NULL or value in ("", []))

    def text(self, name: str) -> str:
        """A text, stripped of surrounding white space."""
        return self._algorithm.parameterAsString(self._given, name, self.context).strip()

    def choice(self, name: str, kind: type[E]) -> E:
        """One of an enumeration's members."""
        return kind(self._algorithm.parameterAsEnumString(self._given, name, self.context))

    def flag(self, name: str) -> bool:
        """A boolean."""
        return bool(self._algorithm.parameterAsBool(self._given, name, self.context))

    def integer(self, name: str) -> int:
        """An integer."""
        return int(self._algorithm.parameterAsInt(self._given, name, self.context))

    def number(self, name: str) -> float:
        """A number."""
        return float(self._algorithm.parameterAsDouble(self._given, name, self.context))

    def field_names(self, name: str) -> tuple[str, ...]:
        """Field names."""
        # parameterAsFields was renamed: the new name is missing before QGIS 3.40, the old one after 3.x.
        read = getattr(self._algorithm, "parameterAsStrings", None) or self._algorithm.parameterAsFields
        return tuple(read(self._given, name, self.context)) if self.is_given(name) else ()

    def matrix(self, name: str) -> list[Any]:
        """The cells of a table, row by row."""
        return list(self._algorithm.parameterAsMatrix(self._given, name, self.context)) if self.is_given(name) else []

    def file(self, name: str) -> str:
        """The absolute path of an input file."""
        path = self._algorithm.parameterAsFile(self._given, name, self.context)
        return os.path.abspath(path) if path else ""

    def raster_layers(self, name: str) -> list[QgsMapLayer]:
        """Raster layers in the user's order.

        Raises:
            InputError: one of them cannot be opened (QGIS itself would silently skip it).
        """
        for item in self._items(name):
            if isinstance(item, str) and item:
                self._require_findable(name, item)
        return list(self._algorithm.parameterAsLayerList(self._given, name, self.context))

    def _require_findable(self, name: str, text: str) -> None:
        if not make_findable(text, self.context):
            found, expected, remedy = unopened_words(text)
            raise InputError(ErrorCode.RASTER_UNREADABLE, subject=name, found=found, expected=expected, remedy=remedy)

    def rasters(self, name: str) -> tuple[RasterSource, ...]:
        """The files of the raster layers; settings made in QGIS are checked, nothing is written.

        Raises:
            InputError: a layer that the engine cannot read.
        """
        return tuple(layer_files.raster_source(layer) for layer in self.raster_layers(name))

    def stored_rasters(self, name: str) -> tuple[RasterSource, ...]:
        """Raster layers for the job, as GDAL opens them: virtual rasters, to be written later, for settings in QGIS.

        Raises:
            InputError: a layer that the engine cannot read.
        """
        return self.stored_layers(name, self.raster_layers(name))

    def stored_layers(self, folder: str, raster_layers: Sequence[QgsMapLayer]) -> tuple[RasterSource, ...]:
        """As :meth:`stored_rasters`, for given layers; virtual rasters are written to a folder of that name."""
        return tuple(
            layer_files.raster_source(layer, partial(self._store, f"{folder}_{number}".lower(), layer))
            for number, layer in enumerate(raster_layers, 1)
        )

    def layers_named(self, name: str, texts: Sequence[str]) -> list[QgsMapLayer]:
        """Raster layers of the project, files, or whatever GDAL opens, in the given order.

        Raises:
            InputError: one of them cannot be opened.
        """
        for text in texts:
            self._require_findable(name, text)
        raster = QgsProcessingUtils.LayerHint.Raster
        return [QgsProcessingUtils.mapLayerFromString(text, self.context, True, raster) for text in texts]

    def feature_source(self, name: str) -> Optional[QgsProcessingFeatureSource]:
        """The features in the parameter, or None if it is empty.

        Raises:
            InputError: the value is not a vector layer.
        """
        if not self.is_given(name):
            return None
        source = self._algorithm.parameterAsSource(self._given, name, self.context)
        layer = self.vector_layer(name)
        if source is None or layer is None:
            raise InputError(
                ErrorCode.LABELS_UNREADABLE,
                subject=name,
                found=sentences.unopened(self._source_text(name)),
                expected=tr("a vector layer"),
                remedy=tr("Check the path, or choose another layer."),
            )
        if QgsProject.instance().mapLayer(layer.id()) is None:
            layer_files.require_one_layer(layer)
        return source

    def vector_layer(self, name: str) -> Optional[QgsVectorLayer]:
        """The layer of the features, also if only selected features are used."""
        given = self._given.get(name)
        if isinstance(given, QgsProcessingFeatureSourceDefinition):
            given = given.source
        return self._algorithm.parameterAsVectorLayer({**self._given, name: given}, name, self.context)

    def vector(self, name: str, field_names: tuple[str, ...] = ()) -> Optional[VectorSource]:
        """The features as a file: the layer's own if that is equivalent, else an export to be written later."""
        layer = self.vector_layer(name) if self.feature_source(name) is not None else None
        if layer is None:
            return None
        narrowing = narrowing_of(self._given.get(name), layer)
        if narrowing is None and layer_files.is_whole_in_file(layer, field_names):
            return layer_files.file_of(layer)
        export = FeatureExport(layer, field_names, narrowing, self._export_path(name), self.context)
        self.exports.append(export)
        return export.written

    def extent(self, name: str, default_crs: str) -> Optional[Extent]:
        """A rectangle, or None; if it has no CRS and there is no project, it is in ``default_crs``."""
        rectangle = self._algorithm.parameterAsExtent(self._given, name, self.context)
        if not self.is_given(name) or rectangle.isNull():
            return None
        crs = self._algorithm.parameterAsExtentCrs(self._given, name, self.context)
        x_min, x_max = rectangle.xMinimum(), rectangle.xMaximum()
        if self._runs_backwards(name):
            x_min, x_max = x_max, x_min
        corners = (x_min, rectangle.yMinimum(), x_max, rectangle.yMaximum())
        return Extent(*corners, crs_text(crs) if crs.isValid() else default_crs)

    def _runs_backwards(self, name: str) -> bool:
        """Whether an extent's x minimum exceeds its maximum, as across the antimeridian; QGIS would swap the two."""
        given = self._given.get(name)
        ends = re.match(r"\s*([^,\s]+)\s*,\s*([^,\s]+)\s*,", given) if isinstance(given, str) else None
        try:
            return ends is not None and float(ends[1]) > float(ends[2])
        except ValueError:
            return False

    def output_file(self, name: str) -> Optional[str]:
        """The absolute path of a file output; None if not requested. Call once: temporary names differ by call."""
        return self.absolute(self._algorithm.parameterAsFileOutput(self._given, name, self.context))

    def output_layer(self, name: str) -> Optional[str]:
        """The path of a layer output, as QGIS will load it; None if not requested. Call once.

        Layers that QGIS is to load into the project are recorded in ``layers_to_load``.
        """
        layer = self._algorithm.parameterAsOutputLayer(self._given, name, self.context)
        if layer and self.context.willLoadLayerOnCompletion(layer):
            details = self.context.layerToLoadOnCompletionDetails(layer)
            self.layers_to_load[layer] = QgsProcessingContext.LayerDetails(details)  # a copy: contexts are short-lived
        return layer or None

    @staticmethod
    def absolute(path: Optional[str]) -> Optional[str]:
        """The absolute path, because the engine runs in another folder."""
        return os.path.abspath(path) if path else None

    def named_outputs(self) -> dict[str, str]:
        """The absolute paths of outputs that the user named, by parameter."""
        named = {}
        for definition in self._algorithm.destinationParameterDefinitions():
            value = self._given.get(definition.name())
            if isinstance(value, QgsProcessingOutputLayerDefinition):
                value = value.sink.staticValue()
            if isinstance(value, str) and value and value != QgsProcessing.TEMPORARY_OUTPUT:
                named[definition.name()] = os.path.abspath(value)
        return named

    def is_raster_output(self, name: str) -> bool:
        """Whether the output is a raster layer."""
        return self._algorithm.parameterDefinition(name).type() == "rasterDestination"

    def is_vector_output(self, name: str) -> bool:
        """Whether the output is a vector layer."""
        return self._algorithm.parameterDefinition(name).type() == "vectorDestination"

    def input_files(self) -> list[str]:
        """The files of the input layers and file parameters, as far as they are files."""
        layers_given: list[Any] = []
        paths = []
        for definition in self._algorithm.parameterDefinitions():
            name = definition.name()
            if definition.type() in ("multilayer", "raster"):
                layers_given += self._algorithm.parameterAsLayerList(self._given, name, self.context)
            elif definition.type() == "source":
                layers_given.append(self.vector_layer(name))
            elif definition.type() == "file":
                paths.append(self.file(name))
        paths += [layer.source().split("|", 1)[0] for layer in layers_given if layer is not None]
        return [path for path in paths if path]

    def _items(self, name: str) -> list[Any]:
        value = self._given.get(name)
        if value is None or isinstance(value, QgsProperty):
            return []
        return list(value) if isinstance(value, (list, tuple)) else [value]

    def _source_text(self, name: str) -> str:
        value = self._given.get(name)
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            value = value.source.staticValue()
        return str(value)

    def _export_path(self, name: str) -> str:
        """The path of an export: next to the saved job, if any, so that it can be run later; else a temporary file."""
        job_file = self.named_outputs().get("OUTPUT_JOB")
        if job_file:
            return path_beside(job_file, name.lower())
        return str(QgsProcessingUtils.generateTempFilename(f"{name.lower()}.gpkg"))

    def _store(self, folder: str, layer: QgsMapLayer, file: str, text: str) -> str:
        """Record a layer's virtual raster to be written; returns its path."""
        path = self._virtual_path(folder, file, gdal_source(layer.source()))
        self.run_files.will_write_text(path, text)
        return path

    def _virtual_path(self, folder: str, file: str, source: str) -> str:
        """The path of a virtual raster, as for exports; in its own folder, so that its name keeps dates and bands."""
        job_file = self.named_outputs().get("OUTPUT_JOB")
        if not job_file:
            return str(QgsProcessingUtils.generateTempFilename(file))
        layers, number = Path(job_file).with_suffix(".layers"), 1
        path = layers / folder / file
        if layers.resolve() in Path(source).resolve().parents:  # of an earlier job of that name, and still needed
            while path.exists():
                number += 1
                path = layers / f"{folder}_{number}" / file
        return str(path)
