"""Progress of long GDAL calls."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]  # takes 0 to 1

_GO_ON = 1
_LEAST_STEP = 0.005  # GDAL calls back for every row


def silent(_fraction: float) -> None:
    """Ignore progress."""


def gdal_callback(progress: Progress) -> Callable[[float, str, object], int]:
    """The callback that GDAL calls with its progress."""
    reported = -1.0

    def callback(fraction: float, _words: str, _data: object) -> int:
        nonlocal reported
        if fraction - reported >= _LEAST_STEP or fraction >= 1.0 > reported:
            reported = fraction
            progress(fraction)
        return _GO_ON

    return callback
