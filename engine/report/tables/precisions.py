"""What the 8-bit graph of each sensor costs, beside the 32-bit one that all other scores are of."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Manifest, SensorManifest
from ..content import NONE, THIN_SPACE, FormattedEstimate, fixed, style_of


@dataclass(frozen=True)
class PrecisionRow:
    """One sensor, as text: agreement, score and its change (None: there is no such graph), whether auto takes it.

    Figures are of test samples, whether auto takes it was decided on validation samples; where no test sample lies in
    the sensor, all are of validation.
    """

    sensor: str
    agreement: str
    score: FormattedEstimate | None
    change: FormattedEstimate | None
    used: str


def precision_rows(manifest: Manifest) -> tuple[PrecisionRow, ...]:
    """One row per sensor; none where no sensor has an 8-bit graph, as in older models."""
    if not any(sensor.quantized for sensor in manifest.sensors):
        return ()
    return tuple(_row(sensor) for sensor in manifest.sensors)


def _row(sensor: SensorManifest) -> PrecisionRow:
    quantized = sensor.quantized
    if quantized is None:
        return PrecisionRow(sensor.name, NONE, None, None, "there is none")
    style = style_of(sensor.score.metric)
    used = "where the processor is quick at it" if quantized.costs_nothing else "only if asked for"
    shown = quantized.tested or quantized
    return PrecisionRow(
        sensor.name,
        _share(shown.agreement),
        style.score(shown.score),
        style.difference(shown.change),
        used,
    )


def _share(agreement: float) -> str:
    """In percent, never rounded up to all."""
    percent = min(100 * agreement, 99.99) if agreement < 1 else 100.0
    return fixed(percent, 2) + THIN_SPACE + "%"
