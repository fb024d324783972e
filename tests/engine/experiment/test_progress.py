"""How far a training journey is."""

from dataclasses import replace

import pytest
import torch
from colearn.engine.contract.job.method import Method
from colearn.engine.contract.wire.events import Epoch, Planned, Progress
from colearn.engine.experiment import Experiment, Pace, TrainingProgress, train_all
from colearn.engine.experiment.methods import AVERAGED
from colearn.engine.learning.fit import TrainingData
from colearn.engine.process import Reporter
from colearn.engine.trees import ForestSize

from journeys import Listening
from synthetic_samples import SMALL, few_trees, fifths, make_samples, settings_for

EPOCHS = 5
NAMES = ["a", "b", "c"]
APART = (Method.ALONE, Method.DISTILLATION)


def trainings(method: Method, names: list[str]) -> list[str]:
    """The names of a run's trainings, in their order."""
    if len(names) == 1:
        return [f"alone: {names[0]}"]
    found = []
    for each in (
        *(AVERAGED if method is Method.AUTO else (method,)),
        *([] if method is Method.ALONE else [Method.ALONE]),
    ):
        found += [f"{each.value}: {name}" for name in names] if each in APART else [each.value]
    if method is Method.AUTO:
        found += [f"alone {number}: {name}" for number in (2, 3) for name in names]
    return [*found, "all sensors"]


def run(method: Method, names: list[str], runs: int = 1, stopped_after: int = EPOCHS) -> list[float]:
    """The progress events."""
    sink = Listening()
    progress = TrainingProgress(method, len(names), runs, Reporter(sink))
    for _ in range(runs):
        for training in trainings(method, names):
            for epoch in range(1, stopped_after + 1):
                progress(Epoch(training, epoch, EPOCHS, 1.0, 1.0, 0.5))
    epochs = [event for event in sink.events if isinstance(event, Epoch)]
    assert [epoch.training for epoch in epochs[::stopped_after]] == runs * trainings(method, names)
    return [event.fraction for event in sink.events if isinstance(event, Progress)]


@pytest.mark.parametrize("runs", [1, 6])
@pytest.mark.parametrize("names", [NAMES, NAMES[:1]], ids=["three sensors", "one sensor"])
@pytest.mark.parametrize("method", list(Method))
def test_it_grows_from_the_first_epoch_to_the_last_and_is_then_whole(method, names, runs) -> None:
    fractions = run(method, names, runs)
    assert all(later > earlier for earlier, later in zip(fractions, fractions[1:], strict=False))
    assert fractions[-1] == pytest.approx(1)
    assert 0 < fractions[0] <= 1 / len(fractions) * len(names)


@pytest.mark.parametrize("method", list(Method))
def test_a_training_that_stops_early_counts_by_its_epochs(method) -> None:
    """Whether it is over nobody knows while others go on beside it: 2 of 5 epochs of every training are 2 / 5."""
    fractions = run(method, NAMES, stopped_after=2)
    assert all(later > earlier for earlier, later in zip(fractions, fractions[1:], strict=False))
    assert fractions[-1] == pytest.approx(2 / 5)


def test_trainings_side_by_side_add_up_in_every_run() -> None:
    """Alone a, b, c, MDiCo (which counts as three) and all sensors (three) are nine; two runs are 18."""
    sink = Listening()
    progress = TrainingProgress(Method.MDICO, 3, 2, Reporter(sink))

    def after(training: str, epoch: int) -> float:
        progress(Epoch(training, epoch, EPOCHS, 1.0, 1.0, 0.5))
        return sink.events[-1].fraction

    assert after("alone: a", 1) == pytest.approx(1 / 5 / 18)
    assert after("mdico", 1) == pytest.approx((1 / 5 + 3 / 5) / 18)
    assert after("alone: a", 2) == pytest.approx((2 / 5 + 3 / 5) / 18)
    assert after("mdico", 5) == pytest.approx((2 / 5 + 3) / 18)
    assert after("mdico", 1) == pytest.approx((2 / 5 + 3 + 3 / 5) / 18)  # of the second run
    assert after("alone: a", 1) == pytest.approx((2 / 5 + 3 + 3 / 5 + 1 / 5) / 18)


def test_a_training_over_all_sensors_counts_as_much_as_one_for_each() -> None:
    fractions = run(Method.MDICO, NAMES)
    assert fractions[EPOCHS - 1] == pytest.approx(1 / 3)
    assert fractions[2 * EPOCHS - 1] == pytest.approx(1 / 3 + 1 / 9)


def test_the_training_is_named() -> None:
    sink = Listening()
    TrainingProgress(Method.MDICO, 2, 1, Reporter(sink))(Epoch("alone: a", 1, 5, 1.0, 1.0, 0.5))
    (stage,) = [event.stage for event in sink.events if isinstance(event, Progress)]
    assert stage == "Training alone: a"


class Bar:
    """The progress of ``auto`` with two sensors, each training taking two epochs."""

    def __init__(self, runs: int = 1, forests: int = 0) -> None:
        self.sink = Listening()
        self.progress = TrainingProgress(Method.AUTO, 2, runs, Reporter(self.sink), forests=forests)

    def train(self, *trainings: str, epochs: int = 2) -> None:
        for training in trainings:
            for epoch in range(1, epochs + 1):
                self.progress(Epoch(training, epoch, 2, 1.0, 1.0, 0.5))

    def alone(self, number: str = "") -> None:
        self.train(f"alone{number}: a", f"alone{number}: b")

    def share(self) -> float:
        return [event.fraction for event in self.sink.events if isinstance(event, Progress)][-1]


def test_without_a_plan_everything_is_counted() -> None:
    """As engines before plans: alone and fused, two methods with a network alone more each, of two sensors: 12."""
    bar = Bar()
    bar.alone()
    assert bar.share() == pytest.approx(2 / 12)


def test_networks_that_the_plan_leaves_out_are_not_counted() -> None:
    """Two networks for each of two sensors: alone, mdico, alone again, that is 6 trainings; no fused one."""
    bar = Bar()
    bar.progress.say(Planned(networks=2, epochs=2))
    bar.train("alone: a")
    assert bar.share() == pytest.approx(1 / 6)
    bar.train("alone: b", "mdico", "alone 2: a")
    assert bar.share() == pytest.approx(5 / 6)
    bar.train("alone 2: b")
    assert bar.share() == 1


def test_the_whole_plan_is_what_is_counted_without_one() -> None:
    bar = Bar()
    bar.progress.say(Planned(networks=3, epochs=2, fused=True))
    bar.alone()
    assert bar.share() == pytest.approx(2 / 12)


def test_runs_that_the_plan_leaves_out_are_not_counted() -> None:
    """Of five runs there are two: of alone and fused for two sensors, 4 trainings each."""
    bar = Bar(runs=5)
    plan = Planned(networks=1, epochs=2, fused=True, runs=2)
    bar.progress.say(plan)
    bar.alone()
    assert bar.share() == pytest.approx(2 / 8)
    bar.train("all sensors")
    assert bar.share() == pytest.approx(4 / 8)
    bar.progress.replan(plan)
    bar.alone()
    assert bar.share() == pytest.approx(6 / 8)
    bar.train("all sensors")
    assert bar.share() == 1


def test_after_a_failure_only_what_is_left_counts() -> None:
    """MDiCo failed in its first epoch of two: 2 + 2 / 2 are done; distillation, alone again and fused are 6 more."""
    bar = Bar()
    bar.progress.say(Planned(networks=3, epochs=2, fused=True))
    bar.alone()
    bar.train("mdico", epochs=1)
    assert bar.share() == pytest.approx(3 / 12)
    bar.progress.say(Planned(networks=2, epochs=2, fused=True, finished=1))
    bar.train("distillation: a")
    assert bar.share() == pytest.approx(4 / 9)
    bar.train("distillation: b", "alone 3: a", "alone 3: b", "all sensors")
    assert bar.share() == 1


def test_a_reference_trained_before_a_failure_is_not_waited_for_again() -> None:
    """It begins beside the first networks. Then MDiCo fails: distillation and alone again are 4 more of 9."""
    bar = Bar()
    bar.progress.say(Planned(networks=3, epochs=2, fused=True))
    bar.alone()
    bar.train("mdico", epochs=1)
    bar.train("all sensors")
    assert bar.share() == pytest.approx(5 / 12)
    bar.progress.say(Planned(networks=2, epochs=2, fused=True, finished=1))
    bar.train("distillation: a", "distillation: b", "alone 3: a")
    assert bar.share() == pytest.approx(8 / 9)
    bar.train("alone 3: b")
    assert bar.share() == 1


def test_a_failure_in_one_run_does_not_shorten_the_others() -> None:
    """Two runs of 6 trainings. In the first MDiCo fails before it begins: 2 are done, none is left, 6 follow."""
    bar = Bar(runs=2)
    plan = Planned(networks=2, epochs=2, runs=2)
    bar.progress.say(plan)
    bar.alone()
    bar.progress.say(replace(plan, networks=1, finished=1))
    bar.progress.replan(plan)
    bar.train("alone: a")
    assert bar.share() == pytest.approx(3 / 8)


def test_where_a_training_ends_early_nothing_is_left() -> None:
    """Two runs were planned, with forests: 8 in each, 7 without one of all sensors. Only those are missing."""
    bar = Bar(runs=2, forests=16)
    bar.progress.say(Planned(networks=3, epochs=2, fused=True, runs=2))
    for _forest in range(4):
        bar.progress.fitted()
    assert bar.share() == pytest.approx(0.15 * 4 / 16)
    bar.train("alone: a")
    assert bar.share() == pytest.approx(0.15 * 4 / 16 + 0.85 / 24)
    bar.progress.say(Planned(networks=0, epochs=2, is_last=True))
    bar.progress.fitted()
    assert bar.share() == pytest.approx(0.15 * 5 / 7 + 0.85)


def test_forests_alone_are_all_there_is_where_no_network_is_planned() -> None:
    """Of 8 forests 7: the one of all sensors is compared with a network of all sensors."""
    bar = Bar(forests=8)
    bar.progress.fitted()
    assert bar.share() == pytest.approx(0.15 / 8)
    bar.progress.say(Planned(networks=0, epochs=25))
    bar.progress.fitted()
    assert bar.share() == pytest.approx(2 / 7)


class Slow:
    """A clock by which every look takes five seconds."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 5.0
        return self.now


def test_a_real_training_on_a_budget_is_whole_at_its_end(monkeypatch) -> None:
    """By this clock there is time for two networks of eight epochs (``test_averaging``), so for 6 trainings of 12."""
    torch.set_num_threads(1)
    few_trees(monkeypatch, 5)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
    samples, sink = make_samples(count=90), Listening()
    progress = TrainingProgress(Method.AUTO, 2, 1, Reporter(sink))
    experiment = Experiment(
        TrainingData(samples), fifths(samples), settings_for(samples, design=SMALL, epochs=8), progress
    )
    train_all(experiment, Method.AUTO, Pace(minutes=13, clock=Slow()), progress.say)
    assert [event for event in sink.events if isinstance(event, Planned)] == [Planned(2, 8)]
    fractions = [event.fraction for event in sink.events if isinstance(event, Progress)]
    assert fractions[0] == pytest.approx(1 / 8 / 6)
    assert fractions[-1] == 1
    assert fractions == sorted(fractions)
