"""Calibration of what is compared: fitted on validation samples, and no class changes by it."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.contract.job.method import Method
from colearn.engine.export.graph import export_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.targets import population_of, shift_of
from colearn.engine.learning.metrics.calibration import fit_calibration
from colearn.engine.learning.tasks.rules import logits_of

from comparisons import TASKS, comparison_of
from synthetic_samples import IMAGE, SERIES, few_trees, fifths, half_covered, make_samples, settings_for

pytestmark = pytest.mark.usefixtures("small_forests")


@pytest.fixture(scope="module")
def trained():
    """By task: samples, and networks that are surer than they should be, or not sure enough."""
    with pytest.MonkeyPatch.context() as patch:
        few_trees(patch, 10)
        sets = {task: half_covered(make_samples(task, count=120)) for task in TASKS}
        return {
            task: (each, comparison_of(each, Method.MDICO, epochs=6, learning_rate=0.01)) for task, each in sets.items()
        }


class TestCalibration:
    @pytest.mark.parametrize("task", TASKS[:2])
    @pytest.mark.parametrize("name", [IMAGE, SERIES])
    def test_it_is_fitted_on_validation_samples(self, trained, task, name) -> None:
        samples, comparison = trained[task]
        held = samples.take(fifths(samples).validation)
        for result in (comparison.together, comparison.alone):
            seen = held.present[:, [IMAGE, SERIES].index(name)]
            raw = result.predictors[name].predict_both(held)[0][seen]
            train = fifths(samples).train
            settings = settings_for(samples)
            population = population_of(samples, train, settings)
            fitted = fit_calibration(
                task,
                logits_of(task, raw),
                held.target[seen],
                shift=shift_of(samples, train, [IMAGE, SERIES].index(name), population, settings),
                population=population,
                groups=held.groups[seen],
            )
            assert fitted.changes
            sensor = result.predictors[name].network.sensor(name)
            np.testing.assert_array_equal(sensor.temperature, fitted.temperature)
            np.testing.assert_array_equal(sensor.bias, fitted.bias)

    @pytest.mark.parametrize("task", TASKS[:2])
    def test_calibrated_probabilities_are_others(self, trained, task) -> None:
        samples, comparison = trained[task]
        network = comparison.shipped(IMAGE).network
        sensor, values = network.sensor(IMAGE), samples.sensors[0].values[samples.present[:, 0]]
        raw, corrected = (network.predict(IMAGE, values, calibrated) for calibrated in (False, True))
        assert np.abs(raw - corrected).max() > 0.01
        expected = logits_of(task, raw) / sensor.temperature + sensor.bias
        expected = 1 / (1 + np.exp(-expected)) if task is Task.MULTILABEL else _softmax(expected)
        np.testing.assert_allclose(corrected, expected, atol=1e-4)

    def test_values_have_none(self, trained) -> None:
        samples, comparison = trained[Task.REGRESSION]
        for name in (IMAGE, SERIES):
            network = comparison.shipped(name).network
            values = samples.sensors[[IMAGE, SERIES].index(name)].values
            np.testing.assert_array_equal(network.predict(name, values), network.predict(name, values, False))

    @pytest.mark.parametrize("task", TASKS)
    @pytest.mark.parametrize("name", [IMAGE, SERIES])
    def test_it_is_part_of_the_exported_graph(self, trained, task, name) -> None:
        samples, comparison = trained[task]
        at = [IMAGE, SERIES].index(name)
        values = samples.sensors[at].values[samples.present[:, at]][:20]
        network = comparison.shipped(name).network
        codes = [1, 2, 3] if task is Task.CLASSIFICATION else []
        session = Session(export_graph(network, name, codes, nodata=255), Device.CPU)
        if name == IMAGE:
            scores = session.run(values).scores[:, :, 0, 0]
        else:
            scores = session.run(values.transpose(2, 1, 0)[np.newaxis]).scores[0].T
        np.testing.assert_allclose(scores, network.predict(name, values), atol=1e-4, rtol=1e-5)
        if task is not Task.REGRESSION:
            assert np.abs(scores - network.predict(name, values, calibrated=False)).max() > 0.01

    def test_all_sensors_that_learned_together_have_their_own(self, trained) -> None:
        _, comparison = trained[Task.CLASSIFICATION]
        image, series = (comparison.together.predictors[name].network for name in (IMAGE, SERIES))
        assert image.network is series.network
        assert image.sensor(IMAGE).temperature[0] != series.sensor(SERIES).temperature[0]


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
