"""Class codes in rasters: integers that must be read exactly."""

from __future__ import annotations

from ...contract import ErrorCode, InputError
from ..files import inexact_value
from ..geo import Window
from ..scenes import Scene


def require_exact_codes(scene: Scene, window: Window) -> None:
    """Raise if an integer in a window of a scene would not be read exactly.

    Pixels are read as float32, which represents every integer up to 16,777,216 and only some beyond: two larger codes
    could become one class. Reads nothing if the data type is small enough.

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
