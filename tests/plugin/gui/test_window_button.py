"""From the toolbox's dialog of a training into the training window, with what is filled in."""

import json
import threading

import pytest
from colearn.engine.contract import ClassColor, Layout, Method
from colearn.plugin.gui import window_button
from colearn.plugin.training.layers import header_reader, layer_store
from colearn.plugin.training.trainings import Trainings
from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeatureSourceDefinition, QgsProject
from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtWidgets import QPushButton


@pytest.fixture
def trainings(provider, settings, monkeypatch):
    trainings = Trainings(None)
    monkeypatch.setattr(window_button, "openers", [trainings.open_with])
    yield trainings
    trainings.close_all()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QgsProject.instance().clear()


@pytest.fixture
def go_on(dialog, trainings):
    """Fill in the dialog, press the button; the window that opened."""

    def press(values):
        shown = dialog("train")
        for name, value in values.items():
            shown.mainWidget().wrappers[name].setParameterValue(value, QgsProcessingContext())
        shown.findChild(QPushButton, "colearn_window").click()
        (window,) = trainings.windows
        return window

    return press


def test_what_is_filled_in_goes_along(go_on, raster_layer, raster_file, memory_labels):
    labels = memory_labels()
    thermal = [{"name": "thermal", "rasters": [{"path": raster_file("warm.tif"), "name": "warm"}]}]
    window = go_on(
        {
            "SENSOR_A": [raster_layer("optical.tif")],
            "SENSOR_A_NAME": "10 m",
            "SENSOR_A_BANDS": "1",
            "SENSOR_A_NODATA": "0; -9999",
            "SENSOR_C": [raster_file("radar.tif")],
            "SENSOR_C_LAYOUT": "scenes",
            "MORE_SENSORS": json.dumps(thermal),
            "LABELS": labels.id(),
            "LABEL_FIELD": ["fclass"],
            "GROUP_FIELD": "site",
            "LABEL_NODATA": "meadow",
            "CLASS_COLORS": ["forest", "#112233", ""],
            "METHOD": "mdico",
            "EPOCHS": 7,
            "CONTEXT_M": 50.0,
            "TARGET_UNITS": "m, t/ha",
        }
    )
    form = window.session.form
    assert [sensor.name for sensor in form.sensors] == ["10 m", "radar", "thermal"]
    assert [[raster.name for raster in sensor.rasters] for sensor in form.sensors] == [["optical"], ["radar"], ["warm"]]
    assert (form.sensors[0].bands, form.sensors[0].nodata, form.sensors[1].layout) == (
        *(("1",), (0.0, -9999.0), Layout.SCENES),
    )
    assert (form.labels.key, form.labels.label_fields, form.labels.group_field) == (labels.id(), ("fclass",), "site")
    assert (form.labels.left_out, form.labels.colors) == (("meadow",), (ClassColor("forest", "#112233"),))
    changed = dict(form.settings.changed)
    assert changed == {"method": Method.MDICO, "epochs": 7, "context_m": 50.0, "target_units": ("m", "t/ha")}
    assert window.message_text() == ""


def test_files_are_opened_once_and_not_in_the_thread_of_qgis(trainings, raster_file, file_labels, monkeypatch, wait):
    labels = file_labels()
    path = labels.source()
    QgsProject.instance().removeMapLayer(labels.id())
    more = [{"name": "thermal", "rasters": [{"path": raster_file("warm.tif"), "name": ""}]}]
    opened = []

    def noting(open_it):
        def note(source, name=""):
            opened.append((source, threading.current_thread() is threading.main_thread()))
            return open_it(source, name)

        return note

    for opener in ("open_raster", "open_vector"):
        monkeypatch.setattr(header_reader, opener, noting(getattr(header_reader, opener)))
        monkeypatch.setattr(layer_store, opener, noting(getattr(layer_store, opener)))
    files = {"SENSOR_A": raster_file("optical.tif"), "SENSOR_B": raster_file("radar.tif")}
    given = {name: [file] for name, file in files.items()}
    trainings.open_with(
        {**given, "MORE_SENSORS": json.dumps(more), "LABELS": QgsProcessingFeatureSourceDefinition(path)}
    )
    (window,) = trainings.windows
    wait(lambda: window.session.reading.facts.features > 0)
    assert sorted(opened) == sorted(
        (source, False) for source in (*files.values(), more[0]["rasters"][0]["path"], path)
    )
    assert [sensor.name for sensor in window.session.form.sensors] == ["optical", "radar", "thermal"]
    assert (window.session.form.labels.key, window.message_text()) == (path, "")


def test_a_window_can_be_edited_after_values_that_cannot_be_read(trainings, raster_file, gate, wait):
    trainings.open_with({"SENSOR_A": [raster_file("optical.tif")], "MORE_SENSORS": "no list"})
    (window,) = trainings.windows
    window.fill()
    assert window.foot.verdict_label.text() == "Opening the layers: 0 of 1…" and not window.sensors_page.isEnabled()
    gate.open()
    wait(window.sensors_page.isEnabled)
    assert "text that is not JSON" in window.message_text()
    assert "Opening" not in window.foot.verdict_label.text() and not window.cancel_button.isVisibleTo(window)


def test_an_empty_dialog_opens_an_empty_window(go_on):
    window = go_on({})
    assert window.session.form.sensors == ()
    assert window.session.form.settings.changed == ()
    assert window.message_text() == ""


def test_what_the_window_cannot_hold_is_reported(trainings, memory_labels):
    labels = memory_labels()
    trainings.open_with({"LABELS": QgsProcessingFeatureSourceDefinition(labels.id(), True)})
    (window,) = trainings.windows
    assert window.session.form.labels.key == labels.id()
    assert "not only the selected ones" in window.message_text()


def test_a_value_that_cannot_be_read_is_reported(go_on, raster_layer):
    window = go_on({"SENSOR_A": [raster_layer("optical.tif")], "SENSOR_A_NODATA": "none of it"})
    assert "SENSOR_A_NODATA" in window.message_text()


def test_without_the_plugins_window_there_is_no_button(dialog, monkeypatch):
    monkeypatch.setattr(window_button, "openers", [])
    assert dialog("train").findChild(QPushButton, "colearn_window") is None


def test_other_dialogs_have_no_such_button(dialog, trainings):
    assert dialog("evaluate").findChild(QPushButton, "colearn_window") is None
