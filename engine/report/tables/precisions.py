"""The accuracy of the faster graphs of each sensor: fast copy against average, 8 bits against 32."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import THIN_SPACE, Manifest, SensorManifest, Substitute
from ..content import NONE, FormattedEstimate, fixed, style_of


@dataclass(frozen=True)
class PrecisionRow:
    """One sensor, as text: agreement, score and its change (None: there is no such graph), whether auto uses it.

    Figures are for test samples; whether auto uses it was decided on validation samples. If the sensor covers no test
    sample, all are for validation samples.
    """

    sensor: str
    agreement: str
    score: FormattedEstimate | None
    change: FormattedEstimate | None
    used: str


def precision_rows(manifest: Manifest) -> tuple[PrecisionRow, ...]:
    """One row per sensor; none if no sensor has an 8-bit graph, as in older models."""
    if not any(sensor.quantized for sensor in manifest.sensors):
        return ()
    return tuple(_row(sensor, sensor.quantized, "on CPUs with fast int8 instructions") for sensor in manifest.sensors)


def fast_rows(manifest: Manifest) -> tuple[PrecisionRow, ...]:
    """The same for the fast copies; none if no sensor has one."""
    if not any(sensor.fast for sensor in manifest.sensors):
        return ()
    return tuple(_row(sensor, sensor.fast, "always") for sensor in manifest.sensors)


def copies_learned_on(manifest: Manifest) -> bool:
    """Whether the fast copies were, once measured, trained further on the averages that learned all labels."""
    copies = [sensor.fast for sensor in manifest.sensors if sensor.fast]
    return bool(copies) and all(copy.refit for copy in copies)


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
    """In percent, never rounded up to 100 %."""
    percent = min(100 * agreement, 99.9) if agreement < 1 else 100.0
    return fixed(percent, 1) + THIN_SPACE + "%"
