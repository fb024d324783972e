"""What a cell trains: the one place that knows how the engine's methods are called."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ...engine.arrays import Floats
from ...engine.contract import Epoch, LossWeights, Method, TrainJob, Variant, default_of
from ...engine.experiment import TRIED, Comparison, Experiment, Forest, MethodResult, best_of, predict_samples
from ...engine.learning.fit import Settings, TrainingData, resolved_weight, with_recipe
from ...engine.learning.metrics import Population, main_score
from ...engine.model import NetworkDesign
from ...engine.samples import Split
from ...engine.samples.split import split_by_group
from .code import code_digest
from .dataset import Dataset
from .matrix import Cell
from .results import Contender, Result

ALONE, AUTO, FOREST, FUSED = Method.ALONE.value, Method.AUTO.value, "forest", "fused"
EVERYTHING = "all sensors"  # the "sensor" of what sees all of them at once
METHODS = (ALONE, FOREST, FUSED, *(m.value for m in Method if m not in (Method.ALONE, Method.AUTO)), AUTO)
NEEDED = {AUTO: (ALONE, *(method.value for method in TRIED))}  # cells that a cell builds on

Earlier = Callable[[Cell], Result]


def run_cell(dataset: Dataset, method: str, seed: int, earlier: Earlier, device: str = "cpu") -> Result:
    """Train and predict the test samples.

    Args:
        earlier: gives the results that :data:`NEEDED` names.

    Raises:
        KeyError: no such method.
        CoLearnError: the samples cannot be split or learned from.
    """
    if method not in METHODS:
        raise KeyError(f"no method {method!r}: there are {', '.join(METHODS)}")
    cell = Cell(dataset.name, method, seed)
    before = [earlier(cell.of(needed)) for needed in NEEDED.get(method, ())]
    started = time.perf_counter()
    split = split_by_group(dataset.samples, seed, dataset.subject)
    if method == AUTO:
        contenders = _chosen(dataset, before)
    elif method == FOREST:
        contenders = _forests(dataset, split, settings_for(dataset, seed, device))
    else:
        contenders = _trained(
            Experiment(TrainingData(dataset.samples), split, settings_for(dataset, seed, device), _ignored), method
        )
    test = dataset.samples.take(split.test)
    seconds = time.perf_counter() - started + sum(result.seconds for result in before)
    return Result(cell, test.task, test.target, test.groups, contenders, seconds, code_digest())


def settings_for(dataset: Dataset, seed: int, device: str = "cpu") -> Settings:
    """What a training with all parameters at their defaults uses."""
    settings = Settings(
        epochs=default_of(TrainJob, "epochs"),
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


def _trained(experiment: Experiment, method: str) -> tuple[Contender, ...]:
    """What networks say: of every sensor by itself, or of all at once."""
    samples = experiment.data.samples
    test = samples.take(experiment.split.test)
    if method == FUSED:
        fused = experiment.train_fused()
        population = fused.network.population
        validation = samples.take(experiment.split.validation)
        prediction, optimize = fused.predict(validation), experiment.settings.optimize
        score = main_score(samples.task, validation.target, prediction, optimize, population)
        return (Contender(EVERYTHING, deciding(population, fused.predict(test)), score),)
    result = experiment.train(Method(method))
    found = predict_samples(result.predictors, test)
    return tuple(
        Contender(name, deciding(predictor.population, found[name]), result.validation[name])
        for name, predictor in result.predictors.items()
    )


def deciding(population: Population, prediction: Floats) -> Floats:
    """Probabilities over the classes' shares, of which the largest decides: what is stored, and scored, is decisions.

    Those of the population do not tell by which shares classes were decided, which differ from split to split.
    """
    if not population.decision:
        return prediction
    weighed = population.weighed(prediction)
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), np.float32)


def _forests(dataset: Dataset, split: Split, settings: Settings) -> tuple[Contender, ...]:
    """A forest for every sensor, and one for all."""
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


def _chosen(dataset: Dataset, results: list[Result]) -> tuple[Contender, ...]:
    """What ``auto`` ships: by validation the best method, and for every sensor the better of it and alone."""
    alone, *tried = (_method_result(result) for result in results)
    together = best_of(tried)
    comparison = Comparison(tuple(tried), together, alone, {}, None, None)
    shipped = []
    for name in dataset.sensors:
        method = (alone if comparison.variant(name) is Variant.ALONE else together).method.value
        (winner,) = (result.contender(name) for result in results if result.cell.method == method)
        shipped.append(Contender(name, winner.prediction, winner.validation, method))
    return tuple(shipped)


def _method_result(result: Result) -> MethodResult:
    """The method that a result was of, without its networks: enough to choose by."""
    validation = {each.sensor: each.validation for each in result.contenders}
    return MethodResult(Method(result.cell.method), {}, validation)


def _ignored(epoch: Epoch) -> None:
    """Nobody watches."""
