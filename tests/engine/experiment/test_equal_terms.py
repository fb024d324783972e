"""All that is compared runs on the same terms; what cannot be trained is left out of both sides."""

import math
from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.method import Method, UnlabelledUse
from colearn.engine.contract.wire.errors import InputError
from colearn.engine.experiment.methods import Experiment
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.recipe import with_recipe
from colearn.engine.learning.fit.trainer import Trainer
from colearn.engine.model.optimizer import AdamW
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.unlabelled import Unlabelled

from comparisons import comparison_of, unheard
from synthetic_samples import IMAGE, SERIES, SMALL, fifths, half_covered, make_samples, settings_for

pytestmark = pytest.mark.usefixtures("small_forests")


def test_settings_are_the_same_for_all_that_is_compared() -> None:
    """A gain is then the other sensors' doing: the networks of a sensor have one size, whoever trained them."""
    comparison = comparison_of(make_samples(), Method.AUTO, epochs=1)

    def size(network, name):
        return sum(each.numel() for each in network.predictor(name).parameters())

    for name in (IMAGE, SERIES):
        assert (
            len({size(result.predictors[name].network, name) for result in (*comparison.tried, comparison.network)})
            == 1
        )


@pytest.fixture
def rates_seen(monkeypatch) -> dict[str, dict[str, list[float]]]:
    """The learning rate at every step that the encoders of a sensor took: by training, by sensor."""
    seen: dict[str, dict[str, list[float]]] = {}
    learners: list[Trainer] = []
    init, step = Trainer.__init__, AdamW.step

    def noted_init(self, *arguments) -> None:
        init(self, *arguments)
        learners.append(self)
        seen[str(len(learners))] = {sensor.name: [] for sensor in self._samples.sensors}

    def noted_step(self, rate: float) -> None:
        network, own = learners[-1].network, seen[str(len(learners))]
        for slot, rates in zip(network.slots, own.values(), strict=True):
            moved = {each.grad is not None for each in network.specific_encoder[slot].parameters()}
            assert len(moved) == 1
            rates.extend([rate] if moved.pop() else [])
        step(self, rate)

    monkeypatch.setattr(Trainer, "__init__", noted_init)
    monkeypatch.setattr(AdamW, "step", noted_step)
    return seen


@pytest.mark.parametrize(
    ("count", "use"), [(0, UnlabelledUse.BESIDE), (150, UnlabelledUse.BESIDE), (150, UnlabelledUse.BEFORE)]
)
def test_each_sensor_takes_the_same_steps_whoever_trains_it(rates_seen, count, use) -> None:
    """As many, at the same rates: by every method, alone, fused; whether it covers all samples or one in four."""
    samples = make_samples(count=150)
    samples.present[:, 1] = np.arange(150) % 4 == 2
    more = make_samples(count=count, seed=5) if count else None
    unlabelled = Unlabelled(more.sensors, more.present) if more else None
    settings = with_recipe(settings_for(samples, epochs=4, unlabelled_use=use))
    settings = replace(settings, design=SMALL)
    experiment = Experiment(TrainingData(samples, unlabelled), fifths(samples), settings, unheard)
    for method in Method:
        if method is not Method.AUTO:
            experiment.train(method)
    experiment.train_fused()
    trainings = list(rates_seen.values())
    assert len(trainings) == 4 + 2 * 2  # four with both sensors, two methods with a training for each
    curve = [0.003 * (0.01 + 0.99 * (1 + math.cos(math.pi * done / 4)) / 2) for done in range(4)]
    of_image = [rate for rate in curve for _ in range(6)]  # 90 samples to train on, in batches of up to 16
    of_series = [rate for rate in curve for _ in range(2)]  # the radar covers 22 of them
    for training in trainings:
        for name, expected in ((IMAGE, of_image), (SERIES, of_series)):
            assert name not in training or training[name] == pytest.approx(expected), name


def one_group_to_learn(samples: SampleSet) -> SampleSet:
    """All training samples are of one group: no teacher can be cross-fitted."""
    groups = np.arange(len(samples))
    groups[fifths(samples).train] = 1000
    return replace(samples, groups=groups)


def test_auto_continues_without_methods_that_cannot_be_trained() -> None:
    comparison = comparison_of(one_group_to_learn(make_samples()), Method.AUTO, epochs=1)
    assert [result.method for result in comparison.tried] == [Method.MDICO]
    assert set(comparison.failed) == {Method.DISTILLATION}
    for average in (*comparison.together.predictors.values(), *comparison.alone.predictors.values()):
        assert len(average.of_forests) == 1
        assert np.isfinite(average.predict(make_samples())).any()


def test_a_sensor_that_covers_one_group_has_as_many_forests_in_both_averages() -> None:
    """A teacher of all sensors could be had, one of the sensor itself not: a gain must not be the second forest's."""
    samples = make_samples(count=90)
    samples.present[:, 1] = np.arange(90) % 3 == 0
    groups = np.where(samples.present[:, 1], 1000, np.arange(90))
    comparison = comparison_of(replace(samples, groups=groups), Method.AUTO, epochs=1)
    for name, forests in ((IMAGE, 2), (SERIES, 1)):
        for result in (comparison.together, comparison.alone):
            assert len(result.predictors[name].of_forests) == forests


def test_a_method_asked_for_that_cannot_be_trained_is_an_error() -> None:
    with pytest.raises(InputError, match="group"):
        comparison_of(one_group_to_learn(make_samples()), Method.DISTILLATION, epochs=1)


def test_a_sensors_forest_learns_from_what_the_sensor_covers() -> None:
    """Labels of samples it does not cover change nothing, where the shares of the population are known."""
    samples = half_covered(make_samples(count=90))
    blind = ~samples.present[:, 0]
    other = replace(samples, target=np.where(blind, (samples.target + 1) % 3, samples.target))
    known = {"epochs": 1, "shares": (0.5, 0.3, 0.2)}
    found = [comparison_of(each, Method.ALONE, **known).references[IMAGE].predict(samples) for each in (samples, other)]
    np.testing.assert_array_equal(*found)
