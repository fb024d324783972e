"""Permutation importance of bands and dates for the shipped predictor of each sensor, on test samples.

It affects no choice. It is computed with the graph in the model file, on few enough samples to take seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...arrays import Floats, Indices
from ...contract import Importance, Importances, Optimize
from ...inference import Session
from ...learning.metrics import REPEATS, importance_of_bands, importance_of_columns
from ...learning.tasks import main_score
from ...mapping import score_samples
from ...predictors import AveragePredictor
from ...process import PooledTask, Reporter, TaskPool, usable_cores
from .. import TrainingRecord
from .graph_cost import GraphCost
from .quantization import Graphs

MOST_PREDICTIONS = 12_000  # predictions of one sensor, over all permutations
FEWEST, MOST = 100, 500  # samples per permutation
MOST_AT_ONCE = 4  # sensors, each of which holds a graph
LEAST_SAMPLES = 20  # with fewer, scores are meaningless


def with_importance(record: TrainingRecord, graphs: Graphs, reporter: Reporter) -> Graphs:
    """The same graphs, with the importances of each sensor's best one in the manifest."""
    sensors, found = graphs.manifest.sensors, []
    costs = [GraphCost(record, graphs.manifest, at) for at in range(len(sensors))]
    pool: TaskPool[Importances | None] = TaskPool(min(usable_cores(), len(sensors), MOST_AT_ONCE))
    try:
        for cost in costs:
            pool.begin(_task(cost, graphs.entries[cost.sensor.graph], usable_cores() // pool.workers))
        for at, (sensor, cost) in enumerate(zip(sensors, costs, strict=True)):
            reporter.progress(at / len(sensors), f"Measuring what {sensor.name} relies on")
            measured = pool.result(sensor.name)
            if measured is None:
                reporter.info("importance", f"{sensor.name}: importance of bands was not measured: {_why_not(cost)}")
            found.append(replace(sensor, importance=measured))
    finally:
        pool.abandon()
    return replace(graphs, manifest=replace(graphs.manifest, sensors=tuple(found)))


def _task(cost: GraphCost, graph: bytes, threads: int) -> PooledTask[Importances | None]:
    return PooledTask(cost.sensor.name, lambda _: _importances(cost, graph, threads), lambda _: None)


def _why_not(cost: GraphCost) -> str:
    """Why importances are missing: what was found, what is needed, what to do."""
    split = cost.record.plan.first
    test, validation = (len(cost.covered(part)) for part in (split.test, split.validation))
    if max(test, validation) < LEAST_SAMPLES:
        return (
            f"it covers {test} test and {validation} validation samples, and {LEAST_SAMPLES} of one kind are needed. "
            "Add labels at more locations that it covers."
        )
    return (
        f"its {test if test >= LEAST_SAMPLES else validation} samples outside training have no score, for they are "
        "all of one class or all of one value. Label more kinds of places that it shows."
    )


def _importances(cost: GraphCost, graph: bytes, threads: int) -> Importances | None:
    """On the test part, or on the validation part if the sensor covers too few test samples; else None."""
    split = cost.record.plan.first
    for part in ("test", "validation"):
        rows = cost.covered(getattr(split, part))
        if len(rows) >= LEAST_SAMPLES:
            rows = _few(rows, cost)
            found = _measured(cost, Session(graph, threads=threads), rows)
            return Importances(part, len(rows), found) if found else None
    return None


def _measured(cost: GraphCost, session: Session, rows: Indices) -> tuple[Importance, ...]:
    """The importances on some rows; empty if scores are undefined: only one class, or only one value."""
    sensor, manifest, samples = cost.sensor, cost.manifest, cost.record.samples
    population, optimize = cost.shipped.population, Optimize(manifest.optimize)

    def predict(values: Floats) -> Floats:
        return score_samples(session, sensor, values)

    def score(predicted: Floats) -> float:
        return main_score(manifest.task, samples.target[rows], predicted, optimize, population)

    own = samples.sensors[cost.at]
    taken = replace(own, values=own.values[rows], footprints=None)
    found = importance_of_bands(taken, _bands(cost), _dates(cost), predict, score, manifest.seed)
    found += _of_features(cost, taken.values, score)
    return found if all(np.isfinite([each.fall, each.sd]).all() for each in found) else ()


def _of_features(cost: GraphCost, values: Floats, score: Callable[[Floats], float]) -> tuple[Importance, ...]:
    """Importances of the feature types used by the forests of an average, for the mean of these forests."""
    shipped = cost.shipped
    forests = [each.forest for each in shipped.of_forests] if isinstance(shipped, AveragePredictor) else []
    if not forests:
        return ()
    features = forests[0].features
    table = features.imputed(features.table(values))

    def predict(rows: Floats) -> Floats:
        return np.asarray(np.mean([each.predict_table(rows) for each in forests], axis=0), np.float32)

    return importance_of_columns(table, features.kinds(), predict, score, cost.manifest.seed)


def _few(rows: Indices, cost: GraphCost) -> Indices:
    """A random subset of the rows, by seed, small enough for the limit on predictions."""
    parts = len(_bands(cost)) + len(_dates(cost))
    count = int(np.clip(MOST_PREDICTIONS // (REPEATS * max(parts, 1)), FEWEST, MOST))
    if len(rows) <= count:
        return rows
    return np.sort(np.random.default_rng(cost.manifest.seed).choice(rows, count, replace=False))


def _bands(cost: GraphCost) -> tuple[str, ...]:
    return cost.sensor.band_names()


def _dates(cost: GraphCost) -> tuple[str, ...]:
    return cost.sensor.dates
