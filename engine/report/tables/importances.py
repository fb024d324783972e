"""Permutation importance for each sensor: the decrease of the score for each band and date, as a table with bars."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Importance, ImportancePart, Manifest, SensorManifest
from ..content import fixed, style_of

_WORDS = {
    ImportancePart.BAND: "bands",
    ImportancePart.DATE: "dates",
    ImportancePart.SENSOR: "sensors",
    ImportancePart.FEATURE: "features of the forests",
}
_HEADS = {ImportancePart.FEATURE: "kind of feature"}


@dataclass(frozen=True)
class ImportanceRow:
    """A band or a date: the decrease, its standard deviation, and the bar and its whisker in percent of the widest."""

    name: str
    fall: str
    sd: str
    width: float
    low: float
    high: float


@dataclass(frozen=True)
class ImportanceTable:
    """The bands, or the dates, of a sensor: bands by importance, dates in chronological order."""

    sensor: str
    what: str
    head: str
    metric: str
    unit: str
    part: str
    samples: int
    rows: tuple[ImportanceRow, ...]


def importance_tables(manifest: Manifest) -> tuple[ImportanceTable, ...]:
    """A table for the bands and one for the dates of each sensor that was measured."""
    return tuple(table for sensor in manifest.sensors for part in _WORDS if (table := _table(sensor, part)) is not None)


def _table(sensor: SensorManifest, part: ImportancePart) -> ImportanceTable | None:
    measured = sensor.importance
    found = [each for each in measured.found if each.part is part] if measured else []
    if measured is None or len(found) < 2:  # a single band or date has no alternative to compare with
        return None
    if part is not ImportancePart.DATE:
        found.sort(key=lambda each: -each.fall)
    style = style_of(sensor.score.metric)
    widest = max(*(each.fall + each.sd for each in found), 1e-9)
    rows = tuple(
        ImportanceRow(
            each.name,
            fixed(style.factor * each.fall, style.decimals, signed=True),
            fixed(style.factor * each.sd, style.decimals),
            *_bar(each, widest),
        )
        for each in found
    )
    unit = style.difference_unit
    head = _HEADS.get(part, part.value)
    return ImportanceTable(
        sensor.name, _WORDS[part], head, sensor.score.metric, unit, measured.part, measured.samples, rows
    )


def _bar(each: Importance, widest: float) -> tuple[float, float, float]:
    """Width of the bar, and both ends of the whisker, in percent; negative values have no bar."""
    ends = (each.fall, each.fall - each.sd, each.fall + each.sd)
    width, low, high = (round(100 * min(max(end, 0.0), widest) / widest, 1) for end in ends)
    return width, low, high
