"""Check that rasters of a sensor have the same pixel size; other sizes must be separate sensors."""

from __future__ import annotations

from collections.abc import Sequence

from ...contract import ErrorCode, InputError, about_m
from ...process import listed
from ..files import RasterFile
from ..geo import sizes_to_compare_m

# Scenes of one sensor have the same pixel size; bands of one scene (10, 20, 60 m) do not.
MOST_PIXEL_RATIO = 1.2


def require_one_pixel_size(name: str, files: Sequence[RasterFile]) -> None:
    """Refuse rasters of several pixel sizes, listing the rasters of each size.

    Raises:
        InputError: SENSOR_GRIDS_DIFFER.
    """
    sizes_m = sizes_to_compare_m([file.grid for file in files])
    if max(sizes_m) <= MOST_PIXEL_RATIO * min(sizes_m):
        return
    by_size: dict[str, list[str]] = {}
    for size_m, file in sorted(zip(sizes_m, files, strict=True), key=lambda pair: pair[0]):
        by_size.setdefault(about_m(size_m), []).append(file.label)
    found = " and ".join(f"pixels of {size} m ({listed(labels)})" for size, labels in by_size.items())
    *_, largest = by_size
    raise InputError(
        ErrorCode.SENSOR_GRIDS_DIFFER,
        subject=name,
        found=found,
        expected="one pixel size per sensor",
        remedy=f"Put the {largest} m rasters into a separate sensor: each sensor keeps its own pixel size, and "
        f"nothing is resampled. For a map or an evaluation, use the rasters of one sensor only.",
    )
