"""Fast copies that cannot be trained, or are given up, cost nothing that is finished, and the log says so."""

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


def made() -> tuple[TrainingResults, Listening]:
    samples = make_samples(Task.CLASSIFICATION)
    job = SimpleNamespace(effort=Effort.STANDARD, time_budget_min=None, optimize=Optimize.BALANCED_ACCURACY, epochs=9)
    data = SimpleNamespace(samples=samples, sensor_names=lambda: [IMAGE, SERIES])
    inputs = SimpleNamespace(data=data, samples=samples, plan=SimpleNamespace(first=None))
    setup = TrainingSetup(job, inputs, settings_for(samples), Pace(), Checkpoints(), TaskPool())
    results = TrainingResults(SimpleNamespace(averaged=True, ended=False), (), refitted={IMAGE: None, SERIES: None})
    sink = Listening()
    return copies.with_copies(setup, results, Reporter(sink)), sink


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
