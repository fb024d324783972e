"""From parameters and layers to prediction and evaluation jobs."""

import pytest
from colearn.engine.contract.job.job import Device, EvaluateJob, PredictJob
from colearn.engine.contract.job.map_choices import Confidence, Precision, ProbabilityType, Quality, ValueType
from colearn.engine.contract.job.sources import Extent, Layout, RasterLabels, RasterSource
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessing,
    QgsProject,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsSettings,
    QgsVectorLayer,
)

from ..manifests import a_manifest, write_model


def test_defaults_are_those_of_the_job(build_job, predict):
    job = build_job("predict", predict)
    assert job == PredictJob(model=predict["MODEL"], input=job.input, output=predict["OUTPUT"])
    assert job.input[0].name == "optical"


def test_every_parameter_reaches_the_job(build_job, predict, memory_labels, tmp_path):
    job = build_job(
        "predict",
        {
            **predict,
            "SENSOR": "radar",
            "INPUT_LAYOUT": "dates",
            "DEVICE": "cuda",
            "ANY_RESOLUTION": True,
            "CONFIDENCE": "entropy",
            "MINIMUM_CONFIDENCE": 0.25,
            "PROBABILITY_TYPE": "uint8",
            "OVERVIEWS": True,
            "VALUE_TYPE": "int16",
            "STATISTICS": True,
            "COG": True,
            "KEEP_PARTS": True,
            "PRECISION": "int8",
            "QUALITY": "fast",
            "MASK": memory_labels(),
            "OUTPUT_PROBABILITIES": str(tmp_path / "p.tif"),
            "OUTPUT_CONFIDENCE": str(tmp_path / "c.tif"),
            "OUTPUT_POLYGONS": str(tmp_path / "a.gpkg"),
            "LEAST_POLYGON_M2": 500.5,
        },
    )
    assert (job.output_polygons, job.least_polygon_m2) == (str(tmp_path / "a.gpkg"), 500.5)
    assert (job.sensor, job.input_layout, job.device) == ("radar", Layout.DATES, Device.CUDA)
    assert (job.output_probabilities, job.output_confidence) == (str(tmp_path / "p.tif"), str(tmp_path / "c.tif"))
    assert job.mask.name == "what grows"
    assert (job.any_resolution, job.overviews, job.minimum_confidence) == (True, True, 0.25)
    assert (job.confidence, job.probability_type) == (Confidence.ENTROPY, ProbabilityType.UINT8)
    assert (job.statistics, job.cog, job.keep_parts) == (True, True, True)
    assert (job.value_type, job.precision, job.quality) == (ValueType.INT16, Precision.INT8, Quality.FAST)


@pytest.mark.parametrize(
    ("text", "values"), [("", None), ("none", ()), ("0", (0.0,)), (" 0;-9999, 0 65535 ", (0.0, -9999.0, 65535.0))]
)
def test_nodata_values_reach_both_jobs(build_job, predict, evaluate, text, values):
    assert build_job("predict", {**predict, "NODATA": text}).nodata == values
    assert build_job("evaluate", {**evaluate, "NODATA": text}).nodata == values


@pytest.mark.parametrize("text", ["zero", "nan", "inf", "0;x"])
def test_nodata_that_is_no_number_is_refused(refusal, predict, evaluate, text):
    for name, given in (("predict", predict), ("evaluate", evaluate)):
        reason = refusal(name, {**given, "NODATA": text})
        assert "NODATA" in reason
        assert text in reason


def test_quality_masks_reach_both_jobs(build_job, predict, evaluate, raster_layer):
    given = {"INPUT_MASK": "SCL values 8-10", "INPUT_MASK_RASTERS": [raster_layer("clouds.tif")]}
    for job in (build_job("predict", {**predict, **given}), build_job("evaluate", {**evaluate, **given})):
        assert job.input_mask == "SCL values 8-10"
        assert [raster.name for raster in job.input_mask_rasters] == ["clouds"]


def test_quality_masks_that_are_none_are_refused_with_what_is_one(refusal, predict, evaluate):
    for name, given in (("predict", predict), ("evaluate", evaluate)):
        reason = refusal(name, {**given, "INPUT_MASK": "SCL equals 3"})
        assert "INPUT_MASK" in reason
        assert "SCL equals 3" in reason
        assert "sentinel2_scl" in reason


def test_extent_keeps_its_own_crs(build_job, predict):
    assert build_job("predict", {**predict, "EXTENT": "1,2,50,51 [EPSG:4326]"}).extent == Extent(
        1, 50, 2, 51, "EPSG:4326"
    )
    rectangle = QgsReferencedRectangle(QgsRectangle(1, 2, 3, 4), QgsCoordinateReferenceSystem("EPSG:3857"))
    assert build_job("predict", {**predict, "EXTENT": rectangle}).extent == Extent(1, 2, 3, 4, "EPSG:3857")


def test_an_extent_across_180_degrees_keeps_its_direction(build_job, predict):
    """QGIS turns 179 to -178 into -178 to 179, all of the Earth but the three degrees that were meant."""
    found = build_job("predict", {**predict, "EXTENT": "179,-178,-20,-10 [EPSG:4326]"}).extent
    assert found == Extent(179, -20, -178, -10, "EPSG:4326")
    found = build_job("predict", {**predict, "EXTENT": "-178,179,-20,-10 [EPSG:4326]"}).extent
    assert found == Extent(-178, -20, 179, -10, "EPSG:4326")
    found = build_job("predict", {**predict, "EXTENT": "179,182,-20,-10 [EPSG:4326]"}).extent
    assert found == Extent(179, -20, 182, -10, "EPSG:4326")


def test_extent_without_crs_is_the_projects_else_the_rasters(build_job, predict):
    assert build_job("predict", {**predict, "EXTENT": "0,10,0,20"}).extent == Extent(0, 0, 10, 20, "EPSG:32633")
    QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:3035"))
    assert build_job("predict", {**predict, "EXTENT": "0,10,0,20"}).extent.crs == "EPSG:3035"


def test_extent_may_be_a_layer(build_job, predict, raster_layer):
    extent = build_job("predict", {**predict, "EXTENT": raster_layer("elsewhere.tif")}).extent
    assert extent == Extent(500000, 5799940, 500080, 5800000, "EPSG:32633")


def test_temporary_output_becomes_a_geotiff(build_job, predict):
    job = build_job("predict", {**predict, "OUTPUT": QgsProcessing.TEMPORARY_OUTPUT})
    assert job.output.endswith(".tif")
    assert (job.output_probabilities, job.output_polygons) == (None, None)


def test_temporary_polygons_become_a_geopackage_whatever_qgis_is_set_to(build_job, predict):
    QgsSettings().setValue("Processing/Configuration/DefaultOutputVectorLayerExt", 7)
    try:
        job = build_job("predict", {**predict, "OUTPUT_POLYGONS": QgsProcessing.TEMPORARY_OUTPUT})
    finally:
        QgsSettings().remove("Processing/Configuration/DefaultOutputVectorLayerExt")
    assert job.output_polygons.endswith(".gpkg")


def test_evaluation_takes_the_trained_field_where_none_is_chosen(build_job, evaluate):
    job = build_job("evaluate", evaluate)
    assert job == EvaluateJob(model=evaluate["MODEL"], input=job.input, labels=job.labels)
    assert job.labels.fields == ("fclass",)


def test_evaluation_takes_several_scenes_and_a_label_raster(build_job, evaluate, raster_layer, tmp_path):
    scenes = [raster_layer(name) for name in ("a.tif", "b.tif")]
    report = str(tmp_path / "r.html")
    job = build_job(
        "evaluate",
        {**evaluate, "INPUT": scenes, "LABELS": None, "LABEL_RASTER": scenes[:1], "OUTPUT_REPORT": report},
    )
    assert [raster.name for raster in job.input] == ["a", "b"]
    assert isinstance(job.labels, RasterLabels)
    assert job.output_report == report


def test_evaluation_takes_the_map_the_labels_are_a_sample_of(build_job, evaluate, raster_layer):
    map_layer = raster_layer("crops 2024.tif")
    job = build_job("evaluate", {**evaluate, "MAP": map_layer})
    assert job.map == RasterSource(map_layer.source(), "crops 2024")
    assert build_job("evaluate", {**evaluate, "MAP": map_layer.source()}).map.path == map_layer.source()


@pytest.mark.parametrize(
    ("text", "values"),
    [("", None), (" None ", ()), ("0", ("0",)), (" 0 ;No data; winter, wheat;0;", ("0", "No data", "winter, wheat"))],
)
def test_what_is_no_class_reaches_the_job_of_both_kinds_of_labels(build_job, evaluate, raster_layer, text, values):
    evaluate = {**evaluate, "LABEL_FIELD": ["fclass"], "LABEL_NODATA": text}
    assert build_job("evaluate", evaluate).labels.nodata == values
    raster = {**evaluate, "LABELS": None, "LABEL_FIELD": None, "LABEL_RASTER": [raster_layer("truth.tif")]}
    assert build_job("evaluate", raster).labels.nodata == values


def test_bands_of_label_raster_and_map_reach_the_job(build_job, refusal, evaluate, raster_layer):
    truth = [raster_layer("truth.tif")]
    job = build_job(
        "evaluate",
        {**evaluate, "LABELS": None, "LABEL_RASTER": truth, "LABEL_BAND": " 2 ", "MAP": truth[0], "MAP_BAND": "class"},
    )
    assert (job.labels.band, job.map_band) == ("2", "class")
    assert "LABEL_BAND" in refusal("evaluate", {**evaluate, "LABEL_FIELD": ["fclass"], "LABEL_BAND": "2"})


def test_map_that_cannot_be_opened_is_named(refusal, evaluate):
    assert "/nowhere/gone.tif" in refusal("evaluate", {**evaluate, "MAP": "/nowhere/gone.tif"})
    assert "no map" in refusal("evaluate", {**evaluate, "MAP_BAND": "class"})


def test_report_over_the_map_is_refused(refusal, evaluate, raster_layer):
    map_layer = raster_layer("crops.tif")
    reason = refusal("evaluate", {**evaluate, "MAP": map_layer, "OUTPUT_REPORT": map_layer.source()})
    assert "[output_is_input]" in reason


def test_field_with_a_label_raster_is_refused_by_name(refusal, evaluate, raster_layer):
    only_raster = {**evaluate, "LABELS": None, "LABEL_RASTER": [raster_layer("truth.tif")]}
    assert "(GROUP_FIELD)" in refusal("evaluate", {**only_raster, "GROUP_FIELD": "site"})


def test_several_trained_fields_are_taken_together(build_job, evaluate, tmp_path):
    model = write_model(tmp_path / "two.colearn", a_manifest(label_fields=("level", "site")))
    assert build_job("evaluate", {**evaluate, "MODEL": model}).labels.fields == ("level", "site")


def test_trained_field_with_a_comma_in_its_name_is_one_field(build_job, evaluate, tmp_path):
    layer = QgsVectorLayer("Point?crs=EPSG:32633&field=height, m:double", "heights", "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(500000, 5799960)))
    layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    model = write_model(tmp_path / "comma.colearn", a_manifest(label_fields=("height, m",)))
    assert build_job("evaluate", {**evaluate, "MODEL": model, "LABELS": layer}).labels.fields == ("height, m",)


def test_trained_field_the_layer_lacks_must_be_chosen(refusal, evaluate, tmp_path):
    model = write_model(tmp_path / "other.colearn", a_manifest(label_fields=("genus",)))
    assert "fclass, level, site" in refusal("evaluate", {**evaluate, "MODEL": model})


# Refusals ------------------------------------------------------------
