"""How long a training may take, and who may end it."""

import math

import pytest
from colearn.engine.contract.job.method import Method
from colearn.engine.experiment.averaging import Averaging
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.pace import (
    COSTS,
    FUSED_COST,
    KEPT_FOR_THE_END,
    LEAST_EPOCHS,
    REFIT_COSTS,
    EndedEarly,
    Pace,
    Plan,
)
from colearn.engine.learning.fit.checkpoint import Checkpoints
from colearn.engine.learning.fit.data import TrainingData

from synthetic_samples import IMAGE, SMALL, fifths, make_samples, settings_for


class Clock:
    """Seconds as a test wants them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_without_a_budget_there_is_no_end() -> None:
    pace = Pace(clock=Clock())
    pace.check()
    assert pace.left_s == math.inf
    assert pace.affordable(1e6, 25, 3, again_s=1e6) == Plan(3, 25, fused=True)


def test_the_time_is_up_after_as_many_minutes() -> None:
    clock = Clock()
    pace = Pace(minutes=2, clock=clock)
    clock.now += 119
    pace.check()
    assert pace.left_s == pytest.approx(1)
    clock.now += 1
    with pytest.raises(EndedEarly):
        pace.check()


def test_who_is_asked_to_finish_ends() -> None:
    asked = []
    pace = Pace(finish_asked=lambda: bool(asked))
    pace.check()
    asked.append(True)
    with pytest.raises(EndedEarly):
        pace.check()


@pytest.mark.parametrize(
    ("minutes", "plan"),
    [
        # An epoch of all sensors takes 2 s, 20 of them 40 s; .85 of the time less 5 s is there.
        # Three networks cost 40 × 5.3 = 212 s, all sensors fused 40 s.
        (5.1, Plan(3, 20, fused=True)),  # 260.1 − 5 ≥ 252
        (5.0, Plan(3, 20, fused=False)),  # 255 − 5 < 252
        (4.0, Plan(2, 20, fused=True)),  # 204 − 5 ≥ 132 + 40, but < 212
        (1.8, Plan(1, 20, fused=True)),  # 91.8 − 5 ≥ 80
        (1.0, Plan(1, 20, fused=False)),  # 51 − 5 ≥ 40
        (0.5, Plan(1, 10, fused=False)),  # 25.5 − 5 = 20.5: ten epochs of 2 s
        (0.4, Plan(0, 20, fused=False)),  # 20.4 − 5 = 15.4: seven epochs, fewer than eight
    ],
)
def test_as_much_is_planned_as_the_time_allows(minutes: float, plan: Plan) -> None:
    assert (COSTS, FUSED_COST, KEPT_FOR_THE_END, LEAST_EPOCHS) == ({1: 1.0, 2: 3.3, 3: 5.3}, 1.0, 0.15, 8)
    pace = Pace(minutes=minutes, clock=Clock())
    assert pace.affordable(2.0, 20, 3, again_s=5.0) == plan


def test_one_sensor_has_one_network_at_most() -> None:
    assert Pace(minutes=1e6, clock=Clock()).affordable(1.0, 25, 1, again_s=0.0) == Plan(1, 25)


def test_a_budget_that_allows_another_number_of_epochs_takes_no_checkpoint_of_fewer(tmp_path) -> None:
    """Before a kill two epochs could be afforded, afterwards three: three are trained, by their own schedule."""
    samples, found = make_samples(count=90), []
    settings = settings_for(samples, design=SMALL, epochs=9)
    kept = Checkpoints(tmp_path, every_s=0.0)
    for epochs in (2, 3):
        messages = []
        experiment = Experiment(TrainingData(samples), fifths(samples), settings, messages.append, kept)
        Averaging(experiment, Pace())._with_epochs(epochs).train(Method.ALONE)
        found.append([(each.epoch, each.epochs) for each in messages if each.training == f"alone: {IMAGE}"])
    assert found == [[(1, 2), (2, 2)], [(1, 3), (2, 3), (3, 3)]]


@pytest.mark.parametrize(
    ("minutes", "plan"),
    [
        # As above, an epoch takes 2 s, there are 20, and forests of a run take 5 s; all labels are twice the training
        # part. A run of three networks takes 40 × 5.3 + 5 = 217 s, with all fused 257 s, and networks of all labels
        # 40 × 2 × 3.3 = 264 s. Of two networks 137 s, 177 s and 184 s; of one 45 s, 85 s and 80 s.
        (31.0, Plan(3, 20, fused=True, runs=5)),  # 1581 ≥ 5 × 257 + 264 = 1549
        (30.0, Plan(3, 20, fused=False, runs=5)),  # 1530 ≥ 5 × 217 + 264 = 1349
        (26.0, Plan(3, 20, fused=True, runs=4)),  # 1326 ≥ 4 × 257 + 264 = 1292
        (10.5, Plan(3, 20, fused=True, runs=1)),  # 535.5 ≥ 257 + 264 = 521
        (9.5, Plan(3, 20, fused=False, runs=1)),  # 484.5 ≥ 217 + 264 = 481
        (9.0, Plan(2, 20, fused=False, runs=2)),  # 459 ≥ 2 × 137 + 184 = 458
        (2.5, Plan(1, 20, fused=False, runs=1)),  # 127.5 ≥ 45 + 80 = 125
        (2.0, Plan(1, 16, fused=False, runs=1)),  # 102 − 5 = 97: an epoch takes 2 + 2 × 2 = 6 s
        (1.0, Plan(0, 20, fused=False, runs=1)),  # 51 − 5 = 46: seven epochs
    ],
)
def test_runs_are_left_out_before_networks_and_all_labels_have_their_time(minutes: float, plan: Plan) -> None:
    assert REFIT_COSTS == {1: 1.0, 2: 2.3, 3: 3.3}
    pace = Pace(minutes=minutes, clock=Clock(), refits=True, runs=5)
    assert pace.affordable(2.0, 20, 3, again_s=5.0, all_labels=2.0) == plan
