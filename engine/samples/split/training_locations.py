"""Training locations: stored as hashes in the manifest, and recognized among the labels of an evaluation."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Flags, Indices
from ...contract import HASH_BYTES, TrainedPlaces
from ...raster.geo import METRES_PER_DEGREE, east_of_greenwich

MOST_HASHES = 20_000  # per sensor: 107 kB in the manifest
SMALLEST_CELL_M = 0.1  # files round coordinates: seven decimals of a degree are a centimetre
_LITTLE_ENDIAN = f"<u{HASH_BYTES}"

Hashes = NDArray[np.uint32]


def remember(longitude: Doubles, latitude: Doubles, pixel_m: float) -> TrainedPlaces | None:
    """Hashes of the cells that contain the positions (EPSG:4326 degrees); None if no position is known.

    Cells are half a pixel wide, so that no two pixels of a raster share one. If there are more than ``MOST_HASHES``,
    the smallest are kept, which is a random sample of the cells (bottom-k).
    """
    cell_m = max(pixel_m / 2, SMALLEST_CELL_M)
    known = np.isfinite(longitude) & np.isfinite(latitude)
    hashes = np.unique(_hashes(longitude[known], latitude[known], cell_m))
    if not len(hashes):
        return None
    kept = hashes[:MOST_HASHES].astype(_LITTLE_ENDIAN)
    return TrainedPlaces(cell_m, len(hashes), base64.b64encode(kept.tobytes()).decode("ascii"))


def recognized(places: TrainedPlaces, longitude: Doubles, latitude: Doubles) -> int:
    """The number of positions (EPSG:4326 degrees) in stored cells.

    If only a part of the cells is stored, the number is extrapolated from the positions whose hashes are within the
    stored range. A 32-bit hash takes another location for a training location with probability ``cells`` / 2³².
    """
    kept = np.frombuffer(base64.b64decode(places.hashes), _LITTLE_ENDIAN)
    whole = len(kept) == places.cells
    finite = np.isfinite(longitude) & np.isfinite(latitude)
    hashes = _hashes(longitude[finite], latitude[finite], places.cell_m)
    sampled: Flags = np.full(len(hashes), True) if whole else hashes <= kept[-1]
    found = int(np.isin(hashes[sampled], kept).sum())
    return found if whole or not found else round(found * len(hashes) / int(sampled.sum()))


def _hashes(longitude: Doubles, latitude: Doubles, cell_m: float) -> Hashes:
    """Hashes (position,) of square cells: rows are parallels, columns are as wide as at the centre of the row."""
    step = cell_m / METRES_PER_DEGREE
    row = np.floor(latitude / step)
    col = np.floor(east_of_greenwich(longitude) * np.cos(np.radians((row + 0.5) * step)) / step)
    return _mixed((row.astype(np.int64) << 32) + col.astype(np.int64)).astype(np.uint32)


def _mixed(numbers: Indices) -> NDArray[np.uint64]:
    """Numbers below 2³²: the upper halves of 64-bit hashes (SplitMix64; Steele, Lea, Flood 2014)."""
    bits = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
