"""The main score of every sensor as marks with intervals on one scale, drawn by the template."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ...contract import REFERENCE, THIN_SPACE, Estimate, FusedScore
from ..content import ScoreRow, SensorResult, Style, fixed, style_of

ALL_SENSORS = "All sensors fused"
_MOST_STEPS = 6


class Mark(str, Enum):
    """What was scored; each has its own marker shape, distinguishable in greyscale print."""

    COLEARNED = "colearned"
    ALONE = "alone"
    REFERENCE = "reference"
    FUSED = "fused"  # a network that sees all sensors


_WORDS = {
    Mark.COLEARNED: "trained with the others",
    Mark.ALONE: "trained alone",
    Mark.REFERENCE: REFERENCE,
    Mark.FUSED: "network on all sensors",
}


@dataclass(frozen=True)
class Dot:
    """A score on the scale, positions in percent of its width; no line without an interval."""

    mark: Mark
    at: float
    low: float | None
    high: float | None
    top: float  # percent of the row's height


@dataclass(frozen=True)
class DotRow:
    """One sensor's marks, or those of all together."""

    name: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Tick:
    """A tick of the scale, position in percent of its width."""

    at: float
    text: str


@dataclass(frozen=True)
class Dots:
    """The whole figure; ``chance`` is the score of a trivial prediction, None if it is off the scale."""

    metric: str
    rows: tuple[DotRow, ...]
    ticks: tuple[Tick, ...]
    chance: float | None

    @property
    def legend(self) -> tuple[tuple[Mark, str], ...]:
        """The legend: markers that occur, and their meaning."""
        found = {dot.mark for row in self.rows for dot in row.dots}
        return tuple((mark, words) for mark, words in _WORDS.items() if mark in found)


def dots(results: Iterable[SensorResult], chance: float | None, fused: FusedScore | None = None) -> Dots | None:
    """Lay out the main scores of all sensors on one scale; None if no sensor has test samples."""
    mains = [(result.sensor.name, result.main) for result in results if result.rows]
    if not mains:
        return None
    named = [(name, _marks(row)) for name, row in mains]
    if fused is not None:
        together = [(Mark.FUSED, fused.network), (Mark.REFERENCE, fused.reference)]
        named.append((ALL_SENSORS, [(mark, found) for mark, found in together if found is not None]))
    scale = _scale([found for _, marks in named for _, found in marks], chance)
    metric = mains[0][1].name
    rows = tuple(DotRow(name, _placed(marks, scale)) for name, marks in named)
    guess = scale.percent(chance) if chance is not None and scale.low <= chance <= scale.high else None
    return Dots(metric, rows, scale.labels(style_of(metric)), guess)


def _marks(row: ScoreRow) -> list[tuple[Mark, Estimate]]:
    found = ((Mark.COLEARNED, row.colearned), (Mark.ALONE, row.alone), (Mark.REFERENCE, row.reference))
    return [(mark, estimate) for mark, estimate in found if estimate is not None]


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    step: float

    def percent(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def labels(self, style: Style) -> tuple[Tick, ...]:
        unit = THIN_SPACE + style.unit if style.unit else ""
        values = [self.low + at * self.step for at in range(round((self.high - self.low) / self.step) + 1)]
        decimals = 0 if style.factor > 1 else 2
        return tuple(Tick(self.percent(value), fixed(value * style.factor, decimals) + unit) for value in values)


def _scale(estimates: list[Estimate], chance: float | None) -> _Scale:
    """Round limits around all intervals, within -1..1: an R² far below zero is drawn at the scale's end."""
    bounds = [value for found in estimates for value in (found.value, found.low, found.high)]
    values = [value for value in (*bounds, chance) if value is not None]
    lowest, highest = max(min(values), -1.0), min(max(values), 1.0)
    step = next(step for step in (0.05, 0.1, 0.2, 0.5) if (highest - lowest) / step <= _MOST_STEPS)
    low, high = math.floor(lowest / step) * step, math.ceil(highest / step) * step
    return _Scale(low, max(high, low + step), step)


def _placed(marks: list[tuple[Mark, Estimate]], scale: _Scale) -> tuple[Dot, ...]:
    """Marks below one another within the row."""
    return tuple(
        _dot(mark, estimate, scale, round(100 * (at + 1) / (len(marks) + 1), 1))
        for at, (mark, estimate) in enumerate(marks)
    )


def _dot(mark: Mark, estimate: Estimate, scale: _Scale, top: float) -> Dot:
    if estimate.low is None or estimate.high is None:
        return Dot(mark, scale.percent(estimate.value), None, None, top)
    return Dot(mark, scale.percent(estimate.value), scale.percent(estimate.low), scale.percent(estimate.high), top)
