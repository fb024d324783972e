"""Square spatial blocks, the groups of a spatial split."""

from __future__ import annotations

import numpy as np

from ...arrays import Doubles, Indices
from .. import ground_plane_m

BLOCKS_WANTED = 60  # twelve for a part of 20 %, so that at least ten remain
LEAST_BLOCKS = 15  # three for a part of 20 %: with fewer, blocks become smaller than the requested minimum
_SMALLER = 2**-0.25  # factor between successive block sides
_SMALLEST_M = 0.01


def spatial_blocks(
    longitude: Doubles, latitude: Doubles, units: Indices | None = None, least_m: float = 0.0
) -> tuple[Indices, float]:
    """Group positions (degrees) by square spatial blocks; returns block numbers (position,) and the side in metres.

    The side starts at the longer side of the extent and shrinks until at least 60 blocks are occupied, or no more can
    be. Once 15 blocks are occupied, it does not go below ``least_m``.

    Args:
        units: (position,) numbers of units that no block may split: each is in the block that contains its centre.
    """
    x, y = middles(longitude, latitude, units)
    side_m = max(float(x.max()), float(y.max()), 1.0)
    wanted = min(BLOCKS_WANTED, len(np.unique(x + 1j * y)))
    groups = np.zeros(len(x), dtype=np.int64)
    count = 1
    while count < wanted and side_m > _SMALLEST_M and (count < LEAST_BLOCKS or side_m * _SMALLER >= least_m):
        side_m *= _SMALLER
        groups = in_squares(x, y, side_m)
        count = int(groups.max()) + 1
    return groups, side_m


def middles(longitude: Doubles, latitude: Doubles, units: Indices | None) -> tuple[Doubles, Doubles]:
    """Eastings and northings (position,) of the centre of each position's unit, in metres from the smallest ones."""
    x, y = ground_plane_m(longitude, latitude)
    if units is not None:
        unit = np.unique(units, return_inverse=True)[1].reshape(-1)
        x, y = (np.bincount(unit, along)[unit] / np.bincount(unit)[unit] for along in (x, y))
    return x - x.min(), y - y.min()


def in_squares(x: Doubles, y: Doubles, side_m: float) -> Indices:
    """Block numbers (position,), from 0, of positions in metres."""
    col, row = np.floor(x / side_m), np.floor(y / side_m)
    _, groups = np.unique(col + 1j * row, return_inverse=True)
    numbers: Indices = groups.reshape(-1).astype(np.int64)
    return numbers
