"""Values of an image beside those of the training: of few pixels, however large it is; QGIS does not wait."""

import threading

import numpy as np
import pytest
from colearn.plugin.mapping_dock.layers import band_values
from colearn.plugin.mapping_dock.layers.band_values import BandValues, _looked_at, statistics
from colearn.plugin.process import background
from colearn.plugin.training.layers.layer_store import LayerStore
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsRasterRange
from qgis.PyQt import sip

from ..waiting import Gate

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
    assert statistics(provider, 1, False) == (2.0, 1.0, 3.0)


def test_overviews_are_looked_at_as_a_whole(large):
    assert _looked_at(large.dataProvider(), True) == [large.extent()]


def test_windows_of_nodata_alone_do_not_count(large):
    """The western third is nodata: (2 + 3) / 2 of the others."""
    large.dataProvider().setNoDataValue(1, 1)
    assert statistics(large.dataProvider().clone(), 1, False) == (2.5, 2.0, 3.0)  # as the dock reads it, in a thread


def test_nodata_values_that_are_set_in_qgis_do_not_count(large):
    """The file is opened once more for the thread: a copy of the provider of a JPEG 2000 file shares its dataset."""
    large.dataProvider().setUserNoDataValue(1, [QgsRasterRange(1, 1)])
    own, has_overviews = band_values._opener(large, 1)()
    assert own is not large.dataProvider() and not has_overviews
    assert statistics(own, 1, False) == (2.5, 2.0, 3.0)


def test_a_band_that_cannot_be_read_hides_no_other(large, wait):
    values, opener = BandValues(), band_values._opener

    def opened(layer, number):
        return opener(layer, number) if number == 1 else lambda: 1 / 0

    store, places = LayerStore(), [("large", number) for number in (2, 1)]
    store.find = lambda _key: large
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(band_values, "_opener", opened)
        values._begin(places, store)
        wait(lambda: len(values._known) == 2)
    assert values._known["large", 1] == (2.0, 1.0, 3.0)
    assert values._known["large", 2] is band_values.UNKNOWN


# In the dock ----------------------------------------------------------


def all_ended():
    return not background._under_way


def test_values_are_read_in_a_thread_and_those_of_another_image_arrive_nowhere(dock, model, image, monkeypatch, wait):
    gate = Gate()
    monkeypatch.setattr(band_values, "statistics", gate.before(band_values.statistics))
    dock.open_layers([image], model)
    assert dock.map_button.isEnabled()
    assert dock.bands.item(0, 2).text() == ""
    dock.session.choose_layers([])
    gate.open()
    wait(all_ended)
    assert dock.session.band_values._known == {}
    dock.session.choose_layers([image])
    wait(lambda: dock.bands.item(0, 2).text() == "as in training")
    assert threading.main_thread() not in gate.passed_in


def test_values_of_an_image_with_overviews_are_read_from_them(dock, model, image, monkeypatch, tmp_path, wait):
    """The thread that reads it opens the file anew, and asks it there."""
    file = str(tmp_path / "large.tif")
    dataset = gdal.Translate(file, image.source(), width=256, height=256)
    dataset.SetGeoTransform((500_000, 10, 0, 5_800_000, 0, -10))
    dataset.BuildOverviews("NEAREST", [2])
    dataset = None
    QgsProject.instance().clear()
    asked, read = [], band_values.statistics
    monkeypatch.setattr(band_values, "statistics", lambda *given: asked.append(given[2]) or read(*given))
    dock.session.choose_model(model)
    dock.session.open_files([file])
    wait(lambda: asked)
    assert asked == [True]


def test_values_of_a_layer_that_goes_meanwhile_are_harmless(dock, model, image, monkeypatch, wait):
    gate = Gate()
    monkeypatch.setattr(band_values, "statistics", gate.before(band_values.statistics))
    dock.open_layers([image], model)
    QgsProject.instance().removeMapLayer(image.id())
    gate.open()
    wait(all_ended)
    assert dock.session.form.rasters == ()


def test_values_that_cannot_be_read_are_unknown_and_not_asked_for_again(dock, model, image, monkeypatch, wait):
    asked = []

    def fails(*given):
        asked.append(given[1])
        raise RuntimeError("provider")

    monkeypatch.setattr(band_values, "statistics", fails)
    dock.open_layers([image], model)
    wait(all_ended)
    dock.fill()
    wait(all_ended)
    assert asked == [1]
    assert dock.verdict_label.text().startswith("To map: ")
