"""Algorithms as steps of a model, and the rows of a batch."""

from pathlib import Path

import pytest
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildDependency,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
)


def test_rows_of_a_batch_run_one_after_the_other(run, predict, raster_layer, tmp_path, fake_engine):
    fake_engine()
    rows = [
        {**predict, "INPUT": [raster_layer(f"{name}.tif")], "OUTPUT": str(tmp_path / f"{name}_map.tif")}
        for name in ("one", "two")
    ]
    for row in rows:
        assert run("predict", row)["OUTPUT"] == row["OUTPUT"]
        assert Path(row["OUTPUT"]).with_suffix(".qml").exists()


def test_prediction_runs_as_a_child_of_a_model(predict, context, log, fake_engine):
    fake_engine()
    model = _model_with_prediction(predict["MODEL"])
    rasters = [layer.id() for layer in predict["INPUT"]]
    parameters = {"rasters": rasters, "map:the map": predict["OUTPUT"]}
    results, succeeded = model.run(parameters, context, log)
    assert succeeded, log.lines
    assert results["map:the map"] == predict["OUTPUT"]
    assert Path(predict["OUTPUT"]).exists()


def test_failed_child_fails_the_model(predict, context, log, fake_engine):
    fake_engine("crash")
    model = _model_with_prediction(predict["MODEL"])
    parameters = {"rasters": [predict["INPUT"][0].id()], "map:the map": predict["OUTPUT"]}
    with pytest.raises(QgsProcessingException) as caught:
        model.run(parameters, context, log, {}, False)
    # 3.22 reports it and raises that the model failed; 3.44 raises it.
    assert any("[engine_died]" in text for text in (*log.errors, str(caught.value)))


def test_training_each_sensor_alone_runs_as_a_child_of_a_model(train, context, log, fake_engine):
    """A gain that was not measured is empty for the steps that follow, and no failure."""
    fake_engine()
    model = _model_with_training(train["OUTPUT_MODEL"])
    parameters = {
        "one": [train["SENSOR_A"][0].id()],
        "two": [train["SENSOR_B"][0].id()],
        "labels": train["LABELS"].id(),
    }
    results, succeeded = model.run(parameters, context, log)
    assert succeeded, log.lines
    assert results["CHILD_RESULTS"]["train"]["SCORE_B_ALONE"] == 1.5
    assert results["CHILD_RESULTS"]["words"]["CONCATENATION"] == "1.5 not measured"


def test_polygons_of_a_model_go_on_to_its_next_step(predict, context, log, fake_engine):
    fake_engine()
    model = _model_with_prediction(predict["MODEL"], wishes={"LEAST_POLYGON_M2": 100.0})
    boxes = QgsProcessingModelChildAlgorithm("native:boundingboxes")
    boxes.setChildId("boxes")
    source = QgsProcessingModelChildParameterSource
    boxes.addParameterSources("INPUT", [source.fromChildOutput("map", "OUTPUT_POLYGONS")])
    output = QgsProcessingModelOutput("boxes")
    output.setChildId("boxes")
    output.setChildOutputName("OUTPUT")
    boxes.setModelOutputs({"boxes": output})
    model.addChildAlgorithm(boxes)
    model.childAlgorithm("map").addParameterSources(
        "OUTPUT_POLYGONS", [source.fromStaticValue(QgsProcessing.TEMPORARY_OUTPUT)]
    )
    model.updateDestinationParameters()
    rasters = [layer.id() for layer in predict["INPUT"]]
    parameters = {"rasters": rasters, "map:the map": predict["OUTPUT"], "boxes:boxes": "memory:"}
    results, succeeded = model.run(parameters, context, log)
    assert succeeded, log.lines
    assert results["CHILD_RESULTS"]["map"]["OUTPUT_POLYGONS"].endswith(".gpkg")
    layer = context.getMapLayer(results["boxes:boxes"])
    assert [feature["code"] for feature in layer.getFeatures()] == [7]


def test_polygons_may_be_an_output_of_a_model(predict, context, log, fake_engine, tmp_path):
    fake_engine()
    model = _model_with_prediction(predict["MODEL"])
    output = QgsProcessingModelOutput("areas")
    output.setChildId("map")
    output.setChildOutputName("OUTPUT_POLYGONS")
    child = model.childAlgorithm("map")
    child.setModelOutputs({**child.modelOutputs(), "areas": output})
    model.setChildAlgorithm(child)
    model.updateDestinationParameters()
    assert "map:areas" in {each.name() for each in model.destinationParameterDefinitions()}
    rasters, areas = [layer.id() for layer in predict["INPUT"]], str(tmp_path / "areas.gpkg")
    parameters = {"rasters": rasters, "map:the map": predict["OUTPUT"], "map:areas": areas}
    results, succeeded = model.run(parameters, context, log)
    assert succeeded, log.lines
    assert results["map:areas"] == areas
    assert Path(areas).exists()


def _model_with_training(output_model):
    model = QgsProcessingModelAlgorithm("trains", "tests")
    for name in ("one", "two"):
        rasters = QgsProcessingParameterMultipleLayers(name, name, QgsProcessing.SourceType.TypeRaster)
        model.addModelParameter(rasters, QgsProcessingModelParameter(name))
    labels = QgsProcessingParameterFeatureSource("labels", "Labels")
    model.addModelParameter(labels, QgsProcessingModelParameter("labels"))
    child = QgsProcessingModelChildAlgorithm("colearn:train")
    child.setChildId("train")
    source = QgsProcessingModelChildParameterSource
    for name, parameter in (("SENSOR_A", "one"), ("SENSOR_B", "two"), ("LABELS", "labels")):
        child.addParameterSources(name, [source.fromModelParameter(parameter)])
    for name, value in (("LABEL_FIELD", ["fclass"]), ("METHOD", "alone"), ("OUTPUT_MODEL", output_model)):
        child.addParameterSources(name, [source.fromStaticValue(value)])
    model.addChildAlgorithm(child)
    words = QgsProcessingModelChildAlgorithm("native:stringconcatenation")
    words.setChildId("words")
    words.setDependencies([QgsProcessingModelChildDependency("train")])
    words.addParameterSources("INPUT_1", [source.fromExpression("@train_SCORE_B || ' '")])
    words.addParameterSources("INPUT_2", [source.fromExpression("coalesce(@train_GAIN_B, 'not measured')")])
    model.addChildAlgorithm(words)
    return model


def _model_with_prediction(model_file, wishes=None):
    model = QgsProcessingModelAlgorithm("maps", "tests")
    rasters = QgsProcessingParameterMultipleLayers("rasters", "Rasters", QgsProcessing.SourceType.TypeRaster)
    model.addModelParameter(rasters, QgsProcessingModelParameter("rasters"))
    child = QgsProcessingModelChildAlgorithm("colearn:predict")
    child.setChildId("map")
    source = QgsProcessingModelChildParameterSource
    child.addParameterSources("MODEL", [source.fromStaticValue(model_file)])
    child.addParameterSources("INPUT", [source.fromModelParameter("rasters")])
    for name, value in (wishes or {}).items():
        child.addParameterSources(name, [source.fromStaticValue(value)])
    output = QgsProcessingModelOutput("the map")
    output.setChildId("map")
    output.setChildOutputName("OUTPUT")
    child.setModelOutputs({"the map": output})
    model.addChildAlgorithm(child)
    model.updateDestinationParameters()
    return model
