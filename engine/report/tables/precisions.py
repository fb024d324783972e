"""What the quicker graphs of each sensor cost: the fast copy beside the average, 8 bits beside 32."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Manifest, SensorManifest, Substitute
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
    return tuple(_row(sensor, sensor.quantized, "on CPUs with fast int8 instructions") for sensor in manifest.sensors)


def fast_rows(manifest: Manifest) -> tuple[PrecisionRow, ...]:
    """The same of the fast copies; none where no sensor has one."""
    if not any(sensor.fast for sensor in manifest.sensors):
        return ()
    return tuple(_row(sensor, sensor.fast, "always") for sensor in manifest.sensors)


def _row(sensor: SensorManifest, found: Substitute | None, unasked: str) -> PrecisionRow:
    if found is None:
        return PrecisionRow(sensor.name, NONE, None, None, "none")
    style = style_of(sensor.score.metric)
    used = unasked if found.costs_nothing else "no"
    shown = found.tested or found
    return PrecisionRow(
        sensor.name,
        _share(shown.agreement),
        style.score(shown.score),
        style.difference(shown.change),
        used,
    )


def _share(agreement: float) -> str:
    """In percent, never rounded up to all."""
    percent = min(100 * agreement, 99.9) if agreement < 1 else 100.0
    return fixed(percent, 1) + THIN_SPACE + "%"
