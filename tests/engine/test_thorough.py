"""A thorough training: five folds, whose predictions of every label give scores and calibration; then all labels."""

import numpy as np
import pytest
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Epoch, Level
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.process.reporting import Reporter
from colearn.engine.train import train
from osgeo import gdal

from journeys import Listening, run_train, train_job
from layers import ALL_OVER, square, stands, write_layer
from refusals import refused, says

SENSORS = ("camera", "radar")

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_networks")]


def thorough(world, folder, **changes):
    usual = {"method": Method.AUTO, "effort": Effort.THOROUGH, "epochs": 2, "max_samples": 150, "context_m": 30.0}
    samples = str(folder / "samples.gpkg")
    return train_job(world, folder, **{**usual, "unlabelled_samples": 0, "output_samples": samples, **changes})


def model_in(folder):
    return ModelFile.open(str(folder / "model.colearn"))


@pytest.fixture(scope="module")
def trained(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("thorough")
    _, sink = run_train(thorough(world, folder), report=True)
    return sink, model_in(folder), _features(folder / "samples.gpkg")


def _features(path) -> list[dict]:
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    return [feature.items() for feature in dataset.GetLayer(0)]


def test_it_has_five_folds_and_all_networks_are_trained_in_each(trained) -> None:
    sink, model, _ = trained
    assert (model.manifest.folds, model.manifest.repeats, model.manifest.job["folds"]) == (5, 1, None)
    starts = [event.training for event in sink.events if isinstance(event, Epoch) and event.epoch == 1]
    assert [starts.count(name) for name in ("mdico", "alone: camera", "alone 3: radar", "all sensors")] == 4 * [5]


@pytest.mark.parametrize("name", SENSORS)
def test_every_label_that_a_sensor_shows_is_predicted_once(trained, name) -> None:
    covered = [row for row in trained[2] if row[f"{name} covers"]]
    assert len(covered) > 100
    for row in trained[2]:
        assert (row[f"{name} class"] is not None) == bool(row[f"{name} covers"])
    assert {row["part"] for row in covered} >= {"train", "validation", "test"}  # of the first fold


@pytest.mark.parametrize("name", SENSORS)
def test_the_score_is_that_of_these_predictions(trained, name) -> None:
    """Balanced accuracy: the mean over classes of the share that was given the right one."""
    _, model, rows = trained
    rows = [row for row in rows if row[f"{name} covers"]]
    kinds = sorted({row["class"] for row in rows})
    recalls = [np.mean([row[f"{name} class"] == kind for row in rows if row["class"] == kind]) for kind in kinds]
    assert model.manifest.sensor(name).score.of_shipped.value == pytest.approx(np.mean(recalls))


def test_what_is_shipped_learned_from_all_labels_and_is_calibrated_by_all(trained) -> None:
    _, model, rows = trained
    counts = model.manifest.samples
    assert (counts.refit, counts.networks_refit, counts.calibrated) == 3 * (len(rows),)
    assert f"calibrated on out-of-fold predictions of all {len(rows)} samples" in (model.report())


def test_finishing_in_the_second_fold_keeps_the_first_and_is_reported(world, tmp_path, monkeypatch) -> None:
    sink = Listening()

    def second_has_begun() -> bool:
        epochs = [event for event in sink.events if isinstance(event, Epoch)]
        return sum((each.training, each.epoch) == ("alone: camera", 1) for each in epochs) > 1

    for module in ("setup", "copies"):
        monkeypatch.setattr(f"colearn.engine.experiment.steps.{module}.finish_asked", second_has_begun)
    train(thorough(world, tmp_path), Reporter(sink))
    manifest = model_in(tmp_path).manifest
    assert manifest.folds == 1
    assert (manifest.samples.networks_refit, manifest.samples.calibrated) == (0, 0)
    assert manifest.samples.refit > manifest.samples.train
    warned = sink.texts(Level.WARNING)
    assert "Scores are of 1 of 5 runs: the others were ended early." in warned
    assert "Early finish was requested before the networks had learned from all labels." in warned


def test_ten_labels_are_cross_validated_as_well(world, tmp_path) -> None:
    """Ten squares of one pixel, five of each class: two are tested in each of five folds."""
    squares = [(square(*at, 1), {"kind": kind}) for at, kind in zip(ALL_OVER, 5 * ["wheat", "rye"], strict=False)]
    labels = stands(write_layer(tmp_path / "stands.gpkg", squares), "kind")
    _, sink = run_train(thorough(world, tmp_path, labels=labels))
    manifest = model_in(tmp_path).manifest
    counts = manifest.samples
    assert (manifest.folds, counts.train, counts.validation, counts.test) == (5, 6, 2, 2)
    assert (counts.networks_refit, counts.calibrated) == (10, 10)
    assert "camera covers only 10 samples: too few for training" in sink.texts(Level.WARNING)


def test_where_no_fold_leaves_two_classes_to_learn_from_the_error_is_that_of_a_single_split(world, tmp_path) -> None:
    """Two places of each class: some fold of four has one class on its side, and a single split has none to spare."""
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    squares = [(square(*at, 8), {"kind": kind}) for at, kind in zip(ALL_OVER, 2 * ["wheat", "rye"], strict=False)]
    labels = stands(write_layer(tmp_path / "stands.gpkg", squares), "kind")
    error = refused(run_train, thorough(world, outputs, labels=labels), ErrorCode.TOO_FEW_SAMPLES, outputs)
    says(error, "my stands", "only one class left for validation", "at least three groups", "at more locations")
