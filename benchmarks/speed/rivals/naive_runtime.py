"""Naive use of ONNX Runtime: the same weights as exported by torch, all pixels of a block in one call.

Conv1d on (pixel, band, date) with default session options, except for one thread as everywhere here. Standardization is
part of the graph, as in ours; the decision is made in numpy.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from ....engine.export import OPSET
from ....engine.learning.fit import TrainedNetwork
from ....engine.model import band_first
from ..stored import Stored, as_read


class NaiveRuntime:
    """A network of one series sensor in ONNX Runtime, without any optimization."""

    def __init__(self, network: TrainedNetwork) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(_exported(network), options, ["CPUExecutionProvider"])

    def probabilities(self, values: Stored) -> NDArray[np.float32]:
        """Probabilities (pixel, class) from stored values (date, band, row, col)."""
        dates, bands = values.shape[:2]
        pixels = np.ascontiguousarray(as_read(values).reshape(dates, bands, -1).transpose(2, 1, 0))
        found: NDArray[np.float32] = self._session.run(None, {"input": pixels})[0]
        return found

    def classes(self, values: Stored) -> NDArray[np.uint8]:
        """Class indices (pixel,)."""
        classes: NDArray[np.uint8] = self.probabilities(values).argmax(axis=1).astype(np.uint8)
        return classes


def _exported(network: TrainedNetwork) -> bytes:
    sensor = network.sensors[0]
    file: Any = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            network.predictor(sensor.name),
            (band_first(sensor.probe[:2], sensor.shape).contiguous(),),
            file,
            dynamo=False,
            opset_version=OPSET,
            input_names=["input"],
            dynamic_axes={"input": {0: "pixel"}},
        )
    exported: bytes = file.getvalue()
    return exported
