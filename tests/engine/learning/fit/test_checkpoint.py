"""An interrupted training goes on to the very result it would have had; what cannot be read is no checkpoint."""

import os
import pickle
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.method import Method, UnlabelledUse
from colearn.engine.experiment.comparison import predict_samples, train_all
from colearn.engine.experiment.methods import Experiment
from colearn.engine.learning.fit.checkpoint import (
    Checkpoint,
    Checkpoints,
)
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import train_network
from colearn.engine.learning.fit.settings import Criterion, Fusion
from colearn.engine.learning.fit.trained_network import TrainedNetwork
from colearn.engine.learning.fit.trainer import Trainer

from checkpointed import data
from synthetic_samples import IMAGE, SERIES, SMALL, few_trees, fifths, half_covered, make_samples, settings_for

EPOCHS = 3


class Interruption(Exception):  # noqa: N818
    """Somebody pressed Cancel, or the power failed."""


def until(last: int):
    """Collects epochs; the training is interrupted at epoch ``last``."""

    def collect(epoch) -> None:
        if epoch.epoch == last:
            raise Interruption

    return collect


def unheard(epoch: object) -> None:
    """Epochs are of no interest here."""


def state_of(network: TrainedNetwork) -> torch.Tensor:
    return torch.cat([value.flatten().double() for value in network.network.state_dict().values()])


def same(one: TrainedNetwork, other: TrainedNetwork) -> bool:
    """Of histories their text: without validation its losses are no numbers, which equal nothing."""
    of_one, of_other = ((each.kept, repr(each.history)) for each in (one, other))
    return torch.equal(state_of(one), state_of(other)) and of_one == of_other


KINDS = {
    "plain": (data(), {}),
    "each sensor at its best": (data(), {"criterion": Criterion.LOSS, "learning_rate": 0.05}),
    "cosine and decay": (data(), {"cosine": True, "weight_decay": 0.01}),
    "fused": (data(), {"fusion": Fusion.ALL}),
    "sensor dropout": (data(), {"fusion": Fusion.DROPOUT}),
    "with a teacher": (data(with_teacher=True), {}),
    "positions before": (data(unlabelled=True), {"unlabelled_use": UnlabelledUse.BEFORE}),
    "positions beside": (data(with_teacher=True, unlabelled=True), {"unlabelled_use": UnlabelledUse.BESIDE}),
    "one sensor": (data().only(SERIES), {}),
    "epochs chosen beforehand": (data(), {"criterion": Criterion.LOSS, "cosine": True, "epochs": 5, "keep": (2, 3)}),
}


def train(kind: str, on_epoch=unheard, checkpoint: Checkpoint | None = None) -> TrainedNetwork:
    torch.set_num_threads(1)
    what, changes = KINDS[kind]
    keep = changes.get("keep")
    changes = {name: value for name, value in changes.items() if name != "keep"}
    settings = settings_for(what.samples, **{"epochs": EPOCHS, "batch_size": 32, **changes})
    return train_network(what, fifths(what.samples), settings, "t", on_epoch, checkpoint, keep)


@pytest.fixture
def checkpoint(tmp_path) -> Checkpoint:
    """Saved after every epoch."""
    return Checkpoint(tmp_path / "a job" / "training.pt", every_s=0)


class TestGoingOn:
    @pytest.mark.parametrize("kind", list(KINDS))
    def test_interrupted_at_every_epoch_it_ends_as_if_nothing_had_been(self, checkpoint, kind) -> None:
        undisturbed = train(kind)
        for last in range(1, len(undisturbed.history) + 1):
            with pytest.raises(Interruption):
                train(kind, until(last), checkpoint)
        assert same(train(kind, unheard, checkpoint), undisturbed)

    def test_it_begins_where_it_was(self, checkpoint, monkeypatch) -> None:
        with pytest.raises(Interruption):
            train("plain", until(2), checkpoint)
        learned = []
        monkeypatch.setattr(Trainer, "learn", _counted(Trainer.learn, learned))
        collected = []
        network = train("plain", collected.append, checkpoint)
        assert len(learned) == EPOCHS - 1  # the second was not kept any more
        assert [epoch.epoch for epoch in collected] == [1, 2, 3]  # earlier epochs are emitted again
        assert tuple(collected) == network.history

    @pytest.mark.parametrize("kind", ["plain", "cosine and decay", "fused", "epochs chosen beforehand"])
    def test_a_training_that_is_over_is_not_done_again(self, checkpoint, monkeypatch, kind) -> None:
        first = train(kind, unheard, checkpoint)
        monkeypatch.setattr(Trainer, "learn", None)
        collected = []
        assert same(train(kind, collected.append, checkpoint), first)
        assert repr(tuple(collected)) == repr(first.history)

    def test_of_a_training_that_is_over_only_the_weights_are_kept(self, checkpoint) -> None:
        with pytest.raises(Interruption):
            train("plain", until(EPOCHS), checkpoint)
        on_its_way = checkpoint.path.stat().st_size
        train("plain", unheard, checkpoint)
        assert checkpoint.path.stat().st_size < on_its_way / 2

    def test_it_is_saved_from_time_to_time(self, tmp_path, monkeypatch) -> None:
        saved = []
        monkeypatch.setattr(Checkpoint, "save", lambda self, state: saved.append(state))
        train("plain", unheard, Checkpoint(tmp_path / "t.pt", every_s=0))
        assert len(saved) == EPOCHS
        (tmp_path / "t.pt").write_bytes(b"just saved")
        saved.clear()
        train("plain", unheard, Checkpoint(tmp_path / "t.pt", every_s=3600))
        assert [list(state) for state in saved] == [["history", "weights", "kept"]]

    def test_two_trainings_of_a_job_do_not_mix(self, tmp_path) -> None:
        kept = Checkpoints(tmp_path / "job", every_s=0)
        paths = {kept.of(name).path for name in ("a", "b")} | {kept.within("1").of("a").path}
        assert len(paths) == 3
        assert kept.of("a") == Checkpoints(tmp_path / "job", every_s=0).of("a")


def _counted(learn, calls: list[int]):
    def counted(*arguments, **named):
        calls.append(1)
        return learn(*arguments, **named)

    return counted


@pytest.mark.parametrize("training", ["mdico", f"alone: {SERIES}", "all sensors"])
def test_a_whole_run_interrupted_anywhere_ends_as_if_nothing_had_been(tmp_path, monkeypatch, training) -> None:
    few_trees(monkeypatch, 10)
    torch.set_num_threads(1)
    samples = half_covered(make_samples(count=60))

    def run(on_epoch, kept: Checkpoints):
        settings = settings_for(samples, design=SMALL, epochs=3)
        comparison = train_all(
            Experiment(TrainingData(samples), fifths(samples), settings, on_epoch, kept), Method.MDICO
        )
        shipped = {name: comparison.shipped(name) for name in (IMAGE, SERIES)}
        return comparison, [*predict_samples(shipped, samples).values(), comparison.fused.predict(samples)]

    def stop(epoch) -> None:
        if epoch.training == training and epoch.epoch == 2:
            raise Interruption

    kept = Checkpoints(tmp_path / "job", every_s=0)
    with pytest.raises(Interruption):
        run(stop, kept)
    expected, answers = run(unheard, Checkpoints())
    found, again = run(unheard, kept)
    for one, other in zip(answers, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [found.choice(name) for name in (IMAGE, SERIES)] == [expected.choice(name) for name in (IMAGE, SERIES)]


class Evil:
    """Runs code wherever it is unpickled carelessly."""

    def __init__(self, touched: Path) -> None:
        self.touched = str(touched)

    def __reduce__(self):
        return os.mkdir, (self.touched,)


class TestFiles:
    @pytest.fixture
    def good(self, checkpoint) -> bytes:
        checkpoint.save({"x": torch.ones(300)})
        assert torch.equal(checkpoint.load()["x"], torch.ones(300))
        return checkpoint.path.read_bytes()

    @pytest.mark.parametrize(
        "damage",
        [
            lambda good: b"",
            lambda good: b"what is this",
            lambda good: good[: len(good) // 2],
            lambda good: good[:-30],
            lambda good: good[:200] + bytes(40) + good[240:],
            lambda good: pickle.dumps({"history": []}),
            lambda good: b"PK\x03\x04" + bytes(60),
        ],
        ids=["empty", "text", "half", "cut off", "overwritten", "pickle", "no zip"],
    )
    def test_what_cannot_be_read_is_none(self, checkpoint, good, damage) -> None:
        checkpoint.path.write_bytes(damage(good))
        assert checkpoint.load() is None

    def test_what_is_none_of_ours_is_none(self, checkpoint, good, tmp_path) -> None:
        for unknown in ([1, 2], {"history": []}, torch.ones(3), {"format": "CoLearn checkpoint 1"}):
            torch.save(unknown, checkpoint.path)
            assert checkpoint.load() is None

    def test_a_checkpoint_of_an_earlier_format_is_none(self, checkpoint, good) -> None:
        """A later version may train the same job with other networks, into which its weights do not fit."""
        kept = torch.load(checkpoint.path, weights_only=True)
        torch.save({**kept, "format": "CoLearn checkpoint 3"}, checkpoint.path)
        assert checkpoint.load() is None
        torch.save(kept, checkpoint.path)
        assert checkpoint.load() is not None

    def test_the_checkpoint_of_another_training_or_job_is_none(self, checkpoint, good, tmp_path) -> None:
        for path in (checkpoint.path.with_name("other.pt"), tmp_path / "another job" / "training.pt"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(good)
            assert Checkpoint(path).load() is None

    def test_a_file_never_runs_code(self, checkpoint, good, tmp_path) -> None:
        torch.save({"state": Evil(tmp_path / "evil")}, checkpoint.path)
        assert checkpoint.load() is None
        assert not (tmp_path / "evil").exists()

    def test_training_starts_anew_where_there_is_none(self, checkpoint) -> None:
        with pytest.raises(Interruption):
            train("plain", until(3), checkpoint)
        checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:-100])
        assert same(train("plain", unheard, checkpoint), train("plain"))

    def test_training_continues_without_a_writable_cache(self, tmp_path) -> None:
        (tmp_path / "a file").write_text("no folder")
        nowhere = Checkpoint(tmp_path / "a file" / "job" / "training.pt", every_s=0)
        assert same(train("plain", unheard, nowhere), train("plain"))
        assert nowhere.load() is None

    def test_a_full_disk_leaves_nothing_half_written(self, checkpoint, monkeypatch) -> None:
        def full(state, path) -> None:
            path.write_bytes(b"half")
            raise RuntimeError("PytorchStreamWriter failed writing file: no space left on device")

        monkeypatch.setattr("colearn.engine.learning.fit.checkpoint.torch.save", full)
        checkpoint.save({})
        assert list(checkpoint.path.parent.iterdir()) == []

    def test_a_new_state_replaces_the_old(self, checkpoint) -> None:
        checkpoint.save({"x": 1})
        checkpoint.save({"x": 2})
        assert checkpoint.load() == {"x": 2}
        assert [path.name for path in checkpoint.path.parent.iterdir()] == ["training.pt"]

    def test_it_is_due_when_the_last_saving_is_long_enough_ago(self, checkpoint) -> None:
        hourly = replace(checkpoint, every_s=3600)
        assert hourly.due()
        hourly.save({})
        assert not hourly.due()
        before = time.time() - 4000
        os.utime(hourly.path, (before, before))
        assert hourly.due()
