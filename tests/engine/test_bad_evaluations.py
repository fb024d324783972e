"""What cannot be scored: labels of another place, field or kind, rasters without a value."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device, EvaluateJob
from colearn.engine.contract.job.sources import RasterLabels
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from osgeo import gdal

from journeys import polygon_labels, run_evaluate, source
from layers import ALL_OVER, square, stands, write_layer
from refusals import refused, says
from world import NORTH, WEST, write_raster


def job_with(model, raster, outputs, labels, **changes):
    return EvaluateJob(str(model), (source(raster),), labels, str(outputs / "évaluation.html"), **changes)


@pytest.fixture
def refuse(world, outputs, small_model):
    """Score the camera on labels that must be refused."""

    def run(code, labels, raster=world.camera, model=small_model, **changes):
        return refused(run_evaluate, job_with(model, raster, outputs, labels, **changes), code, outputs)

    return run


def test_labels_of_another_area_are_reported_with_both_extents(refuse, tmp_path) -> None:
    layer = write_layer(tmp_path / "a.gpkg", [(square(0, 5000), {"kind": "bare"})])
    error = refuse(ErrorCode.LABELS_OUTSIDE_SENSOR, stands(layer))
    says(error, "my stands and camera", "the labels are at 13.547", "51.89", "camera covers 13.532", "52.341° N")


def test_a_label_raster_of_another_area(refuse, tmp_path) -> None:
    raster = write_raster(tmp_path / "truth.tif", np.ones((1, 9, 9), np.uint8), origin=(WEST - 90_000, NORTH))
    says(refuse(ErrorCode.LABELS_OUTSIDE_SENSOR, RasterLabels((source(raster),))), "truth", "12.2", "camera covers")


def test_a_label_raster_of_nodata(refuse, tmp_path) -> None:
    raster = write_raster(tmp_path / "truth.tif", np.zeros((1, 120, 120), np.uint8), nodata=0)
    says(refuse(ErrorCode.LABELS_EMPTY, RasterLabels((source(raster),))), "truth", "nodata in every pixel")


def test_a_field_that_is_not_there(refuse, world) -> None:
    error = refuse(ErrorCode.LABEL_FIELD_MISSING, polygon_labels(world, "species"))
    says(error, "'species'", "kind, code, biomass")


def test_classes_the_model_does_not_know(refuse, tmp_path) -> None:
    layer = write_layer(tmp_path / "a.gpkg", [(square(20, 20), {"kind": "yew"})])
    error = refuse(ErrorCode.LABEL_FIELD_UNSUITABLE, stands(layer))
    says(error, "my stands, kind", "yew", "bare, crop, wöod & heath")


def test_more_fields_than_the_model_has_targets(refuse, world) -> None:
    error = refuse(ErrorCode.LABEL_FIELD_UNSUITABLE, polygon_labels(world, "kind", "plot"))
    says(error, "LABEL_FIELD", "2 fields: kind, plot", "the same number of fields as in training, in this order: kind")


def test_text_for_a_model_of_measurements(refuse, world, small_series_model) -> None:
    error = refuse(ErrorCode.LABEL_FIELD_UNSUITABLE, polygon_labels(world), model=small_series_model)
    says(error, "fields, kind", "text", "numbers")


def test_a_raster_without_a_single_value(refuse, world, tmp_path) -> None:
    void = write_raster(
        tmp_path / "void.tif", np.zeros((4, 120, 120), np.uint16), nodata=0, names=("B02", "B03", "B04", "B08")
    )
    error = refuse(ErrorCode.TOO_FEW_SAMPLES, polygon_labels(world), void)
    says(error, "fields", "camera covers 0", "nodata")


def test_an_input_that_is_not_there(refuse, world, tmp_path) -> None:
    says(refuse(ErrorCode.RASTER_UNREADABLE, polygon_labels(world), tmp_path / "gone.tif"), "gone", "No such file")


def test_bands_of_another_sensor(refuse, world) -> None:
    error = refuse(ErrorCode.BANDS_DIFFER, polygon_labels(world), world.radar, sensor="camera")
    says(error, "found the bands VV, VH;", "the bands of camera: B02, B03, B04, B08")


def test_a_gpu_that_is_not_there(refuse, world) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("a GPU is there")
    says(refuse(ErrorCode.DEVICE_MISSING, polygon_labels(world), device=Device.CUDA), "DEVICE", "auto or cpu")


class TestMap:
    """The map that the labels are a sample of."""

    def test_a_model_of_measurements(self, refuse, world, small_series_model) -> None:
        labels, raster = polygon_labels(world, "biomass"), source(world.label_raster)
        error = refuse(ErrorCode.MAP_UNSUITABLE, labels, model=small_series_model, map=raster)
        says(error, "MAP", "a model for regression", "Leave MAP empty")

    def test_codes_of_another_model(self, refuse, world, tmp_path) -> None:
        other = write_raster(tmp_path / "other.tif", np.full((1, 120, 120), 9, np.uint8), nodata=0)
        error = refuse(ErrorCode.MAP_UNSUITABLE, polygon_labels(world), map=source(other))
        says(error, "other", "the value 9", "1 (bare), 2 (crop), 3 (wöod & heath)")

    def test_a_map_made_by_another_model(self, refuse, world, tmp_path) -> None:
        other = write_raster(tmp_path / "other.tif", np.ones((1, 120, 120), np.uint8), nodata=0)
        gdal.Open(str(other), gdal.GA_Update).SetMetadataItem("COLEARN_MODEL", "0" * 64)
        error = refuse(ErrorCode.MAP_UNSUITABLE, polygon_labels(world), map=source(other))
        says(error, "other", "made by another model", "make the map again with this model")

    def test_a_map_of_another_area(self, refuse, world, tmp_path) -> None:
        far = write_raster(tmp_path / "far.tif", np.ones((1, 9, 9), np.uint8), origin=(WEST - 90_000, NORTH))
        error = refuse(ErrorCode.MAP_UNSUITABLE, polygon_labels(world), map=source(far))
        says(error, "fields and far", "the labels are at 13.5", "far covers 12.2", "leave MAP empty")

    def test_a_map_that_is_not_there(self, refuse, world, tmp_path) -> None:
        says(refuse(ErrorCode.RASTER_UNREADABLE, polygon_labels(world), map=source(tmp_path / "no.tif")), "no.tif")

    def test_a_report_over_the_map(self, world, small_model, outputs) -> None:
        report = write_raster(outputs / "évaluation.html", np.ones((1, 120, 120), np.uint8))
        job = job_with(small_model, world.camera, outputs, polygon_labels(world), map=source(report))
        refused(run_evaluate, job, ErrorCode.OUTPUT_IS_INPUT, outputs)


def test_nulls_and_strange_classes_are_counted_and_left_out(world, small_model, outputs, tmp_path) -> None:
    kinds = ("bare", "crop", None, "yew")
    layer = write_layer(tmp_path / "a.gpkg", [(square(*at), {"kind": kinds[n % 4]}) for n, at in enumerate(ALL_OVER)])
    finished, sink = run_evaluate(job_with(small_model, world.camera, outputs, stands(layer)))
    assert finished.numbers["N"] == 10 * 64
    warnings = sink.texts(Level.WARNING)
    assert "5 labels without a value in kind" in warnings
    assert "5 labels of classes that the model does not have excluded: yew" in warnings


def test_labels_of_one_class_are_scored(world, small_model, outputs, tmp_path) -> None:
    layer = write_layer(tmp_path / "a.gpkg", [(square(*at), {"kind": "bare"}) for at in ALL_OVER])
    finished, _ = run_evaluate(job_with(small_model, world.camera, outputs, stands(layer)))
    assert finished.numbers["ACCURACY"] == finished.numbers["BALANCED_ACCURACY"]
    assert (outputs / "évaluation.html").is_file()


def test_another_resolution_and_another_unit_are_reported_and_scored(world, small_model, outputs, tmp_path) -> None:
    dataset = gdal.Open(str(world.camera))
    shares = (dataset.ReadAsArray() / 10000).astype(np.float32)
    raster = write_raster(tmp_path / "coarse.tif", shares, 50.0, nodata=0, names=("B02", "B03", "B04", "B08"))
    finished, sink = run_evaluate(job_with(small_model, raster, outputs, polygon_labels(world)))
    warnings = sink.texts(Level.WARNING)
    assert "5 times larger" in warnings
    assert "multiply by 10000" in warnings
    assert finished.numbers["N"] > 0


def test_what_the_model_was_trained_on_is_neither(world, small_model, small_series_model, outputs) -> None:
    for model, raster, field in ((small_model, world.camera, "kind"), (small_series_model, world.series, "biomass")):
        _, sink = run_evaluate(job_with(model, raster, outputs, polygon_labels(world, field)))
        assert "far outside the range" not in sink.texts(Level.WARNING)
        assert "pixels are" not in sink.texts(Level.WARNING)
