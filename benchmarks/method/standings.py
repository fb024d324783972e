"""Scores of every contender of every pair (data set, sensor), and its lead over *alone*, the forest and its control."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...engine.contract import Estimate
from ...engine.learning.metrics import RESAMPLES, Fold, PairedBootstrap, bootstrap
from .cells import ALONE, AUTO, CONTROL, COPY, EVERYTHING, FOREST, FUSED
from .few.trees import QUICK, QUICK_ALL, QUICK_CONTROL
from .results import Result

ALL_FUSED, ALL_FOREST = "all sensors fused", "all sensors, forest"  # contenders that use all sensors at once
BOOTSTRAP_SEED = 0
# The control of each method: of the same size, but without other sensors; of a copy, the average it copies.
CONTROL_OF = {AUTO: CONTROL, COPY: AUTO, QUICK: QUICK_CONTROL, QUICK_ALL: QUICK_CONTROL}

Splits = dict[int, dict[str, Result]]  # results by seed and method


@dataclass(frozen=True)
class Measured:
    """One score of a contender: the mean over seeds, and its paired leads; ``ahead`` counts the seeds in the lead.

    ``over_control`` is the lead over the control, for methods that have one.
    """

    name: str
    score: Estimate
    over_alone: Estimate | None
    over_forest: Estimate | None
    ahead: int
    over_control: Estimate | None = None


@dataclass(frozen=True)
class Standing:
    """One contender of a pair, over the ``seeds`` for which it was run; ``main`` is the task's main score."""

    dataset: str
    sensor: str
    method: str
    seeds: tuple[int, ...]
    groups: int
    measured: tuple[Measured, ...]
    chosen: tuple[str, ...]

    @property
    def main(self) -> Measured:
        """The task's main score."""
        return self.measured[0]

    def score(self, name: str) -> Measured | None:
        """The score with this name, if the task has it."""
        return next((each for each in self.measured if each.name == name), None)


def standings(results: Iterable[Result], resamples: int = RESAMPLES) -> tuple[Standing, ...]:
    """The standings of all pairs and contenders, in the order of the results.

    Contenders with the same seeds are scored together, with *alone* and the forest if those were run for all of these
    seeds.

    Raises:
        ValueError: cells of one data set and seed with different test samples.
    """
    by_dataset: dict[str, Splits] = {}
    for result in results:
        cell = result.cell
        by_dataset.setdefault(cell.dataset, {}).setdefault(cell.seed, {})[cell.method] = result
    found: list[Standing] = []
    for dataset, splits in by_dataset.items():
        _require_same_samples(dataset, splits)
        for sensor in _sensors(splits):
            for seeds, names in _together(splits, sensor):
                found += _scored(dataset, sensor, names, {seed: splits[seed] for seed in seeds}, resamples)
    return tuple(found)


def _sensors(splits: Splits) -> tuple[str, ...]:
    """The sensors with predictions."""
    every = [each.sensor for methods in splits.values() for result in methods.values() for each in result.contenders]
    return tuple(name for name in dict.fromkeys(every) if name != EVERYTHING)


def _together(splits: Splits, sensor: str) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """Names of contenders by the seeds for which they were run."""
    seeds: dict[str, list[int]] = {}
    for seed in sorted(splits):
        for name in _predictions(splits[seed], sensor):
            seeds.setdefault(name, []).append(seed)
    by_seeds: dict[tuple[int, ...], list[str]] = {}
    for name, at in seeds.items():
        by_seeds.setdefault(tuple(at), []).append(name)
    yield from by_seeds.items()


def _predictions(methods: dict[str, Result], sensor: str) -> dict[str, NDArray[np.float32]]:
    """Every contender's predictions of a pair for one split."""
    found = {
        method: each.prediction
        for method, result in methods.items()
        for each in result.contenders
        if each.sensor == sensor
    }
    for method, name in ((FUSED, ALL_FUSED), (FOREST, ALL_FOREST)):
        for each in methods[method].contenders if method in methods else ():
            if each.sensor == EVERYTHING:
                found[name] = each.prediction
    return found


def _scored(dataset: str, sensor: str, names: Sequence[str], splits: Splits, resamples: int) -> Iterator[Standing]:
    """Standings of the contenders ``names``."""
    predictions = {seed: _predictions(methods, sensor) for seed, methods in splits.items()}
    wanted = (ALONE, FOREST, *(CONTROL_OF[name] for name in names if name in CONTROL_OF))
    beside = [name for name in dict.fromkeys(wanted) if all(name in each for each in predictions.values())]
    every = list(dict.fromkeys([*beside, *names]))
    task = next(iter(next(iter(splits.values())).values())).task
    folds = [_fold(seed, splits[seed], {name: predictions[seed][name] for name in every}) for seed in splits]
    paired = bootstrap(task, folds, seed=BOOTSTRAP_SEED, resamples=resamples)
    for name in names:
        chosen = [
            each.chosen
            for methods in splits.values()
            if name in methods
            for each in methods[name].contenders
            if each.sensor == sensor
        ]
        measured = tuple(_measured(paired, name, beside))
        yield Standing(dataset, sensor, name, tuple(splits), paired.groups, measured, tuple(filter(None, chosen)))


def _fold(seed: int, methods: dict[str, Result], predictions: dict[str, NDArray[np.float32]]) -> Fold:
    """The test samples that all contenders have predicted."""
    result = next(iter(methods.values()))
    seen = np.logical_and.reduce([np.isfinite(prediction).all(axis=1) for prediction in predictions.values()])
    covered = {name: each[seen] for name, each in predictions.items()}
    return Fold(seed, result.target[seen], result.groups[seen], covered)


def _measured(paired: PairedBootstrap, name: str, beside: Sequence[str]) -> Iterator[Measured]:
    leads = {other: paired.difference(name, other) for other in beside if other != name}
    ahead = _seeds_ahead(paired, name) if ALONE in leads else np.zeros(len(paired.names), np.int64)
    for at, (metric, score) in enumerate(zip(paired.names, paired.scores(name), strict=True)):
        over_alone = leads[ALONE][at] if ALONE in leads else None
        over_forest = leads[FOREST][at] if FOREST in leads else None
        control = leads.get(CONTROL_OF.get(name, ""))
        over_control = control[at] if control else None
        yield Measured(metric, score, over_alone, over_forest, int(ahead[at]), over_control)


def _seeds_ahead(paired: PairedBootstrap, name: str) -> NDArray[np.int64]:
    own, alone = (paired.by_seed[paired.predictors.index(each)] for each in (name, ALONE))
    return np.asarray((own > alone).sum(axis=0), np.int64)


def _require_same_samples(dataset: str, splits: Splits) -> None:
    for seed, methods in splits.items():
        first, *others = methods.values()
        for other in others:
            if not (np.array_equal(first.target, other.target) and np.array_equal(first.groups, other.groups)):
                names = f"{first.cell.method} and {other.cell.method}"
                raise ValueError(f"{dataset}, seed {seed}: {names} were tested on different samples")
