"""What arrays are called: one name for each type of number, in every folder. Shapes are in the docstrings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

__all__ = ["Doubles", "Flags", "Floats", "Indices"]
