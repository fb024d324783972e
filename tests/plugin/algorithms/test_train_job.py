"""From parameters and layers to a training job."""

import json
import os
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Device, Task, TrainJob
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.job.method import (
    ClassWeight,
    Effort,
    ImageEncoder,
    LossWeights,
    Method,
    Optimize,
    SeriesEncoder,
    Spectral,
    SplitBy,
    UnlabelledUse,
)
from colearn.engine.contract.job.sources import ClassColor, Layout, RasterLabels, RasterSource, VectorLabels
from osgeo import ogr
from qgis.core import (
    NULL,
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsPalettedRasterRenderer,
    QgsPointXY,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsRendererCategory,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QMetaType, QVariant
from qgis.PyQt.QtGui import QColor

# QGIS 3.38 took over Qt 6's numbers of types, and warns of the old ones.
TEXT = QMetaType.Type.QString if Qgis.QGIS_VERSION_INT >= 33800 else QVariant.Type.String


@pytest.fixture
def parameters(raster_layer, memory_labels, tmp_path):
    return {
        "SENSOR_A": [raster_layer("optical.tif")],
        "SENSOR_B": [raster_layer("radar.tif")],
        "LABELS": memory_labels(),
        "LABEL_FIELD": ["fclass"],
        "OUTPUT_MODEL": str(tmp_path / "out.colearn"),
    }


def features_of(source):
    """What the exported or original file holds, read as the engine reads it: with OGR."""
    dataset = ogr.Open(source.path)
    layer = dataset.GetLayerByName(source.layer) if source.layer else dataset.GetLayer(0)
    definition = layer.GetLayerDefn()
    names = [definition.GetFieldDefn(place).GetName() for place in range(definition.GetFieldCount())]
    return [{name: feature.GetField(name) for name in names} for feature in layer]


def test_defaults_are_those_of_the_job(build_job, parameters, tmp_path):
    job = build_job("train", parameters)
    assert job == TrainJob(sensors=job.sensors, labels=job.labels, output_model=str(tmp_path / "out.colearn"))
    assert job_from_text(job_to_text(job)) == job


def test_every_parameter_reaches_the_job(build_job, parameters, raster_layer, tmp_path):
    job = build_job(
        "train",
        {
            **parameters,
            "SENSOR_A_NAME": " camera ",
            "SENSOR_A_LAYOUT": "stack",
            "SENSOR_A_BANDS": "B02, B03;B8A",
            "SENSOR_A_DATES": 12,
            "SENSOR_A_MASK": "SCL valid 4-7",
            "SENSOR_A_MASK_RASTERS": [raster_layer("clouds.tif")],
            "SENSOR_B_BANDS": "1 2",
            "SENSOR_B_NODATA": "0; -9999 1e5",
            "TASK": "regression",
            "GROUP_FIELD": "site",
            "CONTEXT_M": 0,
            "CLASS_WEIGHT": "none",
            "METHOD": "alone",
            "OPTIMIZE": "accuracy",
            "SERIES_ENCODER": "ltae",
            "IMAGE_ENCODER": "residual",
            "SPECTRAL": "pca",
            "UNLABELLED_SAMPLES": 500,
            "UNLABELLED_USE": "before",
            "USE_ALL_LABELS": False,
            "SPLIT_BY": "block",
            "SPLIT_BUFFER_M": 30.5,
            "FOLDS": 5,
            "REPEATS": 3,
            "WEIGHT_MAIN": 0.9,
            "WEIGHT_AUXILIARY": 0.8,
            "WEIGHT_MODALITY": 0,
            "WEIGHT_CONTRASTIVE": 3,
            "TEMPERATURE": 0.2,
            "WEIGHT_DISTILLATION": 0.7,
            "WEIGHT_LABEL_CONTRAST": 0.6,
            "EPOCHS": 3,
            "BATCH_SIZE": 16,
            "LEARNING_RATE": 0.01,
            "MAX_SAMPLES": 99,
            "TARGET_UNITS": "m, t/ha",
            "SEED": 5,
            "DEVICE": "cpu",
            "OUTPUT_REPORT": str(tmp_path / "out.html"),
        },
    )
    camera, radar = job.sensors
    assert (camera.name, camera.layout, camera.bands, camera.dates) == (
        "camera",
        Layout.STACK,
        ("B02", "B03", "B8A"),
        12,
    )
    assert (radar.name, radar.bands, radar.dates) == ("radar", ("1", "2"), None)
    assert (camera.mask, radar.mask, radar.mask_rasters) == ("SCL valid 4-7", "", ())
    assert [raster.name for raster in camera.mask_rasters] == ["clouds"]
    assert (camera.nodata, radar.nodata) == ((), (0.0, -9999.0, 100_000.0))
    assert (job.task, job.method, job.class_weight, job.device) == (
        Task.REGRESSION,
        Method.ALONE,
        ClassWeight.NONE,
        Device.CPU,
    )
    assert (job.optimize, job.split_by, job.folds, job.repeats) == (Optimize.ACCURACY, SplitBy.BLOCK, 5, 3)
    assert job.split_buffer_m == 30.5
    assert (job.series_encoder, job.image_encoder) == (SeriesEncoder.LTAE, ImageEncoder.RESIDUAL)
    assert (job.spectral, job.unlabelled_samples, job.unlabelled_use) == (Spectral.PCA, 500, UnlabelledUse.BEFORE)
    assert job.use_all_labels is False
    assert job.loss == LossWeights(0.9, 0.8, 0.0, 3.0, 0.2, 0.7, 0.6)
    assert (job.context_m, job.epochs, job.batch_size, job.learning_rate) == (0.0, 3, 16, 0.01)
    assert job.target_units == ("m", "t/ha")
    assert (job.max_samples, job.seed, job.output_report) == (99, 5, str(tmp_path / "out.html"))
    assert job.labels.group_field == "site"


def test_effort_and_minutes_are_those_of_the_method_auto(build_job, refusal, parameters):
    job = build_job("train", {**parameters, "EFFORT": "quick", "TIME_BUDGET_MIN": 2.5})
    assert (job.method, job.effort, job.time_budget_min) == (Method.AUTO, Effort.QUICK, 2.5)
    job = build_job("train", parameters)
    assert (job.effort, job.time_budget_min) == (Effort.STANDARD, None)
    assert (job.unlabelled_samples, job.use_all_labels) == (None, True)
    told = refusal("train", {**parameters, "METHOD": "mdico", "EFFORT": "quick"})
    assert "EFFORT" in told
    assert "mdico" in told
    assert "TIME_BUDGET_MIN" in refusal("train", {**parameters, "METHOD": "alone", "TIME_BUDGET_MIN": 1})


def test_a_target_without_a_unit_among_others_keeps_its_place(build_job, parameters):
    assert build_job("train", {**parameters, "TARGET_UNITS": "m, , t/ha"}).target_units == ("m", "", "t/ha")
    assert build_job("train", {**parameters, "TARGET_UNITS": " , "}).target_units == ()


@pytest.mark.parametrize(
    ("name", "value"), [("TEMPERATURE", 0), ("WEIGHT_DISTILLATION", 1.5), ("FOLDS", 0), ("UNLABELLED_SAMPLES", -1)]
)
def test_numbers_out_of_range_are_refused_with_the_parameter(refusal, parameters, name, value):
    assert name in refusal("train", {**parameters, name: value})


def test_empty_context_means_automatic(build_job, parameters):
    assert build_job("train", {**parameters, "CONTEXT_M": None}).context_m is None


def test_many_layers_keep_the_users_order(build_job, parameters, raster_layer):
    layers = [raster_layer(name) for name in ("s1_03.tif", "s1_01.tif", "s1_02.tif")]
    job = build_job("train", {**parameters, "SENSOR_C": layers})
    assert [raster.name for raster in job.sensors[2].rasters] == ["s1_03", "s1_01", "s1_02"]
    assert job.sensors[2].name == "s1"


def test_rasters_may_be_layers_ids_names_or_files(build_job, parameters, raster_layer, raster_file):
    layer = raster_layer("by id.tif")
    job = build_job("train", {**parameters, "SENSOR_A": [layer.id()], "SENSOR_B": raster_file("by path.tif")})
    assert [sensor.rasters for sensor in job.sensors] == [
        (RasterSource(layer.source(), "by id"),),
        (RasterSource(layer.source().replace("by id", "by path"), "by path"),),
    ]


def test_relative_files_become_absolute(build_job, parameters, context, tmp_path, monkeypatch):
    (tmp_path / "near.tif").write_bytes((tmp_path / "optical.tif").read_bytes())
    monkeypatch.chdir(tmp_path)
    job = build_job("train", {**parameters, "SENSOR_A": ["near.tif"], "OUTPUT_MODEL": "model.colearn"})
    context.temporaryLayerStore().removeAllMapLayers()  # while its relative path still means the same file
    assert job.sensors[0].rasters[0].path == str(tmp_path / "near.tif")
    assert job.output_model == str(tmp_path / "model.colearn")


def test_sensor_left_out_between_others_keeps_the_letters_apart(build_job, algorithm, parameters, raster_layer):
    job = build_job("train", {**parameters, "SENSOR_D": [raster_layer("height.tif")]})
    assert [sensor.name for sensor in job.sensors] == ["optical", "radar", "height"]


# Labels ------------------------------------------------------------


def test_memory_layer_is_exported_with_the_fields_needed(build_job, parameters):
    labels = build_job("train", parameters).labels
    assert labels.fields == ("fclass",)
    assert labels.source.name == "what grows"
    assert features_of(labels.source) == [{"fclass": "forest"}, {"fclass": "meadow"}, {"fclass": "forest"}]


def test_layer_in_a_file_is_not_copied(build_job, parameters, file_labels, tmp_path):
    labels = build_job("train", {**parameters, "LABELS": file_labels(), "GROUP_FIELD": "site"}).labels
    assert (labels.source.path, labels.source.layer) == (str(tmp_path / "labels.gpkg"), "training")
    assert labels.source.name == "from file"


def test_layer_given_as_text_with_layername(build_job, parameters, file_labels, tmp_path):
    file_labels()
    labels = build_job("train", {**parameters, "LABELS": f"{tmp_path}/labels.gpkg|layername=other"}).labels
    assert (labels.source.path, labels.source.layer) == (str(tmp_path / "labels.gpkg"), "other")


def test_filter_counts(build_job, parameters, file_labels):
    layer = file_labels()
    assert layer.setSubsetString("fclass = 'meadow'")
    labels = build_job("train", {**parameters, "LABELS": layer}).labels
    assert features_of(labels.source) == [{"fclass": "meadow"}]


def test_filter_in_the_source_text_counts(build_job, parameters, file_labels, tmp_path):
    file_labels()
    text = f"{tmp_path}/labels.gpkg|layername=training|subset=\"fclass\" = 'meadow'"
    labels = build_job("train", {**parameters, "LABELS": text}).labels
    assert features_of(labels.source) == [{"fclass": "meadow"}]


def test_selection_counts_when_asked_for(build_job, parameters, file_labels):
    layer = file_labels()
    layer.selectByExpression("level = 2")
    only_selected = QgsProcessingFeatureSourceDefinition(layer.id(), True)
    labels = build_job("train", {**parameters, "LABELS": only_selected, "LABEL_FIELD": ["level"]}).labels
    assert features_of(labels.source) == [{"level": 2}]
    whole = build_job("train", {**parameters, "LABELS": layer}).labels
    assert len(features_of(whole.source)) == 3


def test_edits_not_yet_saved_count(build_job, parameters, file_labels):
    layer = file_labels()
    layer.startEditing()
    first = next(layer.getFeatures())
    layer.changeAttributeValue(first.id(), layer.fields().indexOf("fclass"), "orchard")
    labels = build_job("train", {**parameters, "LABELS": layer}).labels
    layer.rollBack()
    assert [feature["fclass"] for feature in features_of(labels.source)] == ["orchard", "meadow", "forest"]


def test_virtual_field_is_exported(build_job, parameters, file_labels, tmp_path):
    layer = file_labels()
    layer.addExpressionField("upper(fclass)", QgsField("loud", TEXT))
    labels = build_job("train", {**parameters, "LABELS": layer, "LABEL_FIELD": ["loud"]}).labels
    assert [feature["loud"] for feature in features_of(labels.source)] == ["FOREST", "MEADOW", "FOREST"]


def test_field_named_fid_with_repeated_values_survives_the_export(build_job, parameters):
    layer = QgsVectorLayer("Point?crs=EPSG:4326&field=fid:int", "points", "memory")
    for value in (4, 4, 5):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(15, 52)))
        feature.setAttributes([value])
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    labels = build_job("train", {**parameters, "LABELS": layer, "LABEL_FIELD": "fid"}).labels
    assert features_of(labels.source) == [{"fid": 4}, {"fid": 4}, {"fid": 5}]


def test_several_fields_in_either_form(build_job, parameters):
    assert build_job("train", {**parameters, "LABEL_FIELD": ["fclass", "level"]}).labels.fields == ("fclass", "level")
    assert build_job("train", {**parameters, "LABEL_FIELD": "fclass;level"}).labels.fields == ("fclass", "level")


def test_label_raster_may_be_several_scenes(build_job, parameters, raster_layer):
    scenes = [raster_layer("truth_1.tif", bands=1), raster_layer("truth_2.tif", bands=1)]
    given = {**parameters, "LABELS": None, "LABEL_FIELD": None, "LABEL_RASTER": scenes}
    labels = build_job("train", given).labels
    assert isinstance(labels, RasterLabels)
    assert [raster.name for raster in labels.rasters] == ["truth_1", "truth_2"]


def test_colours_and_names_of_categories_are_passed_on(build_job, parameters, memory_labels):
    layer = memory_labels()
    categories = []
    for value, color, label in (("forest", "#104010", "Forest!"), ("meadow", "#80ff00", "")):
        symbol = QgsSymbol.defaultSymbol(layer.geometryType())
        symbol.setColor(QColor(color))
        categories.append(QgsRendererCategory(value, symbol, label))
    categories.append(QgsRendererCategory("", QgsSymbol.defaultSymbol(layer.geometryType()), "others"))
    layer.setRenderer(QgsCategorizedSymbolRenderer("fclass", categories))
    labels = build_job("train", {**parameters, "LABELS": layer}).labels
    assert labels.colors == (ClassColor("forest", "#104010", "Forest!"), ClassColor("meadow", "#80ff00", ""))
    other_field = build_job("train", {**parameters, "LABELS": layer, "LABEL_FIELD": "site"}).labels
    assert other_field.colors == ()


def test_chosen_colours_take_precedence_over_the_layers_and_keep_its_names(build_job, parameters, memory_labels):
    """forest: another colour, the legend's name; meadow: as in the layer; heath: a class the layer has no style for."""
    layer = memory_labels()
    symbols = []
    for value, color, name in (("forest", "#00ff00", "Wald"), ("meadow", "#ffff00", "Wiese")):
        symbols.append(QgsRendererCategory(value, QgsSymbol.defaultSymbol(layer.geometryType()), name))
        symbols[-1].symbol().setColor(QColor(color))
    layer.setRenderer(QgsCategorizedSymbolRenderer("fclass", symbols))
    table = ["forest", "#1E8449", "", "heath", "#abcdef", "Heide"]
    job = build_job("train", {**parameters, "LABELS": layer.id(), "CLASS_COLORS": table})
    assert job.labels.colors == (
        ClassColor("forest", "#1e8449", "Wald"),
        ClassColor("meadow", "#ffff00", "Wiese"),
        ClassColor("heath", "#abcdef", "Heide"),
    )


def test_the_colours_of_the_layer_count_for_selected_features_too(build_job, parameters, memory_labels):
    layer = memory_labels()
    symbol = QgsSymbol.defaultSymbol(layer.geometryType())
    symbol.setColor(QColor("#104010"))
    layer.setRenderer(QgsCategorizedSymbolRenderer("fclass", [QgsRendererCategory("forest", symbol, "Wald")]))
    layer.selectAll()
    selected = QgsProcessingFeatureSourceDefinition(layer.id(), True)
    labels = build_job("train", {**parameters, "LABELS": selected}).labels
    assert labels.colors == (ClassColor("forest", "#104010", "Wald"),)


def test_an_empty_row_of_the_table_says_nothing(build_job, parameters):
    """The dialog's table holds NULL until something is typed."""
    assert build_job("train", {**parameters, "CLASS_COLORS": [NULL]}).labels.colors == ()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (["forest", "green", ""], "#1e8449"),
        (["forest", "#00ff00"], "value, colour and name"),
        (["", "#00ff00", "Wald"], "value, colour and name"),
        (["forest", "#00ff00", "", "forest", "#00ff01", ""], "forest several times"),
    ],
)
def test_a_table_of_colours_that_is_none_is_refused(refusal, parameters, table, told):
    assert told in refusal("train", {**parameters, "CLASS_COLORS": table})


def test_colours_and_names_of_a_palette_are_passed_on(build_job, parameters, raster_layer):
    layer = raster_layer("truth.tif", bands=1)
    entries = [QgsPalettedRasterRenderer.Class(3, QColor("#123456"), "bog")]
    layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, entries))
    labels = build_job("train", {**parameters, "LABELS": None, "LABEL_FIELD": None, "LABEL_RASTER": [layer]}).labels
    assert labels.colors == (ClassColor("3", "#123456", "bog"),)


def test_saved_job_keeps_exported_labels_beside_it(build_job, parameters, tmp_path):
    job = build_job("train", {**parameters, "OUTPUT_JOB": str(tmp_path / "later" / "job.json")})
    assert isinstance(job.labels, VectorLabels)
    assert Path(job.labels.source.path) == tmp_path / "later" / "job.labels.gpkg"
    assert os.path.exists(job.labels.source.path)


# Refusals ------------------------------------------------------------


def test_missing_field_names_those_there_are(refusal, parameters):
    reason = refusal("train", {**parameters, "LABEL_FIELD": ["clas"]})
    assert "clas" in reason and "fclass, level, site" in reason and "[label_field_missing]" in reason


def test_missing_group_field_is_refused(refusal, parameters):
    assert "[label_field_missing]" in refusal("train", {**parameters, "GROUP_FIELD": "plot"})


def test_field_must_be_chosen(refusal, parameters):
    assert "fclass, level, site" in refusal("train", {**parameters, "LABEL_FIELD": None})


def test_labels_must_be_one_of_two_kinds(refusal, parameters, raster_layer):
    assert "LABEL_RASTER" in refusal("train", {**parameters, "LABELS": None})
    assert "LABEL_RASTER" in refusal("train", {**parameters, "LABEL_RASTER": [raster_layer("truth.tif")]})


@pytest.mark.parametrize("name", ["LABEL_FIELD", "GROUP_FIELD"])
def test_field_with_a_label_raster_is_refused_by_name(refusal, parameters, raster_layer, name):
    only_raster = {**parameters, "LABELS": None, "LABEL_FIELD": None, "LABEL_RASTER": [raster_layer("truth.tif")]}
    reason = refusal("train", {**only_raster, name: ["site"]})
    assert f"({name})" in reason and "[job_invalid]" in reason


def test_equal_sensor_names_are_refused(refusal, parameters):
    reason = refusal("train", {**parameters, "SENSOR_A_NAME": "s2", "SENSOR_B_NAME": "S2"})
    assert "SENSOR_A_NAME, SENSOR_B_NAME" in reason and "[sensor_names_clash]" in reason


def test_equal_derived_names_become_letters(build_job, parameters, raster_layer):
    job = build_job("train", {**parameters, "SENSOR_B": [raster_layer("elsewhere/optical.tif")]})
    assert [sensor.name for sensor in job.sensors] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("SENSOR_C_MASK", "SCL values 9"), ("SENSOR_C_NODATA", "0"), ("SENSOR_F_BANDS", "B02"), ("SENSOR_C_DATES", 3)],
)
def test_what_is_said_of_a_sensor_without_rasters_is_refused(refusal, parameters, name, value):
    reason = refusal("train", {**parameters, name: value})
    assert name in reason
    assert f"no rasters in {name[:8]}" in reason


def test_file_that_is_gone_is_named(refusal, parameters):
    reason = refusal("train", {**parameters, "SENSOR_B": ["/nowhere/gone.tif"]})
    assert "SENSOR_B" in reason and "/nowhere/gone.tif" in reason and "[raster_unreadable]" in reason


def test_web_service_is_named_with_what_to_do(refusal, parameters):
    layer = QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmax=1&zmin=0", "some tiles", "wms")
    QgsProject.instance().addMapLayer(layer)
    reason = refusal("train", {**parameters, "SENSOR_A": [layer]})
    assert "some tiles" in reason and "wms" in reason and "GeoTIFF" in reason and "[raster_is_service]" in reason


def test_labels_without_crs_lines_or_features_are_refused(refusal, parameters):
    for uri, code in (
        ("Point?field=fclass:string", "labels_without_crs"),
        ("LineString?crs=EPSG:4326&field=fclass:string", "labels_unreadable"),
        ("Point?crs=EPSG:4326&field=fclass:string", "labels_empty"),
    ):
        layer = QgsVectorLayer(uri, "odd", "memory")
        if code == "labels_without_crs":
            layer.setCrs(QgsCoordinateReferenceSystem())
        QgsProject.instance().addMapLayer(layer)
        assert f"[{code}]" in refusal("train", {**parameters, "LABELS": layer})


def test_missing_labels_file_is_named(refusal, parameters):
    assert "/nowhere/labels.gpkg" in refusal("train", {**parameters, "LABELS": "/nowhere/labels.gpkg"})


def test_output_over_an_input_is_refused(refusal, parameters, tmp_path):
    reason = refusal("train", {**parameters, "OUTPUT_MODEL": str(tmp_path / "." / "optical.tif")})
    assert "OUTPUT_MODEL" in reason and "[output_is_input]" in reason


def test_two_outputs_in_one_file_are_refused(refusal, parameters, tmp_path):
    reason = refusal("train", {**parameters, "OUTPUT_REPORT": str(tmp_path / "out.colearn")})
    assert "OUTPUT_MODEL, OUTPUT_REPORT" in reason


def test_unknown_choice_is_refused(refusal, parameters):
    assert "TASK" in refusal("train", {**parameters, "TASK": "guess"})


def test_required_sensor_is_asked_for(refusal, parameters):
    assert "SENSOR_B" in refusal("train", {**parameters, "SENSOR_B": []})


def test_a_choice_may_be_given_by_the_number_that_qgis_process_lists(build_job, parameters):
    """Its help lists «5: alone» and asks for the number."""
    assert build_job("train", {**parameters, "METHOD": "5"}).method is Method.ALONE
    assert build_job("train", {**parameters, "SPLIT_BY": 2}).split_by is SplitBy.BLOCK


@pytest.mark.parametrize("number", ["6", "-1", "1.0", "²"])
def test_a_number_of_no_choice_is_refused(refusal, parameters, number):
    """The methods are numbered 0 to 5."""
    assert "METHOD" in refusal("train", {**parameters, "METHOD": number})


def test_a_single_sensor_is_trained_alone_and_by_no_other_method(build_job, refusal, parameters):
    one = {name: value for name, value in parameters.items() if not name.startswith("SENSOR_B")}
    assert len(build_job("train", {**one, "METHOD": "alone"}).sensors) == 1
    assert "METHOD=alone" in refusal("train", one)


# Further sensors -----------------------------------------------------


def _further(*sensors):
    return json.dumps([{"name": name, "rasters": [{"path": path, "name": told}]} for name, path, told in sensors])


def test_sensors_beyond_the_sixth_come_from_a_list(build_job, parameters, raster_layer, raster_file):
    layer, path = raster_layer("thermal.tif"), raster_file("seventh.tif")
    more = _further(("heat", layer.id(), ""), ("lidar", path, "chm 2021-05-01"))
    job = build_job("train", {**parameters, "MORE_SENSORS": more})
    added = {sensor.name: sensor.rasters for sensor in job.sensors[-2:]}
    assert added == {
        "heat": (RasterSource(layer.source(), "thermal"),),
        "lidar": (RasterSource(path, "chm 2021-05-01"),),
    }


def test_a_list_of_sensors_that_is_none_is_refused(refusal, parameters, raster_file):
    for text in ("{", "[1]", '[{"name": "x"}]', '[{"name": "x", "rasters": []}]'):
        assert "MORE_SENSORS" in refusal("train", {**parameters, "MORE_SENSORS": text})
    gone = _further(("x", "/no/such.tif", ""))
    assert "/no/such.tif" in refusal("train", {**parameters, "MORE_SENSORS": gone})
    path = raster_file("x.tif")
    twice = _further(("x", path, ""), ("X", path, ""))
    assert "sensor_names_clash" in refusal("train", {**parameters, "MORE_SENSORS": twice})
