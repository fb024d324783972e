"""Smaller copies of a raster inside its file, which make it quick to look at as a whole."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from .. import Progress, close_dataset, gdal, gdal_callback
from ..geo import Grid

SMALLEST_PX = 256


class Resampling(str, Enum):
    """What a pixel of a smaller copy shows of those it stands for; nodata counts in neither."""

    MODE = "MODE"  # the most frequent: classes have no middle
    AVERAGE = "AVERAGE"


def factors(grid: Grid) -> list[int]:
    """How many times smaller each copy is: halved until it fits into 256 pixels; none for a raster that does."""
    found, factor = [], 1
    while max(grid.shape) > SMALLEST_PX * factor:
        factor *= 2
        found.append(factor)
    return found


def build_overviews(path: Path, grid: Grid, resampling: Resampling, progress: Progress) -> None:
    """Add the smaller copies to a closed file, compressed as it is.

    Raises:
        RuntimeError: GDAL could not.
    """
    wanted = factors(grid)
    if not wanted:
        return
    dataset = gdal.OpenEx(str(path), gdal.OF_RASTER | gdal.OF_UPDATE)
    dataset.BuildOverviews(resampling.value, wanted, callback=gdal_callback(progress))
    close_dataset(dataset)
