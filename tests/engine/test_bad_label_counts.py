"""Too few labels, or too few groups of them, to learn from."""

import pytest
from colearn.engine.contract.job.job import Method
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile

from journeys import run_train
from label_trainings import all_over, job_with
from layers import square, stands, write_layer
from refusals import says

pytestmark = pytest.mark.usefixtures("small_networks")


class TestTooFew:
    def test_two_polygons_cannot_be_split(self, refuse_labels, tmp_path) -> None:
        layer = write_layer(tmp_path / "a.gpkg", [(square(20, 20), {"kind": "oak"}), (square(50, 50), {"kind": "ash"})])
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, stands(layer))
        says(error, "my stands", "2 groups", "three groups", "at more locations")

    def test_one_value_of_the_group_field_cannot_be_split(self, refuse_labels, tmp_path) -> None:
        values = all_over(lambda at: {"kind": "ab"[at % 2], "plot": "the only one"})
        layer = write_layer(tmp_path / "a.gpkg", values, fields={"kind": str, "plot": str})
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, stands(layer, "kind", group="plot"))
        says(error, "1 group ", "GROUP_FIELD")

    def test_three_polygons_of_two_classes_leave_a_part_empty(self, refuse_labels, tmp_path) -> None:
        kinds = ("oak", "ash", "ash")
        squares = [(square(20 + 25 * at, 40), {"kind": kind}) for at, kind in enumerate(kinds)]
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, stands(write_layer(tmp_path / "a.gpkg", squares)))
        says(error, "my stands", "left for", "60 %")

    def test_groups_that_all_share_one_class_but_for_one(self, refuse_labels, tmp_path) -> None:
        values = all_over(lambda at: {"kind": "ash" if at == 3 else "oak", "plot": f"plot {at // 2}"})
        layer = write_layer(tmp_path / "a.gpkg", values, fields={"kind": str, "plot": str})
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, stands(layer, "kind", group="plot"))
        says(error, "my stands", "only one class left", "at least three groups", "GROUP_FIELD")

    def test_a_group_for_each_class_leaves_nothing_to_compare(self, refuse_labels, tmp_path) -> None:
        values = all_over(lambda at: {"kind": "abcd"[at % 4], "plot": "abcd"[at % 4]})
        layer = write_layer(tmp_path / "a.gpkg", values, fields={"kind": str, "plot": str})
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, stands(layer, "kind", group="plot"))
        says(error, "my stands", "only one class left", "merge rare classes")

    def test_fewer_groups_than_folds(self, refuse_labels, tmp_path) -> None:
        values = all_over(lambda at: {"kind": "ab"[at % 2], "plot": f"plot {at // 5}"})
        layer = write_layer(tmp_path / "a.gpkg", values, fields={"kind": str, "plot": str})
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, stands(layer, "kind", group="plot"), folds=5)
        says(error, "my stands", "4 groups", "at least 5 groups", "Lower FOLDS")

    @pytest.mark.parametrize(
        ("polygons", "logged"),
        [(1, "yew: all samples belong to one group"), (2, "yew: its samples belong to 2 groups, fewer than")],
    )
    def test_a_class_of_fewer_polygons_than_folds_is_reported(self, world, outputs, tmp_path, polygons, logged) -> None:
        kinds = ["yew"] * polygons + ["oak", "ash"] * 10
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda at: {"kind": kinds[at]}))
        finished, sink = run_train(job_with(world, outputs, stands(layer), folds=3, method=Method.ALONE), report=True)
        assert logged in sink.texts(Level.WARNING)
        assert finished.numbers["TEST_SAMPLES"] > 10

    def test_a_distance_of_parts_that_leaves_too_little_is_named_as_the_cause(self, refuse_labels, tmp_path) -> None:
        """Fields of 80 m, 240 m from middle to middle: patches that keep 5 km leave nothing to learn from."""
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda at: {"kind": "ab"[at % 2]}))
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, stands(layer), context_m=30.0, split_buffer_m=5000.0)
        says(error, "my stands", "SPLIT_BUFFER_M=5000", "Lower SPLIT_BUFFER_M")

    def test_patches_that_hold_all_other_parts_are_refused_with_some_that_do_not(self, refuse_labels, tmp_path) -> None:
        """Fields of 80 m, 240 m from middle to middle, on 960 × 720 m: patches of 2,400 m see all of each other."""
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda at: {"kind": "ab"[at % 2]}))
        error = refuse_labels(ErrorCode.CONTEXT_TOO_LARGE, stands(layer), context_m=2400.0)
        says(error, "my stands", "camera 241 × 241 px, radar 121 × 121 px", "Set CONTEXT_M to")
        context_m = float(error.remedy.split("CONTEXT_M to ")[1].split(" ")[0])
        assert 300 <= context_m < 1600  # 300 m are 15 pixels each way: to the next field, 16 pixels off, none reaches

    def test_one_group_is_too_few_to_train_on(self, refuse_labels, world, outputs, tmp_path) -> None:
        values = all_over(lambda at: {"kind": "ab"[at % 2], "plot": f"plot {at // 7}"})
        layer = write_layer(tmp_path / "a.gpkg", values, fields={"kind": str, "plot": str})
        labels = stands(layer, "kind", group="plot")
        error = refuse_labels(ErrorCode.TOO_FEW_SAMPLES, labels, method=Method.DISTILLATION)
        says(error, "METHOD", "a single group", "at least two groups", "mdico or alone")
        job = job_with(world, outputs, labels, method=Method.AUTO, unlabelled_samples=30)
        _, sink = run_train(job, report=True)
        assert "The method distillation failed: found" in sink.texts(Level.WARNING)
        manifest = ModelFile.open(outputs / "model.colearn").manifest
        assert manifest.method == "average"
        assert [each.method for each in manifest.candidates] == ["mdico", "alone", "average"]

    def test_a_class_of_one_polygon_is_learned_and_reported_as_untested(self, world, outputs, tmp_path) -> None:
        kinds = ["yew"] + ["oak", "ash"] * 10
        layer = write_layer(tmp_path / "a.gpkg", all_over(lambda at: {"kind": kinds[at]}))
        _, sink = run_train(job_with(world, outputs, stands(layer)), report=True)
        assert "No test samples of yew" in sink.texts(Level.WARNING)
        classes = ModelFile.open(outputs / "model.colearn").manifest.classes
        assert [label.name for label in classes] == ["ash", "oak", "yew"]
