"""Pixels as stored in files, uint16, and as returned by readers and in tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import Floats

NODATA = 65_535

Stored = NDArray[np.uint16]


def tiled(values: Stored, side_px: int) -> Stored:
    """The last two axes repeated, or cut, to ``side_px`` pixels each."""
    rows, cols = (np.arange(side_px) % size for size in values.shape[-2:])
    return np.ascontiguousarray(values[..., rows[:, np.newaxis], cols])


def as_read(values: Stored) -> Floats:
    """Stored values as a reader returns them: float32, NaN for nodata."""
    read = values.astype(np.float32)
    read[values == NODATA] = np.nan
    return read


def as_rows(values: Stored) -> Stored:
    """Stored values (…, row, col) as a table (pixel, value), the input of forests."""
    return np.ascontiguousarray(values.reshape(-1, values.shape[-2] * values.shape[-1]).T)
