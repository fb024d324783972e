"""The rasters of the dock's form: chosen by a person, or found in the project; QGIS does not wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Optional

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt.QtCore import QObject

from ...engine.contract import shown_text
from ..layers.above_rasters import add_below_vectors
from ..layers.file_kinds import without_sidecars
from ..messages import tr
from .form.companions import Rasters, companions
from .form.fit import fits_of
from .layers.raster_reading import Opened, RasterReading

if TYPE_CHECKING:
    from .session import MapSession


def _nothing() -> None:
    """Do nothing more."""


class ImageChoice(QObject):
    """Chooses the rasters of a session's form. The last choice counts; edits made while it is read are kept."""

    def __init__(self, session: MapSession) -> None:
        super().__init__(session)
        self._session = session
        self._is_choice = False  # what is being read was chosen; otherwise it is looked through
        self._search: Optional[Callable[[], None]] = None  # begins once the choice is read
        self._reading = RasterReading(self)
        self._reading.changed.connect(session.changed)

    @property
    def opening(self) -> tuple[str, ...]:
        """The names of the chosen rasters that are still being opened."""
        return self._reading.names if self._is_choice else ()

    @property
    def is_searching(self) -> bool:
        """Whether the layers of the project are being looked through."""
        return bool(self._reading.names) and not self._is_choice

    def choose_layers(self, layers: Iterable[QgsMapLayer], then: Callable[[], None] = _nothing) -> None:
        """Choose the raster layers of one sensor; ``then`` is called once they are read."""

        def choose(rasters: Rasters) -> None:
            self._take(rasters)
            self._end_choice(then)

        self._is_choice, self._search = True, None
        self._reading.read(layers, choose)

    def open_files(self, paths: Sequence[str], then: Callable[[], None] = _nothing) -> None:
        """Add raster files to the project, and choose them together; those that are no rasters are reported."""

        def choose(headers: Rasters, layers: Opened) -> None:
            opened = {key: layer for key, layer in layers.items() if isinstance(layer, QgsRasterLayer)}
            there = {key: layer for key, layer in opened.items() if layer.isValid()}
            others = [shown_text(header.name) for header in headers if header.key not in there]
            if there:
                add_below_vectors(list(there.values()))
                self._take(tuple(header for header in headers if header.key in there))
            else:
                self._session.changed.emit()
            if others:
                self._session.failed.emit(tr("No raster: {names}").format(names=", ".join(others)))
            self._end_choice(then)

        files = without_sidecars(paths)
        if files:
            self._is_choice, self._search = True, None
            self._reading.open(files, choose)
        else:
            then()

    def find(self, then: Callable[[], None] = _nothing, files: Sequence[str] = ()) -> None:
        """Find rasters for the model in the project, else open ``files``; complete bands of a sensor that are chosen.

        A choice that is still being read goes first.
        """
        if self.opening:
            self._search = partial(self.find, then, files)
        elif self._session.form.rasters and self._session.fit() is not None:
            then()
        elif self._session.manifest is None:
            self._end_search((), then, files)
        else:
            self._is_choice = False
            self._reading.read_project(lambda headers: self._end_search(headers, then, files))

    def leave(self) -> None:
        """Stop for good."""
        self._reading.leave()

    def _take(self, rasters: Rasters) -> None:
        self._session.edit(replace(self._session.form, rasters=rasters, sensor="", bands=()))

    def _end_choice(self, then: Callable[[], None]) -> None:
        search, self._search = self._search, None
        then()
        if search is not None:
            search()

    def _end_search(self, headers: Rasters, then: Callable[[], None], files: Sequence[str]) -> None:
        chosen = {raster.key for raster in self._session.form.rasters}
        together = (each for each in self._sets(headers) if chosen < {raster.key for raster in each})
        rasters = next(together, ()) if chosen else next(self._fitting(headers), ()) or next(together, ())
        if rasters:
            self._take(rasters)
        else:
            self._session.changed.emit()  # nothing is looked through any more
        if files and not self._session.form.rasters:
            self.open_files(files, then)
        else:
            then()

    def _fitting(self, headers: Rasters) -> Iterator[Rasters]:
        """Each raster that fits a sensor of the model; checked without updating the form, as there may be hundreds."""
        manifest = self._session.manifest
        if manifest is not None:
            yield from ((header,) for header in headers if fits_of(manifest, (header,))[0].misfit is None)

    def _sets(self, headers: Rasters) -> Iterator[Rasters]:
        """The sets of rasters that together fit a sensor of the model, sensor by sensor."""
        if self._session.manifest is not None:
            found = companions(self._session.manifest, "", headers)
            yield from (each for each in found.values() if each)
