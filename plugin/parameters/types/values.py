"""The values of one run's parameters, as the contract wants them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from enum import Enum
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
from ...layers.feature_export import FeatureExport, narrowing_of
from ...layers.given_rasters import make_findable, unopened_words
from ...layers.sources import crs_text
from ...messages import tr
from ...process.run_files import RunFiles
from .choices import with_named_choices

E = TypeVar("E", bound=Enum)


class ParameterValues:
    """Reads parameters by name; ``algorithm`` gives the definitions, ``parameters`` the values given."""

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
        """Whether there is a value, be it by default."""
        value = self._given.get(name)
        if value is None and name not in self._given:
            value = self._algorithm.parameterDefinition(name).defaultValue()
        return not (value is None or value == NULL or value in ("", []))

    def text(self, name: str) -> str:
        """A text without blanks around it."""
        return self._algorithm.parameterAsString(self._given, name, self.context).strip()

    def choice(self, name: str, kind: type[E]) -> E:
        """One of an enumeration's members."""
        return kind(self._algorithm.parameterAsEnumString(self._given, name, self.context))

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return bool(self._algorithm.parameterAsBool(self._given, name, self.context))

    def integer(self, name: str) -> int:
        """An integer."""
        return int(self._algorithm.parameterAsInt(self._given, name, self.context))

    def number(self, name: str) -> float:
        """A number."""
        return float(self._algorithm.parameterAsDouble(self._given, name, self.context))

    def field_names(self, name: str) -> tuple[str, ...]:
        """Names of fields."""
        # parameterAsFields was renamed; the new name is missing before 3.40, the old one after 3.x.
        read = getattr(self._algorithm, "parameterAsStrings", None) or self._algorithm.parameterAsFields
        return tuple(read(self._given, name, self.context)) if self.is_given(name) else ()

    def matrix(self, name: str) -> list[Any]:
        """The cells of a table, row by row."""
        return list(self._algorithm.parameterAsMatrix(self._given, name, self.context)) if self.is_given(name) else []

    def file(self, name: str) -> str:
        """An input file, absolute."""
        path = self._algorithm.parameterAsFile(self._given, name, self.context)
        return os.path.abspath(path) if path else ""

    def raster_layers(self, name: str) -> list[QgsMapLayer]:
        """Raster layers in the user's order.

        Raises:
            InputError: one of them cannot be opened (QGIS itself would leave it out in silence).
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
        """The files of the raster layers; what was set in QGIS is checked, nothing is written.

        Raises:
            InputError: a layer the engine cannot be given.
        """
        return tuple(layer_files.raster_source(layer) for layer in self.raster_layers(name))

    def stored_rasters(self, name: str) -> tuple[RasterSource, ...]:
        """Raster layers as GDAL opens them, with what was set in QGIS, which may be written. For the job.

        Raises:
            CoLearnError: a layer the engine cannot be given, or no place to write.
        """
        return self.stored_layers(name, self.raster_layers(name))

    def stored_layers(self, folder: str, raster_layers: Sequence[QgsMapLayer]) -> tuple[RasterSource, ...]:
        """As :meth:`stored_rasters`, for layers at hand; what is written lies in a folder of that name."""
        return tuple(
            layer_files.raster_source(layer, lambda file, number=number: self._virtual_path(f"{folder}_{number}", file))
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
        """The features given, or None where the parameter is empty.

        Raises:
            InputError: something was given that is no vector layer.
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
        """The layer behind the features, also where only the selected ones are given."""
        given = self._given.get(name)
        if isinstance(given, QgsProcessingFeatureSourceDefinition):
            given = given.source
        return self._algorithm.parameterAsVectorLayer({**self._given, name: given}, name, self.context)

    def vector(self, name: str, field_names: tuple[str, ...] = ()) -> Optional[VectorSource]:
        """The features as a file: the layer's own where that says it all, else an export that is to be written."""
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
        """A rectangle, or None; without a CRS of its own (and without a project) it is in ``default_crs``."""
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
        """Whether an extent was written from a larger x to a smaller: over 180° in degrees; QGIS turns it around."""
        given = self._given.get(name)
        ends = re.match(r"\s*([^,\s]+)\s*,\s*([^,\s]+)\s*,", given) if isinstance(given, str) else None
        try:
            return ends is not None and float(ends[1]) > float(ends[2])
        except ValueError:
            return False

    def output_file(self, name: str) -> Optional[str]:
        """Where a file output goes, absolute; None when it is not wanted. Ask once: temporary names differ."""
        return self.absolute(self._algorithm.parameterAsFileOutput(self._given, name, self.context))

    def output_layer(self, name: str) -> Optional[str]:
        """Where a layer goes, as QGIS will load it; None when it is not wanted. Ask once.

        What QGIS is to load into the project is kept in ``layers_to_load``.
        """
        layer = self._algorithm.parameterAsOutputLayer(self._given, name, self.context)
        if layer and self.context.willLoadLayerOnCompletion(layer):
            details = self.context.layerToLoadOnCompletionDetails(layer)
            self.layers_to_load[layer] = QgsProcessingContext.LayerDetails(details)  # a copy: contexts come and go
        return layer or None

    @staticmethod
    def absolute(path: Optional[str]) -> Optional[str]:
        """The path as the engine, which runs in another folder, finds it."""
        return os.path.abspath(path) if path else None

    def named_outputs(self) -> dict[str, str]:
        """The outputs whose place the user named, absolute, by parameter."""
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
        """The files the given layers and files lie in, as far as they are files."""
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
        """Beside the saved job where one is asked for, so that it runs later too; else a temporary file."""
        job_file = self.named_outputs().get("OUTPUT_JOB")
        if job_file:
            path = str(Path(job_file).with_suffix(f".{name.lower()}.gpkg"))
        else:
            path = QgsProcessingUtils.generateTempFilename(f"{name.lower()}.gpkg")
        self.run_files.will_write(path)
        return path

    def _virtual_path(self, folder: str, file: str) -> str:
        """Beside the saved job, or temporary; in a folder of its own, because the file's name tells dates and bands."""
        job_file = self.named_outputs().get("OUTPUT_JOB")
        if job_file:
            path = str(Path(job_file).with_suffix(".layers") / folder.lower() / file)
        else:
            path = QgsProcessingUtils.generateTempFilename(file)
        self.run_files.will_write(path)
        return path
