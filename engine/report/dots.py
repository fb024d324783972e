"""The main score of every sensor as dots with intervals on one scale, drawn by the template."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..contract.manifest import Estimate
from .numbers import THIN_SPACE, fixed
from .results import SensorResult


@dataclass(frozen=True)
class Dot:
    """A score on the scale, positions in percent of its width; no line where there is no interval."""

    at: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class DotRow:
    """One sensor's dots."""

    sensor: str
    colearned: Dot | None
    alone: Dot


@dataclass(frozen=True)
class Tick:
    """A mark of the scale, position in percent of its width."""

    at: float
    text: str


@dataclass(frozen=True)
class Dots:
    """The whole figure; ``chance`` is the score of a guess, None where it is off the scale."""

    metric: str
    rows: tuple[DotRow, ...]
    ticks: tuple[Tick, ...]
    chance: float | None


def dots(results: tuple[SensorResult, ...], chance: float) -> Dots:
    """Lay out the main scores of all sensors on one scale."""
    scale = _scale([estimate for result in results for estimate in _estimates(result)], chance)
    main = results[0].main
    unit = THIN_SPACE + main.style.unit if main.style.unit else ""
    ticks = tuple(
        Tick(scale.percent(value), fixed(value * main.style.factor, 0 if main.style.factor > 1 else 2) + unit)
        for value in scale.ticks()
    )
    rows = tuple(
        DotRow(
            result.sensor.name,
            _dot(result.main.colearned, scale) if result.main.colearned else None,
            _dot(result.sensor.score.alone, scale),
        )
        for result in results
    )
    return Dots(main.name, rows, ticks, scale.percent(chance) if scale.low <= chance <= scale.high else None)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    step: float

    def percent(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def ticks(self) -> list[float]:
        return [self.low + at * self.step for at in range(round((self.high - self.low) / self.step) + 1)]


def _scale(estimates: list[Estimate], chance: float) -> _Scale:
    """Round limits around all intervals, within -1..1: an R² far below zero is drawn at the scale's end."""
    values = [v for e in estimates for v in (e.value, e.low, e.high) if v is not None]
    lowest, highest = max(min([*values, chance]), -1.0), min(max([*values, chance]), 1.0)
    step = next(step for step in (0.05, 0.1, 0.2, 0.5) if (highest - lowest) / step <= 6)
    low, high = math.floor(lowest / step) * step, math.ceil(highest / step) * step
    return _Scale(low, max(high, low + step), step)


def _estimates(result: SensorResult) -> list[Estimate]:
    return [estimate for estimate in (result.main.colearned, result.sensor.score.alone) if estimate]


def _dot(estimate: Estimate, scale: _Scale) -> Dot:
    if estimate.low is None or estimate.high is None:
        return Dot(scale.percent(estimate.value), None, None)
    return Dot(scale.percent(estimate.value), scale.percent(estimate.low), scale.percent(estimate.high))
