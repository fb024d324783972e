"""Class codes in rasters: integers that must arrive as they are."""

from __future__ import annotations

from ...contract import ErrorCode, InputError
from ..files import inexact_value
from ..geo import Window
from ..scenes import Scene


def require_exact_codes(scene: Scene, window: Window) -> None:
    """Raise where an integer in a window of a scene would not arrive as itself.

    Pixels travel as float32, which holds every integer up to 16,777,216 and only some beyond: two classes beyond
    could become one. Reads nothing where the type of the values is small enough.

    Raises:
        InputError: LABEL_FIELD_UNSUITABLE, or a raster that cannot be read.
    """
    for plane in scene.planes:
        file = scene.files[plane.file]
        code = inexact_value(file, plane.number, window)
        if code is not None:
            raise InputError(
                ErrorCode.LABEL_FIELD_UNSUITABLE,
                subject=file.label,
                found=f"the value {code}",
                expected="class codes up to 16,777,216",
                remedy="Assign smaller codes to the classes (Raster Analysis ▸ Reclassify by Table).",
            )
