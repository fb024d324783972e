"""Algorithms as QGIS's own dialogs run them: in a task, whose context replaces the dialog's when it ends."""

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

from ..manifests import write_model
from ..waiting import work_until


@pytest.fixture
def project():
    project = QgsProject.instance()
    project.clear()
    yield project
    project.clear()


@pytest.fixture
def run_algorithm(algorithm, log, project, no_desktop):
    """Run an algorithm through the task runner and load what it is to load: its results, the project's new layers."""

    def run(name, parameters):
        context = QgsProcessingContext()
        context.setProject(project)
        before = set(project.mapLayers())
        chosen = algorithm(name)
        task = QgsProcessingAlgRunnerTask(chosen, parameters, context, log)
        outcome = []
        task.executed.connect(lambda succeeded, results: outcome.append((succeeded, results)))
        QgsApplication.taskManager().addTask(task)
        work_until(lambda: outcome)
        succeeded, results = outcome[0]
        assert succeeded, log.lines
        handleAlgorithmResults(chosen, context, log, parameters=parameters)
        return results, {layer.name(): layer for key, layer in project.mapLayers().items() if key not in before}

    return run


@pytest.fixture
def run_as_a_dialog_does(run_algorithm):
    """The same; the layers alone."""
    return lambda name, parameters: run_algorithm(name, parameters)[1]


@pytest.fixture
def train(project, parameters):
    return parameters


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


def test_layers_are_named_after_model_and_sensor_and_say_what_they_are(
    run_as_a_dialog_does, predict, project, fake_engine, tmp_path
):
    fake_engine()
    wanted = {"OUTPUT": "a.tif", "OUTPUT_CONFIDENCE": "c.tif", "OUTPUT_POLYGONS": "d.gpkg"}
    destinations = {name: loaded(str(tmp_path / file), project) for name, file in wanted.items()}
    layers = run_as_a_dialog_does("predict", {**predict, **destinations})
    assert set(layers) == {"m · optical", "m · optical · confidence", "m · optical · polygons"}
    about = layers["m · optical"].metadata()
    assert about.title() == "m · optical"
    assert about.abstract().startswith("fclass: forest, water. optical: balanced accuracy 50.0 %")
    assert "from optical with the model m.colearn" in about.history()[1]
    assert layers["m · optical · polygons"].metadata().title() == "m · optical · polygons"


def test_the_report_of_an_evaluation_and_its_numbers_come_back(
    run_algorithm, predict, memory_labels, fake_engine, tmp_path
):
    fake_engine()
    report = str(tmp_path / "report.html")
    results, layers = run_algorithm(
        "evaluate", {**predict, "LABELS": memory_labels(), "LABEL_FIELD": ["fclass"], "OUTPUT_REPORT": report}
    )
    assert (results["OUTPUT_REPORT"], results["ACCURACY"]) == (report, 0.75)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "OUTPUT_REPORT"
    assert layers == {}


@pytest.mark.parametrize(("scenario", "succeeds"), [("succeed", True), ("fail", False)])
def test_only_a_report_that_was_written_is_pointed_to(
    algorithm, train, log, project, fake_engine, tmp_path, scenario, succeeds
):
    """QGIS's dialog says “HTML output has been generated” after every run of an algorithm that has such outputs."""
    fake_engine(scenario)
    shown = algorithm("train")  # the dialog's own; the task runs a copy
    context = QgsProcessingContext()
    context.setProject(project)
    task = QgsProcessingAlgRunnerTask(shown, {**train, "OUTPUT_REPORT": str(tmp_path / "r.html")}, context, log)
    outcome = []
    task.executed.connect(lambda succeeded, _results: outcome.append(succeeded))
    QgsApplication.taskManager().addTask(task)
    work_until(lambda: outcome)
    assert (outcome, shown.hasHtmlOutputs()) == ([succeeds], succeeds)


def test_samples_of_a_training_appear_in_the_project(run_as_a_dialog_does, train, project, fake_engine, tmp_path):
    fake_engine()
    samples = loaded(str(tmp_path / "s.gpkg"), project)
    layers = run_as_a_dialog_does("train", {**train, "OUTPUT_SAMPLES": samples})
    assert list(layers) == ["out · samples"]
