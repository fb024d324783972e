"""Values of a regression as 16-bit integers, half the size: each target has its own scale and offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract import Target
from ..raster.output import Scaling

DTYPE = "int16"
NODATA = -32768
_MOST = 32767  # integers range from −32767 to 32767


@dataclass(frozen=True)
class Packing:
    """How the bands of a map of real values are stored; ``nodata`` is that of the real values."""

    scalings: tuple[Scaling, ...]
    nodata: float

    def pack(self, values: NDArray[Any]) -> tuple[NDArray[np.int16], int]:
        """The integers (band, row, col) of real values, and the number of clipped values."""
        valid = np.isfinite(values) & (values != np.float32(self.nodata))
        scale, offset = (np.array(part, np.float64)[:, np.newaxis, np.newaxis] for part in zip(*self.scalings))
        steps = np.rint((np.where(valid, values, 0).astype(np.float64) - offset) / scale)
        stored = np.where(valid, np.clip(steps, -_MOST, _MOST), NODATA).astype(np.int16)
        return stored, int(np.count_nonzero(valid & (np.abs(steps) > _MOST)))

    def ranges(self) -> tuple[tuple[float, float], ...]:
        """The minimum and maximum that each band can represent."""
        return tuple((offset - _MOST * scale, offset + _MOST * scale) for scale, offset in self.scalings)


def packing_of(targets: tuple[Target, ...], nodata: float) -> Packing:
    """The packing that covers the range of each target in the training, extended by its width on both sides."""
    return Packing(tuple(_scaling(target) for target in targets), nodata)


def _scaling(target: Target) -> Scaling:
    span = target.maximum - target.minimum or abs(target.maximum) or 1.0
    return Scaling(1.5 * span / _MOST, (target.minimum + target.maximum) / 2)
