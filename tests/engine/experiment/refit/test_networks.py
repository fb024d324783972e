"""Networks that learn from all labels once scores have been taken."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract import ClassWeight, EngineError, ErrorCode, Method, Task
from colearn.engine.experiment.chosen import Chosen, training_of
from colearn.engine.experiment.comparison import Comparison, train_all
from colearn.engine.experiment.methods import Experiment
from colearn.engine.experiment.pace import EndedEarly
from colearn.engine.experiment.refit import Refit, refitted
from colearn.engine.learning.fit.checkpoint import Checkpoints
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import train_network
from colearn.engine.learning.fit.recipe import with_recipe
from colearn.engine.learning.fit.settings import Settings
from colearn.engine.learning.fit.targets import shift_of
from colearn.engine.samples.sample_set import SampleSet

from synthetic_samples import IMAGE, SERIES, SMALL, fifths, make_samples, settings_for

NAMES = (IMAGE, SERIES)
EPOCHS = 4
TRAININGS = [f"alone: {IMAGE}", f"alone: {SERIES}", "mdico", f"distillation: {IMAGE}", f"distillation: {SERIES}"]


def uneven() -> SampleSet:
    """Samples of which the training part shows fewer of one class than all do: most of it is in the validation part."""
    samples = make_samples(count=90)
    places, one = np.arange(90), np.flatnonzero(samples.target == 0)
    order = np.empty(90, np.int64)
    order[places % 5 == 0] = one[:18]
    order[places % 5 > 0] = np.setdiff1d(places, one[:18])
    return samples.take(order)


def settings_of(samples: SampleSet) -> Settings:
    return with_recipe(settings_for(samples, epochs=EPOCHS, batch_size=32, class_weight=ClassWeight.NONE))


class Trained:
    """One run of ``auto``, and what it chose."""

    def __init__(self, samples: SampleSet) -> None:
        torch.set_num_threads(1)
        self.samples, self.split = samples, fifths(samples)
        self.settings = replace(settings_of(samples), design=SMALL)
        self.experiment = Experiment(TrainingData(samples), self.split, self.settings, lambda epoch: None)
        self.comparison: Comparison = train_all(self.experiment, Method.AUTO)
        self.chosen = Chosen.by(self.comparison, samples, self.split, self.settings)

    def again(self, on_epoch=lambda epoch: None, checkpoints: Checkpoints | None = None, chosen=None) -> Refit:
        experiment = replace(self.experiment, on_epoch=on_epoch, checkpoints=checkpoints or Checkpoints())
        return refitted(self.comparison, experiment, chosen or self.chosen)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return Trained(uneven())


@pytest.fixture(scope="module")
def again(trained: Trained) -> Refit:
    return trained.again()


@pytest.fixture(scope="module")
def undisturbed(again: Refit) -> dict[str, bytes]:
    """The graphs of a training that nothing interrupts."""
    return graphs_of(again)


def graphs_of(found: Refit) -> dict[str, bytes]:
    return {name: found.predictors[name].to_onnx([1, 2, 3], 255.0) for name in NAMES}


def test_the_epochs_are_those_that_validation_chose(trained: Trained) -> None:
    assert set(trained.chosen.epochs) == {*TRAININGS, "all sensors"}
    networks = {training_of(network): network for network in trained.comparison.networks()}
    for at, name in enumerate(NAMES):
        history = networks[f"alone: {name}"].history
        (epoch,) = trained.chosen.epochs[f"alone: {name}"]
        assert 1 <= epoch <= len(history) == EPOCHS
        assert 1 <= trained.chosen.epochs["mdico"][at] <= EPOCHS


def test_every_network_learns_from_all_samples_for_as_many_epochs(trained: Trained, again: Refit) -> None:
    assert again.networks
    for name, average in again.predictors.items():
        assert [training_of(each.network) for each in average.of_networks] == [
            f"alone: {name}",
            "mdico",
            f"distillation: {name}",
        ]
        for member in average.of_networks:
            assert member.network.kept == trained.chosen.epochs[training_of(member.network)]
        of_all = replace(trained.split, train=np.arange(90))
        expected = train_network(
            TrainingData(trained.samples).only(name),
            of_all,
            trained.settings,
            f"alone: {name}",
            lambda epoch: None,
            keep=trained.chosen.epochs[f"alone: {name}"],
        )
        values = trained.samples.sensors[NAMES.index(name)].values
        np.testing.assert_array_equal(
            average.of_networks[0].network.predict(name, values, calibrated=False),
            expected.predict(name, values, calibrated=False),
        )


def test_calibrations_stay_but_for_the_prior_of_the_part_that_is_learned_from(trained: Trained, again: Refit) -> None:
    """Bias − shift is what validation samples showed; the shift is log(share) − log(share learned), of either part."""
    population, every = trained.comparison.population, np.arange(90)
    moved = []
    for at, name in enumerate(NAMES):
        before = trained.comparison.shipped(name)
        old, new = (
            shift_of(trained.samples, part, at, population, trained.settings) for part in (trained.split.train, every)
        )
        for one, other in zip(before.of_networks, again.predictors[name].of_networks, strict=True):
            first, second = one.network.sensor(name), other.network.sensor(name)
            np.testing.assert_array_equal(first.temperature, second.temperature)
            np.testing.assert_allclose(second.bias - new, first.bias - old, atol=1e-12)
            moved.append(np.abs(second.bias - first.bias).max())
    learned, whole = (np.bincount(trained.samples.target[part]) / len(part) for part in (trained.split.train, every))
    assert max(moved) == pytest.approx(np.abs(np.log(learned) - np.log(whole)).max())
    assert max(moved) > 0.1


@pytest.mark.parametrize("task", [Task.MULTILABEL, Task.REGRESSION], ids=lambda task: task.value)
def test_other_tasks_as_well(task: Task) -> None:
    trained = Trained(make_samples(task, count=60))
    found = trained.again()
    assert found.networks
    for name in NAMES:
        before, after = (each[name].predict(trained.samples) for each in (_shipped(trained), found.predictors))
        assert np.isfinite(after).all()
        assert not np.array_equal(before, after)


def _shipped(trained: Trained) -> dict:
    return {name: trained.comparison.shipped(name) for name in NAMES}


def test_what_was_scored_is_left_as_it_was(trained: Trained) -> None:
    before = {name: each.predict(trained.samples) for name, each in _shipped(trained).items()}
    trained.again()
    for name, each in _shipped(trained).items():
        np.testing.assert_array_equal(each.predict(trained.samples), before[name])


@pytest.mark.parametrize("training", TRAININGS)
def test_interrupted_anywhere_it_ends_with_the_same_bytes(trained: Trained, undisturbed, tmp_path, training) -> None:
    class Interruption(Exception):  # noqa: N818
        pass

    def stop(epoch) -> None:
        if epoch.training == training and epoch.epoch == min(2, epoch.epochs):
            raise Interruption

    kept = Checkpoints(tmp_path / "job", every_s=0)
    with pytest.raises(Interruption):
        trained.again(stop, kept)
    assert graphs_of(trained.again(checkpoints=kept)) == undisturbed


def test_who_ends_it_early_keeps_all_networks_that_were_scored(trained: Trained) -> None:
    """Half of the networks new and half old would be neither what was scored nor of all labels."""

    def end(epoch) -> None:
        if epoch.training == "mdico":
            raise EndedEarly

    found = trained.again(end)
    assert (found.networks, found.ended, found.failed) == (False, True, None)
    for name in NAMES:
        before = trained.comparison.shipped(name)
        assert found.predictors[name].of_networks == before.of_networks
        assert found.predictors[name].of_forests != before.of_forests


def test_a_network_that_cannot_be_retrained_is_reported(trained: Trained, monkeypatch) -> None:
    error = EngineError(ErrorCode.TRAINING_DIVERGED, subject="t", found="f", expected="e", remedy="r")

    def fail(*_args, **_named):
        raise error

    monkeypatch.setattr("colearn.engine.experiment.methods.train_network", fail)
    found = trained.again()
    assert (found.networks, found.ended, found.failed) == (False, False, error)
    assert set(found.predictors) == set(NAMES)


class TestOverSeveralRuns:
    def of(self, epochs: tuple[int, ...], temperature: float, correction: float) -> Chosen:
        key = ("mdico", "a")
        return Chosen({"mdico": epochs}, {key: np.array([temperature])}, {key: np.array([correction])})

    def test_epochs_are_the_mean_and_half_an_epoch_is_one(self) -> None:
        """(4 + 7) / 2 = 5.5 becomes 6, (2 + 3 + 3) / 3 = 2.67 becomes 3."""
        two = Chosen.over([self.of((4,), 1, 0), self.of((7,), 1, 0)])
        assert (two.epochs, two.runs) == ({"mdico": (6,)}, 2)
        three = Chosen.over([self.of((2, 5), 1, 0), self.of((3, 5), 1, 0), self.of((3, 5), 1, 0)])
        assert three.epochs == {"mdico": (3, 5)}

    def test_temperatures_are_the_geometric_mean_and_biases_the_mean(self) -> None:
        """√(0.5 · 2) = 1: as much too sure as not sure enough is right."""
        found = Chosen.over([self.of((1,), 0.5, 0.3), self.of((1,), 2.0, -0.1)])
        assert found.temperatures[("mdico", "a")] == pytest.approx(1.0)
        assert found.corrections[("mdico", "a")] == pytest.approx(0.1)

    def test_a_method_that_failed_in_one_run_is_of_the_others(self) -> None:
        found = Chosen.over([self.of((4,), 2.0, 0.0), Chosen({})])
        assert found.epochs == {"mdico": (4,)}
        assert found.temperatures[("mdico", "a")] == pytest.approx(2.0)
