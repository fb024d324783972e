"""Algorithms as QGIS's own dialogs run them: in a task, whose context replaces the dialog's when it ends."""

import time

import pytest
from processing.gui.Postprocessing import handleAlgorithmResults
from qgis.core import (
    QgsApplication,
    QgsPalettedRasterRenderer,
    QgsProcessing,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsProperty,
)

from .manifests import write_model


@pytest.fixture
def project():
    project = QgsProject.instance()
    project.clear()
    yield project
    project.clear()


@pytest.fixture
def run_as_a_dialog_does(algorithm, log, project):
    """Run an algorithm through the task runner and load what it is to load; the names of the project's new layers."""

    def run(name, parameters):
        context = QgsProcessingContext()
        context.setProject(project)
        before = set(project.mapLayers())
        chosen = algorithm(name)
        task = QgsProcessingAlgRunnerTask(chosen, parameters, context, log)
        outcome = []
        task.executed.connect(lambda succeeded, results: outcome.append((succeeded, results)))
        QgsApplication.taskManager().addTask(task)
        deadline = time.monotonic() + 20
        while not outcome and time.monotonic() < deadline:
            QgsApplication.processEvents()
            time.sleep(0.01)
        succeeded, _results = outcome[0]
        assert succeeded, log.lines
        handleAlgorithmResults(chosen, context, log, parameters=parameters)
        return {layer.name(): layer for key, layer in project.mapLayers().items() if key not in before}

    return run


@pytest.fixture
def predict(raster_layer, tmp_path, project):
    layer = raster_layer("optical.tif")
    return {"MODEL": write_model(tmp_path / "m.colearn"), "INPUT": [layer]}


def loaded(destination, project):
    return QgsProcessingOutputLayerDefinition(QgsProperty.fromValue(destination), project)


@pytest.mark.parametrize("temporary", [True, False], ids=["temporary", "named"])
def test_every_map_appears_in_the_project_with_its_style(
    run_as_a_dialog_does, predict, project, fake_engine, tmp_path, temporary
):
    fake_engine()
    names = {
        "OUTPUT": "a.tif",
        "OUTPUT_PROBABILITIES": "b.tif",
        "OUTPUT_CONFIDENCE": "c.tif",
        "OUTPUT_POLYGONS": "d.gpkg",
    }
    wanted = {
        name: loaded(QgsProcessing.TEMPORARY_OUTPUT if temporary else str(tmp_path / file), project)
        for name, file in names.items()
    }
    layers = run_as_a_dialog_does("predict", {**predict, **wanted})
    assert len(layers) == 4
    assert any(
        isinstance(layer.renderer(), QgsPalettedRasterRenderer)
        for layer in layers.values()
        if hasattr(layer, "bandCount")
    )


def test_what_is_not_to_be_loaded_is_not(run_as_a_dialog_does, predict, project, fake_engine, tmp_path):
    fake_engine()
    assert run_as_a_dialog_does("predict", {**predict, "OUTPUT": str(tmp_path / "map.tif")}) == {}
