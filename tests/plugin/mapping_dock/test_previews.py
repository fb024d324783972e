"""Previews: where, of what, and what becomes of them."""

import threading
from dataclasses import replace

import pytest
from colearn.plugin.mapping_dock.dock import MapDock
from colearn.plugin.mapping_dock.form import map_form
from colearn.plugin.mapping_dock.layers import runs
from colearn.plugin.process import background
from qgis.core import QgsApplication, QgsPointXY, QgsProject, QgsRectangle
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, Qt

from deadlines import on_this_machine

from ..waiting import Gate


def test_a_preview_is_the_window_around_the_canvas_centre(dock, model, image, canvas, fake_engine, wait):
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    for _again in range(2):  # the second takes the first one's place
        dock.preview_button.click()
        assert dock.bar.maximum() == 0  # busy: the engine starts
        given = dock.session.run.parameters
        assert given["EXTENT"] == "500000.0,500080.0,5799940.0,5800000.0 [EPSG:32633]"
        assert "OUTPUT_CONFIDENCE" not in given
        wait(lambda: not dock.session.is_running())
    assert dock.verdict_label.text().startswith("To map: ")  # the preview is of the whole image
    root = QgsProject.instance().layerTreeRoot()
    group = root.findGroup("CoLearn preview")
    assert [node.name() for node in group.findLayers()] == ["modèle d'été · optical"]
    assert all(node.isExpanded() for node in (group, *group.findLayers()))  # the colours are explained at once


def test_a_preview_of_a_part_of_the_image_says_so(dock, model, image, canvas, fake_engine, wait, monkeypatch):
    monkeypatch.setattr(map_form.preview_frame, "__defaults__", (2,))  # pixels
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    dock.preview_button.click()
    wait(lambda: not dock.session.is_running())
    assert dock.verdict_label.text().startswith("The preview shows 8.3 % of the image. To map: ")
    (node,) = QgsProject.instance().layerTreeRoot().findGroup("CoLearn preview").findLayers()
    QgsProject.instance().removeMapLayer(node.layerId())
    assert dock.verdict_label.text().startswith("To map: ")  # the user has removed it
    dock.preview_button.click()
    wait(lambda: not dock.session.is_running())
    assert dock.verdict_label.text().startswith("The preview shows ")
    dock.session.edit(replace(dock.session.form, confidence=False))
    assert dock.verdict_label.text().startswith("To map: ")


def test_an_engine_that_dies_in_a_preview_is_reported_and_the_next_preview_starts_another(
    dock, model, image, canvas, fake_engine, wait
):
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    for scenario, message in (("crash", "engine_died"), ("succeed", "")):
        fake_engine(scenario)
        dock.preview_button.click()
        wait(lambda: not dock.session.is_running())
        assert message in dock.message_text()
    assert QgsProject.instance().layerTreeRoot().findGroup("CoLearn preview") is not None


def test_a_preview_under_way_ends_with_the_dock(provider, settings, model, image, canvas, fake_engine, wait):
    fake_engine("deaf")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    closed = MapDock(canvas)
    closed.open_layers([image], model)
    closed.preview_button.click()
    run = closed.session.run
    wait(lambda: closed.bar.value() == 10)  # per cent: the engine is at work
    closed.release()  # as when QGIS is quit
    wait(lambda: run.is_over, patience_s=on_this_machine(5))
    assert run.is_cancelled
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert list(QgsProject.instance().mapLayers()) == [image.id()]
    QgsProject.instance().clear()


def test_a_preview_of_a_layer_that_has_gone_meanwhile_is_not_shown(dock, model, image, canvas, fake_engine, wait):
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    dock.preview_button.click()
    QgsProject.instance().clear()  # another project is opened
    wait(lambda: not dock.session.is_running())
    assert QgsProject.instance().mapLayers() == {}


def test_a_preview_at_a_click_is_around_it_and_gives_the_tool_back(dock, model, image, canvas, fake_engine, wait):
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    dock.open_layers([image], model)
    before = QgsMapToolPan(canvas)
    canvas.setMapTool(before)
    dock.click_button.click()
    tool = canvas.mapTool()
    assert tool is not before
    tool.canvasClicked.emit(QgsPointXY(500_010, 5_799_990), Qt.MouseButton.LeftButton)
    assert canvas.mapTool() is before
    assert dock.session.is_running()
    wait(lambda: not dock.session.is_running())
    canvas.unsetMapTool(before)


def test_a_preview_outside_the_image_is_reported(dock, model, image, canvas):
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(QgsRectangle(0, 0, 10, 10))
    dock.open_layers([image], model)
    dock.preview_button.click()
    assert "outside the image" in dock.message_text()
    assert not dock.session.is_running()


def test_warm_up_begins_with_a_model_and_its_image_and_serves_the_first_preview(
    dock, model, image, canvas, fake_engine, wait
):
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_model(model)  # with the project's layer that fits
    wait(dock.session._engine._is_alive)
    process = dock.session._engine._process
    dock.preview_button.click()
    wait(lambda: not dock.session.is_running())
    assert dock.session._engine._process is process
    assert dock.message_text() == ""


def test_warm_up_waits_for_an_image(dock, model, canvas, fake_engine):
    fake_engine("succeed")
    dock.open_model(model)
    assert dock.session._engine._warming is None


@pytest.fixture
def slow_preview(dock, model, image, canvas, fake_engine, wait, monkeypatch):
    """The gate of a preview of a part of the image, that is made but not open yet."""
    gate = Gate()
    monkeypatch.setattr(map_form.preview_frame, "__defaults__", (2,))  # pixels
    monkeypatch.setattr(runs, "open_raster", gate.before(runs.open_raster))
    monkeypatch.setattr(background, "PATIENCE_S", 0)
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    wait(dock.map_button.isEnabled)
    dock.preview_button.click()
    wait(lambda: gate.passed_in)
    yield gate
    gate.open()


def test_a_preview_is_opened_in_a_thread_and_then_described(dock, slow_preview, wait):
    slow_preview.open()
    wait(lambda: QgsProject.instance().layerTreeRoot().findGroup("CoLearn preview") is not None)
    assert threading.main_thread() not in slow_preview.passed_in
    assert dock.verdict_label.text().startswith("The preview shows ")


def test_a_new_preview_takes_the_place_of_one_that_is_still_being_opened(dock, slow_preview, wait):
    shown = []
    dock.session.previewed.connect(shown.append)
    dock.preview_button.click()
    wait(lambda: len(slow_preview.passed_in) == 2)
    slow_preview.open()
    wait(lambda: not background._under_way)
    assert len(shown) == 1


def test_no_other_sensor_is_previewed_while_a_map_is_made(dock, slow_preview, wait, monkeypatch):
    compared = []
    monkeypatch.setattr(dock.session, "_compare", lambda: compared.append(True))
    monkeypatch.setattr(dock.session, "is_running", lambda: True)
    monkeypatch.setattr(dock.session.others, "find", lambda *_asked: None)
    dock.session.others.rasters = {"radar": dock.session.form.rasters}
    dock.session.other = "radar"
    slow_preview.open()
    wait(lambda: not background._under_way)
    wait(lambda: QgsProject.instance().layerTreeRoot().findGroup("CoLearn preview") is not None)
    assert not compared


def test_a_dock_may_go_for_good_while_its_preview_is_opened(
    provider, settings, canvas, model, image, fake_engine, wait, monkeypatch
):
    gate, shown = Gate(), []
    monkeypatch.setattr(background, "PATIENCE_S", 0)
    monkeypatch.setattr(runs, "open_raster", gate.before(runs.open_raster))
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    closed = MapDock(canvas)
    closed.open_layers([image], model)
    wait(closed.map_button.isEnabled)
    closed.preview_button.click()
    wait(lambda: gate.passed_in)
    closed.session.previewed.connect(shown.append)
    closed.release()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.open()
    wait(lambda: not background._under_way)
    assert shown == []
