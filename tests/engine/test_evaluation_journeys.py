"""Evaluations on the small world: what they promise a person."""

import json
import re

import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.job.sources import RasterLabels, VectorLabels, VectorSource
from colearn.engine.contract.manifest.manifest_text import manifest_from_text
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal

from journeys import (
    polygon_labels,
    predict_job,
    read,
    run_evaluate,
    run_predict,
    source,
)
from world import CLASSES, GROUND_SCALE, NORTH, PIXEL_M, WEST


class TestEvaluate:
    def test_scores_and_report_on_polygons(self, camera_and_radar, world, tmp_path) -> None:
        job = EvaluateJob(
            str(camera_and_radar[2]), (source(world.camera),), polygon_labels(world), str(tmp_path / "évaluation.html")
        )
        finished, _ = run_evaluate(job)
        assert list(finished.numbers) == ["BALANCED_ACCURACY", "ACCURACY", "MACRO_F1", "KAPPA", "N"]
        assert 0.6 < finished.numbers["ACCURACY"] <= 1
        assert finished.numbers["N"] > 5000
        assert "camera" in (tmp_path / "évaluation.html").read_text(encoding="utf-8")

    def test_scores_equal_those_of_the_map_itself(self, camera_and_radar, world, tmp_path) -> None:
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map.tif"))
        finished, _ = run_evaluate(
            EvaluateJob(str(camera_and_radar[2]), (source(world.camera),), RasterLabels((source(world.label_raster),)))
        )
        assert finished.outputs == {}
        mapped, labels = read(tmp_path / "map.tif")[0], read(world.label_raster)[0]
        valid = mapped != 255
        assert finished.numbers["N"] == valid.sum()
        assert finished.numbers["ACCURACY"] == pytest.approx((mapped == labels)[valid].mean())

    def test_classes_the_model_does_not_know_are_left_out_with_a_count(self, camera_and_radar, world, tmp_path) -> None:
        with pytest.raises(CoLearnError) as caught:
            run_evaluate(EvaluateJob(str(camera_and_radar[2]), (source(world.camera),), polygon_labels(world, "plot")))
        assert caught.value.code is ErrorCode.LABEL_FIELD_UNSUITABLE
        assert "bare" in caught.value.expected

    def test_a_map_is_assessed_by_points_that_are_a_sample_of_it(self, camera_and_radar, world, tmp_path) -> None:
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map.tif"))
        points = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("kind",))
        report = tmp_path / "report.html"
        job = EvaluateJob(
            str(camera_and_radar[2]), (source(world.camera),), points, str(report), source(tmp_path / "map.tif")
        )
        finished, sink = run_evaluate(job)
        mapped = read(tmp_path / "map.tif")[0]
        right = (mapped == world.truth + 1)[mapped != 255].mean()
        numbers = finished.numbers
        assert numbers["AREA_ACCURACY"] == pytest.approx(right, abs=0.05)  # 300 points against every pixel
        assert numbers["AREA_ACCURACY_LOW"] <= right <= numbers["AREA_ACCURACY_HIGH"]
        areas = sum(numbers[f"AREA_HA:{name}"] for name in CLASSES)
        assert areas == pytest.approx((mapped != 255).sum() * (PIXEL_M / GROUND_SCALE) ** 2 / 10_000, rel=1e-4)
        for name, code in zip(sorted(CLASSES), (1, 2, 3), strict=True):
            of_class = (world.truth + 1)[mapped == code] == code
            assert numbers[f"USERS_ACCURACY:{name}"] == pytest.approx(of_class.mean(), abs=0.12)
        assert "Overall accuracy of the mapped area" in report.read_text(encoding="utf-8")
        assert "map: " in sink.texts(Level.INFO)

    def test_what_a_map_is_not_sure_of_counts_as_not_mapped(self, camera_and_radar, world, tmp_path) -> None:
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map.tif", minimum_confidence=0.6))
        points = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("kind",))
        job = EvaluateJob(str(camera_and_radar[2]), (source(world.camera),), points, map=source(tmp_path / "map.tif"))
        finished, sink = run_evaluate(job)
        mapped = read(tmp_path / "map.tif")[0]
        assert (mapped == 254).any()
        areas = sum(finished.numbers[f"AREA_HA:{name}"] for name in CLASSES)
        assert areas == pytest.approx((mapped < 254).sum() * (PIXEL_M / GROUND_SCALE) ** 2 / 10_000, rel=1e-4)
        assert "are unsure and count as not mapped" in sink.texts(Level.WARNING)

    def test_labels_the_model_was_trained_on_are_reported_with_their_count(
        self, camera_and_radar, world, tmp_path
    ) -> None:
        report = tmp_path / "report.html"
        raster = RasterLabels((source(world.label_raster),))
        model = ModelFile.open(str(camera_and_radar[2])).manifest
        _, sink = run_evaluate(EvaluateJob(str(camera_and_radar[2]), (source(world.camera),), raster, str(report)))
        used = model.samples.train + model.samples.validation  # each a pixel of the camera, which is a label here
        assert model.sensors[0].places.cells == used
        unseen = sum(one.labelled for one in model.combinations if "camera" not in one.sensors)
        words = r"(\d+) of 14\u202f337 labels are at locations used in training or model selection"
        logged = re.search(words, sink.texts(Level.WARNING))
        assert used - unseen <= int(logged[1]) <= used
        assert "where scores are optimistic" in report.read_text(encoding="utf-8")

    def test_labels_at_other_locations_are_not_known(self, world, tmp_path, small_model) -> None:
        places = ModelFile.open(str(small_model)).manifest.sensors[0].places
        assert places.cell_m == pytest.approx(PIXEL_M / GROUND_SCALE / 2, rel=1e-4)
        bounds = (WEST + 5000, NORTH, WEST + 6200, NORTH - 1200)
        for name, raster in (("moved.tif", world.camera), ("labels.tif", world.label_raster)):
            gdal.Translate(str(tmp_path / name), str(raster), outputBounds=bounds).FlushCache()
        raster = RasterLabels((source(tmp_path / "labels.tif"),))
        _, sink = run_evaluate(EvaluateJob(str(small_model), (source(tmp_path / "moved.tif"),), raster))
        assert "used in training or model selection" not in sink.texts()

    def test_a_model_that_does_not_say_where_it_was_trained_is_scored_all_the_same(
        self, small_model, world, tmp_path, monkeypatch
    ) -> None:
        def of_an_older_version(text, subject):
            plain = json.loads(text)
            for sensor in plain["sensors"]:
                del sensor["places"]
            return manifest_from_text(json.dumps(plain), subject)

        monkeypatch.setattr("colearn.engine.contract.manifest.model_reader.manifest_from_text", of_an_older_version)
        job = EvaluateJob(str(small_model), (source(world.camera),), polygon_labels(world), str(tmp_path / "r.html"))
        finished, sink = run_evaluate(job)
        assert finished.numbers["N"] > 0
        assert "does not record its training locations" in sink.texts(Level.INFO)
