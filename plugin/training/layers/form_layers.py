"""The layers behind the training form: read again if they changed, given new keys if they leave the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Optional

from qgis.core import QgsProject, QgsRasterLayer

from ...layers.band_metadata import FileFacts
from ...layers.opened_layers import RasterSettings, open_raster, settle_crs
from ...layers.sources import is_local
from ..form.form import TrainingForm
from ..form.labels import LabelFacts, LabelForm
from ..form.sensors.header import RasterHeader
from .header_reader import HeaderReader, Reached, Wanted
from .header_reading import Places, failed_header, header_of, placed_in, within
from .label_reading import LabelReader, LabelReading
from .layer_store import LayerStore

GONE = "gone: "  # prefix of the key of a layer that no longer exists


class FormLayers:
    """Layers by their keys, and the content of the label layer."""

    def __init__(self) -> None:
        self.store = LayerStore()
        self.reading = LabelReading()
        self._label_key = ""  # key of the label layer that was read
        self._labels: Optional[LabelReader] = None
        self._headers: list[HeaderReader] = []
        self._places: dict[str, Places] = {}  # label locations, by CRS of the rasters

    def header(self, key: str, facts: Optional[FileFacts] = None) -> RasterHeader:
        """The header of an open raster layer, with the labels that it covers; ``facts`` as in :func:`.header_of`."""
        return self._with_covered(header_of(key, self.store.find(key), facts))

    def read_headers(
        self,
        keys: Iterable[str],
        then: Callable[[tuple[RasterHeader, ...]], None],
        progressed: Callable[[], None],
        names: Mapping[str, str] = MappingProxyType({}),
        trusted: bool = True,
        labels: str = "",
    ) -> None:
        """Read headers without blocking QGIS.

        Args:
            progressed: called while they are read, and at the end.
            names: of the layers to open for the form, by key; empty to name one after its file.
            trusted: whether the user chose the files; remote files named by a project or a job are not opened.
            labels: the one of the keys that was chosen as labels; its layer may be a vector layer.
        """

        def wanted(key: str) -> Wanted:
            layer = self.store.find(key)
            if layer is not None:
                return Wanted(key, str(layer.source()))
            if key not in names or not (trusted or is_local(key)):
                return Wanted(key, "")
            return Wanted(key, key, names[key], key == labels)

        def read(raster: Wanted, found: Reached) -> RasterHeader:
            if raster.name is not None and self.store.find(raster.key) is None:
                self.store.adopt(raster.key, settle_crs(found.layer or open_raster(raster.source, raster.name)))
            return self.header(raster.key, found.facts)

        def end(headers: tuple[RasterHeader, ...]) -> None:
            then(self.covered(headers))  # labels may have been read since the first of them was

        self._read(tuple(map(wanted, keys)), read, end, progressed)

    def _read(
        self,
        wanted: Sequence[Wanted],
        read: Callable[[Wanted, Reached], RasterHeader],
        then: Callable[[tuple[RasterHeader, ...]], None],
        progressed: Callable[[], None],
    ) -> None:
        def end(headers: tuple[RasterHeader, ...]) -> None:
            self._headers.remove(reader)
            then(headers)
            progressed()  # at the end, too, for what came of it may change nothing in the form

        def failed(key: str, error: Exception) -> RasterHeader:
            return failed_header(key, self.store.find(key), error)

        reader = HeaderReader(wanted, read, end, failed)
        reader.progressed.connect(progressed)
        self._headers.append(reader)
        reader.start()

    def rasters_read(self) -> tuple[int, int]:
        """The number of rasters read, and the total being read; (0, 0) if none are."""
        return sum(each.done for each in self._headers), sum(each.total for each in self._headers)

    def stop_headers(self) -> None:
        """Stop reading headers."""
        for reader in self._headers:
            reader.stop()
        self._headers = []

    def without_unopened(self, form: TrainingForm) -> TrainingForm:
        """The form once reading was stopped: rasters whose layers were being opened again are gone."""
        keys = [raster.key for raster in form.rasters()]
        return form.with_headers(tuple(self.header(key) for key in keys if self.store.find(key) is None))

    def read_labels(self, labels: LabelForm, then: Callable[[LabelForm], None]) -> None:
        """Read the label layer without blocking QGIS.

        ``then`` is called with the labels and their most likely field, once ``reading`` has the result.
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
        """The form with the labels that each of its rasters covers."""
        return form.with_headers(self.covered(form.rasters()))

    def covered(self, headers: Iterable[RasterHeader]) -> tuple[RasterHeader, ...]:
        """The headers with the labels that each covers."""
        return tuple(map(self._with_covered, headers))

    def close(self) -> None:
        """Release all layers."""
        if self._labels is not None:
            self._labels.wait()
        for reader in self._headers:
            reader.wait()
        self._headers = []
        self.store.close()

    def without(
        self, form: TrainingForm, leaving: Sequence[str], progressed: Callable[[], None]
    ) -> Optional[TrainingForm]:
        """The form after layers leave the project: now given by files, or marked as gone; None if it uses none.

        Args:
            leaving: their ids; they are still in the project.
            progressed: called while rasters are opened again.
        """
        renamed, rasters = {}, {}
        for key in {raster.key for raster in form.rasters()} | {form.labels.key}:
            layer = QgsProject.instance().mapLayer(key) if key in leaving else None
            if isinstance(layer, QgsRasterLayer) and key != form.labels.key and layer.providerType() == "gdal":
                renamed[key] = str(layer.source())
                rasters[renamed[key]] = RasterSettings(layer)
            elif layer is not None:
                renamed[key] = self.store.reopened(layer) or f"{GONE}{layer.name()}"
        if not renamed:
            return None
        form = with_keys(form, renamed)
        gone = [each.key for each in form.rasters() if each.key.startswith(GONE)]
        self._reopen(rasters, progressed)
        return form.with_headers(tuple(map(self.header, gone)))

    def _reopen(self, rasters: Mapping[str, RasterSettings], progressed: Callable[[], None]) -> None:
        """Open rasters, by their sources, that were in the project."""

        def read(raster: Wanted, found: Reached) -> RasterHeader:
            if self.store.find(raster.key) is None:
                layer = found.layer or open_raster(raster.source, raster.name or "")
                self.store.adopt(raster.key, rasters[raster.key].set_on(layer))
            return self.header(raster.key, found.facts)

        wanted = [Wanted(source, source, settings.name) for source, settings in rasters.items()]
        if wanted:
            self._read(wanted, read, lambda _headers: None, progressed)

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
