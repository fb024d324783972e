"""Values of a layer's bands, compared with those that a model was trained on, without blocking QGIS."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from qgis.core import (
    QgsDataProvider,
    QgsProviderRegistry,
    QgsRasterDataProvider,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ....engine.contract import Band
from ...process import background
from ...process.background import Background
from ...training.form.sensors.header import RasterHeader
from ...training.layers.layer_store import LayerStore
from ..form.fit import BandPair
from ..form.value_range import Likeness, likeness

LOOKED_AT_PX = 20_000
MOST_WHOLE_PX = 4_000_000  # size up to which a raster without overviews is read whole: some tens of ms
WINDOW_PX = 256  # a side
BANDS_AT_ONCE = 8  # then the form shows them

Place = tuple[str, int]  # key of a layer, number of its band
Statistics = tuple[float, float, float]  # mean, minimum, maximum; NaN if no pixel is valid
UNKNOWN = (math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class _Sampled:
    """A band to read; ``open`` makes what reads it in the thread that calls, and says whether it has overviews."""

    place: Place
    open: Callable[[], tuple[QgsRasterDataProvider, bool]]


class BandValues(QObject):
    """The statistics of the bands of the rasters that were asked for last.

    Signals: ``read`` when more of them are known.
    """

    read = pyqtSignal()

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._rasters: tuple[RasterHeader, ...] = ()
        self._known: dict[Place, Statistics] = {}
        self._work: Optional[Background] = None
        self._run: object = None  # another one stops the thread

    def likenesses(
        self,
        pairs: Sequence[BandPair],
        trained: Mapping[str, Band],
        rasters: tuple[RasterHeader, ...],
        store: LayerStore,
    ) -> dict[str, Likeness]:
        """Whether the values of each band resemble the training's, as far as they are known; reading goes on."""
        if rasters != self._rasters:
            self._stop()
            self._rasters, self._known = rasters, {}
        places = {pair.expected: _place(pair.found, rasters) for pair in pairs}
        if self._work is None:
            self._begin([place for place in places.values() if place is not None and place not in self._known], store)
        return {
            name: likeness(trained[name], *self._known[place]) for name, place in places.items() if place in self._known
        }

    def leave(self) -> None:
        """Stop for good, and let the thread release its file."""
        work = self._work
        self._stop()
        if work is not None:
            work.wait(background.LEAVE_S)

    def _begin(self, places: Sequence[Place], store: LayerStore) -> None:
        sampled = []
        for place in places[:BANDS_AT_ONCE]:
            layer = store.find(place[0])
            if isinstance(layer, QgsRasterLayer) and layer.isValid():
                sampled.append(_Sampled(place, _opener(layer, place[1])))
            else:
                self._known[place] = UNKNOWN
        if sampled:
            run = self._run = object()

            def read() -> dict[Place, Statistics]:
                found = {}
                for each in sampled:
                    if self._run is run:
                        found[each.place] = _statistics_of(each)
                return found

            unread = dict.fromkeys((each.place for each in sampled), UNKNOWN)
            self._work = Background(read, self._take, lambda _error: self._take(unread))

    def _take(self, found: dict[Place, Statistics]) -> None:
        self._stop()
        self._known.update(found)
        self.read.emit()

    def _stop(self) -> None:
        if self._work is not None:
            self._work.forget()
        self._work = self._run = None


def _statistics_of(band: _Sampled) -> Statistics:
    """The statistics of a band; UNKNOWN if it cannot be read: that says nothing about the others."""
    try:
        provider, has_overviews = band.open()
        return statistics(provider, band.place[1], has_overviews)
    except Exception:  # noqa: BLE001  (whatever it is, the map's own error will name it)
        return UNKNOWN


def _place(band: str, rasters: Sequence[RasterHeader]) -> Optional[Place]:
    """Where a band of the image is stored; None if it occurs on several dates or in several scenes."""
    names = [list(raster.band_names()) for raster in rasters]
    places = [
        (raster.key, own.index(band) + 1) if band in own else (raster.key, 1)
        for raster, own in zip(rasters, names)
        if band and (band in own or raster.only_band() == band)
    ]
    if len(rasters) == 1 and not places and band.isdecimal():
        places = [(rasters[0].key, int(band))]
    return places[0] if len(places) == 1 else None


def _opener(layer: QgsRasterLayer, number: int) -> Callable[[], tuple[QgsRasterDataProvider, bool]]:
    """How another thread opens the file of a layer, with the nodata values that are set on one of its bands.

    A copy of the layer's provider would share the dataset of a JPEG 2000 file: QGIS's own thread, which asks the layer
    for nearly everything, would wait for whoever reads from it.
    """
    provider = layer.dataProvider()
    if layer.providerType() != "gdal":
        copy, has_overviews = provider.clone(), provider.hasPyramids()  # which a copy knows only once it has read
        return lambda: (copy, has_overviews)
    source, is_own_used = provider.dataSourceUri(), provider.useSourceNoDataValue(number)
    nodata = provider.userNoDataValues(number)

    def opened() -> tuple[QgsRasterDataProvider, bool]:
        own = QgsProviderRegistry.instance().createProvider("gdal", source, QgsDataProvider.ProviderOptions())
        own.setUseSourceNoDataValue(number, is_own_used)
        own.setUserNoDataValue(number, nodata)
        return own, own.hasPyramids()

    return opened


def statistics(provider: QgsRasterDataProvider, number: int, has_overviews: bool) -> Statistics:
    """Mean, minimum and maximum of a sample of pixels."""
    windows = _looked_at(provider, has_overviews)
    # All statistics: selecting some is deprecated in QGIS 3.40 and later, whether by flags or by an integer.
    each = [
        provider.bandStatistics(number, extent=window, sampleSize=LOOKED_AT_PX // len(windows)) for window in windows
    ]
    valid = [found for found in each if found.minimumValue <= found.maximumValue]
    if not valid:
        return UNKNOWN
    counts = [max(found.elementCount, 1) for found in valid]
    mean = sum(count * found.mean for count, found in zip(counts, valid)) / sum(counts)
    return mean, min(found.minimumValue for found in valid), max(found.maximumValue for found in valid)


def _looked_at(provider: QgsRasterDataProvider, has_overviews: bool) -> list[QgsRectangle]:
    """The whole raster, or nine windows of a large one without overviews, which takes seconds to read whole."""
    whole, cols, rows = provider.extent(), provider.xSize(), provider.ySize()
    if has_overviews or cols * rows <= MOST_WHOLE_PX:
        return [whole]
    width, height = whole.width() / cols, whole.height() / rows
    half_x, half_y = min(WINDOW_PX, cols / 3) * width / 2, min(WINDOW_PX, rows / 3) * height / 2
    at_x = [whole.xMinimum() + whole.width() * sixth / 6 for sixth in (1, 3, 5)]
    at_y = [whole.yMinimum() + whole.height() * sixth / 6 for sixth in (1, 3, 5)]
    return [QgsRectangle(x - half_x, y - half_y, x + half_x, y + half_y) for y in at_y for x in at_x]
