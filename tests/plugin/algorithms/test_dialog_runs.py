"""QGIS's own dialog, filled in and run as a person does: what arrives in the project, what the log says."""

import pytest
from qgis.core import QgsPalettedRasterRenderer, QgsProject
from qgis.PyQt.QtWidgets import QTextEdit

from ..given_values import give
from ..manifests import write_model
from ..waiting import work_until


@pytest.fixture
def run_dialog(dialog):
    """Fill in an algorithm's dialog, press Run, wait; whether it succeeded, and the text of its log."""

    def run(name, values):
        shown = dialog(name)
        for parameter, value in values.items():
            give(shown.mainWidget().wrappers, parameter, value)
        ended = []
        shown.algorithmFinished.connect(lambda succeeded, results: ended.append((succeeded, results)))
        shown.runAlgorithm()
        work_until(lambda: ended, 30)
        succeeded, results = ended[0]
        return succeeded, results, shown.findChild(QTextEdit, "txtLog").toPlainText()

    yield run
    QgsProject.instance().clear()


def test_the_map_arrives_in_the_project_named_and_styled(run_dialog, raster_layer, fake_engine, tmp_path):
    fake_engine()
    model, image = write_model(tmp_path / "landuse.colearn"), raster_layer("optical.tif")
    succeeded, _results, _log = run_dialog("predict", {"MODEL": model, "INPUT": [image]})
    assert succeeded
    (layer,) = QgsProject.instance().mapLayersByName("landuse · optical")
    assert isinstance(layer.renderer(), QgsPalettedRasterRenderer)
    assert layer.metadata().title() == "landuse · optical"


def test_a_training_keeps_its_model_without_a_message(run_dialog, raster_layer, memory_labels, fake_engine, tmp_path):
    """Only sensors and labels are chosen: the field is guessed, the model goes beside the project."""
    fake_engine()
    assert QgsProject.instance().write(str(tmp_path / "a b.qgz"))
    values = {
        "SENSOR_A": [raster_layer("optical.tif")],
        "SENSOR_B": [raster_layer("radar.tif")],
        "LABELS": memory_labels().id(),
    }
    succeeded, results, _log = run_dialog("train", values)
    assert succeeded
    (model,) = (tmp_path / "models").glob("fclass_*.colearn")
    assert results["OUTPUT_MODEL"] == str(model)


def test_a_run_that_fails_points_to_no_report(run_dialog, raster_layer, memory_labels, fake_engine, dialog):
    fake_engine("fail")
    values = {
        "SENSOR_A": [raster_layer("optical.tif")],
        "SENSOR_B": [raster_layer("radar.tif")],
        "LABELS": memory_labels().id(),
    }
    succeeded, _results, log = run_dialog("train", values)
    assert not succeeded
    assert "There are no labels: fields." in log
    assert "HTML output has been generated" not in log
