"""The position of one grid's pixels on another grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Doubles
from .crs import full_circle, transform_xy
from .grid import Grid


def positions_on(base: Grid, other: Grid, rows: ArrayLike, cols: ArrayLike) -> Doubles:
    """Positions (point, 2) on a grid of another's rows and cols, both counted from the corners; NaN if unreachable.

    Longitudes that differ by 360° are the same.
    """
    x, y = transform_xy(*other.corner_xy(rows, cols), other.crs_wkt, base.crs_wkt)
    circle = full_circle(base.crs_wkt)
    if circle and np.isfinite(x).any():
        bounds = base.bounds()
        x = x - circle * np.rint((np.nanmean(x) - (bounds.x_min + bounds.x_max) / 2) / circle)
    return np.column_stack(base.pixel_of(x, y))
