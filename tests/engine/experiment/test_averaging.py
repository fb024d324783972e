"""Averages that grow: forests, then networks; ended at any time with what is there."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.manifest.scores import Variant
from colearn.engine.contract.wire.events import Epoch, Interim, Level, Message, Planned
from colearn.engine.experiment.comparison import Comparison, train_all
from colearn.engine.experiment.forests.paired_scores import PairedScores
from colearn.engine.experiment.forests.sensor_forests import _weights
from colearn.engine.experiment.methods import AVERAGED, Experiment
from colearn.engine.experiment.pace import Pace
from colearn.engine.learning.fit import population_of
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.tasks import main_score
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.unlabelled import Unlabelled
from colearn.engine.trees.forest import ForestSize

from synthetic_samples import IMAGE, SERIES, SMALL, few_trees, fifths, make_samples, settings_for

NAMES = (IMAGE, SERIES)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch) -> None:
    """Forests are tested elsewhere."""
    few_trees(monkeypatch, 10)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
    monkeypatch.setattr("colearn.engine.experiment.methods.rich_features", lambda *_: {})  # chosen elsewhere, too


class Log:
    """Epochs, and all else, as they come."""

    def __init__(self) -> None:
        self.epochs: list[Epoch] = []
        self.interims: list[Interim] = []
        self.messages: list[Message] = []
        self.plans: list[Planned] = []

    def trainings(self) -> list[str]:
        return list(dict.fromkeys(epoch.training for epoch in self.epochs))

    def say(self, event: Interim | Message | Planned) -> None:
        {Interim: self.interims, Message: self.messages, Planned: self.plans}[type(event)].append(event)


def averaged(
    samples: SampleSet, pace: Pace | None = None, log: Log | None = None, epochs: int = 2
) -> tuple[Comparison, Log]:
    torch.set_num_threads(1)
    log = log or Log()
    settings = settings_for(samples, batch_size=32, epochs=epochs)
    experiment = Experiment(TrainingData(samples), fifths(samples), settings, log.epochs.append)
    found = train_all(experiment, Method.AUTO, pace, log.say)
    return found, log


def sizes(comparison: Comparison) -> list[tuple[int, int]]:
    """Networks and forests of what co-learned, and of what it is compared with, over the sensors."""
    results = (comparison.together, comparison.alone)
    return [
        (len(each.predictors[name].of_networks), len(each.predictors[name].of_forests))
        for each in results
        for name in NAMES
    ]


def asked_after(training: str, log: Log) -> Callable[[], bool]:
    """Somebody asks to finish as soon as a training has begun."""
    return lambda: training in log.trainings()


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION], ids=lambda task: task.value)
def test_quick_trains_no_network_and_averages_two_forests_on_either_side(task: Task) -> None:
    samples = make_samples(task, count=90)
    found, log = averaged(samples, Pace(Effort.QUICK))
    assert log.epochs == []
    assert found.averaged
    assert not found.ended
    assert (found.tried, found.network, found.fused, found.fused_reference) == ((), None, None, None)
    assert sizes(found) == 4 * [(0, 2)]
    assert found.networks() == ()
    for name in NAMES:
        average = found.shipped(name)
        assert (found.variant(name), found.choice(name)) == (Variant.COLEARNED, None)
        assert average.describe() == "average of 2 forests"
        assert not average.gains_from_int8
        one, other = (member.predict(samples) for member in average.of_forests)
        np.testing.assert_allclose(average.predict(samples, calibrated=False), (one + other) / 2, rtol=1e-5, atol=1e-5)
    assert [each.method for each in found.candidates()] == [Method.AUTO]


def test_what_is_finished_is_reported_at_once_forests_first() -> None:
    _, log = averaged(make_samples(count=90), epochs=1)
    each = ["average of 2 forests", "average of 1 network and 2 forests"]
    each += [f"average of {number} networks and 2 forests" for number in (2, 3)]
    assert [(one.predictor, one.sensor) for one in log.interims] == [(made, name) for made in each for name in NAMES]
    assert all(0 <= one.score <= 1 for one in log.interims)


def test_the_score_reported_is_that_of_the_average_on_validation_samples() -> None:
    found, log = averaged(make_samples(count=90), Pace(Effort.QUICK))
    assert {one.sensor: one.score for one in log.interims} == found.together.validation


@pytest.mark.parametrize(
    ("training", "networks", "tried"),
    [
        (f"alone: {SERIES}", 0, []),
        ("mdico", 1, []),
        (f"alone 2: {IMAGE}", 1, []),  # else the control would be smaller
        (f"distillation: {SERIES}", 2, [Method.MDICO]),
        ("all sensors", 3, list(AVERAGED)),
    ],
)
def test_who_asks_to_finish_gets_what_is_there_and_a_control_as_large(training, networks, tried) -> None:
    log = Log()
    pace = Pace(finish_asked=asked_after(training, log))
    found, _ = averaged(make_samples(count=90), pace, log)
    assert found.ended
    shipped = (*found.together.predictors.values(), *found.alone.predictors.values())
    assert all(each.temperature is not None for each in shipped)
    assert sizes(found) == 4 * [(networks, 2)]
    assert [result.method for result in found.tried] == tried
    assert (found.network is None) == (networks == 0)
    assert (found.fused, found.fused_reference) == (None, None)
    assert log.trainings()[-1] == training
    assert [message.code for message in log.messages] == ["ended_early"]
    assert "Early finish was requested" in log.messages[0].text
    assert log.plans == [Planned(3, 2, fused=True), Planned(networks, 2, finished=networks, is_last=True)]


def test_what_is_finished_is_the_same_whether_more_was_to_come() -> None:
    samples, log = make_samples(count=90), Log()
    whole, _ = averaged(samples, Pace(Effort.QUICK))
    ended, _ = averaged(samples, Pace(finish_asked=asked_after(f"alone: {IMAGE}", log)), log)
    for name in NAMES:
        np.testing.assert_array_equal(whole.shipped(name).predict(samples), ended.shipped(name).predict(samples))


class Slow:
    """A clock by which every look takes as long."""

    def __init__(self, step_s: float) -> None:
        self.now, self._step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now += self._step_s
        return self.now


def test_an_ample_budget_skips_nothing() -> None:
    found, log = averaged(make_samples(count=90), Pace(minutes=1e6), epochs=1)
    assert sizes(found) == 4 * [(3, 2)]
    assert log.messages == []
    assert log.plans == [Planned(3, 1, fused=True)]


def test_a_budget_too_small_for_networks_leaves_forests_and_says_so() -> None:
    """An epoch takes 10 s at least by this clock, so eight of both sensors need more than a minute."""
    found, log = averaged(make_samples(count=90), Pace(minutes=2, clock=Slow(10.0)), epochs=25)
    assert sizes(found) == 4 * [(0, 2)]
    (message,) = log.messages
    assert message.code in ("time_budget", "ended_early")
    assert "TIME_BUDGET_MIN" in message.text


def test_a_budget_for_some_networks_says_how_many() -> None:
    """By this clock an epoch of both sensors takes 20 s, so that eight of two networks take 8 × 20 × 3.3 = 528 s."""
    found, log = averaged(make_samples(count=90), Pace(minutes=13, clock=Slow(5.0)), epochs=8)
    assert sizes(found) == 4 * [(2, 2)]
    assert (found.fused, [result.method for result in found.tried]) == (None, [Method.MDICO])
    (message,) = log.messages
    assert message.code == "time_budget"
    assert log.plans == [Planned(2, 8)]
    assert "Therefore 2 of 3 networks per sensor are trained, for 8 of 8 epochs; the fused reference" in message.text


def test_the_networks_of_a_budget_are_those_of_a_training_without() -> None:
    """What is measured is not trained on: each network starts from its own seed."""
    samples = make_samples(count=90)
    one, _ = averaged(samples, Pace(minutes=1e6), epochs=1)
    other, _ = averaged(samples, epochs=1)
    for name in NAMES:
        np.testing.assert_array_equal(one.shipped(name).predict(samples), other.shipped(name).predict(samples))


def nothing_seen(samples: SampleSet, name: str) -> SampleSet:
    """The values of a sensor without what they say of labels: noise."""
    random = np.random.default_rng(4)
    sensors = tuple(
        replace(each, values=random.normal(size=each.values.shape).astype(np.float32)) if each.name == name else each
        for each in samples.sensors
    )
    return replace(samples, sensors=sensors)


def test_where_the_teacher_of_all_sensors_is_worse_trees_learn_from_their_own_and_that_is_logged(monkeypatch) -> None:
    found_of = {IMAGE: PairedScores(0.5, 0.7, 0.1), SERIES: PairedScores(0.5, 0.55, 0.1)}
    monkeypatch.setattr(Experiment, "_compared_teachers", lambda self, name, rows: found_of[name])
    found, log = averaged(make_samples(count=90), Pace(Effort.QUICK))
    image, series = ((found.together.predictors[name], found.alone.predictors[name]) for name in NAMES)
    np.testing.assert_array_equal(*(each.of_forests[1].forest.nodes.weight for each in image))
    assert not np.array_equal(*(each.of_forests[1].forest.nodes.weight for each in series))
    (message,) = log.messages
    assert (message.code, message.level) == ("teacher_weak", Level.INFO)
    assert f"{IMAGE}: out of fold, a forest on all sensors" in message.text
    assert "(50.0 %) than a forest on" in message.text
    assert "by more than one standard error" in message.text


def test_a_sensor_beside_one_that_shows_noise_is_compared_with_its_own_teacher() -> None:
    """By the scores of training samples that neither teacher was fitted on."""
    samples = nothing_seen(make_samples(count=120), SERIES)
    train, settings = fifths(samples).train, settings_for(samples, design=SMALL)
    experiment = Experiment(TrainingData(samples), fifths(samples), settings, lambda epoch: None)
    population = population_of(samples, train, settings)
    compared = experiment._compared_teachers(IMAGE, train)
    for score, teacher in (
        (compared.first, experiment.with_teacher),
        (compared.second, experiment._own_teachers(IMAGE)),
    ):
        soft = teacher.soft_targets[train]
        own = main_score(samples.task, samples.target[train], soft, settings.optimize, population)
        assert score == pytest.approx(own)
    assert (IMAGE in experiment.weak_teachers) == (compared.second - compared.first > compared.error)
    assert SERIES not in experiment.weak_teachers  # noise is no teacher of itself


def test_of_many_unlabelled_positions_each_counts_less() -> None:
    """With 10 labelled rows and 60 others the others weigh 30 together: half a label each."""
    np.testing.assert_array_equal(_weights(10, 60), [1.0] * 10 + [0.5] * 60)
    np.testing.assert_array_equal(_weights(10, 20), [1.0] * 30)


def test_positions_for_trees_only_change_no_network() -> None:
    samples, more = make_samples(count=90), make_samples(count=200, seed=9)
    unlabelled = Unlabelled(more.sensors, more.present)

    def trained(data: TrainingData, trees_only: bool) -> Comparison:
        torch.set_num_threads(1)
        settings = settings_for(samples, batch_size=32, epochs=1)
        experiment = Experiment(data, fifths(samples), settings, lambda epoch: None, trees_only=trees_only)
        return train_all(experiment, Method.AUTO)

    without = trained(TrainingData(samples), False)
    with_them = trained(TrainingData(samples, unlabelled), True)
    for name in NAMES:
        one, other = without.shipped(name), with_them.shipped(name)
        for mine, theirs in zip(one.of_networks, other.of_networks, strict=True):
            np.testing.assert_array_equal(mine.predict(samples), theirs.predict(samples))
        assert not np.array_equal(one.of_forests[1].forest.nodes.weight, other.of_forests[1].forest.nodes.weight)


def test_where_no_teacher_is_possible_trees_learn_from_labels_only_and_that_is_logged() -> None:
    """All training samples are of one group: none can be held out from a teacher."""
    samples = make_samples(count=90)
    groups = samples.groups.copy()
    groups[fifths(samples).train] = groups[fifths(samples).train][0]
    found, log = averaged(replace(samples, groups=groups), Pace(Effort.QUICK))
    assert sizes(found) == 4 * [(0, 1)]
    assert [(each.code, each.level) for each in log.messages] == 2 * [("teacher_missing", Level.WARNING)]
    assert {name for name in NAMES if any(each.text.startswith(f"{name}: ") for each in log.messages)} == set(NAMES)
    for name in NAMES:
        one, other = (each.predictors[name].predict(samples) for each in (found.together, found.alone))
        np.testing.assert_array_equal(one, other)  # no gain is claimed of what co-learning did not touch


def test_a_sensor_of_hardly_any_samples_and_targets_that_never_change() -> None:
    """The image covers three of the training samples; values of a regression are all 7."""
    samples = make_samples(Task.REGRESSION, count=60)
    present = samples.present.copy()
    present[np.setdiff1d(fifths(samples).train, fifths(samples).train[:3]), 0] = False
    constant = replace(samples, present=present, target=np.full_like(samples.target, 7))
    found, _ = averaged(constant, Pace(Effort.QUICK))
    for name in NAMES:
        prediction = found.shipped(name).predict(constant)
        np.testing.assert_allclose(prediction[np.isfinite(prediction)], 7, atol=1e-4)
