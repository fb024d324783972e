"""Values of an image beside those of the training: from few pixels, however large it is."""

import numpy as np
import pytest
from colearn.plugin.mapping_dock.layers.band_values import _looked_at, statistics
from osgeo import gdal
from qgis.core import QgsRasterLayer
from qgis.PyQt import sip

SIDE_PX = 3000


@pytest.fixture
def large(tmp_path, provider):
    """9 megapixels of 10 m without overviews: 1, 2 and 3 in the thirds from west to east; one pixel of 60,000."""
    path = str(tmp_path / "large.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, SIDE_PX, SIDE_PX, 1, gdal.GDT_UInt16, ["TILED=YES"])
    dataset.SetGeoTransform((0, 10, 0, 0, 0, -10))
    values = np.tile(np.repeat([1, 2, 3], SIDE_PX // 3).astype(np.uint16), (SIDE_PX, 1))
    values[0, 0] = 60_000  # outside all windows
    dataset.GetRasterBand(1).WriteArray(values)
    dataset = None
    layer = QgsRasterLayer(path, "large")
    yield layer
    sip.delete(layer)  # after the last test it would outlive QGIS: a crash


def test_a_large_image_is_looked_at_in_nine_windows(large):
    """Of 256 pixels around the middle of each ninth: the first is that of 5,000 m, − 25,000 m, ± 1,280 m."""
    provider = large.dataProvider()
    windows = _looked_at(provider, False)
    assert len(windows) == 9
    first = windows[0]
    assert (first.xMinimum(), first.xMaximum(), first.yMinimum(), first.yMaximum()) == (3720, 6280, -26280, -23720)
    read = sum(window.area() for window in windows) / large.extent().area()
    assert read == pytest.approx(9 * 256**2 / SIDE_PX**2)  # 6.6 %
    assert statistics(provider, 1) == (2.0, 1.0, 3.0)


def test_overviews_are_looked_at_as_a_whole(large):
    assert _looked_at(large.dataProvider(), True) == [large.extent()]


def test_windows_of_nodata_alone_do_not_count(large):
    """The western third is nodata: (2 + 3) / 2 of the others."""
    large.dataProvider().setNoDataValue(1, 1)
    assert statistics(large.dataProvider().clone(), 1) == (2.5, 2.0, 3.0)  # as the dock reads it, in a thread
