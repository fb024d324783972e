"""The layers behind the training window's form: read for it where they changed, named anew where they leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Optional

from qgis.core import QgsProject

from ..form.form import TrainingForm
from ..form.sensors.header import RasterHeader
from .header_reading import covered_places, header_of
from .label_reading import LabelReading, read_label_layer, with_likeliest_field
from .layer_store import LayerStore

GONE = "gone: "  # before the name of a layer of which nothing is left


class FormLayers:
    """Layers by their keys, and what the label layer holds."""

    def __init__(self) -> None:
        self.store = LayerStore()
        self.reading = LabelReading()
        self._label_key = ""  # of what was read

    def header(self, key: str) -> RasterHeader:
        """The header of a raster layer, with the labels that it covers."""
        return self._with_covered(header_of(key, self.store.find(key)))

    def headers(self, keys: Iterable[str]) -> tuple[RasterHeader, ...]:
        """The headers of layers."""
        return tuple(self.header(key) for key in keys)

    def with_labels_read(self, form: TrainingForm) -> TrainingForm:
        """Read the label layer; the form with the field it most probably means, and rasters with what they cover."""
        self._label_key = form.labels.key
        layer = self.store.find(self._label_key)
        reading = read_label_layer(layer, form.labels)
        guessed = with_likeliest_field(form.labels, reading.facts)
        if guessed != form.labels:
            form = replace(form, labels=guessed)
            reading = read_label_layer(layer, guessed)
        moved = reading.places != self.reading.places
        self.reading = reading
        if not moved:
            return form
        return form.with_headers(tuple(self._with_covered(each) for each in form.rasters()))

    def without(self, form: TrainingForm, leaving: Sequence[str]) -> Optional[TrainingForm]:
        """The form once layers have left the project: by their files, or named as gone; None where it has none of them.

        Args:
            leaving: their ids; they are still in the project.
        """
        renamed = {}
        for key in {raster.key for raster in form.rasters()} | {form.labels.key}:
            layer = QgsProject.instance().mapLayer(key) if key in leaving else None
            if layer is not None:
                renamed[key] = self.store.reopened(layer) or f"{GONE}{layer.name()}"
        if not renamed:
            return None
        form = with_keys(form, renamed)
        gone = [each.key for each in form.rasters() if each.key.startswith(GONE)]
        return form.with_headers(self.headers(gone))

    def _with_covered(self, header: RasterHeader) -> RasterHeader:
        layer = self.store.find(self._label_key)
        covered = frozenset() if layer is None else covered_places(header, self.reading.places, layer.crs())
        return replace(header, covered=covered)


def with_keys(form: TrainingForm, renamed: Mapping[str, str]) -> TrainingForm:
    """The form with other keys of its layers."""

    def moved(rasters: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(replace(raster, key=renamed.get(raster.key, raster.key)) for raster in rasters)

    sensors = tuple(
        replace(sensor, rasters=moved(sensor.rasters), mask_rasters=moved(sensor.mask_rasters))
        for sensor in form.sensors
    )
    labels = replace(form.labels, key=renamed.get(form.labels.key, form.labels.key))
    return replace(form, sensors=sensors, labels=labels)
