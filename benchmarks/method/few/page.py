"""The page on few labels: docs/few-labels.md, from the results of all cells with reduced labels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from ..cells import FOREST, KNOWN
from ..code import states
from ..goals import (
    MARGIN,
    Lead,
    few_goals,
    is_sure,
    lead_text,
    mean_lead,
    of_method,
    over_control,
    over_forest,
)
from ..markdown import table
from ..matrix import labels_text
from ..results import Result
from ..standings import ALL_FOREST, ALL_FUSED, Standing, standings
from .curve import OF_NETWORKS, Curve, curves, draw
from .trees import QUICK_METHODS

SHARE = 0.25  # of the labels; the goals refer to it
PICTURE, NETWORKS_PICTURE = "images/learning-curve.svg", "images/learning-curve-networks.svg"
ORDER = (*KNOWN, ALL_FUSED, ALL_FOREST)

INTRODUCTION = """\
# Few labels, and overlap without any

What the other sensors bring where labels are few and the sensors overlap on ground that nobody labelled: the usual case
of a raster job. Written from {cells} cells (data set × method × labels × seed){codes}; do not edit it:

    make bench-method BENCH="--labels 0.25 --methods {methods}"
    make bench-method BENCH="--labels 300 1000 1 --sets canada --methods {methods}"
    make bench-method BENCH="--labels 300 1000 1 --sets canada --methods alone forest 'auto without the others' auto"

Splits are those of [method-benchmark.md](method-benchmark.md). Of the training and the validation part some whole
groups keep their labels; the other locations of the training part become unlabelled samples. The test part is the same
with few labels and with many. `quick` is what `EFFORT = quick` ships: the mean of a forest that learns labels and one
that a teacher teaches, which sees all sensors unless the sensor's own is better on left-out samples. `quick without
the others` is its control: as many trees, whose teacher sees the sensor itself only. `quick, all sensors teach` always
has the teacher of all sensors. `forest` is a random forest of one sensor, on labels alone; `all sensors, forest` sees
every sensor at prediction, too. `auto`, its control and one network alone are in the learning curves only, where they
were run: trees take seconds, networks minutes.
Scores, intervals and leads are as in the other page: paired, over groups and over seeds ({seeds}).
"""


def few_document(results: Sequence[Result], page: Path) -> str:
    """The page; its figure is drawn next to it. Empty if there are no results with few labels."""
    own = [each for each in results if each.cell.labels == SHARE]
    trees, networks = curves(results), curves(results, OF_NETWORKS)
    if not own and not trees and not networks:
        return ""
    found = sorted(standings(own), key=lambda each: (each.dataset, each.sensor))
    drawn = [
        *_curves("Learning curves of trees", trees, page.parent, PICTURE),
        *_curves("Learning curves of what `auto` ships", networks, page.parent, NETWORKS_PICTURE),
    ]
    return "\n".join([_introduction(results), *_judged(found), *drawn])


def _introduction(results: Sequence[Result]) -> str:
    few = [each for each in results if each.cell.labels < 1 or each.cell.labels > 1]
    ran = {each.cell.method for each in few} & {FOREST, *QUICK_METHODS}
    methods = " ".join(f"'{name}'" if " " in name else name for name in KNOWN if name in ran)
    seeds = ", ".join(str(seed) for seed in sorted({each.cell.seed for each in few}))
    codes = states(each.code for each in few)
    return INTRODUCTION.format(cells=len(few), methods=methods, seeds=seeds, codes=codes)


def _judged(found: Sequence[Standing]) -> list[str]:
    if not found:
        return []
    words = {True: "met", False: "**missed**", None: "–"}
    sets = list(dict.fromkeys(each.dataset for each in found))
    fewest, most = (end(len(each.seeds) for each in found) for end in (min, max))
    seeds = f"{most}" if fewest == most else f"{fewest} to {most}"
    return [
        f"## {labels_text(SHARE)[0].upper()}{labels_text(SHARE)[1:]}\n",
        f"Goals of what co-learns, `quick`, over its control; on {len(sets)} data sets, {seeds} seeds each.\n",
        table(("goal", "", "found"), [(goal.text, words[goal.met], goal.found) for goal in few_goals(found)]),
        _by_method(found),
        "### Every pair\n",
        _every_pair(found),
    ]


def _by_method(found: Sequence[Standing]) -> str:
    heads = ["method", "pairs"]
    for other in ("forest", "control"):
        heads += [f"over the {other}, mean over pairs", "better", "significantly", f"worse by > {MARGIN}"]
    rows = []
    for method in ORDER:
        if own := of_method(found, method):
            rows.append((method, str(len(own)), *_led(own, over_forest), *_led(own, over_control)))
    return table(heads, rows)


def _led(own: Sequence[Standing], lead: Lead) -> tuple[str, ...]:
    """Mean, better, significantly better, worse; empty cells if it is not compared."""
    leads = [estimate.value for each in own if (estimate := lead(each)) is not None]
    if not leads:
        return ("",) * 4
    sure = sum(is_sure(each, lead) for each in own)
    counts = (sum(value > 0 for value in leads), sure, sum(value < -MARGIN for value in leads))
    return (lead_text(mean_lead(own, lead)), *map(str, counts))


def _every_pair(found: Sequence[Standing]) -> str:
    rows: list[tuple[str, ...]] = []
    for (dataset, sensor), pair in groupby(found, key=lambda each: (each.dataset, each.sensor)):
        for at, each in enumerate(sorted(pair, key=lambda each: ORDER.index(each.method))):
            names = ("", "") if at else (dataset, sensor)
            leads = (lead(each) for lead in (over_forest, over_control))
            texts = (lead_text(estimate) if estimate else "" for estimate in leads)
            rows.append((*names, each.method, f"{each.main.score.value:.3f}", *texts))
    return table(("data set", "from", "method", "main score", "over the forest", "over its control"), rows)


def _seeds_of(drawn: Sequence[Curve]) -> str:
    counts = sorted({len(point.seeds) for curve in drawn for point in curve.points})
    words = " to ".join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))
    return f"{words} {'seed' if counts[-1] == 1 else 'seeds'}"


def _curves(heading: str, drawn: Sequence[Curve], folder: Path, picture: str) -> list[str]:
    if not drawn:
        return []
    path = folder / picture
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(drawn, path)
    labels = sorted({point.labels for curve in drawn for point in curve.points})
    heads = ("data set", "from", "method", *(f"{count:,} labels" for count in labels))
    rows = []
    for curve in drawn:
        at = {point.labels: f"{point.score:.3f}" for point in curve.points}
        rows.append((curve.dataset, curve.sensor, curve.method, *(at.get(count, "") for count in labels)))
    return [
        f"## {heading}\n",
        f"![Main score against the number of labels, by data set and sensor]({picture})\n",
        "Main score of the same test samples by the number of training labels (about: whole groups), the mean over\n"
        f"{_seeds_of(drawn)}; with fewer labels the other locations are unlabelled overlap.\n",
        table(heads, rows),
    ]
