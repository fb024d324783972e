"""The area to map drawn on the canvas: corner by corner, with the mouse."""

import pytest
from colearn.plugin.mapping_dock.form.map_form import Area
from colearn.plugin.mapping_dock.widgets.polygon_tool import PolygonTool
from qgis.core import QgsPointXY, QgsProject, QgsRectangle, QgsWkbTypes
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest

SQUARE = ((10, 10), (110, 10), (110, 60), (10, 60))  # pixels of the canvas
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def drawing(dock, model, image, canvas):
    """The dock over a canvas that shows the image, with the polygons' row in sight."""
    canvas.resize(200, 200)
    canvas.show()
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    box = dock.choices.area_box
    box.setCurrentIndex(box.findData(Area.POLYGONS.value))
    box.activated.emit(box.currentIndex())
    return dock


def draw(dock, canvas, corners, end=RIGHT):
    dock.choices.draw_button.click()
    for x, y in corners:
        QTest.mouseClick(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    QTest.mouseClick(canvas.viewport(), end, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))


def drawn(dock):
    layer = QgsProject.instance().mapLayer(dock.session.form.mask_key)
    return [feature.geometry() for feature in layer.getFeatures()] if layer is not None else []


def test_the_polygon_drawn_is_the_mask_of_the_map(drawing, canvas):
    earlier = QgsMapToolPan(canvas)
    canvas.setMapTool(earlier)
    draw(drawing, canvas, SQUARE)
    (shape,) = drawn(drawing)
    to_map = canvas.getCoordinateTransform().toMapCoordinates
    expected = QgsRectangle(QgsPointXY(to_map(10, 10)), QgsPointXY(to_map(110, 60)))
    assert shape.boundingBox().toString(3) == expected.toString(3)
    assert shape.area() == pytest.approx(expected.area())
    layer = QgsProject.instance().mapLayer(drawing.session.form.mask_key)
    assert layer.crs() == canvas.mapSettings().destinationCrs()
    assert drawing.session.form.job().mask.path == layer.id()
    assert drawing.choices.polygon_box.currentText() == "area to map"
    assert canvas.mapTool() is earlier


def test_a_second_polygon_joins_the_first_but_no_layer_of_the_persons(drawing, canvas, memory_labels):
    draw(drawing, canvas, SQUARE)
    first = drawing.session.form.mask_key
    draw(drawing, canvas, ((120, 120), (180, 120), (180, 180)))
    assert drawing.session.form.mask_key == first
    assert len(drawn(drawing)) == 2
    own = memory_labels()
    before = own.featureCount()
    box = drawing.choices.polygon_box
    box.setCurrentIndex(box.findData(own.id()))
    box.activated.emit(box.currentIndex())
    draw(drawing, canvas, SQUARE)
    assert own.featureCount() == before
    assert drawing.session.form.mask_key not in (first, own.id())


def test_sides_that_cross_make_a_valid_area(drawing, canvas):
    """A bow tie: two triangles."""
    draw(drawing, canvas, ((10, 10), (110, 110), (110, 10), (10, 110)))
    (shape,) = drawn(drawing)
    assert shape.isGeosValid()
    assert shape.type() == QgsWkbTypes.GeometryType.PolygonGeometry
    side = canvas.mapUnitsPerPixel() * 100
    assert shape.area() == pytest.approx(side * side / 2, rel=1e-6)


@pytest.mark.parametrize("corners", [(), ((10, 10),), ((10, 10), (90, 90)), ((10, 10), (50, 50), (90, 90))])
def test_what_has_no_area_is_no_polygon(drawing, canvas, corners):
    draw(drawing, canvas, corners)
    assert drawing.session.form.mask_key == ""


def test_corners_are_taken_back(drawing, canvas):
    drawing.choices.draw_button.click()
    for x, y in (*SQUARE[:2], (180, 180)):
        QTest.mouseClick(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    draw_on = (*SQUARE[2:],)
    for x, y in draw_on:
        QTest.mouseClick(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    QTest.mouseClick(canvas.viewport(), RIGHT, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    (shape,) = drawn(drawing)
    pixel = canvas.mapUnitsPerPixel()
    assert shape.area() == pytest.approx(100 * pixel * 50 * pixel)  # 100 × 50 pixels, without the fifth corner


def test_asked_twice_the_persons_tool_comes_back_all_the_same(drawing, canvas):
    earlier = QgsMapToolPan(canvas)
    canvas.setMapTool(earlier)
    drawing.choices.draw_button.click()
    draw(drawing, canvas, SQUARE)
    assert canvas.mapTool() is earlier
    drawing.choices.draw_button.click()
    assert isinstance(canvas.mapTool(), PolygonTool)
