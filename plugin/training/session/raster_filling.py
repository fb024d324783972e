"""Adding rasters to the form: opened and read without blocking QGIS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from qgis.core import QgsMapLayer, QgsRasterLayer, QgsVectorLayer

from ....engine.contract import shown_text
from ...layers.file_kinds import without_sidecars
from ...messages import tr
from ..form.labels import LabelForm, is_held_out
from ..form.sensors.grouping import by_name
from ..form.sensors.header import RasterHeader
from ..layers.form_layers import FormLayers

if TYPE_CHECKING:
    from .session import Session


class RasterFilling:
    """Adds rasters to the form of a session; edits made meanwhile are kept."""

    def __init__(self, session: Session, layers: FormLayers) -> None:
        self._session = session
        self._layers = layers
        self.is_opening = False  # a form that will take the place of the session's
        self._label_file = ""  # the file of labels that is being opened

    def add_layers(self, layers: Iterable[QgsMapLayer]) -> None:
        """Add raster layers of the project as sensors, grouped; the first vector layer becomes the labels."""
        chosen = list(layers)
        vectors = [LabelForm(layer.id(), layer.name()) for layer in chosen if isinstance(layer, QgsVectorLayer)]
        vectors.sort(key=lambda each: is_held_out(each.name))

        def add(headers: Sequence[RasterHeader]) -> None:
            form = self._session.form.add_grouped(by_name(self._still_there(headers)))
            labels = vectors[0] if vectors and not form.labels.key else form.labels
            self._session.edit(replace(form, labels=labels))

        self._read([layer.id() for layer in chosen if isinstance(layer, QgsRasterLayer)], add)

    def add_files(self, paths: Sequence[str]) -> None:
        """Add raster files as sensors, grouped; the first vector file becomes the labels, unless they are chosen."""

        def add(headers: Sequence[RasterHeader]) -> None:
            rasters = self._without_vectors(headers)
            self._session.edit(self._session.form.add_grouped(by_name(rasters)))

        files = without_sidecars(paths)
        self._read(files, add, dict.fromkeys(files, ""))

    def add_to_sensor(self, layers: Sequence[str], paths: Sequence[str], place: int) -> None:
        """Add layers of the project, by id, and raster files to a sensor; to a new one if it no longer exists."""

        def add(headers: Sequence[RasterHeader]) -> None:
            rasters = self._without_vectors(self._still_there(headers))
            is_there = place < len(self._session.form.sensors)
            self._session.edit(
                self._session.form.put(rasters, place) if is_there else self._session.form.put_apart(rasters)
            )

        files = without_sidecars(paths)
        self._read((*layers, *files), add, dict.fromkeys(files, ""))

    def set_label_file(self, path: str) -> None:
        """Choose a file of labels, vector or raster; what is chosen while it is being opened takes its place."""

        def take(headers: Sequence[RasterHeader]) -> None:
            if self._label_file == path:
                self._session.set_labels(path, headers[0].name)

        earlier = self._layers.store.owned(path)
        if earlier is not None and not earlier.isValid():  # it may have been mended, or opened as a raster
            self._layers.store.forget(path)
        self._label_file = path
        self._read([path], take, {path: ""}, labels=path)

    def forget_label_file(self) -> None:
        """Drop the file of labels that is being opened, if any: others were chosen."""
        self._label_file = ""

    def open_form(
        self,
        keys: Sequence[str],
        then: Callable[[Sequence[RasterHeader]], None],
        names: Mapping[str, str] = MappingProxyType({}),
        trusted: bool = True,
        labels: str = "",
    ) -> None:
        """Read the rasters of a form that replaces the session's; reading of rasters for the latter is cancelled.

        Args:
            names: of the layers to open, by key.
            trusted: whether the user chose the files, not a project or a job.
            labels: the key of its labels, if they are to be opened as well.
        """

        def end(headers: Sequence[RasterHeader]) -> None:
            self.is_opening = False
            then(headers)

        self.stop()
        self.is_opening = True
        self._read(keys, end, names, trusted, labels)

    def stop(self) -> None:
        """Stop reading."""
        self._layers.stop_headers()
        self.is_opening = False
        self.forget_label_file()

    def _read(
        self,
        keys: Sequence[str],
        then: Callable[[Sequence[RasterHeader]], None],
        names: Mapping[str, str] = MappingProxyType({}),
        trusted: bool = True,
        labels: str = "",
    ) -> None:
        self._layers.read_headers(keys, then, self._session.progress.emit, names, trusted, labels)

    def _without_vectors(self, headers: Sequence[RasterHeader]) -> tuple[RasterHeader, ...]:
        """The rasters among files that were given together: whole folders are dragged in, with their labels."""
        vectors = [header for header in headers if self._is_vector(header)]
        for header in sorted(vectors, key=lambda each: is_held_out(each.name)):
            if not self._session.form.labels.key:
                self._session.set_labels(header.key, header.name)
        left = [header.name for header in vectors if header.key != self._session.form.labels.key]
        if left:
            words = tr("{names}: vector data, not added. Choose it on the page “Labels” to use it instead of {labels}.")
            chosen = shown_text(self._session.form.labels.name)
            self._session.failed.emit(words.format(names=", ".join(map(shown_text, left)), labels=chosen))
        # Where these are the labels, they were not known when the headers were read.
        return self._layers.covered(header for header in headers if header not in vectors)

    def _is_vector(self, header: RasterHeader) -> bool:
        return isinstance(self._layers.store.owned(header.key), QgsVectorLayer)

    def _still_there(self, headers: Sequence[RasterHeader]) -> tuple[RasterHeader, ...]:
        return tuple(header for header in headers if self._layers.store.find(header.key) is not None)
