"""Training of a cell: the only module here that calls the engine's methods."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from ...engine.arrays import Floats
from ...engine.contract import Epoch, LossWeights, Method, TrainJob, default_of, usual_copy_epochs, usual_epochs
from ...engine.experiment import Averaging, Experiment, MethodResult, Pace, predict_samples
from ...engine.experiment.forests import Forest
from ...engine.experiment.graphs import copy_of
from ...engine.learning.fit import Settings, resolved_weight, with_recipe
from ...engine.learning.tasks import Population, main_score
from ...engine.model import NetworkDesign, averaged
from ...engine.predictors import validation_score
from ...engine.samples import Split
from ...engine.samples.split import split_by_group
from .code import code_digest
from .dataset import Dataset
from .few.labels import ALL, with_labels
from .few.trees import QUICK_METHODS, trees_of
from .matrix import Cell
from .results import Contender, Result

ALONE, AUTO, FOREST, FUSED = Method.ALONE.value, Method.AUTO.value, "forest", "fused"
EVERYTHING = "all sensors"  # the "sensor" of predictors that use all of them at once
CONTROL = "auto without the others"  # an average of the same size that uses no other sensor
METHODS = (ALONE, FOREST, FUSED, *(m.value for m in Method if m not in (Method.ALONE, Method.AUTO)), CONTROL, AUTO)
COPY = "fast copy of auto"  # one network distilled from its predictions
KNOWN = (*METHODS, COPY, *QUICK_METHODS)


def run_cell(dataset: Dataset, method: str, seed: int, device: str = "cpu", labels: float = ALL) -> Result:
    """Train one cell and predict the test samples.

    Args:
        labels: number or share of the training part's labels that are used, as in :func:`.few.labels.with_labels`.
            Networks do not use the samples whose labels are removed, as in a job without unlabelled samples.

    Raises:
        KeyError: no such method.
        CoLearnError: the samples cannot be split or learned from.
    """
    if method not in KNOWN:
        raise KeyError(f"no method {method!r}: there are {', '.join(KNOWN)}")
    cell = Cell(dataset.name, method, seed, labels)
    started = time.perf_counter()
    data, split = with_labels(dataset.samples, split_by_group(dataset.samples, seed, dataset.subject), labels, seed)
    settings = settings_for(dataset, seed, len(split.train), device)
    if method == FOREST:
        contenders = _forests(dataset, split, settings)
    else:
        contenders = _trained(Experiment(data, split, settings, _ignored, trees_only=True), method, cell)
    test = dataset.samples.take(split.test)
    seconds = time.perf_counter() - started
    return Result(cell, test.task, test.target, test.groups, contenders, seconds, code_digest())


def settings_for(dataset: Dataset, seed: int, training_samples: int, device: str = "cpu") -> Settings:
    """The settings of a training with all parameters at their defaults."""
    settings = Settings(
        epochs=usual_epochs(training_samples),
        batch_size=default_of(TrainJob, "batch_size"),
        learning_rate=default_of(TrainJob, "learning_rate"),
        class_weight=default_of(TrainJob, "class_weight"),
        seed=seed,
        outputs=dataset.outputs,
        device=device,
        design=NetworkDesign(*(default_of(TrainJob, name) for name in ("series_encoder", "image_encoder", "spectral"))),
        weights=LossWeights(),
        optimize=default_of(TrainJob, "optimize"),
        unlabelled_use=default_of(TrainJob, "unlabelled_use"),
    )
    return with_recipe(settings)


def _trained(experiment: Experiment, method: str, cell: Cell) -> tuple[Contender, ...]:
    """Predictions of networks: of every sensor separately, or of all at once."""
    samples = experiment.data.samples
    test = samples.take(experiment.split.test)
    if method == FUSED:
        fused = experiment.train_fused()
        population = fused.network.population
        validation = samples.take(experiment.split.validation)
        prediction, optimize = fused.predict(validation), experiment.settings.optimize
        score = main_score(samples.task, validation.target, prediction, optimize, population)
        return (Contender(EVERYTHING, deciding(population, fused.predict(test)), score),)
    if method in QUICK_METHODS:
        result = trees_of(experiment, method, cell)
    elif method == COPY:
        result = _copied(experiment, cell)
    elif method in (AUTO, CONTROL):
        result = _averaged(experiment, method, cell)
    else:
        result = experiment.train(Method(method))
    found = predict_samples(result.predictors, test)
    return tuple(
        Contender(name, deciding(predictor.population, found[name]), result.validation[name])
        for name, predictor in result.predictors.items()
    )


def deciding(population: Population, prediction: Floats) -> Floats:
    """Probabilities divided by class shares, whose maximum is the predicted class: these are stored and scored.

    The shares used in the decision differ between splits, and are not known from the probabilities alone.
    """
    if not population.decision:
        return prediction
    weighed = population.weighed(prediction)
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), np.float32)


def _forests(dataset: Dataset, split: Split, settings: Settings) -> tuple[Contender, ...]:
    """A forest for every sensor, and one for all sensors."""
    samples, weight, contenders = dataset.samples, resolved_weight(settings), []
    for sensor, names in [*((name, (name,)) for name in dataset.sensors), (EVERYTHING, dataset.sensors)]:
        seen = samples.present[:, [dataset.sensors.index(name) for name in names]].any(axis=1)
        forest = Forest.fit(samples, names, split.train, settings.outputs, settings.seed, weight)
        validation = samples.take(split.validation[seen[split.validation]])
        score = main_score(samples.task, validation.target, forest.predict(validation)) if len(validation) else np.nan
        prediction = forest.predict(samples.take(split.test))
        prediction[~seen[split.test]] = np.nan
        contenders.append(Contender(sensor, prediction, float(score)))
    return tuple(contenders)


def _copied(experiment: Experiment, cell: Cell) -> MethodResult:
    """Networks as wide as the average's, distilled from its predictions."""
    average, experiment = _averaged(experiment, AUTO, cell), _of_half_width(experiment)
    epochs = usual_copy_epochs(len(experiment.split.train))
    experiment = replace(experiment, settings=replace(experiment.settings, epochs=epochs))
    copies = {name: copy_of(each, experiment) for name, each in average.predictors.items()}
    validation = experiment.data.samples.take(experiment.split.validation)
    optimize = experiment.settings.optimize
    scores = {name: validation_score(each, validation, optimize) for name, each in copies.items()}
    return MethodResult(Method.AUTO, dict(copies), scores)


def _averaged(experiment: Experiment, method: str, cell: Cell) -> MethodResult:
    """The average that ``auto`` ships, with networks of the same width, or its control without other sensors.

    Both result from one training, as in a job. It is cached, so that the second one's seconds include predicting only.
    """
    key = (cell.dataset, cell.seed, cell.labels, experiment.settings.device, experiment.data.samples.target.tobytes())
    if key not in _last:
        _last.clear()
        _last[key] = Averaging(_of_half_width(experiment), Pace(), with_fused=False)
        _last[key].run()
    averaging = _last[key]
    return averaging.alone if method == CONTROL else averaging.together or averaging.alone


def _of_half_width(experiment: Experiment) -> Experiment:
    """The experiment with networks of the width that ``auto`` averages."""
    settings = experiment.settings
    return replace(experiment, settings=replace(settings, design=averaged(settings.design)))


_last: dict[tuple[str, int, float, str, bytes], Averaging] = {}  # at most one


def _ignored(epoch: Epoch) -> None:
    """Ignore an epoch."""
