"""How far a training journey is."""

import pytest
from colearn.engine.contract.job.method import Method
from colearn.engine.contract.wire.events import Epoch, Progress
from colearn.engine.experiment.methods import AVERAGED
from colearn.engine.experiment.progress import TrainingProgress
from colearn.engine.process.reporting import Reporter

from journeys import Listening

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
def test_a_training_that_stops_early_is_done(method) -> None:
    fractions = run(method, NAMES, stopped_after=2)
    assert all(later > earlier for earlier, later in zip(fractions, fractions[1:], strict=False))
    whole = sum(1 if ": " in training else 3 for training in trainings(method, NAMES))
    assert fractions[-1] == pytest.approx(1 - 3 * (1 - 2 / EPOCHS) / whole)


def test_a_training_over_all_sensors_counts_as_much_as_one_for_each() -> None:
    fractions = run(Method.MDICO, NAMES)
    assert fractions[EPOCHS - 1] == pytest.approx(1 / 3)
    assert fractions[2 * EPOCHS - 1] == pytest.approx(1 / 3 + 1 / 9)


def test_the_training_is_named() -> None:
    sink = Listening()
    TrainingProgress(Method.MDICO, 2, 1, Reporter(sink))(Epoch("alone: a", 1, 5, 1.0, 1.0, 0.5))
    (stage,) = [event.stage for event in sink.events if isinstance(event, Progress)]
    assert stage == "Training alone: a"
