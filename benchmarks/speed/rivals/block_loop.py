"""A loop over overlapping square tiles, as in plugins that run a user's network (for example Deepness).

Each tile is read with its overlap, scaled in numpy, run through the network separately, and its centre is kept. The
weights are ours, and so is the dense form of the network: only the loop is compared.
"""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from ..stored import Stored, as_read

PIECE_PX = 512
OVERLAP = 0.15  # relative to a tile's side: Deepness's default


class BlockLoop:
    """A network of one image sensor, run tile by tile."""

    def __init__(self, graph: bytes, halo_px: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(graph, options, ["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._scores = next(each.name for each in self._session.get_outputs() if each.name != "label")
        self._halo_px = halo_px

    def classes(self, values: Stored) -> NDArray[np.uint8]:
        """Class indices (row, col) from stored values (band, row, col)."""
        _, rows, cols = values.shape
        found = np.zeros((rows, cols), np.uint8)
        margin = int(PIECE_PX * OVERLAP) // 2
        step = PIECE_PX - 2 * margin
        pad = margin + self._halo_px
        wide = np.pad(values, [(0, 0), (pad, pad + step), (pad, pad + step)], mode="reflect")
        for row in range(0, rows, step):
            for col in range(0, cols, step):
                side = PIECE_PX + 2 * self._halo_px
                piece = as_read(wide[:, row : row + side, col : col + side])[np.newaxis]
                scores = self._session.run([self._scores], {self._input: piece})[0][0]
                middle = scores.argmax(axis=0)[margin : margin + step, margin : margin + step]
                kept = found[row : row + step, col : col + step]
                kept[:] = middle[: kept.shape[0], : kept.shape[1]]
        return found
