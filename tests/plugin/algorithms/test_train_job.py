"""From parameters and layers to a training job."""

import json

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
from colearn.engine.contract.job.sources import Layout, RasterSource


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
    message = refusal("train", {**parameters, "METHOD": "mdico", "EFFORT": "quick"})
    assert "EFFORT" in message
    assert "mdico" in message
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


def _further(*sensors):
    return json.dumps([{"name": name, "rasters": [{"path": path, "name": shown}]} for name, path, shown in sensors])


def test_sensors_beyond_the_sixth_come_from_a_list(build_job, parameters, raster_layer, raster_file):
    layer, path = raster_layer("thermal.tif"), raster_file("seventh.tif")
    more = _further(("heat", layer.id(), ""), ("lidar", path, "chm 2021-05-01"))
    job = build_job("train", {**parameters, "MORE_SENSORS": more})
    added = {sensor.name: sensor.rasters for sensor in job.sensors[-2:]}
    assert added == {
        "heat": (RasterSource(layer.source(), "thermal"),),
        "lidar": (RasterSource(path, "chm 2021-05-01"),),
    }


def test_an_invalid_list_of_sensors_is_refused(refusal, parameters, raster_file):
    for text in ("{", "[1]", '[{"name": "x"}]', '[{"name": "x", "rasters": []}]'):
        assert "MORE_SENSORS" in refusal("train", {**parameters, "MORE_SENSORS": text})
    gone = _further(("x", "/no/such.tif", ""))
    assert "/no/such.tif" in refusal("train", {**parameters, "MORE_SENSORS": gone})
    path = raster_file("x.tif")
    twice = _further(("x", path, ""), ("X", path, ""))
    assert "sensor_names_clash" in refusal("train", {**parameters, "MORE_SENSORS": twice})
