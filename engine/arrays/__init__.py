"""Names of array types, by data type; shapes are given in docstrings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

__all__ = ["Doubles", "Flags", "Floats", "Indices"]
