"""How far a long call of GDAL is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]  # takes 0 to 1

_GO_ON = 1


def silent(_fraction: float) -> None:
    """Tell nobody."""


def gdal_callback(progress: Progress) -> Callable[[float, str, object], int]:
    """The callback that GDAL calls with how far it is."""

    def tell(fraction: float, _words: str, _data: object) -> int:
        progress(fraction)
        return _GO_ON

    return tell
