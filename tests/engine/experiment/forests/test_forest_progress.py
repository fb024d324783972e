"""How far a training journey is while forests grow: they are most of a quick one, and the start of any other."""

from dataclasses import replace

import pytest
import torch
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.wire.events import Epoch, Progress
from colearn.engine.experiment import Chosen, EndedEarly, Experiment, Pace, TrainingProgress, train_all
from colearn.engine.experiment.progress import forests_grown
from colearn.engine.experiment.refit import refitted
from colearn.engine.experiment.steps.all_labels import RefitProgress, _epochs, _forests
from colearn.engine.learning.fit import TrainingData
from colearn.engine.process import Reporter
from colearn.engine.trees import ForestSize

from journeys import Listening
from synthetic_samples import IMAGE, SMALL, few_trees, fifths, make_samples, settings_for


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    few_trees(monkeypatch, 5)
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
    experiment = Experiment(data, split, settings, lambda _epoch: None, on_fitted=lambda: grown.append(1))
    found = train_all(experiment, Method.AUTO, Pace(effort))
    assert len(grown) == forests_grown(Method.AUTO, 1 + several, effort, unlabelled=False)
    again = []
    refitted(found, replace(experiment, on_fitted=lambda: again.append(1)))
    assert len(again) == _forests(found, unlabelled=False)


def fractions(sink: Listening) -> list[float]:
    return [round(event.fraction, 4) for event in sink.events if isinstance(event, Progress)]


def test_a_quick_training_reports_progress_with_every_forest() -> None:
    """And never past its end, should more grow than were counted."""
    sink = Listening()
    progress = TrainingProgress(Method.AUTO, 2, 1, Reporter(sink), Effort.QUICK, forests=4)
    for _forest in range(5):
        progress.fitted()
    assert fractions(sink) == [0.25, 0.5, 0.75, 1, 1]


def test_forests_take_a_share_of_a_training_with_networks() -> None:
    """15 % for forests, of which half have grown; then 85 % for two trainings of one sensor each, of two epochs."""
    sink = Listening()
    progress = TrainingProgress(Method.ALONE, 1, 2, Reporter(sink), forests=2)
    progress.fitted()
    for training in ("alone: a", "alone: b"):
        for epoch in (1, 2):
            progress(Epoch(training, epoch, 2, 1.0, 1.0, 0.5))
    progress.fitted()
    assert fractions(sink) == [0.075, 0.2875, 0.5, 0.7125, 0.925, 1]


def test_all_labels_are_learned_by_as_many_epochs_as_are_kept() -> None:
    """Of "alone: a" 4 epochs of 10 are kept, of "mdico" 3, over two sensors: 4 + 2 × 3 = 10 units are 85 %.

    Four forests are 15 %; the first, of a teacher, grows before any network is trained.
    """
    sink = Listening()
    progress = RefitProgress({"alone: a": 4, "mdico": 3}, 2, 4, Reporter(sink))
    progress.fitted()
    for number in range(1, 5):
        progress(Epoch("alone: a", number, 10, 1.0, 1.0, 0.5))
    for number in range(1, 4):
        progress(Epoch("mdico", number, 10, 1.0, 1.0, 0.5))
    for _forest in range(3):
        progress.fitted()
    networks = [0.1225, 0.2075, 0.2925, 0.3775, 0.5475, 0.7175, 0.8875]
    assert fractions(sink) == [0.0375, *networks, 0.925, 0.9625, 1]


def test_where_networks_are_given_up_the_forests_are_all_that_is_left() -> None:
    """One of two epochs and one of five forests: 42.5 % and 3 %. The other four take the remaining 54.5 %."""
    sink = Listening()
    progress = RefitProgress({"alone: a": 2}, 1, 5, Reporter(sink))
    progress.fitted()
    with pytest.raises(EndedEarly):
        progress.checked(Pace(finish_asked=lambda: True))(Epoch("alone: a", 1, 8, 1.0, 1.0, 0.5))
    for _forest in range(4):
        progress.fitted()
    assert fractions(sink) == [0.03, 0.455, 0.5913, 0.7275, 0.8638, 1]


def test_the_trainings_counted_are_those_that_are_trained_again() -> None:
    """So the bar is at its end when all of them are over, and not before."""
    torch.set_num_threads(1)
    samples = make_samples(count=90)
    data, settings, split = TrainingData(samples), settings_for(samples, design=SMALL, epochs=3), fifths(samples)
    experiment = Experiment(data, split, settings, lambda _epoch: None)
    found = train_all(experiment, Method.AUTO)
    chosen, epochs = Chosen.by(found, samples, split, settings), []
    refitted(found, replace(experiment, on_epoch=epochs.append), chosen)
    assert _epochs(found, chosen) == {each.training: each.epoch for each in epochs}  # the last of each


def test_all_labels_of_a_quick_training_are_learned_by_forests_alone() -> None:
    sink = Listening()
    progress = RefitProgress({}, 2, 4, Reporter(sink))
    for _forest in range(4):
        progress.fitted()
    assert fractions(sink) == [0.25, 0.5, 0.75, 1]
