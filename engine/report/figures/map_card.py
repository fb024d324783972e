"""The sensor card: every score of every network and reference of one sensor, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...contract import REFERENCE, Estimate, FusedScore, Variant
from ..content import FormattedEstimate, ScoreRow, SensorResult, capital

Part = Callable[[ScoreRow], Estimate | None]


@dataclass(frozen=True)
class CardRow:
    """One network, reference or difference: its name, its scores in the order of the card's (None: not measured)."""

    name: str
    hint: str
    cells: tuple[FormattedEstimate | None, ...]
    shipped: bool = False
    difference: bool = False


@dataclass(frozen=True)
class Card:
    """``scores`` are the columns' names, the main one first."""

    scores: tuple[str, ...]
    rows: tuple[CardRow, ...]


def card(result: SensorResult, fused: FusedScore | None) -> Card:
    """The card of a sensor with test samples; ``fused`` if it has the same samples."""
    score = result.sensor.score
    rows = [
        _row(result, "Trained with the others", "", lambda row: row.colearned, Variant.COLEARNED),
        _row(result, "Trained alone", "", lambda row: row.alone, Variant.ALONE),
        _difference(result, "Difference", "with the others − alone", [row.gain for row in result.rows]),
        _row(result, capital(REFERENCE), f"on {result.sensor.name} alone", lambda row: row.reference),
        _difference(result, "Difference", f"model file − {REFERENCE}", _first(result, score.reference_gap)),
        _row(result, "All sensors fused", "network", lambda row: row.fused),
    ]
    if fused is not None and fused.metric == result.main.name:
        cells = [_shown(result.main, found) for found in _first(result, fused.reference)]
        rows.append(CardRow("All sensors fused", REFERENCE, tuple(cells)))
    return Card(tuple(row.name for row in result.rows), tuple(row for row in rows if any(row.cells)))


def _row(result: SensorResult, name: str, hint: str, part: Part, training: Variant | None = None) -> CardRow:
    cells = tuple(_shown(row, part(row)) for row in result.rows)
    return CardRow(name, hint, cells, shipped=training is result.shipped)


def _difference(result: SensorResult, name: str, hint: str, estimates: list[Estimate | None]) -> CardRow:
    cells = tuple(
        row.style.difference(found) if found else None for row, found in zip(result.rows, estimates, strict=True)
    )
    return CardRow(name, hint, cells, difference=True)


def _shown(row: ScoreRow, found: Estimate | None) -> FormattedEstimate | None:
    return row.style.score(found) if found else None


def _first(result: SensorResult, found: Estimate | None) -> list[Estimate | None]:
    """``found`` under the main score, nothing under the others."""
    return [found, *(None for _ in result.rows[1:])]
