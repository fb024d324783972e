"""The layers behind the training window's form: read for it where they changed, named anew where they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Optional

from qgis.core import QgsProject

from ...layers.sources import is_local
from ..form.form import TrainingForm
from ..form.labels import LabelFacts, LabelForm
from ..form.sensors.header import RasterHeader
from .header_reader import HeaderReader
from .header_reading import Places, header_of, placed_in, within
from .label_reading import LabelReader, LabelReading
from .layer_store import LayerStore

GONE = "gone: "  # before the name of a layer of which nothing is left


class FormLayers:
    """Layers by their keys, and what the label layer holds."""

    def __init__(self) -> None:
        self.store = LayerStore()
        self.reading = LabelReading()
        self._label_key = ""  # of what was read
        self._labels: Optional[LabelReader] = None
        self._headers: list[HeaderReader] = []
        self._places: dict[str, Places] = {}  # where labels are, by CRS of rasters

    def header(self, key: str) -> RasterHeader:
        """The header of a raster layer that is open, with the labels that it covers."""
        return self._with_covered(header_of(key, self.store.find(key)))

    def read_headers(
        self,
        keys: Iterable[str],
        then: Callable[[tuple[RasterHeader, ...]], None],
        progressed: Callable[[], None],
        open_layer: Callable[[str], object],
        trusted: bool = True,
    ) -> None:
        """Read headers while QGIS goes on.

        Args:
            open_layer: opens the layer of a key that is not in the project.
            trusted: whether a person chose the files; those of a project or a job are not asked for in the network.
        """

        def source_of(key: str) -> str:
            layer = self.store.find(key)
            if layer is not None:
                return str(layer.source())
            return key if trusted or is_local(key) else ""

        def read(key: str) -> RasterHeader:
            if self.store.find(key) is None:
                open_layer(key)
            return self.header(key)

        def end(headers: tuple[RasterHeader, ...]) -> None:
            self._headers.remove(reader)
            then(headers)

        reader = HeaderReader(tuple(keys), source_of, read, end)
        reader.progressed.connect(progressed)
        self._headers.append(reader)
        reader.start()

    def rasters_read(self) -> tuple[int, int]:
        """How many rasters are read, of how many that are being read; (0, 0) where none is."""
        return sum(each.done for each in self._headers), sum(each.total for each in self._headers)

    def stop_headers(self) -> None:
        """Give up reading headers."""
        for reader in self._headers:
            reader.stop()
        self._headers = []

    def read_labels(self, labels: LabelForm, then: Callable[[LabelForm], None]) -> None:
        """Read the label layer while QGIS goes on.

        ``then`` gets the labels with the field they most probably mean, once ``reading`` has what was read.
        """
        if self._labels is not None:
            self._labels.stop()
        fields = self.reading.facts.fields if labels.key == self._label_key else ()
        self._label_key = labels.key
        self.reading, self._places = LabelReading(LabelFacts(fields, is_being_read=True)), {}

        def take(found: LabelForm, reading: LabelReading) -> None:
            self.reading, self._places = reading, {}  # rasters read meanwhile asked for places that were not known
            then(found)

        self._labels = LabelReader(self.store.find(labels.key), labels, take)

    def covering(self, form: TrainingForm) -> TrainingForm:
        """The form, its rasters with the labels that they cover."""
        return form.with_headers(tuple(self._with_covered(each) for each in form.rasters()))

    def close(self) -> None:
        """Let go of all layers."""
        if self._labels is not None:
            self._labels.wait()
        for reader in self._headers:
            reader.wait()
        self._headers = []
        self.store.close()

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
        return form.with_headers(tuple(map(self.header, gone)))

    def _with_covered(self, header: RasterHeader) -> RasterHeader:
        layer = self.store.find(self._label_key)
        if layer is None or header.bounds is None:
            return replace(header, covered=frozenset())
        if header.crs not in self._places:
            self._places[header.crs] = placed_in(header.crs, self.reading.places, layer.crs())
        return replace(header, covered=within(header.bounds, self._places[header.crs]))


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
