"""Where the pixels of one grid lie on another."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Doubles
from .crs import full_circle, transform_xy
from .grid import Grid


def positions_on(base: Grid, other: Grid, rows: ArrayLike, cols: ArrayLike) -> Doubles:
    """Positions (point, 2) of another grid's rows and cols, both counted from the corners; NaN where out of reach.

    Longitudes that are a whole turn apart are the same ground.
    """
    x, y = transform_xy(*other.corner_xy(rows, cols), other.crs_wkt, base.crs_wkt)
    circle = full_circle(base.crs_wkt)
    if circle and np.isfinite(x).any():
        bounds = base.bounds()
        x = x - circle * np.rint((np.nanmean(x) - (bounds.x_min + bounds.x_max) / 2) / circle)
    return np.column_stack(base.pixel_of(x, y))
