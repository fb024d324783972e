"""Rasters that are slow to open: QGIS goes on meanwhile, and whatever happens then is harmless."""

import threading
from dataclasses import replace

import pytest
from colearn.plugin.layers import opened_layers
from colearn.plugin.mapping_dock import models
from colearn.plugin.mapping_dock.dock import MapDock
from colearn.plugin.mapping_dock.layer_menu import LayerActions, LayerMenu
from colearn.plugin.process import background
from colearn.plugin.training.layers import header_reader
from osgeo import gdal
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QEvent, QEventLoop, QTimer
from qgis.PyQt.QtWidgets import QMenu

from ..manifests import a_manifest, write_model


@pytest.fixture
def file(image):
    """A raster file that fits the model, in a project without layers."""
    path = image.source()
    QgsProject.instance().clear()
    return path


def names_in_project():
    return sorted(layer.name() for layer in QgsProject.instance().mapLayers().values())


def all_ended():
    return not background._under_way


def test_a_picked_file_is_opened_in_a_thread_and_the_dock_says_so(dock, model, file, gate, wait):
    dock.session.open_files([file])
    assert dock.verdict_label.text() == dock.choices.image_box.currentText() == "Opening scène…"
    dock.open_model(model)  # meanwhile
    assert dock.verdict_label.text() == "Opening scène…"
    assert not dock.map_button.isEnabled()
    gate.open()
    wait(dock.map_button.isEnabled)
    (layer,) = QgsProject.instance().mapLayers().values()
    assert [raster.key for raster in dock.session.form.rasters] == [layer.id()]
    assert layer.thread() is QgsApplication.instance().thread()
    assert dock.choices.image_box.currentText() == "scène"
    assert threading.main_thread() not in gate.passed_in


def test_the_event_loop_turns_while_a_file_is_opened(dock, model, file, gate):
    dock.open_model(model)
    loop, turns, timer = QEventLoop(), [], QTimer()

    def turn():
        turns.append(dock.verdict_label.text())
        if len(turns) == 20:
            gate.open()
        if dock.session.form.rasters or len(turns) > 2000:
            loop.quit()

    timer.timeout.connect(turn)
    timer.start(5)
    QTimer.singleShot(0, lambda: dock.session.open_files([file]))
    loop.exec()
    timer.stop()
    assert turns[1:20] == 19 * ["Opening scène…"]
    assert dock.session.form.rasters


def test_a_second_choice_takes_the_place_of_the_first(dock, model, image, raster_file, gate, wait):
    dock.open_model(model)
    first, second = raster_file("first.tif"), raster_file("second.tif")
    dock.session.open_files([first])
    dock.session.open_files([second])
    assert dock.verdict_label.text() == "Opening second…"
    dock.session.choose_layers([image])
    assert dock.verdict_label.text() == "Opening scène…"
    gate.open()
    wait(all_ended)
    wait(lambda: dock.session.form.rasters)
    assert [raster.name for raster in dock.session.form.rasters] == ["scène"]
    assert names_in_project() == ["scène"]


def test_a_file_that_is_no_raster_leaves_the_image_before(dock, model, image, gate, wait, tmp_path):
    gate.open()
    dock.open_layers([image], model)
    wait(dock.map_button.isEnabled)
    gate.close()
    notes = tmp_path / "notes.txt"
    notes.write_text("none", encoding="utf-8")
    dock.session.open_files([str(notes)])
    assert not dock.map_button.isEnabled()  # of which image is not known yet
    gate.open()
    wait(dock.map_button.isEnabled)
    assert dock.message_text() == "No raster: notes"
    assert dock.choices.image_box.currentText() == "scène"


def test_an_error_in_the_thread_alone_is_none(dock, model, file, monkeypatch, wait):
    """QGIS opens the file itself."""

    def fails(*_given):
        raise MemoryError

    monkeypatch.setattr(header_reader, "open_raster", fails)
    dock.open_model(model)
    dock.session.open_files([file])
    wait(dock.map_button.isEnabled)


def test_a_layer_that_goes_while_it_is_read_is_not_chosen(dock, model, image, gate, wait):
    dock.open_layers([image], model)
    QgsProject.instance().removeMapLayer(image.id())
    assert dock.verdict_label.text() == "Opening scène…"
    gate.open()
    wait(all_ended)
    wait(lambda: dock.verdict_label.text() == "Choose an image from one of the sensors of the model.")


def test_a_search_that_finds_nothing_ends(dock, model, raster_layer, gate, wait):
    raster_layer("other.tif")
    dock.open_model(model)
    assert dock.verdict_label.text() == "Looking through the layers of the project…"
    gate.open()
    wait(lambda: dock.verdict_label.text().startswith("Choose an image"))


def test_a_project_closed_meanwhile_gets_no_layer(dock, model, file, gate, wait):
    dock.open_model(model)
    dock.session.open_files([file])
    QgsProject.instance().clear()
    assert dock.verdict_label.text() == "Choose an image from one of the sensors of the model."
    gate.open()
    wait(all_ended)
    assert names_in_project() == []


def test_a_dock_may_go_for_good_while_it_opens_a_file(provider, settings, canvas, file, gate, wait, monkeypatch):
    monkeypatch.setattr(background, "LEAVE_S", 0.01)
    closed = MapDock(canvas)
    closed.session.open_files([file])
    closed.release()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.open()
    wait(all_ended)
    assert names_in_project() == []


def test_a_closed_dock_has_its_image_when_it_is_shown_again(dock, model, file, gate, wait):
    dock.open_model(model)
    dock.session.open_files([file])
    dock.close()
    gate.open()
    wait(dock.map_button.isEnabled)
    assert names_in_project() == ["scène"]


def test_the_layers_of_a_project_are_looked_through_while_qgis_goes_on(dock, model, image, gate, wait):
    dock.open_model(model)
    assert dock.verdict_label.text() == "Looking through the layers of the project…"
    gate.open()
    wait(dock.map_button.isEnabled)
    assert threading.main_thread() not in gate.passed_in


def test_what_a_person_chooses_ends_the_search_for_an_image(dock, model, image, raster_layer, gate, wait):
    other = raster_layer("other.tif")
    dock.open_model(model)
    dock.session.choose_layers([other])
    gate.open()
    wait(all_ended)
    wait(lambda: dock.session.form.rasters)
    assert [raster.name for raster in dock.session.form.rasters] == ["other"]


def test_a_sensor_named_with_layers_is_chosen_once_they_are_read(dock, image, tmp_path, gate, wait):
    """Both sensors fit; the other one was asked for."""
    manifest = a_manifest()
    band = replace(manifest.sensors[0].bands[0], name="B02")
    sensors = tuple(replace(each, bands=(band,), pixel_m=10.0) for each in manifest.sensors)
    path = write_model(tmp_path / "both.colearn", replace(manifest, sensors=sensors))
    dock.open_layers([image], path, "radar")
    assert dock.session.form.model == path
    gate.open()
    wait(dock.map_button.isEnabled)
    assert dock.session.form.sensor == "radar"


def test_the_menu_of_a_layer_opens_at_once_and_is_filled_when_its_file_is_read(
    provider, settings, context, model, image, gate, wait
):
    models.remember(model)
    menu, entries = QMenu(), LayerMenu(LayerActions(*[lambda *given: None] * 4))
    entries.fill(menu, [image])
    assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [("Opening scène…", False)]
    gate.open()
    wait(lambda: len(menu.actions()) > 1)
    assert menu.actions()[0].text() == "Map with modèle d'été – optical (10 m)…"
    gate.close()
    entries.fill(menu, [image])
    entries.leave()  # as when the plugin is unloaded
    gate.open()
    wait(all_ended)


def test_a_menu_of_a_layer_that_goes_while_it_is_read_has_no_entries(image, wait, gate):
    menu, entries = QMenu(), LayerMenu(LayerActions(*[lambda *given: None] * 4))
    entries.fill(menu, [image])
    QgsProject.instance().removeMapLayer(image.id())
    gate.open()
    wait(menu.isEmpty)


def test_a_file_of_vector_data_is_no_raster(dock, model, image, file_labels, wait):
    dock.open_layers([image], model)
    wait(dock.map_button.isEnabled)
    dock.session.open_files([file_labels("points.gpkg").source().split("|")[0]])
    wait(lambda: dock.message_text() == "No raster: points")
    assert "points" not in names_in_project()
    assert dock.map_button.isEnabled()


def test_a_raster_without_crs_gets_the_one_of_qgiss_settings_in_its_own_thread(dock, raster_file, monkeypatch, wait):
    """QGIS may ask for it, in a dialog."""
    asked_in = []

    def validate(crs):
        asked_in.append(threading.current_thread())
        crs.createFromString("EPSG:32633")

    monkeypatch.setattr(QgsCoordinateReferenceSystem, "validate", validate)
    dock.session.open_files([raster_file("nowhere.tif", epsg=None)])
    wait(lambda: dock.session.form.rasters)
    assert asked_in == [threading.main_thread()]
    assert dock.session.form.rasters[0].crs == "EPSG:32633"


def test_a_layer_is_opened_with_its_style_and_name_in_any_thread(provider, raster_file):
    path = raster_file("scène d'été.tif", bands=1)
    shown = QgsRasterLayer(path, "shown")
    shown.setOpacity(0.5)
    shown.saveNamedStyle(path.replace(".tif", ".qml"))
    found = []
    thread = threading.Thread(target=lambda: found.append(opened_layers.open_raster(path)))
    thread.start()
    thread.join()
    assert (found[0].name(), found[0].isValid(), found[0].opacity()) == ("scène d'été", True, 0.5)
    assert found[0].bandCount() == gdal.Open(path).RasterCount
