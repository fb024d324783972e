"""Files chosen as labels: opened while QGIS goes on; what is chosen meanwhile takes their place."""

import threading
from dataclasses import replace

import pytest
from colearn.plugin.training.form.labels import LabelForm
from colearn.plugin.training.form.problems import Problem
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer

from .verdicts import problems


def opening(window):
    """The sentence of a window in which layers are being opened."""
    window.fill()
    return window.foot.verdict_label.text()


def test_a_label_raster_is_opened_while_qgis_goes_on(window, raster_file, gate, wait):
    window.session.set_label_file(raster_file("land cover.tif"))
    assert opening(window) == "Opening the layers: 0 of 1…"
    gate.open()
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert (window.session.form.labels.name, window.session.form.labels.is_raster) == ("land cover", True)
    assert threading.main_thread() not in gate.passed_in


def only_file(layer):
    """The file behind a layer that has left the project."""
    path = layer.source()
    QgsProject.instance().removeMapLayer(layer.id())
    return path


def test_a_vector_file_of_labels_is_opened_while_qgis_goes_on(window, file_labels, gate, wait):
    window.session.set_label_file(only_file(file_labels()))
    assert opening(window) == "Opening the layers: 0 of 1…"
    gate.open()
    wait(lambda: window.session.reading.facts.features > 0)
    labels = window.session.form.labels
    assert (labels.name, labels.is_raster, labels.label_fields) == ("labels", False, ("fclass",))
    assert threading.main_thread() not in gate.passed_in


def test_labels_chosen_while_a_file_is_being_opened_stay(window, file_labels, memory_labels, gate, wait):
    other = memory_labels()
    window.session.set_label_file(only_file(file_labels()))
    window.session.set_labels(other.id(), other.name())
    gate.open()
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert window.session.form.labels.key == other.id()


def test_a_file_that_nobody_waits_for_any_more_leaves_a_window_that_can_be_edited(
    window, file_labels, memory_labels, gate, wait
):
    gate.open()
    other = memory_labels()
    window.session.set_labels(other.id(), other.name())
    wait(lambda: window.session.reading.facts.features > 0)
    gate.close()
    window.session.set_label_file(only_file(file_labels()))
    window.session.set_labels(other.id(), other.name())  # back to what was read
    assert opening(window) == "Opening the layers: 0 of 1…"
    gate.open()
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert "Opening" not in window.foot.verdict_label.text() and not window.cancel_button.isVisibleTo(window)


def test_a_file_that_cannot_be_opened_is_no_label_raster_without_a_crs(window, tmp_path, wait):
    path = tmp_path / "notes.txt"
    path.write_text("of no use", encoding="utf-8")
    window.session.set_label_file(str(path))
    wait(lambda: window.session.rasters_read() == (0, 0))
    assert problems(window) == [Problem.ONE_SENSOR, Problem.LABELS_GONE]


def test_labels_of_a_job_are_opened_while_qgis_goes_on(filled, trainings, file_labels, gate, wait, tmp_path):
    gate.open()
    labels = file_labels()
    filled.session.set_labels(labels.id(), labels.name())
    wait(lambda: filled.session.form.labels.label_fields != ())
    filled.save_job(str(tmp_path / "job.json"))
    wait(lambda: filled.session._saving is None)
    only_file(labels)
    gate.close()
    gate.passed_in.clear()
    other = trainings.new()
    other.open_job(str(tmp_path / "job.json"))
    assert other.session.is_opening()
    gate.open()
    wait(lambda: other.session.reading.facts.features > 0)
    assert other.session.form.labels.label_fields == ("fclass",)
    assert threading.main_thread() not in gate.passed_in


@pytest.mark.parametrize("is_raster", [True, False])
def test_labels_of_a_file_of_both_kinds_come_back_as_they_were_chosen(
    filled, trainings, file_labels, raster_file, wait, is_raster
):
    file = only_file(file_labels()).split("|")[0]
    gdal.Translate(file, raster_file("classes.tif", bands=1), format="GPKG", creationOptions=["APPEND_SUBDATASET=YES"])
    kind = QgsRasterLayer if is_raster else QgsVectorLayer
    session = filled.session
    opened = session.store.open_raster(file) if is_raster else session.store.open_vector(file)
    assert isinstance(opened, kind) and opened.isValid()
    session.edit(replace(session.form, labels=LabelForm(file, "labels", is_raster)))
    session.keep_in_project()
    again = trainings.new()
    again.session.take_from_project()
    wait(lambda: not again.session.is_opening())
    assert again.session.form.labels.is_raster == is_raster
    assert isinstance(again.session.store.find(file), kind)
