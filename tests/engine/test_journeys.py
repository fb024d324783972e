"""Train, predict, evaluate on the small world: what the three journeys promise a person."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob, Method, Task
from colearn.engine.contract.job.sources import Extent, RasterLabels, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.manifest.manifest_text import manifest_from_text
from colearn.engine.contract.manifest.scores import Verdict
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Epoch, Level, Progress
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal

from journeys import (
    polygon_labels,
    predict_job,
    read,
    run_evaluate,
    run_predict,
    run_train,
    source,
    train_job,
)
from world import CLASSES, FIELD_PX, GROUND_SCALE, NORTH, PIXEL_M, WEST


@pytest.fixture(scope="module")
def trained(world, tmp_path_factory):
    """The camera and the radar, trained together once."""
    folder = tmp_path_factory.mktemp("tráined model")
    finished, sink = run_train(train_job(world, folder, epochs=12))
    return finished, sink, folder / "model.colearn"


@pytest.fixture(scope="module")
def series_model(world, tmp_path_factory):
    """The camera and the series, trained on points for biomass."""
    folder = tmp_path_factory.mktemp("series")
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(world.series),)))
    labels = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("biomass",))
    finished, sink = run_train(train_job(world, folder, sensors=sensors, labels=labels, epochs=8))
    return finished, sink, folder / "model.colearn"


class TestTrain:
    def test_scores_are_reported_for_every_sensor_together_and_alone(self, trained) -> None:
        finished, _, _ = trained
        for sensor in ("camera", "radar"):
            gain = finished.numbers[f"SCORE:{sensor}"] - finished.numbers[f"SCORE_ALONE:{sensor}"]
            assert finished.numbers[f"GAIN:{sensor}"] == pytest.approx(gain)
            assert finished.numbers[f"SCORE:{sensor}"] > 0.5  # chance is a third
        assert finished.numbers["TEST_SAMPLES"] > 20

    def test_the_model_describes_itself(self, trained, world) -> None:
        manifest = ModelFile.open(str(trained[2])).manifest
        assert manifest.task is Task.CLASSIFICATION
        assert [label.name for label in manifest.classes] == sorted(CLASSES)
        assert [label.code for label in manifest.classes] == [1, 2, 3]
        camera, radar = manifest.sensors
        assert camera.band_names() == ("B02", "B03", "B04", "B08")
        assert (camera.context_px, radar.context_px) == (5, 3)
        assert (camera.pixel_m, radar.pixel_m) == pytest.approx((10 / GROUND_SCALE, 20 / GROUND_SCALE), rel=1e-4)
        assert camera.bands[0].mean == pytest.approx(570, rel=0.2)
        assert manifest.split == "polygon"
        assert manifest.area is not None
        assert 13 < manifest.area.west < 14
        assert manifest.samples.train > manifest.samples.test > 0

    def test_shares_of_the_labels_are_kept_and_reported(self, trained, world) -> None:
        """Polygons are 8 × 8 pixels each: classes have the shares of the fields, up to the nodata corner."""
        manifest = ModelFile.open(str(trained[2])).manifest
        fields = world.truth[::FIELD_PX, ::FIELD_PX].copy()
        fields[9, 9] = -1  # it carries no label
        expected = [float((fields == CLASSES.index(label.name)).sum()) / 99 for label in manifest.classes]
        assert manifest.shares == pytest.approx(expected, abs=0.02)
        assert sum(manifest.shares) == pytest.approx(1)
        logged = trained[1].texts(Level.INFO)
        assert "Shares of the labels, before samples are drawn: bare" in logged
        assert "Test balanced accuracy: camera " in logged
        assert "of the test places only" in logged

    def test_nulls_and_uncovered_samples_are_reported_with_counts(self, trained) -> None:
        warnings = trained[1].texts(Level.WARNING)
        assert "1 label(s) without a value" in warnings

    def test_progress_only_grows_and_epochs_are_reported(self, trained) -> None:
        fractions = [event.fraction for event in trained[1].events if isinstance(event, Progress)]
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1
        trainings = {event.training for event in trained[1].events if isinstance(event, Epoch)}
        assert trainings == {"mdico", "alone: camera", "alone: radar", "all sensors"}

    def test_the_report_is_one_page_that_names_the_sensors(self, trained) -> None:
        page = (Path(trained[2]).parent / "report.html").read_text(encoding="utf-8")
        assert "camera" in page
        assert "wöod &amp; heath" in page
        assert "http://" not in page.replace("http://www.w3.org", "")

    def test_alone_trains_and_ships_single_sensors(self, world, tmp_path) -> None:
        finished, _ = run_train(train_job(world, tmp_path, method=Method.ALONE, epochs=2))
        score = ModelFile.open(str(tmp_path / "model.colearn")).manifest.sensors[0].score
        assert score.verdict is Verdict.NOT_MEASURED
        assert score.colearned is None
        assert "GAIN:camera" not in finished.numbers

    @pytest.mark.slow
    def test_the_same_seed_gives_the_same_model(self, world, tmp_path) -> None:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            run_train(train_job(world, tmp_path / name, epochs=1))
        one, two = (ModelFile.open(str(tmp_path / name / "model.colearn")) for name in ("one", "two"))
        assert one.graph("camera") == two.graph("camera")
        assert one.graph("radar") == two.graph("radar")

    def test_groups_of_a_field_stay_together(self, world, tmp_path) -> None:
        run_train(train_job(world, tmp_path, labels=polygon_labels(world, "kind", group="plot"), epochs=1))
        assert ModelFile.open(str(tmp_path / "model.colearn")).manifest.split == "field plot"

    def test_whole_numbers_keep_their_codes(self, world, tmp_path) -> None:
        run_train(train_job(world, tmp_path, labels=polygon_labels(world, "code"), epochs=1))
        classes = ModelFile.open(str(tmp_path / "model.colearn")).manifest.classes
        assert [(label.code, label.name) for label in classes] == [(10, "10"), (20, "20"), (30, "30")]

    def test_a_label_raster_serves_as_labels(self, world, tmp_path) -> None:
        run_train(train_job(world, tmp_path, labels=RasterLabels((source(world.label_raster),)), epochs=1))
        manifest = ModelFile.open(str(tmp_path / "model.colearn")).manifest
        assert [label.code for label in manifest.classes] == [1, 2, 3]
        assert manifest.split.startswith("spatial block")

    def test_several_flags_are_multilabel(self, world, tmp_path) -> None:
        run_train(train_job(world, tmp_path, labels=polygon_labels(world, "wet", "green"), epochs=2))
        model = tmp_path / "model.colearn"
        assert ModelFile.open(str(model)).manifest.task is Task.MULTILABEL
        run_predict(predict_job(model, world.camera, tmp_path / "map.tif"))
        labels = read(tmp_path / "map.tif")
        assert labels.shape[0] == 2
        assert set(np.unique(labels)) <= {0, 1, 255}

    def test_one_sensor_is_enough_for_a_model(self, world, tmp_path) -> None:
        only = (SensorSpec("camera", (source(world.camera),)),)
        finished, _ = run_train(train_job(world, tmp_path, sensors=only, epochs=1, method=Method.ALONE))
        assert "SCORE:camera" in finished.numbers


class TestPredict:
    def test_the_map_lies_on_the_grid_and_keeps_nodata(self, trained, world, tmp_path) -> None:
        run_predict(predict_job(trained[2], world.camera, tmp_path / "map é.tif"))
        camera, mapped = gdal.Open(str(world.camera)), gdal.Open(str(tmp_path / "map é.tif"))
        assert mapped.GetGeoTransform() == camera.GetGeoTransform()
        assert mapped.GetSpatialRef().IsSame(camera.GetSpatialRef())
        assert (mapped.RasterXSize, mapped.RasterYSize) == (camera.RasterXSize, camera.RasterYSize)
        assert mapped.GetRasterBand(1).GetNoDataValue() == 255
        values = read(tmp_path / "map é.tif")[0]
        nodata = (read(world.camera) == 0).any(axis=0)
        assert ((values == 255) == nodata).all()
        assert set(np.unique(values[~nodata])) <= {1, 2, 3}

    def test_the_map_is_right_where_the_truth_is_known(self, trained, world, tmp_path) -> None:
        run_predict(predict_job(trained[2], world.camera, tmp_path / "map.tif"))
        values = read(tmp_path / "map.tif")[0]
        valid = values != 255
        assert (values[valid] == world.truth[valid] + 1).mean() > 0.7

    def test_classes_are_named_and_coloured_in_the_file(self, trained, world, tmp_path) -> None:
        run_predict(predict_job(trained[2], world.camera, tmp_path / "map.tif"))
        dataset = gdal.Open(str(tmp_path / "map.tif"))  # kept: a band without its dataset crashes GDAL
        dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
        band = dataset.GetRasterBand(1)
        assert band.GetCategoryNames()[1:4] == sorted(CLASSES)
        color = ModelFile.open(str(trained[2])).manifest.classes[0].color
        assert "#{:02x}{:02x}{:02x}".format(*band.GetColorTable().GetColorEntry(1)) == color

    @pytest.mark.parametrize(("block_px", "threads"), [(17, 1), (64, 3), (1000, 2)])
    def test_blocks_and_threads_change_no_bit(self, trained, world, tmp_path, block_px, threads) -> None:
        outputs = {"output_probabilities": str(tmp_path / "p.tif"), "output_confidence": str(tmp_path / "c.tif")}
        run_predict(predict_job(trained[2], world.camera, tmp_path / "m.tif", **outputs))
        whole = [read(tmp_path / name) for name in ("m.tif", "p.tif", "c.tif")]
        job = predict_job(trained[2], world.camera, tmp_path / "m.tif", **outputs)
        run_predict(replace(job, block_px=block_px, threads=threads))
        for before, name in zip(whole, ("m.tif", "p.tif", "c.tif"), strict=True):
            assert np.array_equal(before, read(tmp_path / name))

    def test_probabilities_are_named_sum_to_one_and_agree(self, trained, world, tmp_path) -> None:
        job = predict_job(trained[2], world.camera, tmp_path / "m.tif", output_probabilities=str(tmp_path / "p.tif"))
        run_predict(replace(job, output_confidence=str(tmp_path / "c.tif")))
        dataset = gdal.Open(str(tmp_path / "p.tif"))
        assert [dataset.GetRasterBand(at).GetDescription() for at in (1, 2, 3)] == sorted(CLASSES)
        probabilities, labels, confidence = (read(tmp_path / name) for name in ("p.tif", "m.tif", "c.tif"))
        valid = labels[0] != 255
        assert np.allclose(probabilities[:, valid].sum(axis=0), 1, atol=1e-5)
        shares = np.array([label.share for label in ModelFile.open(str(trained[2])).manifest.classes])
        over_share = probabilities[:, valid] * (shares.min() / shares)[:, np.newaxis].astype(np.float32)
        assert (over_share.argmax(axis=0) + 1 == labels[0][valid]).all()
        given = np.take_along_axis(probabilities, np.where(valid, labels[0], 1)[np.newaxis].astype(int) - 1, axis=0)[0]
        assert np.array_equal(confidence[0][valid], given[valid])
        assert (probabilities[:, ~valid] == -9999).all()

    def test_areas_counted_from_a_balanced_map_are_no_estimates(self, trained, world, tmp_path) -> None:
        _, counted = run_predict(predict_job(trained[2], world.camera, tmp_path / "m.tif", statistics=True))
        assert "mapped on more ground than they have" in counted.texts(Level.WARNING)
        _, plain = run_predict(predict_job(trained[2], world.camera, tmp_path / "m.tif"))
        assert "mapped on more ground than they have" not in plain.texts()

    def test_an_extent_is_a_window_of_the_whole_map(self, trained, world, tmp_path) -> None:
        run_predict(predict_job(trained[2], world.camera, tmp_path / "whole.tif"))
        extent = Extent(WEST + 203, NORTH - 806, WEST + 497, NORTH - 401, "EPSG:32633")
        run_predict(predict_job(trained[2], world.camera, tmp_path / "part.tif", extent=extent))
        part = gdal.Open(str(tmp_path / "part.tif"))
        assert part.GetGeoTransform() == (WEST + 200, PIXEL_M, 0, NORTH - 400, 0, -PIXEL_M)
        assert np.array_equal(read(tmp_path / "part.tif"), read(tmp_path / "whole.tif")[:, 40:81, 20:50])

    def test_a_mask_keeps_the_grid_and_hides_the_rest(self, trained, world, tmp_path) -> None:
        mask = VectorSource(str(world.polygons), "labels", "fields")
        run_predict(predict_job(trained[2], world.camera, tmp_path / "map.tif", mask=mask))
        values = read(tmp_path / "map.tif")[0]
        inside = np.zeros((12, 12), dtype=bool)
        inside[2:10, 2:10] = True
        assert values.shape == (120, 120)
        assert ((values != 255) == (np.tile(inside, (10, 10)) & (read(world.camera)[0] != 0))).all()

    def test_a_map_equals_the_network_on_each_pixels_own_patch(self, trained, world, tmp_path) -> None:
        from colearn.engine.contract.job.job import Device
        from colearn.engine.inference.onnx_session import Session
        from colearn.engine.mapping.block_map import score_samples

        run_predict(
            predict_job(trained[2], world.camera, tmp_path / "m.tif", output_probabilities=str(tmp_path / "p.tif"))
        )
        model = ModelFile.open(str(trained[2]))
        camera = model.manifest.sensors[0]
        values = read(world.camera).astype(np.float32)
        values[:, (values == 0).any(axis=0)] = np.nan
        padded = np.pad(values, ((0, 0), (2, 2), (2, 2)), mode="reflect")
        at = [(0, 119), (60, 60), (119, 0), (7, 9), (8, 3), (40, 119)]
        patches = np.stack([padded[:, row : row + 5, col : col + 5] for row, col in at])
        alone = score_samples(Session(model.graph("camera"), Device.CPU, threads=1), camera, patches)
        mapped = np.stack([read(tmp_path / "p.tif")[:, row, col] for row, col in at])
        assert np.allclose(alone, mapped, atol=1e-5)

    def test_the_other_sensor_is_recognized_from_its_bands(self, trained, world, tmp_path) -> None:
        _, sink = run_predict(predict_job(trained[2], world.radar, tmp_path / "map.tif"))
        assert "radar" in sink.texts()
        assert read(tmp_path / "map.tif").shape == (1, 60, 60)
        assert (read(tmp_path / "map.tif")[0, 30:33, 30:33] == 255).all()

    def test_a_gain_that_was_not_shown_is_said_when_mapping(self, trained, world, tmp_path) -> None:
        _, sink = run_predict(predict_job(trained[2], world.camera, tmp_path / "map.tif"))
        verdict = ModelFile.open(str(trained[2])).manifest.sensors[0].score.verdict
        assert ("difference" in sink.texts(Level.WARNING)) == (verdict is not Verdict.HELPED)

    def test_a_raster_of_nodata_gives_a_map_of_nodata(self, trained, world, tmp_path) -> None:
        from world import write_raster

        empty = write_raster(
            tmp_path / "empty.tif", np.zeros((4, 3, 5), dtype=np.uint16), nodata=0, names=("B02", "B03", "B04", "B08")
        )
        _, sink = run_predict(predict_job(trained[2], empty, tmp_path / "map.tif"))
        assert (read(tmp_path / "map.tif") == 255).all()
        assert "no valid pixel" in sink.texts(Level.WARNING)

    @pytest.mark.parametrize("shape", [(1, 1), (1, 7), (257, 3)])
    def test_rasters_of_odd_size_are_mapped_whole(self, trained, tmp_path, shape) -> None:
        from world import write_raster

        values = np.random.default_rng(0).integers(1, 4000, (4, *shape)).astype(np.uint16)
        raster = write_raster(tmp_path / "odd.tif", values, nodata=0, names=("B02", "B03", "B04", "B08"))
        run_predict(predict_job(trained[2], raster, tmp_path / "map.tif"))
        assert read(tmp_path / "map.tif").shape == (1, *shape)
        assert (read(tmp_path / "map.tif") != 255).all()


class TestSeriesAndRegression:
    def test_the_series_keeps_its_dates(self, series_model) -> None:
        series = ModelFile.open(str(series_model[2])).manifest.sensor("series")
        assert series.kind is SensorKind.SERIES
        assert series.dates == ("2021-03", "2021-04", "2021-05", "2021-06", "2021-07", "2021-08")
        assert series.band_names() == ("red", "nir")
        assert "own pixel" in series_model[1].texts()

    def test_values_are_mapped_in_the_labels_unit(self, series_model, world, tmp_path) -> None:
        run_predict(predict_job(series_model[2], world.series, tmp_path / "map.tif"))
        values = read(tmp_path / "map.tif")[0]
        assert values.dtype == np.float32
        dataset = gdal.Open(str(tmp_path / "map.tif"))
        assert dataset.GetRasterBand(1).GetNoDataValue() == -9999
        truth = 12.5 + 40.25 * world.truth
        assert np.corrcoef(values.ravel(), truth.ravel())[0, 1] > 0.6

    def test_a_regression_model_has_no_probabilities(self, series_model, world, tmp_path) -> None:
        job = predict_job(
            series_model[2], world.series, tmp_path / "m.tif", output_probabilities=str(tmp_path / "p.tif")
        )
        with pytest.raises(CoLearnError, match="regression"):
            run_predict(job)
        assert list(tmp_path.iterdir()) == []

    def test_evaluation_gives_the_scores_of_regression(self, series_model, world) -> None:
        labels = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("biomass",))
        finished, _ = run_evaluate(EvaluateJob(str(series_model[2]), (source(world.series),), labels))
        numbers = finished.numbers
        assert list(numbers) == ["R2", "RMSE", "MAE", "BIAS", "SCATTER", "N"]
        assert numbers["RMSE"] ** 2 == pytest.approx(numbers["BIAS"] ** 2 + numbers["SCATTER"] ** 2, rel=1e-5)


class TestEvaluate:
    def test_scores_and_report_on_polygons(self, trained, world, tmp_path) -> None:
        job = EvaluateJob(
            str(trained[2]), (source(world.camera),), polygon_labels(world), str(tmp_path / "évaluation.html")
        )
        finished, _ = run_evaluate(job)
        assert list(finished.numbers) == ["BALANCED_ACCURACY", "ACCURACY", "MACRO_F1", "KAPPA", "N"]
        assert 0.6 < finished.numbers["ACCURACY"] <= 1
        assert finished.numbers["N"] > 5000
        assert "camera" in (tmp_path / "évaluation.html").read_text(encoding="utf-8")

    def test_scores_equal_those_of_the_map_itself(self, trained, world, tmp_path) -> None:
        run_predict(predict_job(trained[2], world.camera, tmp_path / "map.tif"))
        finished, _ = run_evaluate(
            EvaluateJob(str(trained[2]), (source(world.camera),), RasterLabels((source(world.label_raster),)))
        )
        assert finished.outputs == {}
        mapped, labels = read(tmp_path / "map.tif")[0], read(world.label_raster)[0]
        valid = mapped != 255
        assert finished.numbers["N"] == valid.sum()
        assert finished.numbers["ACCURACY"] == pytest.approx((mapped == labels)[valid].mean())

    def test_classes_the_model_does_not_know_are_left_out_with_a_count(self, trained, world, tmp_path) -> None:
        with pytest.raises(CoLearnError) as caught:
            run_evaluate(EvaluateJob(str(trained[2]), (source(world.camera),), polygon_labels(world, "plot")))
        assert caught.value.code is ErrorCode.LABEL_FIELD_UNSUITABLE
        assert "bare" in caught.value.expected

    def test_a_map_is_judged_by_points_that_are_a_sample_of_it(self, trained, world, tmp_path) -> None:
        run_predict(predict_job(trained[2], world.camera, tmp_path / "map.tif"))
        points = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("kind",))
        report = tmp_path / "report.html"
        job = EvaluateJob(str(trained[2]), (source(world.camera),), points, str(report), source(tmp_path / "map.tif"))
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

    def test_what_a_map_is_not_sure_of_counts_as_not_mapped(self, trained, world, tmp_path) -> None:
        run_predict(predict_job(trained[2], world.camera, tmp_path / "map.tif", minimum_confidence=0.6))
        points = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("kind",))
        job = EvaluateJob(str(trained[2]), (source(world.camera),), points, map=source(tmp_path / "map.tif"))
        finished, sink = run_evaluate(job)
        mapped = read(tmp_path / "map.tif")[0]
        assert (mapped == 254).any()
        areas = sum(finished.numbers[f"AREA_HA:{name}"] for name in CLASSES)
        assert areas == pytest.approx((mapped < 254).sum() * (PIXEL_M / GROUND_SCALE) ** 2 / 10_000, rel=1e-4)
        assert "are unsure: they count as not mapped" in sink.texts(Level.WARNING)

    def test_labels_the_model_was_trained_on_are_reported_with_their_count(self, trained, world, tmp_path) -> None:
        report = tmp_path / "report.html"
        raster = RasterLabels((source(world.label_raster),))
        model = ModelFile.open(str(trained[2])).manifest
        _, sink = run_evaluate(EvaluateJob(str(trained[2]), (source(world.camera),), raster, str(report)))
        used = model.samples.train + model.samples.validation  # each a pixel of the camera, which is a label here
        assert model.sensors[0].places.cells == used
        unseen = sum(one.labelled for one in model.combinations if "camera" not in one.sensors)
        logged = re.search(
            r"(\d+) of 14337 labels are places the model was trained or chosen on", sink.texts(Level.WARNING)
        )
        assert used - unseen <= int(logged[1]) <= used
        assert "there the scores are optimistic" in report.read_text(encoding="utf-8")

    def test_labels_of_other_places_are_not_called_known(self, world, tmp_path, small_model) -> None:
        places = ModelFile.open(str(small_model)).manifest.sensors[0].places
        assert places.cell_m == pytest.approx(PIXEL_M / GROUND_SCALE / 2, rel=1e-4)
        bounds = (WEST + 5000, NORTH, WEST + 6200, NORTH - 1200)
        for name, raster in (("moved.tif", world.camera), ("labels.tif", world.label_raster)):
            gdal.Translate(str(tmp_path / name), str(raster), outputBounds=bounds).FlushCache()
        raster = RasterLabels((source(tmp_path / "labels.tif"),))
        _, sink = run_evaluate(EvaluateJob(str(small_model), (source(tmp_path / "moved.tif"),), raster))
        assert "trained or chosen on" not in sink.texts()

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
        assert "does not say where it was trained" in sink.texts(Level.INFO)
