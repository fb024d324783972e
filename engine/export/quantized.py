"""The graph in 8-bit numbers beside the one in 32-bit numbers: static, per-channel, calibrated on training samples.

Activations are uint8, weights int8 with a scale per channel (Jacob et al. 2018, arXiv 1712.05877), the full range of
both: products of uint8 and int8 are what VNNI adds up exactly. What is quantized is all from the first convolution to
the last but one. Standardization, nodata, the head, calibration and the decision stay as they are: they cost little,
and probabilities in 256 steps would be seen in a map of them.

What comes in gets two digits. Bands measured to 12 bits lose most by 256 steps, more than by all that follows; in
two digits the first convolution has twice the channels, and the whole graph half the error, at the same speed. Very
many bands keep one digit: their roundings even out, and twice as many would take a third of what is gained.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.calibrate import CalibrationDataReader
from onnxruntime.quantization.shape_inference import quant_pre_process

from ..arrays import Floats
from ..contract import SampleShape
from ..model import SensorNetwork
from ..model.encoders.layers import MANY_BANDS, Encoder
from ..outputs import scratch_folder
from ..samples import raster_of

MOST_CALIBRATION_SAMPLES = 1000
SAMPLES_AT_ONCE = 100
# Between convolutions all must be 8-bit, or numbers are turned to and fro: Relu goes into the convolution before it,
# Add and Slice are what residual units are made of.
_QUANTIZED = ("Conv", "Relu", "Add", "Slice")

FIRST_STEP = 1 / 8  # of the first digit, in standard deviations
FINER = 16  # the second digit; more, and its weights, as many times smaller, would vanish in their own 8 bits
_DIGITS = "input_in_two_digits"
# Channels whose products VNNI adds up in one go: filled up to a multiple of them, graphs ran 6 to 20 % faster.
_CHANNELS_AT_ONCE = 4
# From -16 to just under 16 standard deviations; what lies beyond is cut off there.
_SCALE = {"scale": np.array(FIRST_STEP, np.float32), "zero_point": np.array(128, np.uint8)}


def gains_from_int8(network: SensorNetwork) -> bool:
    """Whether an 8-bit graph of this network is worth having.

    Decided by the kind of network, so that equal trainings give equal files. Convolutions take nearly all the time of
    those made of them, and are two to four times faster in 8 bits where the processor has VNNI. Attention is products
    of activations, normalizations and softmax: measured, L-TAE gained a fifth and the transformer nothing.
    """
    encoders: tuple[Encoder, ...] = (network.specific, network.common)
    return all(encoder.convolutional for encoder in encoders)


def quantize_graph(exported: bytes, shape: SampleShape, samples: Floats) -> bytes:
    """An exported graph in 8-bit numbers: the same inputs and outputs; equal arguments give equal bytes.

    Args:
        exported: the ONNX file of :func:`.graph.export_graph`.
        samples: raw values of training samples, laid out as in :class:`~..samples.sample_set.SensorSamples`. At most
            1000, evenly taken, are run: no activation in a map may go beyond those seen here, or it is cut off there.
    """
    with scratch_folder() as folder, _disk_full_errors(folder, exported):
        plain, folded, quantized = (folder / f"{name}.onnx" for name in ("plain", "folded", "int8"))
        # Folds batch normalization into the convolutions. Shapes come from the exporter; no symbolic ones are needed.
        # Given as a file: of a model in memory some versions leave tensors in a file that is not there.
        plain.write_bytes(exported)
        quant_pre_process(str(plain), str(folded), skip_symbolic_shape=True)
        model = onnx.load(str(folded))
        in_two_digits = split_inputs(model.graph)
        network = _networks_alone(model)
        onnx.save(network, str(folded))
        quantize_static(
            str(folded),
            str(quantized),
            _Samples(samples, shape),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(_QUANTIZED),
            nodes_to_exclude=_not_between_convolutions(network.graph),
            per_channel=True,
            reduce_range=False,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"TensorQuantOverrides": {_DIGITS: [_SCALE]} if in_two_digits else {}},
        )
        return _plain(_put_back(onnx.load(str(quantized)), network, model))


@contextmanager
def _disk_full_errors(folder: Path, exported: bytes) -> Iterator[None]:
    """Where a library fails for want of room, say that and not what it made of a file that is cut off.

    Raises:
        OSError: the drive has no room for twice the graph.
    """
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            (folder / "room").write_bytes(2 * exported)


class _Samples(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
    """Calibration samples, some at a time, as the graph takes them."""

    def __init__(self, samples: Floats, shape: SampleShape) -> None:
        self._parts = _parts(samples, shape)

    def get_next(self) -> dict[str, Any] | None:
        """The next part by the name of the graph's input; None at the end."""
        return next(self._parts, None)


def _parts(samples: Floats, shape: SampleShape) -> Iterator[dict[str, Any]]:
    evenly = np.unique(np.linspace(0, len(samples) - 1, MOST_CALIBRATION_SAMPLES).round().astype(int))
    for start in range(0, len(evenly), SAMPLES_AT_ONCE):
        yield {"input": raster_of(samples[evenly[start : start + SAMPLES_AT_ONCE]], shape)}


def split_inputs(graph: onnx.GraphProto) -> bool:
    """Give every first convolution its input x in two digits; what it computes stays the same.

    With c = round(8 x) / 8, along the channels w · x becomes w · c + w / 16 · 16 (x − c): 8 bits in steps of 1/8 hold c
    without error, and what is left in steps 16 times finer. Channels of zeros fill up what the processor takes at once.
    False where very many channels leave all as it is.
    """
    nodes = list(graph.node)
    at = next(at for at, node in enumerate(nodes) if node.op_type == "Conv")
    source = nodes[at].input[0]
    first = [node for node in nodes if node.op_type == "Conv" and node.input[0] == source]
    weights = [tensor for tensor in graph.initializer if tensor.name in {node.input[1] for node in first}]
    if any(tensor.dims[1] > MANY_BANDS for tensor in weights):
        return False
    zeros = -2 * weights[0].dims[1] % _CHANNELS_AT_ONCE
    for tensor in weights:
        weight = numpy_helper.to_array(tensor)
        digits = np.concatenate([weight, weight / FINER, np.zeros_like(weight[:, :1]).repeat(zeros, axis=1)], axis=1)
        tensor.CopyFrom(numpy_helper.from_array(digits, tensor.name))
    for node in first:
        node.input[0] = _DIGITS
    for name, value in (("first_step", FIRST_STEP), ("finer", FINER)):
        graph.initializer.append(helper.make_tensor(name, TensorProto.FLOAT, [], [value]))
    split = [
        helper.make_node("Div", [source, "first_step"], ["steps"]),
        helper.make_node("Round", ["steps"], ["whole_steps"]),
        helper.make_node("Mul", ["whole_steps", "first_step"], ["first_digit"]),
        helper.make_node("Sub", [source, "first_digit"], ["left"]),
        helper.make_node("Mul", ["left", "finer"], ["second_digit"]),
        helper.make_node("Concat", ["first_digit", "second_digit"], ["digits" if zeros else _DIGITS], axis=1),
    ]
    if zeros:
        graph.initializer.append(helper.make_tensor("zeros", TensorProto.INT64, [8], [0, 0, 0, 0, 0, zeros, 0, 0]))
        split.append(helper.make_node("Pad", ["digits", "zeros"], [_DIGITS]))
    del graph.node[:]
    graph.node.extend([*nodes[:at], *split, *nodes[at:]])
    return True


def _networks_alone(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph up to the last convolutions of its networks, without trees: what quantizing looks at."""
    nodes = list(model.graph.node)
    before = _reached(nodes, forwards=False)
    heads = [node for at, node in enumerate(nodes) if node.op_type == "Conv" and not before[at]]
    needed = {name for head in heads for name in head.output}
    kept: list[onnx.NodeProto] = []
    for node in reversed(nodes):
        if not needed.isdisjoint(node.output):
            kept.insert(0, node)
            needed.update(node.input)
    alone = onnx.ModelProto()
    alone.CopyFrom(model)
    del alone.graph.node[:], alone.graph.output[:], alone.graph.initializer[:]
    alone.graph.node.extend(kept)
    alone.graph.initializer.extend(tensor for tensor in model.graph.initializer if tensor.name in needed)
    alone.graph.output.extend(onnx.helper.make_empty_tensor_value_info(head.output[0]) for head in heads)
    for output in alone.graph.output:
        output.type.tensor_type.elem_type = TensorProto.FLOAT
    return alone


def _put_back(quantized: onnx.ModelProto, plain: onnx.ModelProto, whole: onnx.ModelProto) -> onnx.ModelProto:
    """The quantized networks, which were ``plain``, and everything behind and beside them as it was."""
    graph = quantized.graph
    made = {name for node in plain.graph.node for name in node.output}
    known = {tensor.name for tensor in graph.initializer}
    rest = [node for node in whole.graph.node if made.isdisjoint(node.output)]
    needed = {name for node in rest for name in node.input}
    graph.node.extend(rest)
    graph.initializer.extend(each for each in whole.graph.initializer if each.name in needed - known)
    del graph.output[:]
    graph.output.extend(whole.graph.output)
    for opset in whole.opset_import:
        if opset.domain not in {own.domain for own in quantized.opset_import}:
            quantized.opset_import.append(opset)
    return quantized


def _not_between_convolutions(graph: onnx.GraphProto) -> list[str]:
    """Names of the nodes that stay in 32 bits: before the first convolution of a network, from its last one on, trees.

    An average of networks has several first and last ones. Nodes are stored in the order they can be run in.
    """
    nodes = list(graph.node)
    after, before = _reached(nodes, forwards=True), _reached(nodes, forwards=False)
    inside = (bool(before[at]) and (node.op_type == "Conv" or after[at]) for at, node in enumerate(nodes))
    return [node.name for node, within in zip(nodes, inside, strict=True) if not within]


def _reached(nodes: list[onnx.NodeProto], forwards: bool) -> list[bool]:
    """Which nodes come, directly or not, after a convolution, or else before one; convolutions themselves by others."""
    of_convolution: set[str] = set()
    found = [False] * len(nodes)
    for at in range(len(nodes)) if forwards else range(len(nodes) - 1, -1, -1):
        node = nodes[at]
        taken, given = (node.input, node.output) if forwards else (node.output, node.input)
        found[at] = not of_convolution.isdisjoint(taken)
        if found[at] or node.op_type == "Conv":
            of_convolution.update(given[:1] if node.op_type == "Conv" and not forwards else given)
    return found


def _plain(model: onnx.ModelProto) -> bytes:
    """The file's bytes, without operator sets that the optimizer declares and no node uses."""
    used = {node.domain for node in model.graph.node}
    for opset in [opset for opset in model.opset_import if opset.domain not in used]:
        model.opset_import.remove(opset)
    onnx.checker.check_model(model, full_check=True)
    plain: bytes = model.SerializeToString(deterministic=True)
    return plain
