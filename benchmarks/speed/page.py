"""The page of the benchmark: docs/benchmarks.md, from the results of all subjects."""

from __future__ import annotations

from collections.abc import Mapping

from .chapters import CHAPTERS
from .markdown import spread, table
from .measured import Measured
from .results import Result
from .spread import Spread
from .targets import TARGETS, Kind, Target, Verdict

INTRODUCTION = """\
# Benchmarks

How fast CoLearn maps and trains, how much memory it takes, and how that compares with the machine's limits and with
others. Written by `make bench`; do not edit it.

All contestants run in the same rounds, each once a round and on one core; rounds: {rounds}, after one that is not
counted. A figure is the median of the rounds, in brackets the least and the most; ratios are taken round by round.
Seconds are processor seconds of all threads and child processes; *two cores* is by the clock on the wall. Ratios travel
between machines, absolute figures do not.

Pixels are real ones, repeated up to size: a year of Sentinel-1, Sentinel-2 and elevation over the Hesbaye (12 months ×
12 bands), a coast of Brazil by Sentinel-2's bands of 10 m, as uint16; maps are uint8. Our networks are trained on such
pixels for a few epochs. What is measured is the code that users run.
"""


def document(results: Mapping[str, Result]) -> str:
    """The page."""
    measured = Measured(dict(results))
    parts = [
        _introduction(measured),
        "## Targets\n",
        _targets(measured),
        *(chapter(measured) for chapter in CHAPTERS),
        _machine(measured),
    ]
    return "\n".join(part for part in parts if part)


def _introduction(measured: Measured) -> str:
    rounds = {len(runs.seconds) for result in measured.results.values() for runs in result.runs.values()}
    logged = " or ".join(str(count) for count in sorted(rounds)) or "no"
    several = len({result.run for result in measured.results.values()}) > 1
    apart = "\nNot all subjects were measured in one run.\n" if several else ""
    return INTRODUCTION.format(rounds=logged) + apart


def _targets(measured: Measured) -> str:
    found = [(target, target.found(measured)) for target in TARGETS]
    met = sum(target.verdict(each) is Verdict.MET for target, each in found)
    known = sum(each is not None for _, each in found)
    logged = f"{met} of {known} measured targets are met.\n\n"
    rows = [(target.text, target.wanted(), _figure(target, each), _verdict(target, each)) for target, each in found]
    limits = [
        f"- {target.text}: {target.limit}\n" for target, each in found if _is_missed(target, each) and target.limit
    ]
    why = "\nWhat is in the way:\n\n" + "".join(limits) if limits else ""
    return logged + table(("target", "wanted", "found", ""), rows) + why


def _figure(target: Target, found: Spread | None) -> str:
    return spread(found, target.kind.value)


def _is_missed(target: Target, found: Spread | None) -> bool:
    return target.verdict(found) is Verdict.MISSED


def _verdict(target: Target, found: Spread | None) -> str:
    verdict = target.verdict(found)
    if verdict is not Verdict.MISSED or found is None:
        return verdict.value
    if target.kind is Kind.CHANGE:
        return "**missed**"
    return f"**missed** by {target.missed_by(found):.1%}"


def _machine(measured: Measured) -> str:
    """Machine and versions: stated once if they are the same for all subjects."""
    results = list(measured.results.values())
    logged = [
        result for at, result in enumerate(results) if result.machine not in [each.machine for each in results[:at]]
    ]
    parts = ["## Machine and versions\n"]
    for result in logged:
        machine = result.machine
        subjects = [each.subject for each in results if each.machine == machine]
        rows = [
            ("measured", result.date + (f" ({', '.join(subjects)})" if len(logged) > 1 else "")),
            ("processor", f"{machine.processor}; {', '.join(machine.instructions) or 'no vector instructions told'}"),
            ("cores", f"{machine.cores}, of which one was used unless the page says two"),
            ("memory", f"{machine.memory_gb:.0f} GB"),
            *((("GPU", ", ".join(machine.gpus)),) if machine.gpus else ()),
            ("system", machine.system),
            *((name, version) for name, version in machine.versions.items()),
        ]
        parts.append(table(("", ""), rows))
    return "\n".join(parts)
