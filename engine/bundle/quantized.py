"""The graph in 8-bit numbers beside the one in 32-bit numbers: static, per-channel, calibrated on training samples.

Activations are uint8, weights int8 with a scale per channel (Jacob et al. 2018, arXiv 1712.05877), the full range of
both: products of uint8 and int8 are what VNNI adds up exactly. What is quantized is all from the first convolution to
the last but one. Standardization, nodata, the head, calibration and the decision stay as they are: they cost little,
and probabilities in 256 steps would be seen in a map of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.calibrate import CalibrationDataReader
from onnxruntime.quantization.shape_inference import quant_pre_process

from ..contract.manifest import SensorKind
from ..model.encoders.encoder import Encoder
from ..model.path import SensorPath
from ..samples.sample_set import Floats
from .graph import raster_of

MOST_CALIBRATION_SAMPLES = 1000
SAMPLES_AT_ONCE = 100
# Between convolutions all must be 8-bit, or numbers are turned to and fro: Relu goes into the convolution before it,
# Add and Slice are what residual units are made of.
_QUANTIZED = ("Conv", "Relu", "Add", "Slice")


def gains_from_int8(path: SensorPath) -> bool:
    """Whether an 8-bit graph of this network is worth having.

    Decided by the kind of network, so that equal trainings give equal files. Convolutions take nearly all the time of
    those made of them, and are two to four times faster in 8 bits where the processor has VNNI. Attention is products
    of activations, normalizations and softmax: measured, L-TAE gained a fifth and the transformer nothing.
    """
    encoders: tuple[Encoder, ...] = (path.specific, path.common)
    return all(encoder.convolutional for encoder in encoders)


def quantize_graph(exported: bytes, kind: SensorKind, samples: Floats) -> bytes:
    """An exported graph in 8-bit numbers: the same inputs and outputs; equal arguments give equal bytes.

    Args:
        exported: the ONNX file of :func:`.graph.export_graph`.
        samples: raw values of training samples, laid out as in :class:`~..samples.sample_set.SensorSamples`. At most
            1000, evenly taken, are run: no activation in a map may go beyond those seen here, or it is cut off there.
    """
    with tempfile.TemporaryDirectory(prefix="colearn-int8-") as folder:
        folded, quantized = Path(folder) / "folded.onnx", Path(folder) / "int8.onnx"
        # Folds batch normalization into the convolutions. Shapes come from the exporter; no symbolic ones are needed.
        quant_pre_process(onnx.load_from_string(exported), str(folded), skip_symbolic_shape=True)
        quantize_static(
            str(folded),
            str(quantized),
            _Samples(samples, kind),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(_QUANTIZED),
            nodes_to_exclude=_from_the_head_on(onnx.load(str(folded))),
            per_channel=True,
            reduce_range=False,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        model = onnx.load(str(quantized))
    return _plain(model)


class _Samples(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
    """Calibration samples, some at a time, as the graph takes them."""

    def __init__(self, samples: Floats, kind: SensorKind) -> None:
        self._parts = _parts(samples, kind)

    def get_next(self) -> dict[str, Any] | None:
        """The next part by the name of the graph's input; None at the end."""
        return next(self._parts, None)


def _parts(samples: Floats, kind: SensorKind) -> Iterator[dict[str, Any]]:
    evenly = np.unique(np.linspace(0, len(samples) - 1, MOST_CALIBRATION_SAMPLES).round().astype(int))
    for start in range(0, len(evenly), SAMPLES_AT_ONCE):
        yield {"input": raster_of(samples[evenly[start : start + SAMPLES_AT_ONCE]], kind)}


def _from_the_head_on(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes from the last convolution on; nodes are stored in the order they can be run in."""
    nodes = list(model.graph.node)
    head = max(at for at, node in enumerate(nodes) if node.op_type == "Conv")
    return [node.name for node in nodes[head:]]


def _plain(model: onnx.ModelProto) -> bytes:
    """The file's bytes, without operator sets that the optimizer declares and no node uses."""
    used = {node.domain for node in model.graph.node}
    for opset in [opset for opset in model.opset_import if opset.domain not in used]:
        model.opset_import.remove(opset)
    onnx.checker.check_model(model, full_check=True)
    plain: bytes = model.SerializeToString(deterministic=True)
    return plain
