"""How far a training journey is while forests grow: they are most of a quick one, and the start of any other."""

import pytest
import torch
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.wire.events import Epoch, Progress
from colearn.engine.experiment import Pace, TrainingProgress, forests_grown, train_all
from colearn.engine.experiment.refit import refitted
from colearn.engine.experiment.steps.all_labels import _forests, _Progress
from colearn.engine.learning.fit import Checkpoints, TrainingData
from colearn.engine.process import Reporter
from colearn.engine.trees import ForestSize

from journeys import Listening
from synthetic_samples import IMAGE, SMALL, fifths, make_samples, settings_for


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    monkeypatch.setattr("colearn.engine.experiment.forests.forest.TREES", 5)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))


def test_forests_are_counted_by_hand() -> None:
    """Two sensors: 2 of labels, 3 teachers (of both, of either) in 5 folds, 2 × 2 of soft targets, 2 compared."""
    assert forests_grown(Method.AUTO, 2, Effort.QUICK, unlabelled=False) == 2 + 15 + 4 + 2
    assert forests_grown(Method.AUTO, 2, Effort.QUICK, unlabelled=True) == 2 + 18 + 4 + 2  # each whole as well
    assert forests_grown(Method.AUTO, 2, Effort.STANDARD, unlabelled=True) == 2 + 18 + 4 + 3  # one of both compared
    assert forests_grown(Method.AUTO, 1, Effort.QUICK, unlabelled=False) == 1 + 5 + 1 + 1
    assert forests_grown(Method.MDICO, 2, Effort.STANDARD, unlabelled=True) == 3
    assert forests_grown(Method.DISTILLATION, 2, Effort.STANDARD, unlabelled=True) == 3 + 6
    assert forests_grown(Method.ALONE, 1, Effort.STANDARD, unlabelled=False) == 1


@pytest.mark.parametrize("effort", [Effort.QUICK, Effort.STANDARD])
@pytest.mark.parametrize("several", [True, False], ids=["two sensors", "one sensor"])
def test_as_many_grow_as_are_counted(effort, several) -> None:
    torch.set_num_threads(1)
    samples = make_samples(count=90)
    data = TrainingData(samples) if several else TrainingData(samples).only(IMAGE)
    settings, split, grown = settings_for(samples, design=SMALL, epochs=1), fifths(samples), []
    found = train_all(
        *(data, split, settings, Method.AUTO, lambda _epoch: None, Checkpoints(), Pace(effort)),
        on_forest=lambda: grown.append(1),
    )
    assert len(grown) == forests_grown(Method.AUTO, 1 + several, effort, unlabelled=False)
    again = []
    refitted(found, data, split, settings, on_forest=lambda: again.append(1))
    assert len(again) == _forests(found, unlabelled=False)


def fractions(sink: Listening) -> list[float]:
    return [round(event.fraction, 4) for event in sink.events if isinstance(event, Progress)]


def test_a_quick_training_goes_on_with_every_forest() -> None:
    """And never past its end, should more grow than were counted."""
    sink = Listening()
    progress = TrainingProgress(Method.AUTO, 2, 1, Reporter(sink), Effort.QUICK, forests=4)
    for _forest in range(5):
        progress.forest()
    assert fractions(sink) == [0.25, 0.5, 0.75, 1, 1]


def test_forests_take_a_share_of_a_training_with_networks() -> None:
    """15 % for forests, of which half have grown; then 85 % for two trainings of one sensor each, of two epochs."""
    sink = Listening()
    progress = TrainingProgress(Method.ALONE, 1, 2, Reporter(sink), forests=2)
    progress.forest()
    for training in ("alone: a", "alone: b"):
        for epoch in (1, 2):
            progress(Epoch(training, epoch, 2, 1.0, 1.0, 0.5))
    progress.forest()
    assert fractions(sink) == [0.075, 0.2875, 0.5, 0.7125, 0.925, 1]


def test_all_labels_are_learned_by_networks_then_by_forests() -> None:
    """Forests of a network's teacher grow before it is trained, and would take the bar to where it then goes back."""
    sink = Listening()
    progress = _Progress(1, 2, 4, Reporter(sink))
    progress.forest()
    for sensor in ("a", "b"):
        progress(Epoch(f"alone: {sensor}", 1, 1, 1.0, 1.0, 0.5))
    for _forest in range(3):
        progress.forest()
    assert fractions(sink) == [0.425, 0.85, 0.925, 0.9625, 1]


def test_all_labels_of_a_quick_training_are_learned_by_forests_alone() -> None:
    sink = Listening()
    progress = _Progress(0, 2, 4, Reporter(sink))
    for _forest in range(4):
        progress.forest()
    assert fractions(sink) == [0.25, 0.5, 0.75, 1]
