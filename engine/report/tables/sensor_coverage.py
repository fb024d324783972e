"""Numbers of samples covered by each sensor, and by every combination."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Manifest
from ..content import count


@dataclass(frozen=True)
class CoverageRow:
    """Samples covered by exactly these sensors: a flag per sensor, in the manifest's order, and two counts."""

    covered: tuple[bool, ...]
    labelled: str
    unlabelled: str


@dataclass(frozen=True)
class Coverage:
    """``labelled`` and ``unlabelled`` are the numbers of samples of each sensor, in the manifest's order."""

    sensors: tuple[str, ...]
    labelled: tuple[str, ...]
    unlabelled: tuple[str, ...]
    rows: tuple[CoverageRow, ...]
    any_unlabelled: bool


def coverage(manifest: Manifest) -> Coverage | None:
    """From the manifest's combinations, the largest first; None if they were not counted."""
    found = sorted(manifest.combinations, key=lambda combination: -combination.labelled - combination.unlabelled)
    if not found:
        return None
    names = tuple(sensor.name for sensor in manifest.sensors)
    rows = tuple(
        CoverageRow(
            tuple(name in combination.sensors for name in names),
            count(combination.labelled),
            count(combination.unlabelled),
        )
        for combination in found
    )
    labelled = [sum(c.labelled for c in found if name in c.sensors) for name in names]
    unlabelled = [sum(c.unlabelled for c in found if name in c.sensors) for name in names]
    return Coverage(
        names, tuple(map(count, labelled)), tuple(map(count, unlabelled)), rows, any(c.unlabelled for c in found)
    )
