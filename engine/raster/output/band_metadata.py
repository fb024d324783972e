"""Metadata written into a raster: statistics of its bands, the classes of a map with pixel counts and areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...contract import LabelClass
from ..geo import Grid, Window
from .band_statistics import CodeTally, Statistics, tally_of
from .class_areas import ClassAreas
from .color_table import ClassCount, add_table

Dataset = Any


class Contents:
    """Collects a raster's content while it is written; without ``statistics`` only its classes are described."""

    def __init__(
        self,
        grid: Grid,
        dtype: np.dtype[Any],
        nodata: float,
        bands: int,
        classes: Sequence[LabelClass],
        statistics: bool,
    ) -> None:
        self._pixels = grid.rows * grid.cols
        self._classes = classes
        self._tallies = [tally_of(dtype, nodata) for _ in range(bands)] if statistics else []
        self._areas = ClassAreas(grid, dtype) if statistics and classes else None

    def add(self, window: Window, block: NDArray[Any]) -> None:
        """Add a block (band, row, col)."""
        for tally, values in zip(self._tallies, block):
            tally.add(values)
        if self._areas is not None:
            self._areas.add(window, block[0])

    def describe(self, dataset: Dataset) -> None:
        """Store it in the open file; bands without a valid pixel have no statistics.

        Raises:
            RuntimeError: GDAL could not.
        """
        if self._classes:
            counts = [self._count(label.code) for label in self._classes] if self._areas else ()
            add_table(dataset.GetRasterBand(1), self._classes, counts)
        for number, tally in enumerate(self._tallies, start=1):
            found = tally.statistics()
            if found is not None:
                self._store(dataset.GetRasterBand(number), found)

    def _store(self, band: Any, found: Statistics) -> None:
        band.SetStatistics(found.minimum, found.maximum, found.mean, found.sd)
        band.SetMetadataItem("STATISTICS_VALID_PERCENT", f"{100 * found.pixels / self._pixels:.4g}")

    def _count(self, code: int) -> ClassCount:
        tally, areas = self._tallies[0], self._areas
        if not isinstance(tally, CodeTally) or areas is None:
            raise TypeError("classes are counted in integer maps only")
        return ClassCount(tally.count(code), areas.area_m2(code))
