"""Forms that outlive their window: in jobs and projects, without their layers, by untrusted names."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import TrainJob
from colearn.engine.contract.job.job_file import job_from_text
from colearn.plugin.layers.feature_export import FeatureExport
from colearn.plugin.training.form.problems import Problem
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QPushButton

from .verdicts import problems


def test_a_job_saved_here_runs_elsewhere_and_opens_here_again(filled, trainings, wait, tmp_path):
    path = tmp_path / "le travail.json"
    filled.save_job(str(path))
    job = job_from_text(path.read_text(encoding="utf-8"), "train")
    assert isinstance(job, TrainJob)
    assert all(os.path.exists(raster.path) for sensor in job.sensors for raster in sensor.rasters)
    assert os.path.exists(job.labels.source.path)  # the memory layer, exported beside the job
    other = trainings.new()
    other.open_job(str(path))
    wait(lambda: not other.session.is_opening())
    again = tmp_path / "again.json"
    other.save_job(str(again))
    assert json.loads(again.read_text()) == json.loads(path.read_text())


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_job_that_is_being_saved_when_qgis_quits_is_given_up_whole(filled, trainings, monkeypatch, tmp_path):
    path = tmp_path / "jobs" / "job.json"
    filled.save_job(str(path))
    before = contents(path.parent)
    assert "job.labels.gpkg" in before

    def write(export, feedback, staged):
        Path(staged).write_bytes(b"half of the labels")
        while not feedback.isCanceled():
            time.sleep(0.01)

    monkeypatch.setattr(FeatureExport, "write", write)
    filled.save_job(str(path))
    assert set(contents(path.parent)) > set(before)
    trainings.close_all()
    assert contents(path.parent) == before


def test_names_that_a_job_gives_its_rasters_are_kept(trainings, raster_file, file_labels, tmp_path):
    """They may tell dates and bands that the files' names do not."""
    labels = file_labels()
    rasters = [{"path": raster_file(f"{name}.tif"), "name": f"{name} 2021-05-01"} for name in ("a1", "b1")]
    job = {
        "colearn_job": 1,
        "journey": "train",
        "sensors": [{"name": raster["name"][:2], "rasters": [raster]} for raster in rasters],
        "labels": {"source": {"path": labels.source().split("|")[0], "layer": "training"}, "fields": ["fclass"]},
        "output_model": str(tmp_path / "m.colearn"),
    }
    path = tmp_path / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    window = trainings.new()
    window.open_job(str(path))
    assert window.message_text() == ""
    window.save_job(str(tmp_path / "again.json"))
    again = job_from_text((tmp_path / "again.json").read_text(encoding="utf-8"), "train")
    assert [sensor.rasters[0].name for sensor in again.sensors] == ["a1 2021-05-01", "b1 2021-05-01"]


def test_what_is_no_job_is_refused_in_the_message_bar(window, tmp_path):
    path = tmp_path / "no job.json"
    path.write_text("{}", encoding="utf-8")
    window.open_job(str(path))
    assert "job_invalid" in window.message_text()
    window.open_job(str(tmp_path / "gone.json"))
    assert "gone.json" in window.message_text()


def test_what_is_set_is_kept_in_the_project(filled, trainings, tmp_path):
    form = filled.session.form
    filled.session.edit(replace(form, settings=form.settings.having(epochs=9)))
    path = str(tmp_path / "projet d'été.qgs")
    assert QgsProject.instance().write(path)
    trainings.close_all()
    QgsProject.instance().clear()
    trainings.__init__(None)
    assert QgsProject.instance().read(path)
    again = trainings.open().session.form
    assert [sensor.name for sensor in again.sensors] == ["optical", "radar"]
    assert again.settings.get("epochs") == 9
    assert again.output_model == form.output_model


def test_numbers_of_the_toolbox_dialog_are_kept_in_the_project(trainings, wait):
    """As decimals they made what is kept unreadable."""
    given = {"EPOCHS": 40, "FOLDS": 4, "UNLABELLED_SAMPLES": 500, "REPEATS": 2, "TIME_BUDGET_MIN": 1.5}
    window = trainings.new()
    window.take_parameters(given)
    wait(lambda: not window.session.is_opening())
    window.session.keep_in_project()
    settings = window.session.form.settings
    wait(lambda: window.training_page.rows.field("epochs").text() == "40")
    again = trainings.new()
    again.session.take_from_project()
    wait(lambda: not again.session.is_opening())
    assert again.session.form.settings == settings
    assert all(settings.get(name.lower()) == value for name, value in given.items())


def test_a_layer_taken_out_of_the_project_stays_with_the_form(filled):
    key = filled.session.form.sensors[0].rasters[0].key
    QgsProject.instance().removeMapLayer(key)
    filled.fill()
    assert problems(filled) == [Problem.FEW_GROUPS]
    moved = filled.session.form.sensors[0].rasters[0].key
    assert moved.endswith("optical.tif")
    assert filled.session.store.find(moved).isValid()


def test_labels_that_go_with_the_project_are_asked_for_again(filled):
    QgsProject.instance().removeMapLayer(filled.session.form.labels.key)  # a memory layer: nothing is left of it
    filled.fill()
    assert problems(filled) == [Problem.LABELS_GONE]
    assert "what grows" in filled.foot.verdict_label.text()
    assert not filled.train_button.isEnabled()


def test_an_untrusted_project_does_no_harm(trainings):
    for text in ("{", '{"sensors": 5}', '{"settings": {"epochs": -1}}', '{"labels": {"key": "/etc/passwd"}}'):
        QgsProject.instance().writeEntry("CoLearn", "training", text)
        window = trainings.new()
        assert window.session.form.sensors == ()
        assert not window.session.verdict().is_ready


EVIL = '<img src="\\\\host\\share">'


def test_untrusted_names_are_plain_text_everywhere(filled, raster_layer, raster_file):
    from qgis.PyQt.QtWidgets import QLabel, QTreeWidgetItemIterator

    layer = raster_layer("evil.tif")
    layer.setName(EVIL)
    filled.session.add_layers([layer])
    filled.session.add_to_sensor([], [layer.source()], 2)
    form = filled.session.form
    filled.session.edit(form.with_headers(tuple(replace(each, name=EVIL) for each in form.sensors[2].rasters)))
    filled.fill()
    assert Problem.TWICE in problems(filled)
    for label in filled.findChildren(QLabel):
        if "host" in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText or not Qt.mightBeRichText(label.text())
    items = QTreeWidgetItemIterator(filled.sensors_page.tree)
    texts = []
    while items.value() is not None:
        texts += [items.value().toolTip(column) for column in range(8)]
        items += 1
    texts += [filled.foot.verdict_label.toolTip(), *(filled.steps.item(row).toolTip() for row in range(4))]
    assert any("host" in text for text in texts)
    assert not any(Qt.mightBeRichText(text) for text in texts)


@pytest.mark.parametrize(
    "source", ["/vsicurl/http://127.0.0.1:9/x.tif", "http://127.0.0.1:9/x.tif", "\\\\host\\share\\x.tif", "<GDAL_WMS/>"]
)
def test_what_a_project_names_on_the_network_is_not_opened(trainings, monkeypatch, source):
    from colearn.plugin.training.layers import layer_store

    opened = []
    monkeypatch.setattr(layer_store, "QgsRasterLayer", lambda *given: opened.append(given))
    kept = {"sensors": [{"name": "x", "rasters": [{"path": source, "name": "x"}]}]}
    QgsProject.instance().writeEntry("CoLearn", "training", json.dumps(kept))
    window = trainings.new()
    assert opened == []
    assert Problem.REMOTE in problems(window)


def test_without_an_engine_the_window_offers_to_set_it_up(trainings, monkeypatch):
    from colearn.engine.contract.wire.errors import EngineError, ErrorCode
    from colearn.plugin.process import environment

    def missing():
        raise EngineError(ErrorCode.DEPENDENCY_MISSING, found="no Python", expected="one", remedy="Make one.")

    with monkeypatch.context() as context:
        context.setattr(environment, "find_python", missing)
        window = trainings.new()
        trainings.engine_found()
    asked = []
    window.engine_wanted.connect(lambda: asked.append(True))
    item = window.messages.bar.currentItem()
    next(button for button in item.findChildren(QPushButton) if button.text() == "Set up…").click()
    assert asked == [True]
    monkeypatch.setattr(environment, "find_python", lambda: None)
    trainings.engine_found()  # by the set-up
    assert window.message_text() == ""


def test_copy_as_python_is_what_runs(filled):
    filled.python_button.click()
    command = QgsApplication.clipboard().text()
    assert command.startswith('processing.run("colearn:train"')
    assert "SENSOR_B_NAME" in command
