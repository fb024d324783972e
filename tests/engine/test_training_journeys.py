"""Training journeys on the small world: folds and repeats, unlabelled positions, encoders, interruptions."""

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ImageEncoder, Method, Optimize, SeriesEncoder, Spectral, UnlabelledUse
from colearn.engine.contract.job.sources import RasterLabels, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.manifest.scores import Variant
from colearn.engine.contract.wire.events import Epoch, Progress
from colearn.engine.learning.fit.checkpoint import cache_folder
from colearn.engine.learning.fit.trainer import Trainer
from colearn.engine.model_file.archive import ModelFile
from osgeo import ogr

from journeys import polygon_labels, predict_job, read, run_predict, run_train, source, train_job
from quick_trainings import manifest_in, quick
from world import RADAR_BANDS, write_raster

pytestmark = pytest.mark.usefixtures("small_networks")


def half_radar(world, folder: Path) -> SensorSpec:
    """A radar that shows the northern half of the land only."""
    folder.mkdir(exist_ok=True)
    path = write_raster(folder / "north.tif", read(world.radar)[:, :32], 20.0, names=RADAR_BANDS)
    return SensorSpec("radar", (source(path),))


@pytest.fixture(scope="module")
def everything(world, tmp_path_factory):
    """Three folds, two repeats, every method, unlabelled positions, and a radar that lacks half the ground."""
    folder = tmp_path_factory.mktemp("everything at once")
    sensors = (SensorSpec("camera", (source(world.camera),)), half_radar(world, folder))
    changes = {"epochs": 1, "folds": 3, "repeats": 2, "unlabelled_samples": 60}
    job = quick(world, folder, sensors=sensors, method=Method.AUTO, **changes)
    finished, sink = run_train(job, report=True)
    return finished, sink, manifest_in(folder), folder


class TestEverythingAtOnce:
    def test_the_manifest_says_how_it_was_made(self, everything) -> None:
        manifest = everything[2]
        assert (manifest.folds, manifest.repeats) == (3, 2)
        assert manifest.method_asked == "auto"
        assert manifest.optimize == "balanced_accuracy"
        assert (manifest.job["folds"], manifest.epochs) == (3, manifest.job["epochs"])
        counts = manifest.samples
        assert counts.train + counts.validation + counts.test == sum(each.labelled for each in manifest.combinations)

    def test_what_was_averaged_is_reported(self, everything) -> None:
        _, sink, manifest, _ = everything
        assert [each.method for each in manifest.candidates] == ["mdico", "distillation", "alone", "average"]
        assert manifest.method == "average"
        assert "camera: the model file contains the average of 3 networks and 2 forests." in sink.texts()

    def test_samples_are_counted_by_the_sensors_that_see_them(self, everything) -> None:
        _, sink, manifest, _ = everything
        found = {each.sensors: each for each in manifest.combinations}
        assert set(found) == {("camera", "radar"), ("camera",), ("radar",)}  # the camera lacks a corner
        assert found["camera", "radar"].labelled > 20
        assert found["camera",].labelled > 20
        assert found["camera", "radar"].unlabelled == 60
        assert "Samples by the sensors that cover them" in sink.texts()

    def test_nothing_is_chosen_by_validation_samples(self, everything) -> None:
        for sensor in everything[2].sensors:
            assert (sensor.score.choice, sensor.score.shipped) == (None, Variant.COLEARNED)

    def test_every_score_is_there_with_its_interval(self, everything) -> None:
        manifest = everything[2]
        for sensor in manifest.sensors:
            score = sensor.score
            assert score.metric == "balanced accuracy"
            assert [each.metric for each in score.more] == ["accuracy", "macro F1", "kappa"]
            gaps = (score.gain, score.forest_gap, score.network_gap)
            for estimate in (score.colearned, score.alone, score.forest, score.network, *gaps):
                assert estimate.low <= estimate.value <= estimate.high
            assert score.network_gap.value == pytest.approx(score.colearned.value - score.network.value)
            assert score.gain.value == pytest.approx(score.colearned.value - score.alone.value)
            assert 0 <= score.calibration.after <= 1
        assert manifest.fused.metric == "balanced accuracy"
        assert 0 < manifest.fused.network.value <= 1
        assert manifest.fused.forest.value > 0.5

    def test_numbers_are_those_of_the_manifest(self, everything) -> None:
        finished, _, manifest, _ = everything
        expected = {"TEST_SAMPLES": manifest.samples.test, "SCORE_FUSED": manifest.fused.network.value}
        for sensor in manifest.sensors:
            score = sensor.score
            expected |= {
                f"SCORE:{sensor.name}": score.colearned.value,
                f"SCORE_ALONE:{sensor.name}": score.alone.value,
                f"SCORE_SHIPPED:{sensor.name}": score.of_shipped.value,
                f"SCORE_FOREST:{sensor.name}": score.forest.value,
                f"GAIN:{sensor.name}": score.gain.value,
                f"SCORE_NETWORK:{sensor.name}": score.network.value,
                f"GAIN_OVER_NETWORK:{sensor.name}": score.network_gap.value,
            }
        assert finished.numbers == pytest.approx(expected)

    def test_every_run_trains_everything(self, everything) -> None:
        starts = [event.training for event in everything[1].events if isinstance(event, Epoch) and event.epoch == 1]

        def each(name: str) -> list[str]:
            return [f"{name}: camera", f"{name}: radar"]

        one = [*each("alone"), "mdico", *each("alone 2"), *each("distillation"), *each("alone 3"), "all sensors"]
        assert starts == [*(6 * one), *each("fast copy")]

    def test_the_report_tells_of_folds_and_fusion(self, everything) -> None:
        page = (everything[3] / "report.html").read_text(encoding="utf-8")
        assert "camera" in page
        assert "3 folds" in page

    def test_both_sensors_can_be_mapped_from(self, everything, world, tmp_path) -> None:
        for raster, shape in ((world.camera, (120, 120)), (world.radar, (60, 60))):
            run_predict(predict_job(everything[3] / "model.colearn", raster, tmp_path / "map.tif"))
            values = read(tmp_path / "map.tif")[0]
            assert values.shape == shape
            assert set(np.unique(values)) <= {1, 2, 3, 255}

    def test_what_is_shipped_learned_from_all_labels(self, everything) -> None:
        """Every sample is in the test part of one fold of a seed, so that all of them say how sure to be."""
        _, sink, manifest, folder = everything
        counts = manifest.samples
        every = counts.train + counts.validation + counts.test + counts.too_near
        assert (counts.refit, counts.networks_refit, counts.calibrated) == (every, every, every)
        stages = [event.stage for event in sink.events if isinstance(event, Progress)]
        again = list(dict.fromkeys(stage for stage in stages if stage.endswith("on all labels")))
        names = ["alone: camera", "alone: radar", "mdico", "distillation: camera", "distillation: radar"]
        copies = [f"Training fast copy: {name} on all labels" for name in ("camera", "radar")]
        trained = [f"Training {name} on all labels" for name in names]
        assert again == [*trained[:3], "Growing forests on all labels", *trained[3:], *copies]  # a teacher comes first
        assert all(sensor.fast.refit for sensor in manifest.sensors)
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert f"the networks and forests in the model file were retrained on all {every} samples" in page
        assert f"calibrated on out-of-fold predictions of all {every} samples" in page

    def test_progress_never_goes_back(self, everything) -> None:
        fractions = [event.fraction for event in everything[1].events if isinstance(event, Progress)]
        assert fractions == sorted(fractions)

    def test_nothing_is_left_in_the_cache(self, everything) -> None:
        caches = cache_folder().parent  # of all tests: module fixtures have one of their own
        assert list((caches / "of fixtures").rglob("*.pt")) == []


@pytest.mark.parametrize(
    ("series", "image", "method"),
    [
        (SeriesEncoder.LTAE, ImageEncoder.RESIDUAL, Method.MDICO_DISTILLATION),
        (SeriesEncoder.TRANSFORMER, ImageEncoder.DILATED, Method.SENSOR_DROPOUT),
    ],
)
def test_every_encoder_and_method_ends_in_a_model_that_maps_in_the_labels_unit(
    world, tmp_path, series, image, method
) -> None:
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(world.series),)))
    labels = VectorLabels(VectorSource(str(world.points), "labels", "points"), ("biomass",))
    changes = {"series_encoder": series, "image_encoder": image, "method": method, "unlabelled_samples": 40}
    job = quick(world, tmp_path, sensors=sensors, labels=labels, **changes, unlabelled_use=UnlabelledUse.BEFORE)
    run_train(replace(job, epochs=8, learning_rate=0.02, target_units=("t/ha",)), report=True)
    manifest = manifest_in(tmp_path)
    assert [target.unit for target in manifest.targets] == ["t/ha"]
    assert "t/ha" in (tmp_path / "report.html").read_text(encoding="utf-8")
    in_8_bits = [bool(sensor.quantized) for sensor in manifest.sensors]
    assert in_8_bits == [True, False]  # attention over dates is not faster in int8
    assert manifest.method == method.value
    assert manifest.sensors[0].score.metric == "R²"
    assert manifest.sensors[0].score.calibration is None
    for sensor, raster in (("camera", world.camera), ("series", world.series)):
        run_predict(predict_job(tmp_path / "model.colearn", raster, tmp_path / "map.tif"))
        values = read(tmp_path / "map.tif")[0]
        mapped = values != -9999
        truth = 12.5 + 40.25 * world.truth
        assert values[mapped].mean() == pytest.approx(truth[mapped].mean(), rel=0.35), sensor
        score = manifest.sensor(sensor).score.of_shipped.value
        assert score > 0, sensor  # better than the mean, which no other unit is


def test_a_sensor_of_many_bands_is_reduced(world, tmp_path) -> None:
    random = np.random.default_rng(0)
    bands = np.concatenate([read(world.camera).astype(np.float32)] * 18)
    bands[:, :7, :9] = np.nan
    many = write_raster(tmp_path / "hyper.tif", bands + random.normal(0, 30, bands.shape).astype(np.float32))
    sensors = (SensorSpec("hyper", (source(many),)), SensorSpec("radar", (source(world.radar),)))
    run_train(quick(world, tmp_path, sensors=sensors, spectral=Spectral.PCA, context_m=0.0), report=True)
    model = ModelFile.open(str(tmp_path / "model.colearn"))
    assert len(model.manifest.sensor("hyper").bands) == 72
    run_predict(predict_job(tmp_path / "model.colearn", many, tmp_path / "map.tif"))
    values = read(tmp_path / "map.tif")[0]
    assert (values[:7, :9] == 255).all()
    assert (values[8:] != 255).all()


def test_accuracy_is_first_where_it_is_optimized(world, tmp_path) -> None:
    run_train(quick(world, tmp_path, optimize=Optimize.ACCURACY, epochs=1))
    manifest = manifest_in(tmp_path)
    assert manifest.optimize == "accuracy"
    for sensor in manifest.sensors:
        assert sensor.score.metric == "accuracy"
        assert [each.metric for each in sensor.score.more] == ["balanced accuracy", "macro F1", "kappa"]
    assert manifest.fused.metric == "accuracy"


def test_one_sensor_whatever_the_method(world, tmp_path) -> None:
    only = (SensorSpec("camera", (source(world.camera),)),)
    finished, _ = run_train(quick(world, tmp_path, sensors=only, method=Method.AUTO, epochs=1), report=True)
    manifest = manifest_in(tmp_path)
    assert (manifest.method, manifest.method_asked) == ("average", "auto")
    assert (manifest.candidates, manifest.fused) == ((), None)
    score = manifest.sensors[0].score
    assert (score.colearned, score.gain, score.choice, score.shipped) == (None, None, None, Variant.ALONE)
    assert finished.numbers["SCORE_SHIPPED:camera"] == finished.numbers["SCORE_ALONE:camera"]
    assert "SCORE_FUSED" not in finished.numbers


@pytest.mark.parametrize("optimize", list(Optimize))
def test_accuracy_is_aimed_at_with_the_labels_own_shares(world, tmp_path, optimize) -> None:
    """A class of a tenth of the ground: drawn evenly it is half of the samples, and that is logged."""
    rare = np.ones((1, 120, 120), dtype=np.uint8)
    rare[0, :, :12] = 2
    labels = RasterLabels((source(write_raster(tmp_path / "rare.tif", rare)),))
    sensors = (SensorSpec("camera", (source(world.camera),)),)
    job = quick(world, tmp_path, sensors=sensors, labels=labels, max_samples=200, epochs=1, optimize=optimize)
    _, sink = run_train(replace(job, method=Method.ALONE))
    assert ("classes are sampled evenly" in sink.texts()) == (optimize is Optimize.BALANCED_ACCURACY)


def test_a_model_file_holds_the_manifest_graphs_and_the_report_and_no_more(world, tmp_path) -> None:
    run_train(quick(world, tmp_path, method=Method.SENSOR_DROPOUT, labels=polygon_labels(world, "wet", "green")))
    model = ModelFile.open(str(tmp_path / "model.colearn"))
    assert model.manifest.task is Task.MULTILABEL
    with zipfile.ZipFile(tmp_path / "model.colearn") as file:
        entries = set(file.namelist())
    graphs = {graph for sensor in model.manifest.sensors for graph in sensor.graphs}
    assert entries == {"manifest.json", *graphs, "report.html"}


def test_the_split_is_seen_beforehand_as_the_training_will_make_it(world, tmp_path, monkeypatch) -> None:
    """The same samples in the same parts; nothing but the points is written, and nothing is trained."""
    before, after = tmp_path / "before.gpkg", tmp_path / "after.gpkg"
    job = train_job(world, tmp_path, output_samples=str(after), epochs=1)
    run_train(job)
    preview = replace(job, output_samples=str(before), output_model=str(tmp_path / "none.colearn"), split_only=True)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "learn", lambda *_given: pytest.fail("trained"))
        finished, _listening = run_train(replace(preview, output_report=str(tmp_path / "none.html")))
    assert finished.outputs == {"OUTPUT_SAMPLES": str(before)}
    assert not list(tmp_path.glob("none*"))
    assert split_of(before) == split_of(after)
    assert finished.numbers["TEST_SAMPLES"] == [part for part, *_ in split_of(after)].count("test")


def split_of(path: Path) -> list[tuple]:
    """Part, group, class and place of every sample of a file."""
    dataset = ogr.Open(str(path))
    rows = []
    for feature in dataset.GetLayer(0):
        place = feature.GetGeometryRef()
        fields = [feature.GetField(name) for name in ("part", "group", "class", "camera covers", "radar covers")]
        rows.append((*fields, place.GetX(), place.GetY()))
    return rows
