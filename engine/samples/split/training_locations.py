"""Training locations: remembered as hashes in the manifest, recognized among labels that are to evaluate the model."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Flags, Indices
from ...contract import HASH_BYTES, TrainedPlaces
from ...raster.geo import METRES_PER_DEGREE, east_of_greenwich

MOST_HASHES = 20_000  # of each sensor: 107 kB of the manifest
SMALLEST_CELL_M = 0.1  # files round positions: seven decimals of a degree are a centimetre
_LITTLE_ENDIAN = f"<u{HASH_BYTES}"

Hashes = NDArray[np.uint32]


def remember(longitude: Doubles, latitude: Doubles, pixel_m: float) -> TrainedPlaces | None:
    """The places (EPSG:4326 degrees) of a sensor with such pixels; None where there is none with known degrees.

    Cells are half a pixel wide, so that no two pixels of a raster share one.
    """
    cell_m = max(pixel_m / 2, SMALLEST_CELL_M)
    known = np.isfinite(longitude) & np.isfinite(latitude)
    hashes = np.unique(_hashes(longitude[known], latitude[known], cell_m))
    if not len(hashes):
        return None
    kept = hashes[:MOST_HASHES].astype(_LITTLE_ENDIAN)
    return TrainedPlaces(cell_m, len(hashes), base64.b64encode(kept.tobytes()).decode("ascii"))


def recognized(places: TrainedPlaces, longitude: Doubles, latitude: Doubles) -> int:
    """The number of positions (EPSG:4326 degrees) in remembered cells.

    Where not all cells fitted, it is estimated from the positions whose hashes are in the range of those kept. Hashes
    of 32 bits take another place for a known one in ``cells`` of 4.3 thousand million cases.
    """
    kept = np.frombuffer(base64.b64decode(places.hashes), _LITTLE_ENDIAN)
    whole = len(kept) == places.cells
    finite = np.isfinite(longitude) & np.isfinite(latitude)
    hashes = _hashes(longitude[finite], latitude[finite], places.cell_m)
    sampled: Flags = np.full(len(hashes), True) if whole else hashes <= kept[-1]
    found = int(np.isin(hashes[sampled], kept).sum())
    return found if whole or not found else round(found * len(hashes) / int(sampled.sum()))


def _hashes(longitude: Doubles, latitude: Doubles, cell_m: float) -> Hashes:
    """The hash of the cell of each position: rows along parallels, cols as wide as the row's middle has them."""
    step = cell_m / METRES_PER_DEGREE
    row = np.floor(latitude / step)
    col = np.floor(east_of_greenwich(longitude) * np.cos(np.radians((row + 0.5) * step)) / step)
    return _mixed((row.astype(np.int64) << 32) + col.astype(np.int64)).astype(np.uint32)


def _mixed(numbers: Indices) -> NDArray[np.uint64]:
    """Numbers below 2³², the upper halves of well mixed bits: splitmix64 (Steele, Lea, Flood 2014)."""
    bits = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
