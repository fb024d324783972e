"""Trainings that are interrupted or killed end in the model of an undisturbed one."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import TrainJob
from colearn.engine.contract.job.job_file import job_to_text
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.wire.events import Epoch, Finished, Progress, from_line
from colearn.engine.learning.fit.checkpoint import cache_folder
from colearn.engine.learning.fit.trainer import Trainer
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.process.cores import usable_cores
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.files.read import close_datasets
from colearn.engine.train import train

from journeys import read, run_train, source
from quick_trainings import manifest_in, quick
from world import RADAR_BANDS, write_raster

pytestmark = pytest.mark.usefixtures("small_networks")
ROOT = Path(__file__).resolve().parents[2]


def digests(folder: Path) -> dict[str, str]:
    """Of the graphs and the weights."""
    return {name: each for name, each in manifest_in(folder).digests.items() if not name.endswith(".html")}


ON_ALL = " on all labels"


class Power:
    """A sink whose power fails at an epoch of a training; of one on all labels at its first, which is not emitted."""

    def __init__(self, training: str, epoch: int, run: int = 1) -> None:
        self.last = (training, epoch)
        self._before = run - 1  # runs that come so far

    def send(self, event) -> None:
        if isinstance(event, Epoch) and (event.training, event.epoch) == self.last:
            if not self._before:
                raise KeyboardInterrupt
            self._before -= 1
        if isinstance(event, Progress) and event.stage == f"Training {self.last[0]}" and ON_ALL in event.stage:
            raise KeyboardInterrupt


class TestRepeatability:
    def job(self, world, folder: Path) -> TrainJob:
        return quick(world, folder, method=Method.AUTO, unlabelled_samples=30, epochs=3)

    @pytest.fixture(scope="class")
    @classmethod
    def undisturbed(cls, world, tmp_path_factory):
        folder = tmp_path_factory.mktemp("undisturbed")
        run_train(cls().job(world, folder))
        return digests(folder)

    def test_one_seed_gives_one_model_wherever_it_is_written(self, undisturbed, world, tmp_path) -> None:
        run_train(self.job(world, tmp_path))
        graphs = {f"sensors/{number}{quality}.onnx" for number in (1, 2) for quality in ("", ".fast", ".int8")}
        assert set(undisturbed) == graphs
        assert digests(tmp_path) == undisturbed

    @pytest.mark.parametrize(
        "training",
        [
            "distillation: radar",
            "all sensors",
            "mdico on all labels",
            "fast copy: radar",
            "fast copy: radar on all labels",
        ],
    )
    def test_an_interrupted_training_ends_in_the_same_model(
        self, undisturbed, world, tmp_path, monkeypatch, training
    ) -> None:
        outputs = tmp_path / "outputs"
        job = self.job(world, outputs)
        with pytest.raises(KeyboardInterrupt):
            train(job, Reporter(Power(training, 2)))
        assert list(outputs.iterdir()) == []
        assert list(cache_folder().rglob("*.pt")) != []
        finished, sink = run_train(job)
        assert finished.outputs["OUTPUT_MODEL"] == job.output_model
        assert "from its last checkpoint" in sink.texts()
        assert digests(outputs) == undisturbed
        assert list((cache_folder() / "checkpoints").iterdir()) == []

    def test_another_job_or_changed_files_begin_anew(self, world, tmp_path, monkeypatch) -> None:
        """A raster that changes behind a virtual one, whose own file stays as it is."""
        from osgeo import gdal

        part = write_raster(tmp_path / "part.tif", read(world.radar), 20.0, names=RADAR_BANDS)
        gdal.BuildVRT(str(tmp_path / "mosaic.vrt"), [str(part)]).FlushCache()
        radar = SensorSpec("radar", (source(tmp_path / "mosaic.vrt"),), bands=("1", "2"))
        sensors = (SensorSpec("camera", (source(world.camera),)), radar)
        job = quick(world, tmp_path / "outputs", sensors=sensors, epochs=2)
        learned = []
        learn = Trainer.learn

        def counted(*arguments, **named):
            learned.append(1)
            return learn(*arguments, **named)

        monkeypatch.setattr(Trainer, "learn", counted)

        def epochs_until_interrupted(job: TrainJob) -> int:
            learned.clear()
            with pytest.raises(KeyboardInterrupt):
                train(job, Reporter(Power("alone: camera", 2)))
            return len(learned)

        whole = epochs_until_interrupted(job)
        assert whole == 4
        assert epochs_until_interrupted(job) == 1  # the others are known
        assert epochs_until_interrupted(replace(job, run_id="abc", output_model=job.output_model + ".new")) == 1
        assert epochs_until_interrupted(replace(job, learning_rate=0.002)) == whole
        close_datasets()  # as between two processes
        write_raster(part, read(world.radar) + 1, 20.0, names=RADAR_BANDS)
        assert epochs_until_interrupted(job) == whole


@pytest.mark.slow
def test_an_interrupted_fold_ends_in_the_same_model(world, tmp_path) -> None:
    """In the second of three folds: the first is known, and the calibration is of all three."""
    changes = {
        "method": Method.AUTO,
        "effort": Effort.THOROUGH,
        "folds": 3,
        "epochs": 2,
        "context_m": 0.0,
        "unlabelled_samples": 30,
    }
    undisturbed, outputs = tmp_path / "undisturbed", tmp_path / "outputs"
    run_train(quick(world, undisturbed, **changes))
    with pytest.raises(KeyboardInterrupt):
        train(quick(world, outputs, **changes), Reporter(Power("mdico", 1, run=2)))
    assert list(outputs.iterdir()) == []
    _, sink = run_train(quick(world, outputs, **changes))
    assert "from its last checkpoint" in sink.texts()
    assert manifest_in(outputs).samples.calibrated == manifest_in(outputs).samples.total
    assert digests(outputs) == digests(undisturbed)


@pytest.mark.slow
def test_a_killed_engine_resumes_when_the_same_job_is_run_again(world, tmp_path) -> None:
    """With networks of full size, in processes of their own; the model is that of an undisturbed run in this one."""
    outputs = tmp_path / "outputs"
    job = quick(world, outputs, context_m=0.0, max_samples=90, epochs=4)
    file = tmp_path / "job.json"
    file.write_text(job_to_text(job), encoding="utf-8")
    command = [sys.executable, "-m", "engine", "train", str(file), "--events"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as engine:
        for line in engine.stdout:
            event = from_line(line)
            if isinstance(event, Epoch) and (event.training, event.epoch) == ("alone: camera", 2):
                engine.send_signal(signal.SIGKILL)
                break
    assert engine.wait() == -signal.SIGKILL
    assert not (outputs / "model.colearn").exists()
    assert len(list(cache_folder().rglob("*.pt"))) == 2  # what is over, and what is on its way
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert isinstance(from_line(again.stdout.splitlines()[-1]), Finished)
    assert list((cache_folder() / "checkpoints").iterdir()) == []
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.experiment.steps.setup.NetworkDesign", NetworkDesign)
        whole = replace(job, output_model=str(undisturbed / "model.colearn"), output_report=None)
        run_train(whole, cores=usable_cores())
    assert digests(outputs) == digests(undisturbed)


def test_a_training_needs_no_writable_cache(world, tmp_path, monkeypatch) -> None:
    (tmp_path / "a file").write_text("no folder")
    monkeypatch.setenv("COLEARN_CACHE", str(tmp_path / "a file" / "cache"))
    run_train(quick(world, tmp_path / "outputs", epochs=1))
    assert (tmp_path / "outputs" / "model.colearn").exists()
