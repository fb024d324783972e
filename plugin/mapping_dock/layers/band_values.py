"""Values of a layer's bands, beside those a model was trained on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.core import QgsRasterLayer

from ....engine.contract import Band
from ...training.form.sensors.header import RasterHeader
from ...training.layers.layer_store import LayerStore
from ..form.fit import BandPair
from ..form.value_range import Likeness, likeness

LOOKED_AT_PX = 20_000


def likenesses(
    pairs: Sequence[BandPair], trained: Mapping[str, Band], rasters: Sequence[RasterHeader], store: LayerStore
) -> dict[str, Likeness]:
    """Whether the values of each band look like the training's, from some pixels of the layer."""
    found = {}
    for pair in pairs:
        stored = _stored(pair.found, rasters, store)
        if stored is not None:
            found[pair.expected] = likeness(trained[pair.expected], *_statistics(*stored))
    return found


def _stored(band: str, rasters: Sequence[RasterHeader], store: LayerStore) -> Optional[tuple[QgsRasterLayer, int]]:
    """The layer and number of a band of the image; None where several dates or scenes have it."""
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
    # All of them: to say which ones is deprecated in QGIS 3.40 and later, whether as flags or as a number.
    found = layer.dataProvider().bandStatistics(number, extent=layer.extent(), sampleSize=LOOKED_AT_PX)
    if found.minimumValue > found.maximumValue:  # no valid pixel among those looked at
        return math.nan, math.nan, math.nan
    return found.mean, found.minimumValue, found.maximumValue
