"""How much is trained: by effort, and by who asks to finish; whatever was trained is a whole model."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob, TrainJob
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.manifest.scores import Variant, Verdict
from colearn.engine.contract.wire.errors import ErrorCode, JobError
from colearn.engine.contract.wire.events import FINISH, Epoch, Finished, Interim, Message, from_line
from colearn.engine.experiment.graphs import fast_copies
from colearn.engine.experiment.steps.setup import settings_of
from colearn.engine.model_file.archive import ModelFile

from journeys import (
    Listening,
    polygon_labels,
    predict_job,
    read,
    run_evaluate,
    run_predict,
    run_train,
    source,
    train_job,
)
from processes import ENGINE_OF_FEW_TREES

pytestmark = pytest.mark.usefixtures("small_networks")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def quickly(world, small_networks, tmp_path_factory):
    """A quick training and its log."""
    folder = tmp_path_factory.mktemp("quick")
    job = train_job(world, folder, method=Method.AUTO, effort=Effort.QUICK, max_samples=150, context_m=30.0)
    finished, sink = run_train(job, report=True)
    return finished, sink, ModelFile.open(str(folder / "model.colearn")), folder


class TestQuick:
    def test_no_network_is_trained(self, quickly) -> None:
        _, sink, model, _ = quickly
        assert [event for event in sink.events if isinstance(event, Epoch)] == []
        assert [event.predictor for event in sink.events if isinstance(event, Interim)] == 2 * ["average of 2 forests"]
        assert model.manifest.method == "average"
        assert [each.method for each in model.manifest.candidates] == ["average"]
        assert model.manifest.fused is None

    def test_a_missing_fast_copy_is_reported(self, quickly) -> None:
        assert "no fast copy: EFFORT=quick trains no network" in quickly[1].texts()

    def test_gain_is_over_forests_that_saw_no_other_sensor(self, quickly) -> None:
        for sensor in quickly[2].manifest.sensors:
            score = sensor.score
            assert score.averaged
            assert (score.shipped, score.network, score.network_gap) == (Variant.COLEARNED, None, None)
            assert score.gain.value == pytest.approx(score.colearned.value - score.alone.value)
            assert score.verdict is not Verdict.NOT_MEASURED
            assert score.calibration is not None

    def test_numbers_are_those_that_were_measured(self, quickly) -> None:
        numbers = quickly[0].numbers
        assert {"SCORE:camera", "SCORE_ALONE:camera", "SCORE_FOREST:camera", "GAIN:camera"} <= set(numbers)
        assert not {name for name in numbers if name.startswith(("SCORE_NETWORK", "GAIN_OVER_NETWORK", "SCORE_FUSED"))}

    def test_the_report_mentions_forests_only(self, quickly) -> None:
        report = quickly[2].report()
        assert "average of forests" in report
        assert "networks and forests" not in report

    def test_the_model_maps(self, quickly, world, tmp_path) -> None:
        *_, folder = quickly
        run_predict(predict_job(folder / "model.colearn", world.camera, tmp_path / "map.tif", sensor="camera"))
        classes = read(tmp_path / "map.tif")
        codes = [label.code for label in quickly[2].manifest.classes]
        assert set(np.unique(classes)) & set(codes)


class TestEveryLabel:
    def test_the_manifest_and_the_report_say_what_trees_learned_from(self, quickly) -> None:
        manifest, report = quickly[2].manifest, quickly[2].report()
        counts = manifest.samples
        assert counts.networks_refit == 0  # there are none
        assert counts.refit == counts.train + counts.validation + counts.test + counts.too_near
        assert f"the forests in the model file were retrained on all {counts.refit} samples" in report
        assert "refer to the forests trained" in report

    def test_an_evaluation_on_test_locations_is_distinguished(self, quickly, world, tmp_path) -> None:
        """All labels were learned from, so not one sample of them is of an unseen place."""
        *_, folder = quickly
        labels = polygon_labels(world, "kind")
        _, sink = run_evaluate(
            EvaluateJob(str(folder / "model.colearn"), (source(world.camera),), labels, sensor="camera")
        )
        (message,) = [
            event.text for event in sink.events if isinstance(event, Message) and event.code == "labels_known"
        ]
        assert "at locations used in training or model selection" in message

    def test_who_keeps_test_labels_apart_maps_with_what_was_scored(self, quickly, world, tmp_path) -> None:
        job = train_job(world, tmp_path, method=Method.AUTO, effort=Effort.QUICK, max_samples=150, context_m=30.0)
        run_train(replace(job, use_all_labels=False), report=True)
        model = ModelFile.open(str(tmp_path / "model.colearn"))
        assert model.manifest.samples.refit == 0
        assert "retrained on" not in model.report()
        assert [each.score for each in model.manifest.sensors] != []
        places = [each.places for each in model.manifest.sensors]
        whole = [each.places for each in quickly[2].manifest.sensors]
        assert all(few.cells < many.cells for few, many in zip(places, whole, strict=True))
        for sensor, other in zip(model.manifest.sensors, quickly[2].manifest.sensors, strict=True):
            assert sensor.score.colearned.value == other.score.colearned.value  # scored before, whatever comes after
            assert model.manifest.digests[sensor.graph] != quickly[2].manifest.digests[other.graph]


def test_effort_says_how_wide_networks_are(world, tmp_path) -> None:
    space = SimpleNamespace(outputs=3, shares=())

    def width(**changes) -> int:
        return settings_of(train_job(world, tmp_path, **changes), space, "cpu", 100).design.width

    whole = width(method=Method.MDICO)
    assert width(method=Method.AUTO, effort=Effort.STANDARD) == whole // 2
    assert width(method=Method.AUTO, effort=Effort.THOROUGH) == whole
    assert width(method=Method.MDICO, effort=Effort.THOROUGH) == whole


@pytest.mark.parametrize(
    ("samples", "epochs"), [(1, 25), (2_000, 25), (2_100, 24), (3_600, 14), (4_200, 12), (100_000, 12)]
)
def test_more_samples_need_fewer_epochs_unless_the_user_sets_them(world, tmp_path, samples, epochs) -> None:
    space = SimpleNamespace(outputs=3, shares=())
    job = train_job(world, tmp_path, epochs=None)
    assert settings_of(job, space, "cpu", samples).epochs == epochs
    assert settings_of(replace(job, epochs=30), space, "cpu", samples).epochs == 30


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"effort": "quick", "method": "mdico"}, ("effort", "mdico")),
        ({"time_budget_min": 3.0, "method": "alone"}, ("time_budget_min", "only with the method auto")),
        ({"time_budget_min": -1.0, "method": "auto"}, ("time_budget_min", "more than 0 minutes")),
    ],
)
def test_what_only_auto_has_is_refused_with_other_methods(world, tmp_path, changes, words) -> None:
    import json

    plain = {**json.loads(job_to_text(train_job(world, tmp_path))), **changes}
    with pytest.raises(JobError) as caught:
        job_from_text(json.dumps(plain), "train", "job.json")
    assert caught.value.code is ErrorCode.JOB_INVALID
    assert all(word in str(caught.value) for word in words)


def long_job(world, folder: Path) -> TrainJob:
    changes = {"epochs": 10_000, "learning_rate": 1e-9, "max_samples": 150, "context_m": 30.0}
    return replace(train_job(world, folder, method=Method.AUTO, **changes), run_id="abc123")


@pytest.mark.slow
def test_a_user_who_finishes_early_gets_a_complete_model(world, tmp_path) -> None:
    outputs, job_file = tmp_path / "outputs", tmp_path / "job.json"
    outputs.mkdir()
    job_file.write_text(job_to_text(long_job(world, outputs)), encoding="utf-8")
    command = [sys.executable, "-c", ENGINE_OF_FEW_TREES, "train", str(job_file), "--attached", "--events"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        for line in process.stdout:
            if isinstance(from_line(line), Epoch):
                break
        process.stdin.write(FINISH)
        process.stdin.flush()
        events = [from_line(line) for line in process.stdout]
        assert process.wait(timeout=300) == 0
    assert isinstance(events[-1], Finished)
    model = ModelFile.open(events[-1].outputs["OUTPUT_MODEL"])
    assert [each.method for each in model.manifest.candidates] == ["average"]
    assert "Early finish was requested" in model.report()
    assert [path.name for path in outputs.iterdir() if path.name.startswith(".")] == []


def test_who_asks_to_finish_while_a_fast_copy_learns_gets_the_averages(world, tmp_path, monkeypatch) -> None:
    """What a copy would copy is finished by then: no epoch more than the one in which somebody asked."""
    sink = Listening()

    def copied() -> list[Epoch]:
        return [each for each in sink.events if isinstance(each, Epoch) and each.training.startswith("fast copy")]

    unlabelled = []

    def recorded(comparison, experiment):
        unlabelled.append(len(experiment.data.unlabelled))
        return fast_copies(comparison, experiment)

    monkeypatch.setattr("colearn.engine.experiment.steps.copies.fast_copies", recorded)
    monkeypatch.setattr("colearn.engine.experiment.steps.copies.finish_asked", lambda: bool(copied()))
    run_train(train_job(world, tmp_path, method=Method.AUTO, epochs=3, max_samples=150, context_m=30.0), sink=sink)
    assert len(copied()) == 1
    assert unlabelled[0] > 150  # the ground that nobody labelled is learned from, too
    manifest = ModelFile.open(str(tmp_path / "model.colearn")).manifest
    assert manifest.method == "average"
    assert not any("fast" in name for name in manifest.digests)
    assert "Early finish was requested: the model file contains no fast copy" in sink.texts()


@pytest.mark.slow
def test_a_budget_leaves_out_the_fast_copy_and_says_so(world, tmp_path) -> None:
    changes = {"epochs": 1, "max_samples": 150, "context_m": 30.0, "time_budget_min": 60.0}
    _, sink = run_train(train_job(world, tmp_path, method=Method.AUTO, **changes))
    assert "no fast copy: TIME_BUDGET_MIN leaves no time for it" in sink.texts()
