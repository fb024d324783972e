"""Trainings that no job is made of: the sentence says why."""

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)


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
def test_options_of_a_sensor_without_rasters_are_refused(refusal, parameters, name, value):
    reason = refusal("train", {**parameters, name: value})
    assert name in reason
    assert f"no rasters in {name[:8]}" in reason


def test_a_missing_file_is_named(refusal, parameters):
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
