"""Trainings side by side end in the model that they end in one after the other, whatever happens meanwhile."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import TrainJob
from colearn.engine.contract.job.job_file import job_to_text
from colearn.engine.contract.job.method import Method
from colearn.engine.contract.wire.errors import DeviceError, EngineError, ErrorCode
from colearn.engine.contract.wire.events import Epoch, Finished, Interim, Level, Progress, from_line
from colearn.engine.experiment import methods
from colearn.engine.learning.fit.checkpoint import cache_folder
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.process.reporting import Reporter
from colearn.engine.process.watchdog import CANCELLED_EXIT_CODE
from colearn.engine.train import train

from journeys import NOT_DRAWN, Listening, on_cores, run_train
from processes import ENGINE_OF_FEW_TREES
from quick_trainings import manifest_in, quick

pytestmark = pytest.mark.usefixtures("small_networks")
ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 3
ALONE = [f"alone{number}: {name}" for number in ("", " 2", " 3") for name in ("camera", "radar")]
TRAININGS = [*ALONE, "mdico", "distillation: camera", "distillation: radar", "all sensors"]
COPIES = ["fast copy: camera", "fast copy: radar"]


def job(world, folder: Path, **changes) -> TrainJob:
    return replace(quick(world, folder, method=Method.AUTO, unlabelled_samples=30, epochs=EPOCHS), **changes)


def digests(folder: Path) -> dict[str, str]:
    """Of the graphs and the weights."""
    return {name: each for name, each in manifest_in(folder).digests.items() if not name.endswith(".html")}


def threads_of_tasks() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("task_")]


@pytest.fixture(scope="module")
def in_turn(world, small_networks, tmp_path_factory):
    """Digests and events of a training on one core."""
    folder = tmp_path_factory.mktemp("in turn")
    _, sink = run_train(job(world, folder), cores=1)
    return digests(folder), sink.events, manifest_in(folder)


@pytest.fixture(scope="module")
def side_by_side(world, small_networks, tmp_path_factory):
    """The same on four cores."""
    folder = tmp_path_factory.mktemp("side by side")
    _, sink = run_train(job(world, folder), cores=4)
    return digests(folder), sink.events, manifest_in(folder)


def epochs_of(events) -> dict[str, list[Epoch]]:
    found: dict[str, list[Epoch]] = {}
    for event in events:
        if isinstance(event, Epoch):
            found.setdefault(event.training, []).append(event)
    return found


def test_the_number_of_cores_changes_no_byte(in_turn, side_by_side) -> None:
    assert len(in_turn[0]) == 6
    assert side_by_side[0] == in_turn[0]


def test_the_number_of_cores_changes_no_importance(in_turn, side_by_side) -> None:
    one, four = ([sensor.importance for sensor in manifest.sensors] for _, _, manifest in (in_turn, side_by_side))
    assert one == four
    assert None not in one


def test_every_epoch_is_the_same_and_in_its_trainings_order(in_turn, side_by_side) -> None:
    assert sorted(epochs_of(side_by_side[1])) == sorted([*TRAININGS, *COPIES])
    assert epochs_of(side_by_side[1]) == epochs_of(in_turn[1])
    assert [each.epoch for each in epochs_of(side_by_side[1])["mdico"]] == [1, 2, 3]


def test_trainings_do_go_on_at_the_same_time(side_by_side) -> None:
    """Else an epoch of a training would never come between two of another."""
    order = [event.training for event in side_by_side[1] if isinstance(event, Epoch)]
    assert sum(one != other for one, other in zip(order, order[1:], strict=False)) >= len({*order})


def test_progress_never_falls_and_results_come_in_the_same_order(in_turn, side_by_side) -> None:
    fractions = [event.fraction for event in side_by_side[1] if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    interim = [[event for event in events if isinstance(event, Interim)] for _, events, _ in (in_turn, side_by_side)]
    assert interim[0] == interim[1] != []


def test_no_thread_is_left(side_by_side) -> None:
    assert threads_of_tasks() == []


def train_on(cores: int, job: TrainJob, sink) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.train.training_report", lambda manifest, evidence: NOT_DRAWN)
        on_cores(patch, cores)
        train(job, Reporter(sink))


class Interrupting(Listening):
    """A sink in which the user interrupts at an epoch of a training."""

    def __init__(self, training: str, epoch: int) -> None:
        super().__init__()
        self.last = (training, epoch)

    def send(self, event) -> None:
        super().send(event)
        if isinstance(event, Epoch) and (event.training, event.epoch) == self.last:
            raise KeyboardInterrupt


@pytest.mark.parametrize(("training", "cores"), [("mdico", 1), ("fast copy: radar", 4)])
def test_what_was_interrupted_side_by_side_goes_on_with_any_number_of_cores(
    in_turn, world, tmp_path, training, cores
) -> None:
    outputs = tmp_path / "outputs"
    with pytest.raises(KeyboardInterrupt):
        train_on(4, job(world, outputs), Interrupting(training, 2))
    assert threads_of_tasks() == []
    assert list(outputs.iterdir()) == []
    assert list(cache_folder().rglob("*.pt")) != []
    _, sink = run_train(job(world, outputs), cores=cores)
    assert "from its last checkpoint" in sink.texts()
    assert digests(outputs) == in_turn[0]
    assert list((cache_folder() / "checkpoints").iterdir()) == []


def failing(name: str, error: Exception):
    """What trains any network but that of this name."""
    learn = methods.train_network

    def trained(data, split, settings, training, *others):
        if training == name:
            raise error
        return learn(data, split, settings, training, *others)

    return trained


def test_a_method_that_fails_is_left_out_as_in_turn(world, tmp_path, monkeypatch) -> None:
    """And the control network that was trained for it meanwhile, too."""
    diverged = EngineError(ErrorCode.TRAINING_DIVERGED, found="a loss of NaN", expected="numbers", remedy="Lower it.")
    monkeypatch.setattr(methods, "train_network", failing("mdico", diverged))
    found = []
    for cores in (1, 4):
        folder = tmp_path / str(cores)
        _, sink = run_train(job(world, folder), cores=cores)
        assert "The method mdico failed: found a loss of NaN" in sink.texts(Level.WARNING)
        found.append(digests(folder))
    assert found[0] == found[1]


def test_too_little_memory_for_one_of_them_ends_all(world, tmp_path, monkeypatch) -> None:
    lacking = DeviceError(ErrorCode.OUT_OF_MEMORY, found="too little memory", expected="more", remedy="Lower it.")
    monkeypatch.setattr(methods, "train_network", failing("alone 2: radar", lacking))
    with pytest.raises(DeviceError) as caught:
        run_train(job(world, tmp_path / "outputs"), cores=4)
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY
    assert threads_of_tasks() == []
    assert list((tmp_path / "outputs").iterdir()) == []


def test_who_asks_to_finish_gets_a_model_of_what_is_there(world, tmp_path, monkeypatch) -> None:
    sink = Listening()

    def asked() -> bool:
        return any(isinstance(event, Interim) and "2 networks" in event.predictor for event in sink.events)

    monkeypatch.setattr("colearn.engine.experiment.steps.setup.finish_asked", asked)
    (tmp_path / "outputs").mkdir()
    train_on(4, job(world, tmp_path / "outputs", epochs=20), sink)
    assert threads_of_tasks() == []
    assert "Early finish was requested: the finished networks and forests are used" in sink.texts(Level.WARNING)
    assert "average of 2 networks and 2 forests" in sink.texts()
    assert ModelFile.open(str(tmp_path / "outputs" / "model.colearn")).manifest.method == "average"


@pytest.mark.slow
def test_an_engine_that_is_killed_and_then_cancelled_goes_on(world, tmp_path) -> None:
    """With networks of full size, in processes of their own; the model is that of an undisturbed run on one core."""
    outputs, file = tmp_path / "outputs", tmp_path / "job.json"
    whole = job(world, outputs, context_m=0.0, max_samples=90)
    file.write_text(job_to_text(whole), encoding="utf-8")
    command = [sys.executable, "-c", ENGINE_OF_FEW_TREES, "train", str(file), "--events", "--attached"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}

    def until_epoch_of(engine, training: str) -> None:
        for line in engine.stdout:
            event = from_line(line)
            if isinstance(event, Epoch) and event.training == training:
                return

    with subprocess.Popen(command, cwd=ROOT, **pipes) as engine:
        until_epoch_of(engine, "mdico")
        engine.kill()
    with subprocess.Popen(command, cwd=ROOT, **pipes) as engine:
        until_epoch_of(engine, "alone 3: radar")
        engine.stdin.close()
        assert engine.wait(timeout=300) == CANCELLED_EXIT_CODE
    assert list(outputs.iterdir()) == []
    with subprocess.Popen(command, cwd=ROOT, **pipes) as engine:
        last = engine.stdout.readlines()[-1]
    assert isinstance(from_line(last), Finished)
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.experiment.steps.setup.NetworkDesign", NetworkDesign)
        run_train(replace(whole, output_model=str(undisturbed / "model.colearn"), output_report=None), cores=1)
    assert digests(outputs) == digests(undisturbed)
