"""Two sensors of a model compared in the preview: found in the project, drawn on either side of a divider."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract import Band
from colearn.plugin.mapping_dock.form.companions import companions
from colearn.plugin.mapping_dock.layers.swipe import Swipe
from osgeo import gdal
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, QPoint, Qt
from qgis.PyQt.QtTest import QTest

from ..manifests import a_manifest, write_model
from ..training.form.headers import TEN, TWENTY, header
from ..waiting import work_until

CAMERA_BANDS, RED_EDGE_BANDS = ("B02", "B03", "B04", "B08"), ("B05", "B06", "B07", "B11", "B12", "B8A")
EXTENT = QgsRectangle(500_000, 5_799_970, 500_040, 5_800_000)  # what the fake engine's maps cover


@pytest.fixture
def manifest():
    """A camera of 10 m and one of 20 m."""
    made = a_manifest()
    sensors = [
        replace(sensor, name=name, pixel_m=pixel_m, bands=tuple(Band(band, 0.0, 1.0, 0.0, 1.0) for band in bands))
        for sensor, name, pixel_m, bands in zip(
            made.sensors, ("ten", "twenty"), (10.0, 20.0), (CAMERA_BANDS, RED_EDGE_BANDS)
        )
    ]
    return replace(made, sensors=tuple(sensors))


def test_files_of_a_band_each_are_found_among_others(manifest):
    assert companions(manifest, "ten", (*TEN, *TWENTY)) == {"twenty": TWENTY}
    assert companions(manifest, "twenty", (*TWENTY, *TEN)) == {"ten": TEN}


def test_without_one_of_its_bands_a_sensor_has_no_companion(manifest):
    assert companions(manifest, "ten", (*TEN, *TWENTY[1:])) == {"twenty": None}
    assert companions(manifest, "ten", ()) == {"twenty": None}


def test_a_raster_with_the_fewest_bands_more_is_taken_before_files(manifest):
    large, small = header("large", (*RED_EDGE_BANDS, "a", "b"), 20.0), header("small", (*RED_EDGE_BANDS, "a"), 20.0)
    assert companions(manifest, "ten", (large, *TWENTY, small)) == {"twenty": (small,)}


# The divider ----------------------------------------------------------


def coloured(path, value):
    """A layer of one grey value, 40 m × 30 m."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 4, 3, 3, gdal.GDT_Byte)
    dataset.SetGeoTransform((500_000, 10, 0, 5_800_000, 0, -10))
    dataset.WriteArray(np.full((3, 3, 4), value, np.uint8))
    dataset = None
    layer = QgsRasterLayer(str(path), path.stem)
    renderer = layer.renderer().clone()
    for part in ("Red", "Green", "Blue"):
        getattr(renderer, f"set{part}ContrastEnhancement")(None)
    layer.setRenderer(renderer)
    return layer


@pytest.fixture
def canvas(qgis_app):
    canvas = QgsMapCanvas()
    canvas.resize(400, 300)
    canvas.show()
    yield canvas
    canvas.deleteLater()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def layers(tmp_path):
    left, right = coloured(tmp_path / "gauche.tif", 40), coloured(tmp_path / "droite.tif", 200)
    QgsProject.instance().addMapLayer(left, False)
    yield left, right
    QgsProject.instance().clear()


@pytest.fixture
def swipe(canvas, layers, wait):
    left, right = layers
    canvas.setLayers([left])
    canvas.setExtent(EXTENT)
    canvas.refreshAllLayers()
    wait(lambda: grey(canvas, 100) == 40)
    swipe = Swipe(canvas, left, right)
    wait(lambda: swipe.item.image is not None)
    yield swipe
    if canvas.scene() is not None and swipe.item.scene() is not None:
        swipe.end()


def grey(canvas, x_px, y_px=200):
    image = canvas.grab().toImage()
    scale = image.width() / canvas.width()
    return image.pixelColor(int(x_px * scale), int(y_px * scale)).red()


def test_each_side_of_the_divider_shows_its_own_layer(canvas, swipe):
    assert (grey(canvas, 100), grey(canvas, 300)) == (40, 200)
    swipe.move(350)
    assert (grey(canvas, 300), grey(canvas, 380)) == (40, 200)
    swipe.move(-50)
    assert grey(canvas, 20) == 200
    swipe.move(5000)
    assert grey(canvas, 380) == 40


def test_the_divider_is_dragged_and_other_presses_are_the_canvas_s(canvas, swipe):
    view, none = canvas.viewport(), Qt.KeyboardModifier.NoModifier
    middle = QPoint(swipe.item.divider_px(), 100)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, none, middle)
    QTest.mouseMove(view, QPoint(120, 100))
    moved_to(view, QPoint(120, 100))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, none, QPoint(120, 100))
    assert abs(swipe.item.divider_px() - 120) <= 1
    QTest.mousePress(view, Qt.MouseButton.LeftButton, none, QPoint(300, 100))
    moved_to(view, QPoint(200, 100))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, none, QPoint(200, 100))
    assert abs(swipe.item.divider_px() - 120) <= 1


def moved_to(view, place):
    """A mouse move as the window system sends it; QTest's own does not arrive in a hidden window."""
    from qgis.PyQt.QtCore import QPointF
    from qgis.PyQt.QtGui import QMouseEvent

    moved = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QgsApplication.sendEvent(view, moved)


def test_another_extent_is_drawn_anew(canvas, swipe, wait):
    canvas.setExtent(QgsRectangle(500_010, 5_799_980, 500_030, 5_799_990))
    assert swipe.item.image is None  # nothing of the extent before is shown
    canvas.refresh()
    wait(lambda: swipe.item.image is not None)
    assert grey(canvas, 300) == 200


def test_nothing_is_left_when_it_ends(canvas, swipe, wait):
    item = swipe.item
    swipe.end()
    assert item not in canvas.scene().items()
    wait(lambda: grey(canvas, 300) == 40)


def test_a_layer_that_is_hidden_is_not_compared(canvas, swipe, wait):
    canvas.setLayers([])
    canvas.refresh()
    wait(lambda: swipe.item.image is None)
    wait(lambda: grey(canvas, 300) == canvas.canvasColor().red())


# In the dock ----------------------------------------------------------


@pytest.fixture
def model(manifest, tmp_path):
    one, other = manifest.sensors
    sensors = (replace(one, bands=one.bands[:1]), replace(other, bands=other.bands[:1]))
    return write_model(tmp_path / "modèle d'été.colearn", replace(manifest, sensors=sensors))


@pytest.fixture
def named_layer(raster_file):
    def make(name, band):
        path = raster_file(name, bands=1)
        dataset = gdal.Open(path, gdal.GA_Update)
        dataset.GetRasterBand(1).SetDescription(band)
        dataset = None
        layer = QgsRasterLayer(path, name)
        QgsProject.instance().addMapLayer(layer)
        return layer

    return make


def choose(dock, sensor):
    box = dock.compare.box
    work_until(lambda: box.findData(sensor) >= 0)
    box.setCurrentIndex(box.findData(sensor))
    box.activated.emit(box.currentIndex())


def test_a_sensor_without_layers_is_greyed_and_says_so(dock, model, named_layer, wait):
    dock.open_layers([named_layer("dix.tif", "B02")], model)
    box = dock.compare.box
    wait(lambda: box.findData("twenty") >= 0)
    at = box.findData("twenty")
    assert not box.model().item(at).isEnabled()
    assert box.itemData(at, Qt.ItemDataRole.ToolTipRole) == "no layer of the project matches this sensor"
    named_layer("vingt.tif", "B05")
    wait(lambda: box.model().item(box.findData("twenty")).isEnabled())


def test_a_preview_is_compared_with_the_same_window_of_the_other_sensor(dock, model, named_layer, fake_engine, wait):
    fake_engine("succeed")
    ten, twenty = named_layer("dix.tif", "B02"), named_layer("vingt.tif", "B05")
    canvas = dock._tools.canvas
    canvas.setDestinationCrs(ten.crs())
    canvas.setExtent(ten.extent())
    dock.open_layers([ten], model)
    choose(dock, "twenty")
    dock.preview_button.click()
    first = dock.session.run.parameters
    wait(lambda: dock._preview.swipe is not None)
    second = dock.session.run.parameters
    assert (first["SENSOR"], second["SENSOR"]) == ("ten", "twenty")
    assert second["EXTENT"] == first["EXTENT"]
    assert second["INPUT"] == [twenty.id()] or second["INPUT"] == [twenty]
    assert dock._preview.swipe.item._names == ("modèle d'été · ten", "modèle d'été · twenty")
    assert dock.message_text() == ""
    choose(dock, "")
    assert dock._preview.swipe is None


@pytest.fixture
def divided(dock, model, named_layer, fake_engine, wait):
    """A canvas divided between the sensors of two layers; the layer of the sensor compared with."""
    fake_engine("succeed")
    ten, twenty = named_layer("dix.tif", "B02"), named_layer("vingt.tif", "B05")
    dock._tools.canvas.setDestinationCrs(ten.crs())
    dock._tools.canvas.setExtent(ten.extent())
    dock.open_layers([ten], model)
    choose(dock, "twenty")
    dock.preview_button.click()
    wait(lambda: dock._preview.swipe is not None)
    return twenty


def test_a_preview_that_is_removed_takes_the_divider_along(dock, divided):
    QgsProject.instance().removeMapLayer(dock._preview._id)
    assert dock._preview.swipe is None


def test_a_sensor_that_is_no_longer_there_takes_the_divider_along(dock, divided, wait):
    """The box said “no other sensor”, and the canvas was still divided."""
    QgsProject.instance().removeMapLayer(divided.id())
    wait(lambda: dock.compare.box.currentData() == "")
    assert dock._preview.swipe is None
