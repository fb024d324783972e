"""Learning curves: the main score by number of labels, for every sensor and method, as a table and a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from ....engine.learning.tasks import main_score
from ....engine.report.figures import BLUE, GREY, INK, ORANGE, figure, look
from ..cells import ALONE, AUTO, CONTROL, EVERYTHING, FOREST
from ..results import Contender, Result
from .labels import ALL
from .trees import QUICK, QUICK_CONTROL

LEAST_POINTS = 3
TRAIN_PER_TEST = 3  # training samples per test sample: parts are 60 % and 20 %
ALL_SENSORS = "all sensors, forest"
DRAWN = {
    ALL_SENSORS: ("forest of all sensors", GREY, "--"),
    QUICK: ("co-learned (quick)", BLUE, "-"),
    QUICK_CONTROL: ("control, without the others", ORANGE, "-"),
    AUTO: ("co-learned (auto)", BLUE, "-"),
    CONTROL: ("control, without the others", ORANGE, "-"),
    ALONE: ("one network alone", GREY, "-"),
    FOREST: ("forest", INK, ":"),
}
OF_TREES, OF_NETWORKS = (FOREST, QUICK, QUICK_CONTROL), (FOREST, ALONE, CONTROL, AUTO)


@dataclass(frozen=True)
class Point:
    """The mean score over seeds, and each seed's score, at about this number of training labels."""

    labels: int
    score: float
    seeds: tuple[float, ...]


@dataclass(frozen=True)
class Curve:
    """One method on one sensor of a data set."""

    dataset: str
    sensor: str
    method: str
    points: tuple[Point, ...]


def curves(results: Iterable[Result], methods: Sequence[str] = OF_TREES) -> tuple[Curve, ...]:
    """The curves of every data set with at least three numbers of labels, from the seeds common to all of them.

    Args:
        methods: the methods; numbers of labels are those of the last one.
    """
    every = tuple(results)
    amounts = {(each.cell.dataset, each.cell.labels) for each in every if each.cell.method == methods[-1]}
    by_set: dict[str, list[Result]] = {}
    for result in every:
        if result.cell.method in methods and (result.cell.dataset, result.cell.labels) in amounts:
            by_set.setdefault(result.cell.dataset, []).append(result)
    return tuple(curve for dataset, own in sorted(by_set.items()) for curve in _of_set(dataset, own))


def _of_set(dataset: str, results: Sequence[Result]) -> list[Curve]:
    scores: dict[tuple[str, str], dict[float, dict[int, float]]] = {}
    for result in results:
        for each in result.contenders:
            for name, method in _names(result, each, results):
                of_labels = scores.setdefault((name, method), {}).setdefault(result.cell.labels, {})
                of_labels[result.cell.seed] = _score(result, each)
    amounts = {result.cell.labels for result in results}
    if len(amounts) < LEAST_POINTS:
        return []
    train = TRAIN_PER_TEST * round(float(np.mean([len(result.target) for result in results])))
    found = []
    for (sensor, method), of_labels in scores.items():
        shared = sorted(set.intersection(*(set(by_seed) for by_seed in of_labels.values())))
        if set(of_labels) == amounts and shared:
            points = [
                _point(labels, train, [by_seed[seed] for seed in shared]) for labels, by_seed in of_labels.items()
            ]
            found.append(Curve(dataset, sensor, method, tuple(sorted(points, key=lambda each: each.labels))))
    return sorted(found, key=lambda each: (each.sensor, list(DRAWN).index(each.method)))


def _names(result: Result, each: Contender, results: Sequence[Result]) -> Iterable[tuple[str, str]]:
    """The sensors whose curves a contender is shown with: one that uses all sensors is shown with each of them."""
    if each.sensor != EVERYTHING:
        return [(each.sensor, result.cell.method)]
    sensors = dict.fromkeys(one.sensor for other in results for one in other.contenders if one.sensor != EVERYTHING)
    return [(name, ALL_SENSORS) for name in sensors]


def _score(result: Result, each: Contender) -> float:
    seen = np.isfinite(each.prediction).all(axis=1)
    return main_score(result.task, result.target[seen], each.prediction[seen])


def _point(labels: float, train: int, seeds: Sequence[float]) -> Point:
    count = labels if labels > ALL else labels * train
    return Point(round(count), float(np.mean(seeds)), tuple(seeds))


def draw(drawn: Sequence[Curve], path: Path) -> None:
    """A row of panels for each data set, with one panel per sensor."""
    sets = list(dict.fromkeys(curve.dataset for curve in drawn))
    of_set = {name: list(dict.fromkeys(each.sensor for each in drawn if each.dataset == name)) for name in sets}
    widest = max(len(sensors) for sensors in of_set.values())
    with look(), mpl.rc_context({"svg.hashsalt": "learning curves", "svg.fonttype": "path"}):
        made = figure(2.2 * (widest + 1) + 0.4, 2.1 * len(sets))
        rows = made.add_gridspec(len(sets), widest + 1)
        for row, (name, sensors) in enumerate(of_set.items()):
            for column, sensor in enumerate(sensors):
                axes = made.add_subplot(rows[row, column])
                _panel(axes, [each for each in drawn if (each.dataset, each.sensor) == (name, sensor)])
        beside = made.add_subplot(rows[0, widest])
        beside.set_axis_off()
        beside.legend(*axes.get_legend_handles_labels(), loc="upper left")
        made.savefig(path, format="svg", facecolor="white", metadata={"Date": None, "Creator": None})


def _panel(axes: Any, own: Sequence[Curve]) -> None:
    for curve in own:
        name, colour, style = DRAWN[curve.method]
        numbers = [point.labels for point in curve.points]
        axes.plot(numbers, [point.score for point in curve.points], style, color=colour, label=name, marker="o", ms=3)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator([point.labels for point in own[0].points]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{point.labels:,}" for point in own[0].points])
    axes.set_title(f"{own[0].dataset}, {own[0].sensor}", loc="left")
    axes.set_xlabel("labels")
