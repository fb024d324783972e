"""The values in the toolbox dialog of ``colearn:train``, complete or not, as a form of the training window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Optional

from qgis.core import (
    QgsMapLayer,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRasterLayer,
)

from ....engine.contract import Layout
from ....engine.contract.naming import delivery_at
from ...layers.named_layers import layer_named, project_context, source_in
from ...messages import tr
from ...parameters.class_colors import read_class_colors
from ...parameters.labels import read_no_class
from ...parameters.sensors.more_sensors import MORE_SENSORS, rasters_named, read_more_sensors
from ...parameters.sensors.nodata import read_nodata
from ...parameters.sensors.quality_masks import read_mask
from ...parameters.sensors.sensors import LETTERS, band_list
from ...parameters.types.values import ParameterValues
from ..form.form import TrainingForm, sensor_row
from ..form.labels import LabelForm
from ..form.parameters import parameter_of
from ..form.sensors.grouping import free_name, group
from ..form.sensors.header import RasterHeader
from ..form.sensors.sensor_row import SensorRow
from ..form.settings import Settings, default_setting, is_integer, setting_names
from ..layers.form_layers import FormLayers
from ..runs.train_algorithm import train_algorithm

HeaderOf = Callable[[QgsMapLayer], RasterHeader]

RASTERS = (*(f"SENSOR_{letter}{part}" for letter in LETTERS for part in ("", "_MASK_RASTERS")), "LABEL_RASTER")


def form_from_toolbox(layers: FormLayers, given: dict[str, Any], headers: Sequence[RasterHeader]) -> TrainingForm:
    """The form of these parameters; layers that are not in the project are opened for the form.

    Args:
        headers: those that are read already; of other rasters QGIS waits for the file.

    Raises:
        CoLearnError: a value that cannot be read.
    """
    known = {header.key: header for header in headers}

    def header_of(layer: QgsMapLayer) -> RasterHeader:
        key = layers.store.key_of(layer)
        return replace(known.get(key) or layers.header(key), name=layer.name())

    context = project_context()
    with layers.store.lent(context):
        values = ParameterValues(train_algorithm(), given, context)
        return TrainingForm(_sensors(header_of, values), _labels(layers, values), _settings(values))


@dataclass(frozen=True)
class LayersWanted:
    """The layers in some parameters: rasters of the project by id, files by path, and which of them are labels."""

    keys: tuple[str, ...]
    files: tuple[str, ...]
    labels: str


def layers_wanted(given: dict[str, Any]) -> LayersWanted:
    """The layers that a form of these parameters needs.

    Products as delivered are left out, of which the form opens an image.
    """
    labels = _file_in(source_in(given.get("LABELS")))
    items = [each for name in RASTERS for each in _items(given.get(name))]
    texts = rasters_named(str(given.get(MORE_SENSORS) or ""))
    files = [file for each in (*items, *texts) if (file := _file_in(each)) and delivery_at(file) is None]
    ids = [layer.id() for each in (*items, *texts) if isinstance(layer := _project_layer(each), QgsRasterLayer)]
    paths = tuple(dict.fromkeys([*files, *([labels] if labels else [])]))
    return LayersWanted((*dict.fromkeys(ids), *paths), paths, labels)


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _project_layer(value: Any) -> Optional[QgsMapLayer]:
    """The layer of the project that Processing finds by a value: by id, name or source."""
    if isinstance(value, QgsMapLayer):
        return QgsProject.instance().mapLayer(value.id())
    return layer_named(value) if isinstance(value, str) else None


def _file_in(value: Any) -> str:
    """A value that names a file and no layer of the project; empty for any other."""
    return value if isinstance(value, str) and _project_layer(value) is None else ""


def limits(given: dict[str, Any]) -> str:
    """A message about parameters that the window does not support; empty if it supports all."""
    labels = given.get("LABELS")
    if isinstance(labels, QgsProcessingFeatureSourceDefinition) and labels.selectedFeaturesOnly:
        return tr("The training window uses all features of the label layer, not only the selected ones.")
    return ""


def _sensors(header_of: HeaderOf, values: ParameterValues) -> tuple[SensorRow, ...]:
    rows: list[SensorRow] = []
    for letter in LETTERS:
        prefix = f"SENSOR_{letter}"
        rasters = tuple(map(header_of, values.raster_layers(prefix)))
        if not rasters:
            continue
        taken = [row.name.casefold() for row in rows]
        name = values.text(f"{prefix}_NAME") or free_name(group(rasters)[0].name, taken)
        row = SensorRow(
            name,
            rasters,
            values.choice(f"{prefix}_LAYOUT", Layout),
            band_list(values.text(f"{prefix}_BANDS")),
            values.integer(f"{prefix}_DATES") if values.is_given(f"{prefix}_DATES") else None,
            read_nodata(values, f"{prefix}_NODATA") or (),
            read_mask(values, f"{prefix}_MASK"),
            tuple(map(header_of, values.raster_layers(f"{prefix}_MASK_RASTERS"))),
        )
        rows.append(row)
    for spec in read_more_sensors(values):
        paths = [raster.path for raster in (*spec.rasters, *spec.mask_rasters)]
        layers = values.layers_named("MORE_SENSORS", paths)
        rows.append(sensor_row(spec, dict(zip(paths, map(header_of, layers)))))
    return tuple(rows)


def _labels(layers: FormLayers, values: ParameterValues) -> LabelForm:
    rasters = values.raster_layers("LABEL_RASTER")
    layer: Optional[QgsMapLayer] = rasters[0] if rasters else values.vector_layer("LABELS")
    if layer is None:
        return LabelForm()
    groups = values.field_names("GROUP_FIELD")
    return LabelForm(
        layers.store.key_of(layer),
        layer.name(),
        bool(rasters),
        values.field_names("LABEL_FIELD"),
        groups[0] if groups else None,
        values.text("LABEL_BAND"),
        read_no_class(values) or (),
        read_class_colors(values),
    )


def _settings(values: ParameterValues) -> Settings:
    names = (name for name in setting_names() if values.is_given(parameter_of(name)))
    return Settings().with_value(*((name, _setting(values, name)) for name in names))


def _setting(values: ParameterValues, name: str) -> Any:
    """A setting in its type; lengths and some integers have no default."""
    parameter, default = parameter_of(name), default_setting(name)
    if isinstance(default, Enum):
        return values.choice(parameter, type(default))
    if isinstance(default, bool):
        return values.flag(parameter)
    if is_integer(name):
        return values.integer(parameter)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in values.text(parameter).split(","))
    return values.number(parameter)
