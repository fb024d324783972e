"""Values of a layer's bands, compared with those that a model was trained on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.core import QgsRasterLayer, QgsRectangle

from ....engine.contract import Band
from ...training.form.sensors.header import RasterHeader
from ...training.layers.layer_store import LayerStore
from ..form.fit import BandPair
from ..form.value_range import Likeness, likeness

LOOKED_AT_PX = 20_000
MOST_WHOLE_PX = 4_000_000  # size up to which a raster without overviews is read whole: some tens of ms
WINDOW_PX = 256  # a side


def likenesses(
    pairs: Sequence[BandPair], trained: Mapping[str, Band], rasters: Sequence[RasterHeader], store: LayerStore
) -> dict[str, Likeness]:
    """Whether the values of each band resemble the training's, from a sample of the layer's pixels."""
    found = {}
    for pair in pairs:
        stored = _stored(pair.found, rasters, store)
        if stored is not None:
            found[pair.expected] = likeness(trained[pair.expected], *_statistics(*stored))
    return found


def _stored(band: str, rasters: Sequence[RasterHeader], store: LayerStore) -> Optional[tuple[QgsRasterLayer, int]]:
    """The layer and number of a band of the image; None if it occurs on several dates or in several scenes."""
    names = [list(raster.band_names()) for raster in rasters]
    places = [
        (raster.key, own.index(band) + 1) if band in own else (raster.key, 1)
        for raster, own in zip(rasters, names)
        if band and (band in own or raster.only_band() == band)
    ]
    if len(rasters) == 1 and not places and band.isdecimal():
        places = [(rasters[0].key, int(band))]
    layer = store.find(places[0][0]) if len(places) == 1 else None
    return (layer, places[0][1]) if isinstance(layer, QgsRasterLayer) else None


def _statistics(layer: QgsRasterLayer, number: int) -> tuple[float, float, float]:
    """Mean, minimum and maximum of a sample of pixels; NaN if none of them is valid."""
    provider = layer.dataProvider()
    windows = _looked_at(layer, provider.hasPyramids())
    # All statistics: selecting some is deprecated in QGIS 3.40 and later, whether by flags or by an integer.
    each = [
        provider.bandStatistics(number, extent=window, sampleSize=LOOKED_AT_PX // len(windows)) for window in windows
    ]
    valid = [found for found in each if found.minimumValue <= found.maximumValue]
    if not valid:
        return math.nan, math.nan, math.nan
    counts = [max(found.elementCount, 1) for found in valid]
    mean = sum(count * found.mean for count, found in zip(counts, valid)) / sum(counts)
    return mean, min(found.minimumValue for found in valid), max(found.maximumValue for found in valid)


def _looked_at(layer: QgsRasterLayer, has_overviews: bool) -> list[QgsRectangle]:
    """The whole layer, or nine windows of a large one without overviews, which takes QGIS seconds to read whole."""
    whole, cols, rows = layer.extent(), layer.width(), layer.height()
    if has_overviews or cols * rows <= MOST_WHOLE_PX:
        return [whole]
    width, height = whole.width() / cols, whole.height() / rows
    half_x, half_y = min(WINDOW_PX, cols / 3) * width / 2, min(WINDOW_PX, rows / 3) * height / 2
    at_x = [whole.xMinimum() + whole.width() * sixth / 6 for sixth in (1, 3, 5)]
    at_y = [whole.yMinimum() + whole.height() * sixth / 6 for sixth in (1, 3, 5)]
    return [QgsRectangle(x - half_x, y - half_y, x + half_x, y + half_y) for y in at_y for x in at_x]
