"""A fast copy of an average: one network per sensor, distilled from the average of networks and trees.

Model compression (Buciluă, Caruana, Niculescu-Mizil 2006) and distillation (Hinton, Vinyals, Dean 2015, arXiv
1503.02531). In addition to the training samples it is trained on points between two of them, for which only the average
provides targets: if labels are few, the samples alone describe the average too poorly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...arrays import Doubles, Floats, Indices
from ...contract import Task, UnlabelledUse
from ...learning.fit import Settings, TrainedNetwork, TrainingData, for_population, population_of, train_network
from ...learning.tasks import logits_of, prior_shift, rules_of
from ...predictors import AveragePredictor, NetworkPredictor, SensorPredictor
from ...process import Emit, PooledTask
from ...samples import SampleSet, Unlabelled, as_samples
from .. import Chosen, Comparison, Experiment

SOFT_SHARE = 1.0  # weight of the average's predictions in the main loss; they already contain the labels
BETWEEN = 2  # interpolated points per training sample
MOST_BETWEEN = 10_000
TUNED_SHARE = 0.2  # of the epochs, for the refitted average: agrees as well as another copy would (docs/research.md)
TUNED_RATE = 0.3  # of the learning rate


def training_name(sensor: str) -> str:
    """The name of the training of a sensor's copy."""
    return f"fast copy: {sensor}"


def tuned_epochs(copy: NetworkPredictor) -> int:
    """The epochs in which a measured copy is then trained on the average that learned all labels."""
    return min(max(copy.network.kept), math.ceil(TUNED_SHARE * copy.network.history[-1].epochs))


def fast_copies(comparison: Comparison, experiment: Experiment) -> dict[str, NetworkPredictor]:
    """A network for every sensor that is shipped as an average, calibrated like all others.

    Args:
        experiment: data, split, settings, callback, checkpoints and pool of the copies; ``data`` may have other
            unlabelled samples than the comparison.

    Raises:
        CoLearnError: as :func:`..learning.fit.train_network`.
    """
    shipped = {name: comparison.shipped(name) for name in experiment.data.sensor_names()}
    averages = {name: average for name, average in shipped.items() if isinstance(average, AveragePredictor)}
    return _copies(averages, experiment)


def copy_of(average: SensorPredictor, experiment: Experiment) -> NetworkPredictor:
    """A network of one sensor distilled from its average; the test part is not used."""
    (name,) = average.sensors
    return _copies({name: average}, experiment)[name]


def _copies(averages: Mapping[str, SensorPredictor], experiment: Experiment) -> dict[str, NetworkPredictor]:
    validation = experiment.data.samples.take(experiment.split.validation)
    tasks = {name: _task(average, experiment) for name, average in averages.items()}
    return {
        name: NetworkPredictor(network, name).calibrated(validation)
        for name, network in _side_by_side(tasks, experiment).items()
    }


def copies_of_all_labels(
    copies: Mapping[str, NetworkPredictor], refitted: Mapping[str, SensorPredictor], experiment: Experiment
) -> dict[str, NetworkPredictor]:
    """Every copy, trained further on the samples of all parts, with the predictions of the refitted average.

    The calibration is that of the measured copy, because no sample is left to choose it (:mod:`..refit.refit`).

    Args:
        copies: those of the averages that were scored.
        experiment: that of these copies, with callback and checkpoints of its own.
    """
    data, split, settings = experiment.data, experiment.split, experiment.settings
    every = replace(split, train=np.arange(len(data.samples), dtype=np.int64))
    tasks = {}
    for name in (name for name in refitted if name in copies):
        copy = copies[name]
        rate = TUNED_RATE * settings.learning_rate
        tuned = replace(
            settings,
            epochs=tuned_epochs(copy),
            learning_rate=rate,
            shares=copy.population.shares,
            unlabelled_use=UnlabelledUse.BESIDE,
        )
        tasks[name] = _task(refitted[name], replace(experiment, split=every, settings=tuned), copy.network)
    found = {}
    for name, network in _side_by_side(tasks, experiment).items():
        chosen = Chosen.of([copies[name]], data.samples, split, settings)
        found[name] = NetworkPredictor(chosen.calibrated(network, name), name)
    return found


def _side_by_side(tasks: Mapping[str, PooledTask[TrainedNetwork]], experiment: Experiment) -> dict[str, TrainedNetwork]:
    """The networks of all tasks, by sensor."""
    try:
        for task in tasks.values():
            experiment.pool.begin(task)
        return {name: experiment.pool.result(task.name) for name, task in tasks.items()}
    finally:
        experiment.pool.abandon()


def _task(
    average: SensorPredictor, experiment: Experiment, start: TrainedNetwork | None = None
) -> PooledTask[TrainedNetwork]:
    """The training of a copy, not yet calibrated; from a copy to the last epoch, else to the best on validation."""

    def run(emit: Emit) -> TrainedNetwork:
        return _trained(average, replace(experiment, on_epoch=emit), start)

    return PooledTask(training_name(average.sensors[0]), run, experiment.on_epoch)


def _trained(average: SensorPredictor, experiment: Experiment, start: TrainedNetwork | None) -> TrainedNetwork:
    (name,) = average.sensors
    training, split, settings = training_name(name), experiment.split, experiment.settings
    settings = replace(settings, weights=replace(settings.weights, distillation=SOFT_SHARE))
    soft = with_predictions(experiment.data.only(name), average, split.train, settings)
    checkpoint = experiment.checkpoints.of(training)
    keep = (settings.epochs,) if start else None
    network = train_network(soft, split, settings, training, experiment.on_epoch, checkpoint, keep, start)
    return for_population(network, soft.samples, split.train, settings)


def with_predictions(data: TrainingData, average: SensorPredictor, train: Indices, settings: Settings) -> TrainingData:
    """The data of one sensor with the average's predictions for training, interpolated and unlabelled samples."""
    samples = data.samples
    shift = _shift(samples, train, settings)
    soft = np.full((len(samples), settings.outputs), np.nan, np.float32)
    soft[train] = _as_learned(samples.task, average.predict(samples.take(train)), shift)
    more = between(samples, train, settings.seed)
    if data.unlabelled is not None:
        more = _joined(_some(data.unlabelled, len(more), settings.seed), more)
    predicted = _as_learned(samples.task, average.predict(as_samples(more, samples)), shift)
    return replace(data, unlabelled=more, soft_targets=soft, unlabelled_soft_targets=predicted)


def between(samples: SampleSet, train: Indices, seed: int) -> Unlabelled:
    """Random interpolations of one sensor's values between two training samples; missing if one of the two is."""
    (sensor,) = samples.sensors
    rows = train[samples.present[train, 0]]
    generator = np.random.default_rng(seed)
    count = min(BETWEEN * len(rows), MOST_BETWEEN)
    first, second = (rows[generator.integers(0, len(rows), count)] for _ in range(2))
    share = generator.random((count, *(1,) * (sensor.values.ndim - 1)), dtype=np.float32)
    values = share * sensor.values[first] + (1 - share) * sensor.values[second]
    return Unlabelled((replace(sensor, values=values, footprints=None),), np.ones((count, 1), bool))


def _some(positions: Unlabelled, count: int, seed: int) -> Unlabelled:
    """At most ``count`` of the unlabelled samples: an epoch uses only some, and each must be used repeatedly."""
    if len(positions) <= count:
        return positions
    index = np.sort(np.random.default_rng(seed).permutation(len(positions))[:count])
    return Unlabelled(tuple(sensor.take(index) for sensor in positions.sensors), positions.present[index])


def _shift(samples: SampleSet, train: Indices, settings: Settings) -> Doubles | None:
    """The shift of log odds, learned from unweighted training samples, to the population."""
    rows = train[samples.present[train, 0]]
    shares = population_of(samples, train, settings).shares
    return prior_shift(samples.task, samples.target[rows], None, shares)


def _as_learned(task: Task, predicted: Floats, shift: Doubles | None) -> Floats:
    """Predictions for the population converted to the training samples' class shares, as used by labels and losses."""
    if shift is None:
        return predicted
    return np.asarray(rules_of(task).predictions_of(logits_of(task, predicted) - shift), np.float32)


def _joined(first: Unlabelled, second: Unlabelled) -> Unlabelled:
    (one,), (other,) = first.sensors, second.sensors
    values = np.concatenate([one.values, other.values])
    return Unlabelled((replace(one, values=values, footprints=None),), np.concatenate([first.present, second.present]))
