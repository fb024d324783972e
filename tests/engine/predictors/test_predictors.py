"""Networks, forests and whatever else predicts are compared, scored and shipped alike."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Method, Optimize
from colearn.engine.contract.manifest.scores import Choice, Variant
from colearn.engine.experiment.comparison import Comparison, predict_samples
from colearn.engine.experiment.forests.forest import Forest
from colearn.engine.experiment.methods import Experiment, MethodResult
from colearn.engine.experiment.scoring import Scorer, predict_test
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import train_network
from colearn.engine.learning.fit.settings import Fusion
from colearn.engine.learning.tasks.population import AS_THEY_ARE, Population
from colearn.engine.predictors.network_predictor import FusedPredictor, NetworkPredictor
from colearn.engine.predictors.validation import validation_score
from colearn.engine.samples.sample_set import SampleSet, Split

from synthetic_samples import IMAGE, OUTPUTS, SERIES, few_trees, make_samples, settings_for

COUNT = 60
TASKS = (Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION)


def uncovered(samples: SampleSet) -> SampleSet:
    """The image sees samples 0, 3, 6 …, the series 1, 4, 7 … as well as those, and nothing sees 2, 5, 8 …"""
    present = np.zeros_like(samples.present)
    present[::3] = True
    present[1::3, 1] = True
    return replace(samples, present=present)


def fitted(samples: SampleSet, kind: str):
    every, split = np.arange(COUNT), Split(np.arange(COUNT), np.arange(COUNT), np.arange(0))
    if kind == "forest":
        return Forest.fit(samples, [IMAGE], every, OUTPUTS[samples.task], seed=0)
    fusion = Fusion.ALL if kind == "fused" else Fusion.NONE
    settings = settings_for(samples, epochs=1, fusion=fusion)
    network = train_network(TrainingData(samples), split, settings, "t", lambda epoch: None)
    return FusedPredictor(network) if kind == "fused" else NetworkPredictor(network, IMAGE)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", ["network", "forest", "fused"])
def test_it_predicts_what_its_sensors_cover_and_nothing_else(kind: str, task: Task, monkeypatch) -> None:
    few_trees(monkeypatch, 3)
    predictor = fitted(make_samples(task, count=COUNT), kind)
    samples = uncovered(make_samples(task, count=COUNT, seed=1))
    seen = samples.present.any(axis=1) if kind == "fused" else samples.present[:, 0]
    assert predictor.sensors == ((IMAGE, SERIES) if kind == "fused" else (IMAGE,))
    assert predictor.describe() == ("forest" if kind == "forest" else "network")
    for calibrated in (True, False):
        found = predictor.predict(samples, calibrated)
        assert (found.shape, found.dtype) == ((COUNT, OUTPUTS[task]), np.float32)
        np.testing.assert_array_equal(np.isfinite(found), np.repeat(seen[:, np.newaxis], OUTPUTS[task], axis=1))
    assert predictor.predict(samples.take(np.arange(0))).shape == (0, OUTPUTS[task])


@pytest.mark.parametrize("task", TASKS)
def test_both_predictions_are_those_asked_for_one_by_one(task: Task, monkeypatch) -> None:
    """Before calibration and after it, of an average and of its members; NaN where the sensor sees nothing."""
    few_trees(monkeypatch, 3)
    samples = make_samples(task, count=COUNT)
    every = np.arange(COUNT)
    experiment = Experiment(
        TrainingData(samples), Split(every, every, every[:0]), settings_for(samples, epochs=1), lambda epoch: None
    )
    networks = experiment.calibrated(experiment.train(Method.ALONE))
    average = experiment.calibrated(experiment.average([networks], co_learned=True)).predictors[IMAGE]
    asked = uncovered(make_samples(task, count=COUNT, seed=1))
    for predictor in (average, average.of_forests[0], networks.predictors[IMAGE]):
        before, after = predictor.predict_both(asked)
        np.testing.assert_array_equal(before, predictor.predict(asked, calibrated=False))
        np.testing.assert_array_equal(after, predictor.predict(asked))
        assert np.isfinite(after[asked.present[:, 0]]).all()
        assert np.isnan(after[~asked.present[:, 0]]).all()
    before, after = average.predict_both(asked)
    assert np.array_equal(before, after, equal_nan=True) != task.has_probabilities


@dataclass(frozen=True)
class Oracle:
    """A kind of predictor that the engine does not know: it gives the true class a probability of ``sure``."""

    sensor: str
    sure: float
    networks: tuple = ()
    population: Population = field(default=AS_THEY_ARE)

    @property
    def sensors(self) -> tuple[str, ...]:
        return (self.sensor,)

    def predict(self, samples: SampleSet, calibrated: bool = True) -> np.ndarray:
        found = np.full((len(samples), 3), (1 - self.sure) / 2, np.float32)
        found[np.arange(len(samples)), samples.target] = self.sure
        return found

    def predict_both(self, samples: SampleSet) -> tuple[np.ndarray, np.ndarray]:
        return self.predict(samples), self.predict(samples)

    def describe(self) -> str:
        return "oracle"


def test_an_unknown_kind_of_predictor_is_compared_scored_and_shipped() -> None:
    samples = make_samples(count=90)
    every = np.arange(90)
    sensors = (IMAGE, SERIES)

    def result(method: Method, sure: float) -> MethodResult:
        oracles = {name: Oracle(name, sure) for name in sensors}
        scores = {name: validation_score(oracle, samples, Optimize.ACCURACY) for name, oracle in oracles.items()}
        return MethodResult(method, oracles, scores)

    right, wrong = result(Method.MDICO, 0.9), result(Method.ALONE, 0.1)
    assert (right.validation, wrong.validation) == (dict.fromkeys(sensors, 1.0), dict.fromkeys(sensors, 0.0))
    comparison = Comparison((right,), right, wrong, wrong.predictors, None, None)
    assert comparison.shipped(IMAGE) == Oracle(IMAGE, 0.9)
    held_out = predict_test(comparison, samples, Split(every[:30], every[30:60], every[60:]), seed=0)
    score = Scorer(Task.CLASSIFICATION, Optimize.ACCURACY, seed=0).sensor(
        (held_out,), IMAGE, Variant.COLEARNED, Choice(1.0, 0.0)
    )
    assert (score.colearned.value, score.alone.value, score.forest.value) == (1.0, 0.0, 0.0)
    assert list(predict_samples(comparison.references, samples)) == list(sensors)
