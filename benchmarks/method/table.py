"""The table of the benchmark: docs/method-benchmark.md, from the results of all cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from ...engine.contract import Estimate, Verdict
from ...engine.learning.metrics import verdict
from .cells import KNOWN
from .code import states
from .coverage import coverage, is_whole
from .goals import MARGIN, Goal, goals, is_sure, lead_text, mean_lead, of_method, over_alone, over_control, over_forest
from .markdown import table
from .paper import MEASURED, PaperScore
from .results import Result
from .standings import ALL_FOREST, ALL_FUSED, Measured, Standing, standings

ORDER = (*KNOWN, ALL_FUSED, ALL_FOREST)
WORDS = {Verdict.HELPED: "better", Verdict.HARMED: "worse", Verdict.NO_DIFFERENCE: "no difference"}

INTRODUCTION = """\
# Benchmark of the method

What training with other sensors brings when only one of them is there at prediction. Written by `make bench-method`
from {cells} cells (data set × method × seed){codes}; do not edit it.

A seed draws the split (60 % to train, 20 % to validate, 20 % to test, by whole groups: sites, plots, polygons or
square blocks of ground) and the training; all methods of a seed have the same split. Everything is chosen on validation
samples. A score is the mean over seeds ({seeds}), with its 95 % interval (cluster bootstrap over groups, the same
draws for all methods and seeds); *over alone* is the paired difference to the network trained on that sensor alone.
The main score is balanced accuracy, R² or mean average precision. *Ahead* counts the seeds at which the main score is
higher than alone's. `auto` is what is shipped: the average of three networks (alone, MDiCo, distillation; half as wide)
and two forests. Its control, `auto without the others`, is the same of as many networks and trees that see no other
sensor; *over its control* is thus what the other sensors brought, and *over alone* what averaging brought besides.
`fast copy of auto` is the one network in the same model that `QUALITY = fast` uses; *its control* is `auto`.
Networks here learn the training part only, while a shipped one learns all labels once its scores are taken. Intervals
of several seeds cover both other locations and repeated training; those of one seed cover locations only.
"""

PAPER = """\
## The paper's protocol on lfmc

Random folds, validation on the test fold, statistics of all samples, the public code's faults: to compare with the
figures of others, not to learn what a sensor can. Five folds, one seed, mean ± standard deviation over folds. The
figures measured before are of 2,578 samples, of which 1,919 are at hand. The network on all sensors is trained by
CoLearn's own recipe.
"""


def document(results: Sequence[Result], paper: Sequence[PaperScore] = ()) -> str:
    """The page."""
    found = sorted(standings(results), key=lambda each: (each.dataset, each.sensor))
    parts = [
        _introduction(results),
        *coverage(results),
        "## Goals\n",
        _goals(goals(found), is_whole(results)),
        "## By method\n",
        _by_method(found),
        "## Every pair\n",
        _every_pair(found),
        _paper(paper),
    ]
    return "\n".join(part for part in parts if part)


def _introduction(results: Sequence[Result]) -> str:
    seeds = ", ".join(str(seed) for seed in sorted({result.cell.seed for result in results}))
    logged = states(result.code for result in results)
    return INTRODUCTION.format(cells=len(results), codes=logged, seeds=seeds)


def _goals(found: Iterable[Goal], whole: bool) -> str:
    words = {True: "met" if whole else "met so far", False: "**missed**", None: "–"}
    rows = [(goal.text, words[goal.met], goal.found, goal.control) for goal in found]
    return table(("goal", "by `auto`", "found", "its control"), rows)


def _by_method(found: Sequence[Standing]) -> str:
    heads = (
        "method",
        "pairs",
        "over alone, mean over pairs",
        "better",
        "significantly",
        f"worse by > {MARGIN}",
        "significantly",
        "over the forest",
        "over its control",
    )
    return table(heads, [_of_method(method, own) for method in ORDER if (own := _led(found, method))])


def _led(found: Sequence[Standing], method: str) -> list[Standing]:
    return [each for each in of_method(found, method) if each.main.over_alone is not None]


def _of_method(method: str, own: Sequence[Standing]) -> tuple[str, ...]:
    leads = [lead for each in own if (lead := each.main.over_alone) is not None]
    return (
        method,
        str(len(own)),
        lead_text(mean_lead(own, over_alone)),
        str(sum(lead.value > 0 for lead in leads)),
        str(sum(is_sure(each) for each in own)),
        str(sum(lead.value < -MARGIN for lead in leads)),
        str(sum(verdict(lead) is Verdict.HARMED for lead in leads)),
        lead_text(mean_lead(own, over_forest)) if any(over_forest(each) for each in own) else "",
        lead_text(mean_lead(own, over_control)) if any(over_control(each) for each in own) else "",
    )


def _every_pair(found: Sequence[Standing]) -> str:
    heads = (
        "data set",
        "from",
        "method",
        "main score",
        "over alone",
        "",
        "ahead",
        "over forest",
        "over its control",
        "accuracy",
        "over alone",
    )
    rows: list[tuple[str, ...]] = []
    for (dataset, sensor), pair in groupby(found, key=lambda each: (each.dataset, each.sensor)):
        ordered = sorted(pair, key=lambda each: ORDER.index(each.method))
        rows += [(dataset if not at else "", sensor if not at else "", *_row(each)) for at, each in enumerate(ordered)]
    return table(heads, rows)


def _row(standing: Standing) -> tuple[str, ...]:
    main = standing.main
    accuracy = standing.score("accuracy")
    logged = ", ".join(f"{standing.chosen.count(name)} × {name}" for name in dict.fromkeys(standing.chosen))
    return (
        f"{standing.method} ({logged})" if logged else standing.method,
        _score(main.score),
        _lead(main.over_alone),
        WORDS[verdict(main.over_alone)] if main.over_alone else "",
        f"{main.ahead}/{len(standing.seeds)}" if main.over_alone else f"of {len(standing.seeds)}",
        _lead(main.over_forest) if standing.method != ALL_FOREST else "",
        _lead(main.over_control),
        *_second(accuracy),
    )


def _second(measured: Measured | None) -> tuple[str, str]:
    return ("", "") if measured is None else (f"{measured.score.value:.3f}", _lead(measured.over_alone))


def _paper(scores: Sequence[PaperScore]) -> str:
    if not scores:
        return ""
    rows = [
        (each.sensor, each.method, f"{each.mean:.3f} ± {each.sd:.3f}", MEASURED.get((each.sensor, each.method), ""))
        for each in sorted(scores, key=lambda each: each.sensor)
    ]
    return f"{PAPER}\n{table(('from', 'method', 'R², here', 'R², measured before'), rows)}"


def _score(estimate: Estimate) -> str:
    return f"{estimate.value:.3f}{_interval(estimate, '.3f')}"


def _lead(estimate: Estimate | None) -> str:
    return "" if estimate is None else f"{estimate.value:+.3f}{_interval(estimate, '+.3f')}"


def _interval(estimate: Estimate, form: str) -> str:
    if estimate.low is None or estimate.high is None:
        return " [too few groups]"
    return f" [{estimate.low:{form}}, {estimate.high:{form}}]"
