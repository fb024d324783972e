"""How long fast copies learn; those that cannot be trained, or are given up, cost nothing that is finished."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Effort, Optimize
from colearn.engine.contract.wire.errors import EngineError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.experiment.pace import EndedEarly, Pace
from colearn.engine.experiment.results import TrainingResults
from colearn.engine.experiment.steps import copies
from colearn.engine.experiment.steps.setup import TrainingSetup
from colearn.engine.learning.fit.checkpoint import Checkpoints
from colearn.engine.process.reporting import Reporter
from colearn.engine.process.task_pool import TaskPool

from journeys import Listening
from synthetic_samples import IMAGE, SERIES, make_samples, settings_for

COPIES = {
    name: SimpleNamespace(network=SimpleNamespace(kept=(2,), history=(SimpleNamespace(epochs=9),)))
    for name in (IMAGE, SERIES)
}
DIVERGED = EngineError(
    ErrorCode.TRAINING_DIVERGED,
    subject="fast copy",
    found="a loss of NaN",
    expected="a loss",
    remedy="Lower LEARNING_RATE.",
)


def raising(error: BaseException):
    def train(*_given, **_named):
        raise error

    return train


def made(
    epochs: int | None = 9, training_samples: int = 0, kept: Path | None = None
) -> tuple[TrainingResults, Listening]:
    samples = make_samples(Task.CLASSIFICATION)
    job = SimpleNamespace(
        effort=Effort.STANDARD, time_budget_min=None, optimize=Optimize.BALANCED_ACCURACY, epochs=epochs
    )
    data = SimpleNamespace(samples=samples, sensor_names=lambda: [IMAGE, SERIES])
    inputs = SimpleNamespace(
        data=data, samples=samples, plan=SimpleNamespace(first=SimpleNamespace(train=range(training_samples)))
    )
    setup = TrainingSetup(job, inputs, settings_for(samples, epochs=25), Pace(), Checkpoints(kept), TaskPool())
    results = TrainingResults(SimpleNamespace(averaged=True, ended=False), (), refitted={IMAGE: None, SERIES: None})
    sink = Listening()
    return copies.with_copies(setup, results, Reporter(sink)), sink


@pytest.mark.parametrize(
    ("epochs", "samples", "expected"),
    [(None, 100, 25), (None, 2000, 25), (None, 2500, 14), (None, 3600, 10), (None, 10**6, 10), (14, 3600, 14)],
)
def test_many_samples_are_shown_to_a_copy_less_often_unless_the_user_says_how_often(
    monkeypatch, tmp_path, epochs, samples, expected
) -> None:
    """Each number has checkpoints of its own: what is left of one training is no part of another."""
    seen = []
    monkeypatch.setattr(copies, "fast_copies", lambda _, experiment: seen.append(experiment) or {})
    monkeypatch.setattr(copies, "copies_of_all_labels", lambda *_: {})
    made(epochs, samples, tmp_path)
    assert [experiment.settings.epochs for experiment in seen[:1]] == [expected]
    other = Checkpoints(tmp_path).within("25 epochs").within("fast copies")
    assert (seen[0].checkpoints.of("a copy").path == other.of("a copy").path) == (expected == 25)


def test_copies_that_diverge_leave_the_averages(monkeypatch) -> None:
    monkeypatch.setattr(copies, "fast_copies", raising(DIVERGED))
    found, sink = made()
    assert (dict(found.copies), dict(found.copies_refitted)) == ({}, {})
    expected = "The model file contains no fast copy: found a loss of NaN. Lower LEARNING_RATE."
    assert sink.texts(Level.WARNING) == expected


@pytest.mark.parametrize(
    ("error", "why"), [(EndedEarly(), "Early finish was requested"), (DIVERGED, "Found a loss of NaN. Lower LEARNING_")]
)
def test_copies_of_all_labels_that_are_given_up_leave_those_that_were_measured(monkeypatch, error, why: str) -> None:
    monkeypatch.setattr(copies, "fast_copies", lambda *_: COPIES)
    monkeypatch.setattr(copies, "copies_of_all_labels", raising(error))
    found, sink = made()
    assert (found.copies, dict(found.copies_refitted)) == (COPIES, {})
    warned = sink.texts(Level.WARNING)
    assert warned.startswith(why)
    assert warned.endswith("are those of the averages trained on the training part.")
