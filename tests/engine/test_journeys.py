"""Train, predict, evaluate on the small world: what the three journeys promise a person."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import Method, Task
from colearn.engine.contract.job.sources import Extent, RasterLabels, SensorSpec, VectorSource
from colearn.engine.contract.manifest.scores import Verdict
from colearn.engine.contract.wire.events import Epoch, Level, Progress
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal

from journeys import (
    polygon_labels,
    predict_job,
    read,
    run_predict,
    run_train,
    source,
    train_job,
)
from world import CLASSES, FIELD_PX, GROUND_SCALE, NORTH, PIXEL_M, WEST


class TestTrain:
    def test_scores_are_reported_for_every_sensor_together_and_alone(self, camera_and_radar) -> None:
        finished, _, _ = camera_and_radar
        for sensor in ("camera", "radar"):
            gain = finished.numbers[f"SCORE:{sensor}"] - finished.numbers[f"SCORE_ALONE:{sensor}"]
            assert finished.numbers[f"GAIN:{sensor}"] == pytest.approx(gain)
            assert finished.numbers[f"SCORE:{sensor}"] > 0.5  # chance is a third
        assert finished.numbers["TEST_SAMPLES"] > 20

    def test_the_model_describes_itself(self, camera_and_radar, world) -> None:
        manifest = ModelFile.open(str(camera_and_radar[2])).manifest
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

    def test_shares_of_the_labels_are_kept_and_reported(self, camera_and_radar, world) -> None:
        """Polygons are 8 × 8 pixels each: classes have the shares of the fields, up to the nodata corner."""
        manifest = ModelFile.open(str(camera_and_radar[2])).manifest
        fields = world.truth[::FIELD_PX, ::FIELD_PX].copy()
        fields[9, 9] = -1  # it carries no label
        expected = [float((fields == CLASSES.index(label.name)).sum()) / 99 for label in manifest.classes]
        assert manifest.shares == pytest.approx(expected, abs=0.02)
        assert sum(manifest.shares) == pytest.approx(1)
        logged = camera_and_radar[1].texts(Level.INFO)
        assert "Class proportions of the labels before sampling: bare" in logged
        assert "Test balanced accuracy: camera " in logged
        assert "the choice of test locations only" in logged

    def test_nulls_and_uncovered_samples_are_reported_with_counts(self, camera_and_radar) -> None:
        warnings = camera_and_radar[1].texts(Level.WARNING)
        assert "1 label without a value" in warnings

    def test_progress_only_grows_and_epochs_are_reported(self, camera_and_radar) -> None:
        fractions = [event.fraction for event in camera_and_radar[1].events if isinstance(event, Progress)]
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1
        trainings = {event.training for event in camera_and_radar[1].events if isinstance(event, Epoch)}
        assert trainings == {"mdico", "alone: camera", "alone: radar", "all sensors"}

    def test_the_report_is_one_page_that_names_the_sensors(self, camera_and_radar) -> None:
        page = (Path(camera_and_radar[2]).parent / "report.html").read_text(encoding="utf-8")
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
    def test_the_map_lies_on_the_grid_and_keeps_nodata(self, camera_and_radar, world, tmp_path) -> None:
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map é.tif"))
        camera, mapped = gdal.Open(str(world.camera)), gdal.Open(str(tmp_path / "map é.tif"))
        assert mapped.GetGeoTransform() == camera.GetGeoTransform()
        assert mapped.GetSpatialRef().IsSame(camera.GetSpatialRef())
        assert (mapped.RasterXSize, mapped.RasterYSize) == (camera.RasterXSize, camera.RasterYSize)
        assert mapped.GetRasterBand(1).GetNoDataValue() == 255
        values = read(tmp_path / "map é.tif")[0]
        nodata = (read(world.camera) == 0).any(axis=0)
        assert ((values == 255) == nodata).all()
        assert set(np.unique(values[~nodata])) <= {1, 2, 3}

    def test_the_map_is_right_where_the_truth_is_known(self, camera_and_radar, world, tmp_path) -> None:
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map.tif"))
        values = read(tmp_path / "map.tif")[0]
        valid = values != 255
        assert (values[valid] == world.truth[valid] + 1).mean() > 0.7

    def test_classes_are_named_and_coloured_in_the_file(self, camera_and_radar, world, tmp_path) -> None:
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map.tif"))
        dataset = gdal.Open(str(tmp_path / "map.tif"))  # kept: a band without its dataset crashes GDAL
        dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
        band = dataset.GetRasterBand(1)
        assert band.GetCategoryNames()[1:4] == sorted(CLASSES)
        color = ModelFile.open(str(camera_and_radar[2])).manifest.classes[0].color
        assert "#{:02x}{:02x}{:02x}".format(*band.GetColorTable().GetColorEntry(1)) == color

    @pytest.mark.parametrize(("block_px", "threads"), [(17, 1), (64, 3), (1000, 2)])
    def test_blocks_and_threads_change_no_bit(self, camera_and_radar, world, tmp_path, block_px, threads) -> None:
        outputs = {"output_probabilities": str(tmp_path / "p.tif"), "output_confidence": str(tmp_path / "c.tif")}
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "m.tif", **outputs))
        whole = [read(tmp_path / name) for name in ("m.tif", "p.tif", "c.tif")]
        job = predict_job(camera_and_radar[2], world.camera, tmp_path / "m.tif", **outputs)
        run_predict(replace(job, block_px=block_px, threads=threads))
        for before, name in zip(whole, ("m.tif", "p.tif", "c.tif"), strict=True):
            assert np.array_equal(before, read(tmp_path / name))

    def test_probabilities_are_named_sum_to_one_and_agree(self, camera_and_radar, world, tmp_path) -> None:
        job = predict_job(
            camera_and_radar[2], world.camera, tmp_path / "m.tif", output_probabilities=str(tmp_path / "p.tif")
        )
        run_predict(replace(job, output_confidence=str(tmp_path / "c.tif")))
        dataset = gdal.Open(str(tmp_path / "p.tif"))
        assert [dataset.GetRasterBand(at).GetDescription() for at in (1, 2, 3)] == sorted(CLASSES)
        probabilities, labels, confidence = (read(tmp_path / name) for name in ("p.tif", "m.tif", "c.tif"))
        valid = labels[0] != 255
        assert np.allclose(probabilities[:, valid].sum(axis=0), 1, atol=1e-5)
        shares = np.array([label.share for label in ModelFile.open(str(camera_and_radar[2])).manifest.classes])
        over_share = probabilities[:, valid] * (shares.min() / shares)[:, np.newaxis].astype(np.float32)
        assert (over_share.argmax(axis=0) + 1 == labels[0][valid]).all()
        given = np.take_along_axis(probabilities, np.where(valid, labels[0], 1)[np.newaxis].astype(int) - 1, axis=0)[0]
        assert np.array_equal(confidence[0][valid], given[valid])
        assert (probabilities[:, ~valid] == -9999).all()

    def test_areas_counted_from_a_balanced_map_are_no_estimates(self, camera_and_radar, world, tmp_path) -> None:
        _, counted = run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "m.tif", statistics=True))
        assert "rare classes are over-mapped" in counted.texts(Level.WARNING)
        _, plain = run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "m.tif"))
        assert "rare classes are over-mapped" not in plain.texts()

    def test_an_extent_is_a_window_of_the_whole_map(self, camera_and_radar, world, tmp_path) -> None:
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "whole.tif"))
        extent = Extent(WEST + 203, NORTH - 806, WEST + 497, NORTH - 401, "EPSG:32633")
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "part.tif", extent=extent))
        part = gdal.Open(str(tmp_path / "part.tif"))
        assert part.GetGeoTransform() == (WEST + 200, PIXEL_M, 0, NORTH - 400, 0, -PIXEL_M)
        assert np.array_equal(read(tmp_path / "part.tif"), read(tmp_path / "whole.tif")[:, 40:81, 20:50])

    def test_a_mask_keeps_the_grid_and_hides_the_rest(self, camera_and_radar, world, tmp_path) -> None:
        mask = VectorSource(str(world.polygons), "labels", "fields")
        run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map.tif", mask=mask))
        values = read(tmp_path / "map.tif")[0]
        inside = np.zeros((12, 12), dtype=bool)
        inside[2:10, 2:10] = True
        assert values.shape == (120, 120)
        assert ((values != 255) == (np.tile(inside, (10, 10)) & (read(world.camera)[0] != 0))).all()

    def test_a_map_equals_the_network_on_each_pixels_own_patch(self, camera_and_radar, world, tmp_path) -> None:
        from colearn.engine.contract.job.job import Device
        from colearn.engine.inference.onnx_session import Session
        from colearn.engine.mapping.block_map import score_samples

        run_predict(
            predict_job(
                camera_and_radar[2], world.camera, tmp_path / "m.tif", output_probabilities=str(tmp_path / "p.tif")
            )
        )
        model = ModelFile.open(str(camera_and_radar[2]))
        camera = model.manifest.sensors[0]
        values = read(world.camera).astype(np.float32)
        values[:, (values == 0).any(axis=0)] = np.nan
        padded = np.pad(values, ((0, 0), (2, 2), (2, 2)), mode="reflect")
        at = [(0, 119), (60, 60), (119, 0), (7, 9), (8, 3), (40, 119)]
        patches = np.stack([padded[:, row : row + 5, col : col + 5] for row, col in at])
        alone = score_samples(Session(model.graph("camera"), Device.CPU, threads=1), camera, patches)
        mapped = np.stack([read(tmp_path / "p.tif")[:, row, col] for row, col in at])
        assert np.allclose(alone, mapped, atol=1e-5)

    def test_the_other_sensor_is_recognized_from_its_bands(self, camera_and_radar, world, tmp_path) -> None:
        _, sink = run_predict(predict_job(camera_and_radar[2], world.radar, tmp_path / "map.tif"))
        assert "radar" in sink.texts()
        assert read(tmp_path / "map.tif").shape == (1, 60, 60)
        assert (read(tmp_path / "map.tif")[0, 30:33, 30:33] == 255).all()

    def test_a_gain_that_was_not_shown_is_logged_when_mapping(self, camera_and_radar, world, tmp_path) -> None:
        _, sink = run_predict(predict_job(camera_and_radar[2], world.camera, tmp_path / "map.tif"))
        verdict = ModelFile.open(str(camera_and_radar[2])).manifest.sensors[0].score.verdict
        assert ("difference" in sink.texts(Level.WARNING)) == (verdict is not Verdict.HELPED)

    def test_a_raster_of_nodata_gives_a_map_of_nodata(self, camera_and_radar, world, tmp_path) -> None:
        from world import write_raster

        empty = write_raster(
            tmp_path / "empty.tif", np.zeros((4, 3, 5), dtype=np.uint16), nodata=0, names=("B02", "B03", "B04", "B08")
        )
        _, sink = run_predict(predict_job(camera_and_radar[2], empty, tmp_path / "map.tif"))
        assert (read(tmp_path / "map.tif") == 255).all()
        assert "no valid pixel" in sink.texts(Level.WARNING)

    @pytest.mark.parametrize("shape", [(1, 1), (1, 7), (257, 3)])
    def test_rasters_of_odd_size_are_mapped_whole(self, camera_and_radar, tmp_path, shape) -> None:
        from world import write_raster

        values = np.random.default_rng(0).integers(1, 4000, (4, *shape)).astype(np.uint16)
        raster = write_raster(tmp_path / "odd.tif", values, nodata=0, names=("B02", "B03", "B04", "B08"))
        run_predict(predict_job(camera_and_radar[2], raster, tmp_path / "map.tif"))
        assert read(tmp_path / "map.tif").shape == (1, *shape)
        assert (read(tmp_path / "map.tif") != 255).all()
