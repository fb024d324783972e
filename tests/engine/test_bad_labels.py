"""Labels a training cannot learn from: the layer, the field and the reason are named."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.job.sources import RasterLabels, RasterSource, VectorLabels, VectorSource
from colearn.engine.contract.wire.codec import CodecError
from colearn.engine.contract.wire.errors import ErrorCode, JobError
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal, ogr

from journeys import polygon_labels, run_train, source, train_job
from label_trainings import all_over, job_with
from layers import square, stands, write_layer
from refusals import refused, says
from world import NORTH, WEST, write_raster


class TestLayer:
    def test_a_file_that_is_not_there(self, refuse_labels, tmp_path) -> None:
        error = refuse_labels(ErrorCode.LABELS_UNREADABLE, stands(tmp_path / "gone.gpkg"))
        says(error, "my stands", "gone.gpkg", "No such file")

    def test_a_file_that_is_cut_off(self, refuse_labels, world, tmp_path) -> None:
        whole = world.polygons.read_bytes()
        (tmp_path / "cut.gpkg").write_bytes(whole[: len(whole) // 2])
        labels = VectorLabels(VectorSource(str(tmp_path / "cut.gpkg"), "labels", "my stands"), ("kind",))
        says(refuse_labels(ErrorCode.LABELS_UNREADABLE, labels), "my stands", "Check the file")

    def test_a_raster_as_vector_layer(self, refuse_labels, world) -> None:
        labels = VectorLabels(VectorSource(str(world.camera), "", "my stands"), ("kind",))
        says(refuse_labels(ErrorCode.LABELS_UNREADABLE, labels), "my stands", "not recognized")

    def test_a_layer_that_is_not_in_the_file_names_those_that_are(self, refuse_labels, world) -> None:
        labels = VectorLabels(VectorSource(str(world.polygons), "trees", "my stands"), ("kind",))
        says(refuse_labels(ErrorCode.LABELS_UNREADABLE, labels), "my stands", "no layer 'trees'", "the layers labels")

    def test_without_crs(self, refuse_labels, tmp_path) -> None:
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda at: {"kind": "ab"[at % 2]}), epsg=None)
        says(
            refuse_labels(ErrorCode.LABELS_WITHOUT_CRS, stands(layer)),
            "my stands",
            "coordinate reference system",
            "Assign",
        )

    def test_lines(self, refuse_labels, tmp_path) -> None:
        line = f"LINESTRING ({WEST} {NORTH}, {WEST + 900} {NORTH - 900})"
        layer = write_layer(tmp_path / "a.gpkg", [(line, {"kind": "road"})] * 3, kind=ogr.wkbLineString)
        says(
            refuse_labels(ErrorCode.LABELS_UNREADABLE, stands(layer)),
            "my stands",
            "3 × linestring",
            "a point or polygon layer",
            "Choose a layer of that kind",
        )

    def test_points_mixed_with_polygons(self, refuse_labels, tmp_path) -> None:
        point = (f"POINT ({WEST + 500} {NORTH - 500})", {"kind": "a"})
        layer = write_layer(tmp_path / "a.gpkg", [point, (square(20, 20), {"kind": "b"})], kind=ogr.wkbUnknown)
        says(refuse_labels(ErrorCode.LABELS_UNREADABLE, stands(layer)), "1 × point", "1 × polygon")

    def test_no_feature(self, refuse_labels, tmp_path) -> None:
        says(
            refuse_labels(ErrorCode.LABELS_EMPTY, stands(write_layer(tmp_path / "a.gpkg", []))),
            "my stands",
            "no feature",
        )


class TestField:
    def test_a_field_that_is_not_there_lists_the_fields(self, refuse_labels, world) -> None:
        error = refuse_labels(ErrorCode.LABEL_FIELD_MISSING, polygon_labels(world, "species"))
        says(error, "fields", "'species'", "kind, code, biomass, plot, wet, green", "Choose a field")

    def test_a_group_field_that_is_not_there(self, refuse_labels, world) -> None:
        error = refuse_labels(ErrorCode.LABEL_FIELD_MISSING, polygon_labels(world, "kind", group="estate"))
        says(error, "'estate'", "plot")

    def test_one_class_only(self, refuse_labels, tmp_path) -> None:
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda _: {"kind": "Eiche"}))
        says(refuse_labels(ErrorCode.LABEL_ONE_CLASS, stands(layer)), "my stands", "Eiche", "kind", "two classes")

    def test_nulls_are_left_out_with_their_number(self, world, outputs, tmp_path) -> None:
        kinds = ["oak", "ash", None, "", "oak", "ash"]
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda at: {"kind": kinds[at % 6]}))
        _, sink = run_train(job_with(world, outputs, stands(layer)))
        assert "my stands: 6 labels without a value in kind excluded" in sink.texts(Level.WARNING)
        classes = ModelFile.open(outputs / "model.colearn").manifest.classes
        assert [label.name for label in classes] == ["ash", "oak"]

    def test_infinite_measurements_are_left_out_with_their_number(self, world, outputs, tmp_path) -> None:
        heights = [10.5, 20.25, float("inf"), 15.125, 1e39]
        layer = write_layer(
            tmp_path / "a.gpkg", all_over(lambda at: {"height": heights[at % 5]}), fields={"height": float}
        )
        _, sink = run_train(job_with(world, outputs, stands(layer, "height")))
        warnings = sink.texts(Level.WARNING)
        assert "8 labels without a value in height excluded (8 of them infinite" in warnings
        (target,) = ModelFile.open(outputs / "model.colearn").manifest.targets
        assert (target.minimum, target.maximum) == (10.5, 20.25)

    def test_nothing_but_nulls(self, refuse_labels, tmp_path) -> None:
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda _: {"kind": None}))
        error = refuse_labels(ErrorCode.LABELS_EMPTY, stands(layer))
        says(error, "my stands", "20 labels", "none of them with a value in kind")


class TestTask:
    def test_text_is_no_measurement(self, refuse_labels, world) -> None:
        error = refuse_labels(ErrorCode.LABEL_FIELD_UNSUITABLE, polygon_labels(world), task=Task.REGRESSION)
        says(error, "fields, kind", "text", "numbers", "TASK")

    def test_measurements_are_no_classes(self, refuse_labels, world) -> None:
        labels = polygon_labels(world, "biomass")
        error = refuse_labels(ErrorCode.LABEL_FIELD_UNSUITABLE, labels, task=Task.CLASSIFICATION)
        says(error, "fields, biomass", "decimals", "integers")

    @pytest.mark.parametrize("task", [Task.MULTILABEL, Task.AUTO])
    def test_text_is_no_flag(self, refuse_labels, world, task) -> None:
        error = refuse_labels(ErrorCode.LABEL_FIELD_UNSUITABLE, polygon_labels(world, "kind", "plot"), task=task)
        says(error, "fields, kind, plot")

    def test_counts_are_no_flags(self, refuse_labels, world) -> None:
        labels = polygon_labels(world, "code", "wet")
        error = refuse_labels(ErrorCode.LABEL_FIELD_UNSUITABLE, labels, task=Task.MULTILABEL)
        says(error, "values other than 0 and 1", "multilabel")

    def test_several_fields_are_not_one_class(self, refuse_labels, world) -> None:
        labels = polygon_labels(world, "kind", "plot")
        error = refuse_labels(ErrorCode.LABEL_FIELD_UNSUITABLE, labels, task=Task.CLASSIFICATION)
        says(error, "2 fields", "one field")

    def test_a_measurement_that_never_varies(self, refuse_labels, tmp_path) -> None:
        values = all_over(lambda at: {"height": 12.5, "age": float(at)})
        layer = write_layer(tmp_path / "a.gpkg", values, fields={"height": float, "age": float})
        for labels in (stands(layer, "height"), stands(layer, "age", "height")):
            says(refuse_labels(ErrorCode.LABEL_ONE_CLASS, labels), "my stands", "height", "12.5", "remove this field")

    def test_a_flag_that_is_never_set(self, refuse_labels, tmp_path) -> None:
        values = all_over(lambda at: {"oak": at % 2, "yew": 0})
        layer = write_layer(tmp_path / "a.gpkg", values, fields={"oak": int, "yew": int})
        says(refuse_labels(ErrorCode.LABEL_ONE_CLASS, stands(layer, "oak", "yew")), "my stands, yew", "value 0")

    @pytest.mark.parametrize("fields", [(), ("kind", "kind")])
    def test_every_field_once(self, world, fields) -> None:
        with pytest.raises(CodecError, match="field"):
            VectorLabels(VectorSource(str(world.polygons)), fields)


class TestLabelRaster:
    def labels(self, path):
        return RasterLabels((source(path),))

    def test_nodata_everywhere_is_not_reported_as_another_area(self, refuse_labels, tmp_path) -> None:
        raster = write_raster(tmp_path / "land cover.tif", np.zeros((1, 120, 120), np.uint8), nodata=0)
        error = refuse_labels(ErrorCode.LABELS_EMPTY, self.labels(raster))
        says(error, "land cover", "nodata in every pixel", "nodata value")

    def test_one_class_only(self, refuse_labels, tmp_path) -> None:
        raster = write_raster(tmp_path / "land cover.tif", np.full((1, 120, 120), 7, np.uint8))
        says(refuse_labels(ErrorCode.LABEL_ONE_CLASS, self.labels(raster)), "land cover", "only one class (7)")

    def test_one_value_only(self, refuse_labels, tmp_path) -> None:
        raster = write_raster(tmp_path / "height.tif", np.full((1, 120, 120), 3.25, np.float32))
        error = refuse_labels(ErrorCode.LABEL_ONE_CLASS, self.labels(raster))
        says(error, "height: found the value 3.25")

    def test_without_crs(self, refuse_labels, tmp_path) -> None:
        raster = write_raster(tmp_path / "land cover.tif", np.ones((1, 120, 120), np.uint8), epsg=None)
        says(refuse_labels(ErrorCode.RASTER_WITHOUT_CRS, self.labels(raster)), "land cover")

    @pytest.fixture
    def picture(self, world, tmp_path):
        """A picture of the classes in red, green and blue: as “classes” of its first band it would score 1."""
        colors = np.array([[255, 0, 0], [0, 255, 0], [255, 255, 0]], np.uint8)[world.truth]
        return write_raster(tmp_path / "picture.tif", np.moveaxis(colors, -1, 0))

    def test_several_bands_and_none_named(self, refuse_labels, picture) -> None:
        error = refuse_labels(ErrorCode.LABEL_SEVERAL_BANDS, self.labels(picture))
        says(error, "picture", "found 3 bands (1, 2, 3)", "expected one band", "LABEL_BAND", "RGB rendering")

    @pytest.mark.parametrize("band", ["4", "0", "classes"])
    def test_a_band_that_is_not_there(self, refuse_labels, picture, band) -> None:
        error = refuse_labels(ErrorCode.BANDS_UNKNOWN, RasterLabels((source(picture),), band=band))
        says(error, f"the band {band} in LABEL_BAND", "one of 1, 2, 3")

    def test_a_band_that_a_sensor_reads_too(self, refuse_labels, world) -> None:
        error = refuse_labels(ErrorCode.SENSOR_TWICE, RasterLabels((source(world.camera),), band="B03"))
        says(error, "camera and the labels", "the label raster among the bands of a sensor")

    def test_values_that_two_files_call_otherwise(self, refuse_labels, world, tmp_path) -> None:
        paths = []
        for at, names in enumerate((["", "oak", "ash", "elm"], ["", "ash", "oak", "elm"])):
            values = (world.truth[at * 60 : at * 60 + 60] + 1)[np.newaxis].astype(np.uint8)
            origin = (WEST, NORTH - at * 600)
            paths.append(write_raster(tmp_path / f"part {at}.tif", values, nodata=0, origin=origin))
            dataset = gdal.Open(str(paths[-1]), gdal.GA_Update)
            dataset.GetRasterBand(1).SetCategoryNames(names)
            del dataset
        error = refuse_labels(ErrorCode.LABEL_FIELD_UNSUITABLE, RasterLabels(tuple(map(source, paths))))
        says(error, "part 0, part 1", "the value 1 named oak in one raster and ash in another")

    def test_background_only(self, refuse_labels, tmp_path) -> None:
        raster = write_raster(tmp_path / "land cover.tif", np.zeros((1, 120, 120), np.uint8))
        dataset = gdal.Open(str(raster), gdal.GA_Update)
        dataset.GetRasterBand(1).SetCategoryNames(["Unclassified"])
        del dataset
        says(refuse_labels(ErrorCode.LABELS_EMPTY, self.labels(raster)), "land cover", "no class")

    def test_a_web_service(self, refuse_labels) -> None:
        labels = RasterLabels((RasterSource("type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png", "land cover"),))
        says(refuse_labels(ErrorCode.RASTER_IS_SERVICE, labels), "land cover", "service")


def test_a_gpu_that_is_not_there(world, outputs) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("a GPU is there")
    job = train_job(world, outputs, device=Device.CUDA)
    error = refused(run_train, job, ErrorCode.DEVICE_MISSING, outputs)
    says(error, "DEVICE", "GPU", "auto or cpu")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("epochs", 0, "1 or more"),
        ("epochs", 1.5, "int"),
        ("batch_size", 1, "2 or more"),
        ("learning_rate", 0.0, "more than 0"),
        ("learning_rate", float("nan"), "more than 0"),
        ("max_samples", 9, "10 or more"),
        ("seed", -1, "0 to 2147483647"),
        ("context_m", -1.0, "metres"),
        ("context_m", float("inf"), "metres"),
        ("device", "tpu", "auto, cpu, cuda"),
        ("method", "magic", "auto, mdico, distillation"),
        ("sensors", [], "at least one sensor"),
        ("folds", 2, "1 (a single split), or 3 to 20"),
        ("folds", 21, "1 (a single split), or 3 to 20"),
        ("repeats", 0, "1 to 20"),
        ("split_buffer_m", -1.0, "metres"),
        ("split_buffer_m", float("nan"), "metres"),
        ("unlabelled_samples", -1, "0 or more"),
        ("effort", "lazy", "quick, standard, thorough"),
        ("time_budget_min", 0.0, "more than 0 minutes"),
        ("time_budget_min", float("inf"), "more than 0 minutes"),
        ("optimize", "kappa", "balanced_accuracy, accuracy"),
        ("split_by", "year", "auto, feature, block, random"),
        ("series_encoder", "lstm", "tempcnn, ltae, transformer"),
        ("loss", {"temperature": 0.0}, "0.001 to 1000"),
        ("loss", {"distillation": 1.5}, "0 to 1"),
        ("loss", {"contrastive": -1.0}, "0 to 1000"),
    ],
)
def test_values_out_of_range_are_refused_with_the_job(world, outputs, name, value, expected) -> None:
    import json

    plain = json.loads(job_to_text(train_job(world, outputs)))
    with pytest.raises(JobError) as caught:
        job_from_text(json.dumps({**plain, name: value}), "train", "job.json")
    assert caught.value.code is ErrorCode.JOB_INVALID
    says(caught.value, "job.json", name, expected)
