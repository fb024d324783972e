"""The context menu of raster layers: models that fit, and actions for maps made by CoLearn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QMenu

from ...engine.contract import Layout
from ..messages import tr
from ..training.form.sensors.grouping import group
from ..training.form.sensors.header import RasterHeader
from . import models, words
from .form.companions import Rasters
from .layers.raster_reading import RasterReading

MOST_OFFERED = 15


@dataclass(frozen=True)
class LayerActions:
    """The callbacks of the entries."""

    map_with: Callable[[Sequence[QgsMapLayer], str, str], None]  # layers, model, sensor
    open_report: Callable[[str], None]
    assess: Callable[[QgsRasterLayer, str, str], None]  # the map, its model, its sensor
    map_other: Callable[[str, str], None]  # model, sensor


class LayerMenu:
    """CoLearn's menu for the selected layers. It opens at once; its entries follow when slow files are read."""

    def __init__(self, actions: LayerActions) -> None:
        self._actions = actions
        self._reading = RasterReading()

    def fill(self, menu: QMenu, layers: Sequence[QgsMapLayer]) -> None:
        """Fill the menu for these layers; layers other than rasters are ignored."""
        rasters = [layer for layer in layers if isinstance(layer, QgsRasterLayer)]
        if not rasters:
            return

        keys = [layer.id() for layer in rasters]  # the layers may be deleted while they are read

        def show(headers: Rasters) -> None:
            menu.clear()
            self._add_entries(menu, keys, headers)

        self._reading.read(_with_single_bands(rasters), show)
        if self._reading.names:
            menu.addAction(words.opening_words([layer.name() for layer in rasters])).setEnabled(False)

    def leave(self) -> None:
        """Stop for good."""
        self._reading.leave()

    def _add_entries(self, menu: QMenu, keys: Sequence[str], headers: Rasters) -> None:
        """Add the entries for the layers with these keys."""
        chosen = [header for header in headers if header.key in keys]
        if len(chosen) == 1 and chosen[0].origin is not None:
            _add_map_entries(menu, chosen[0].key, chosen[0].origin, self._actions)
        elif chosen:
            _add_offers(menu, with_other_bands(chosen, headers), self._actions)


def _with_single_bands(rasters: Sequence[QgsRasterLayer]) -> list[QgsMapLayer]:
    """Rasters; a single one of a single band with the project's others, which may be bands of the same image."""
    if len(rasters) != 1 or rasters[0].bandCount() != 1:
        return list(rasters)
    layers = QgsProject.instance().mapLayers().values()
    return [each for each in layers if isinstance(each, QgsRasterLayer) and each.bandCount() == 1]


def with_other_bands(chosen: Sequence[RasterHeader], headers: Rasters) -> Rasters:
    """A raster of a single band together with the other bands of the same image; anything else unchanged."""
    if len(chosen) == 1 and len(chosen[0].bands) == 1:
        for row in group(headers):
            if chosen[0] in row.rasters and row.guessed_layout() is Layout.BANDS:
                return row.rasters
    return tuple(chosen)


def report_beside(model: str) -> str:
    """The report next to a model; empty if there is none."""
    path = Path(model).with_suffix(".html")
    return str(path) if path.is_file() else ""


def _add_offers(menu: QMenu, headers: Rasters, actions: LayerActions) -> None:
    keys = [header.key for header in headers]
    offers = models.offers(headers)[:MOST_OFFERED]
    for offer in offers:
        fits = offer.fit.misfit is None
        text = words.offer_words(offer.model.name, offer.fit, len(keys))
        action = menu.addAction(tr("Map with {model}…").format(model=text) if fits else text)
        action.setEnabled(fits)
        action.triggered.connect(
            lambda _checked=False, offer=offer: actions.map_with(_layers_left(keys), offer.model.path, offer.fit.sensor)
        )
    menu.addSeparator()
    other = menu.addAction(tr("Map with another model…") if offers else tr("Map with a model…"))
    other.triggered.connect(lambda _checked=False: actions.map_with(_layers_left(keys), "", ""))


def _layers_left(keys: Sequence[str]) -> list[QgsMapLayer]:
    """Those of some layers that are still in the project: the menu may have been open for long."""
    layers = map(QgsProject.instance().mapLayer, keys)
    return [layer for layer in layers if layer is not None]


def _add_map_entries(menu: QMenu, key: str, made: tuple[str, str], actions: LayerActions) -> None:
    identity, sensor = made
    model = models.by_identity(identity)
    path = model.path if model is not None else ""
    report = report_beside(path) if path else ""

    def assess() -> None:
        for layer in _layers_left([key]):
            actions.assess(layer, path, sensor)

    for text, enabled, act in (
        (tr("Open report"), bool(report), lambda: actions.open_report(report)),
        (tr("Assess accuracy…"), bool(path), assess),
        (tr("Map another scene…"), bool(path), lambda: actions.map_other(path, sensor)),
    ):
        action = menu.addAction(text)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False, act=act: act())
    if not path:
        menu.addAction(tr("The model of this map is not in the list of models")).setEnabled(False)
