"""Overviews of a raster inside its file, for fast display."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from .. import Progress, close_dataset, gdal, gdal_callback
from ..geo import Grid

SMALLEST_PX = 256


class Resampling(str, Enum):
    """How an overview's pixel summarizes its source pixels; nodata is ignored by both."""

    MODE = "MODE"  # the most frequent: classes have no mean
    AVERAGE = "AVERAGE"


def factors(grid: Grid) -> list[int]:
    """The decimation factors of the overviews: halved until it fits into 256 pixels; none for smaller rasters."""
    found, factor = [], 1
    while max(grid.shape) > SMALLEST_PX * factor:
        factor *= 2
        found.append(factor)
    return found


def build_overviews(path: Path, grid: Grid, resampling: Resampling, progress: Progress) -> None:
    """Add overviews to a closed file, with the same compression.

    Raises:
        RuntimeError: GDAL could not.
    """
    wanted = factors(grid)
    if not wanted:
        return
    dataset = gdal.OpenEx(str(path), gdal.OF_RASTER | gdal.OF_UPDATE)
    dataset.BuildOverviews(resampling.value, wanted, callback=gdal_callback(progress))
    close_dataset(dataset)
