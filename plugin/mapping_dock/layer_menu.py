"""The context menu of raster layers: models that fit, and actions for maps made by CoLearn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QMenu

from ...engine.contract import Layout
from ..layers.band_metadata import MODEL_TAG, SENSOR_TAG, metadata_item
from ..layers.sources import gdal_source
from ..messages import tr
from ..training.form.sensors.grouping import group
from ..training.layers.header_reading import header_of
from . import models, words

MOST_OFFERED = 15


@dataclass(frozen=True)
class LayerActions:
    """The callbacks of the entries."""

    map_with: Callable[[Sequence[QgsMapLayer], str, str], None]  # layers, model, sensor
    open_report: Callable[[str], None]
    assess: Callable[[QgsRasterLayer, str, str], None]  # the map, its model, its sensor
    map_other: Callable[[str, str], None]  # model, sensor


def fill_layer_menu(menu: QMenu, layers: Sequence[QgsMapLayer], actions: LayerActions) -> None:
    """Fill CoLearn's menu for the selected layers; layers other than rasters are ignored."""
    rasters = [layer for layer in layers if isinstance(layer, QgsRasterLayer)]
    if not rasters:
        return
    made = origin_of(rasters[0]) if len(rasters) == 1 else None
    if made is not None:
        _add_map_entries(menu, rasters[0], made, actions)
    else:
        _add_offers(menu, with_other_bands(rasters), actions)


def with_other_bands(rasters: Sequence[QgsRasterLayer]) -> list[QgsRasterLayer]:
    """A single-band layer together with the project's other bands of the same image; anything else unchanged."""
    if len(rasters) != 1 or rasters[0].bandCount() != 1:
        return list(rasters)
    layers = [each for each in QgsProject.instance().mapLayers().values() if isinstance(each, QgsRasterLayer)]
    single = {each.id(): each for each in layers if each.bandCount() == 1}
    rows = group(header_of(key, layer) for key, layer in single.items())
    for row in rows:
        keys = [raster.key for raster in row.rasters]
        if rasters[0].id() in keys and row.guessed_layout() is Layout.BANDS:
            return [single[key] for key in keys]
    return list(rasters)


def origin_of(layer: QgsMapLayer) -> Optional[tuple[str, str]]:
    """The identity of the model and the sensor that made a map; None for other rasters."""
    source = gdal_source(layer.source())
    identity = metadata_item(source, MODEL_TAG)
    return (identity, metadata_item(source, SENSOR_TAG)) if identity else None


def report_beside(model: str) -> str:
    """The report next to a model; empty if there is none."""
    path = Path(model).with_suffix(".html")
    return str(path) if path.is_file() else ""


def _add_offers(menu: QMenu, layers: Sequence[QgsMapLayer], actions: LayerActions) -> None:
    headers = tuple(header_of(layer.id(), layer) for layer in layers)
    for offer in models.offers(headers)[:MOST_OFFERED]:
        fits = offer.fit.misfit is None
        text = words.offer_words(offer.model.name, offer.fit, len(layers))
        action = menu.addAction(tr("Map with {model}…").format(model=text) if fits else text)
        action.setEnabled(fits)
        action.triggered.connect(
            lambda _checked=False, offer=offer: actions.map_with(layers, offer.model.path, offer.fit.sensor)
        )
    menu.addSeparator()
    other = menu.addAction(tr("Map with another model…"))
    other.triggered.connect(lambda _checked=False: actions.map_with(layers, "", ""))


def _add_map_entries(menu: QMenu, layer: QgsMapLayer, made: tuple[str, str], actions: LayerActions) -> None:
    identity, sensor = made
    model = models.by_identity(identity)
    path = model.path if model is not None else ""
    report = report_beside(path) if path else ""
    for text, enabled, act in (
        (tr("Open report"), bool(report), lambda: actions.open_report(report)),
        (tr("Assess accuracy…"), bool(path), lambda: actions.assess(layer, path, sensor)),
        (tr("Map another scene…"), bool(path), lambda: actions.map_other(path, sensor)),
    ):
        action = menu.addAction(text)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False, act=act: act())
    if not path:
        menu.addAction(tr("The model of this map is not in the list of models")).setEnabled(False)
