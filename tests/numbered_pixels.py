"""Pixels that count from 0."""

import numpy as np

VALUES = np.arange(48, dtype=np.uint16).reshape(6, 8)
