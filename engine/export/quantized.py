"""The 8-bit graph: static per-channel quantization, calibrated on training samples.

Activations are uint8, weights int8 with a scale per channel (Jacob et al. 2018, arXiv 1712.05877), the full range of
both: VNNI accumulates products of uint8 and int8 exactly. Quantized is everything from the first convolution to
the last but one. Standardization, nodata, the head, calibration and the decision remain fp32: they cost little,
and probabilities in 256 steps would be visible in a map.

The input is represented by two 8-bit digits. Bands with 12 bits lose most by 256 steps, more than by all layers; with
two digits the first convolution has twice the channels, and the whole graph half the error, at the same speed. Very
many bands keep one digit: their rounding errors average out, and doubling them would cost a third of the speedup.
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
# Between convolutions all must be 8-bit to avoid conversions: Relu is fused into the preceding convolution,
# Add and Slice occur in residual units.
_QUANTIZED = ("Conv", "Relu", "Add", "Slice")

FIRST_STEP = 1 / 8  # step of the first digit, in standard deviations
FINER = 16  # factor of the second digit; with more, its proportionally smaller weights would vanish in their 8 bits
_DIGITS = "input_in_two_digits"
# Channels that VNNI accumulates at once: padded to a multiple of them, graphs ran 6 to 20 % faster.
_CHANNELS_AT_ONCE = 4
# From -16 to just under 16 standard deviations; values beyond are clipped.
_SCALE = {"scale": np.array(FIRST_STEP, np.float32), "zero_point": np.array(128, np.uint8)}


def gains_from_int8(network: SensorNetwork) -> bool:
    """Whether an 8-bit graph of this network is worth having.

    Decided by the type of network, so that equal trainings give equal files. Convolutions take nearly all the time of
    convolutional networks, and are two to four times faster in 8 bits if the processor has VNNI. Attention is products
    of activations, normalizations and softmax: measured, L-TAE gained a fifth and the transformer nothing.
    """
    encoders: tuple[Encoder, ...] = (network.specific, network.common)
    return all(encoder.convolutional for encoder in encoders)


def quantize_graph(exported: bytes, shape: SampleShape, samples: Floats) -> bytes:
    """The 8-bit version of an exported graph: the same inputs and outputs; deterministic.

    Args:
        exported: the ONNX file of :func:`.graph.export_graph`.
        samples: raw values of training samples, laid out as in :class:`~..samples.sample_set.SensorSamples`. At most
            1000, evenly spaced, are used: activations in a map beyond the range seen here are clipped.
    """
    with scratch_folder() as folder, _disk_full_errors(folder, exported):
        plain, folded, quantized = (folder / f"{name}.onnx" for name in ("plain", "folded", "int8"))
        # Folds batch normalization into the convolutions. Shapes come from the exporter; symbolic ones are not needed.
        # Passed as a file: for a model in memory, some versions refer to tensors in a file that does not exist.
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
    """If a library fails because the disk is full, raise that error and not the one about a truncated file.

    Raises:
        OSError: the drive has no space for twice the graph.
    """
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            (folder / "room").write_bytes(2 * exported)


class _Samples(CalibrationDataReader):  # type: ignore[misc]  # the library has no types
    """Calibration samples in batches, as input of the graph."""

    def __init__(self, samples: Floats, shape: SampleShape) -> None:
        self._parts = _parts(samples, shape)

    def get_next(self) -> dict[str, Any] | None:
        """The next batch by the name of the graph's input; None at the end."""
        return next(self._parts, None)


def _parts(samples: Floats, shape: SampleShape) -> Iterator[dict[str, Any]]:
    evenly = np.unique(np.linspace(0, len(samples) - 1, MOST_CALIBRATION_SAMPLES).round().astype(int))
    for start in range(0, len(evenly), SAMPLES_AT_ONCE):
        yield {"input": raster_of(samples[evenly[start : start + SAMPLES_AT_ONCE]], shape)}


def split_inputs(graph: onnx.GraphProto) -> bool:
    """Represent the input x of every first convolution by two digits; the result is unchanged.

    With c = round(8 x) / 8, along the channels w · x becomes w · c + w / 16 · 16 (x − c): 8 bits in steps of 1/8 hold
    c exactly, and the rest in steps 16 times finer. Channels are zero-padded to what the processor handles at once.
    Returns False if there are too many channels, and the graph is unchanged.
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
    """The part of the graph to be quantized: up to the last convolutions of its networks, without trees."""
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
    """The whole graph with its networks (``plain``) replaced by the quantized ones."""
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
    """Names of the nodes that remain fp32: before the first convolution of a network, from its last one on, trees.

    An average of networks has several first and last ones. Nodes are stored in topological order.
    """
    nodes = list(graph.node)
    after, before = _reached(nodes, forwards=True), _reached(nodes, forwards=False)
    inside = (bool(before[at]) and (node.op_type == "Conv" or after[at]) for at, node in enumerate(nodes))
    return [node.name for node, within in zip(nodes, inside, strict=True) if not within]


def _reached(nodes: list[onnx.NodeProto], forwards: bool) -> list[bool]:
    """The nodes after, or before, another convolution, directly or indirectly."""
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
    """The file's bytes, without unused operator sets declared by the optimizer."""
    used = {node.domain for node in model.graph.node}
    for opset in [opset for opset in model.opset_import if opset.domain not in used]:
        model.opset_import.remove(opset)
    onnx.checker.check_model(model, full_check=True)
    plain: bytes = model.SerializeToString(deterministic=True)
    return plain
