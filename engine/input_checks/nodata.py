"""Nodata values in addition to those declared in the files: as given, otherwise as in training."""

from __future__ import annotations

from ..contract import SensorManifest
from ..process import Reporter, listed


def log_nodata(sensor: SensorManifest, given: tuple[float, ...] | None, reporter: Reporter) -> None:
    """Log which values are treated as nodata as in training, or are not although they were there."""
    if given is None and sensor.nodata:
        reporter.info(
            "nodata", f"As in the training of {sensor.name}, {_text(sensor.nodata)} is treated as nodata (NODATA)."
        )
    elif given is not None and set(given) != set(sensor.nodata):
        then = _text(sensor.nodata) or "nothing"
        now = _text(given) or "nothing"
        reporter.info(
            "nodata",
            f"{now} is treated as nodata in addition to the declared values; in the training of {sensor.name}: {then}.",
        )


def _text(values: tuple[float, ...]) -> str:
    return listed(f"{value:.10g}" for value in values)
