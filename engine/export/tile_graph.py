"""A sensor's graph for other programs: from raw values of a tile to one score per class and pixel of the tile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..contract import ENGINE_VERSION, PROBABILITIES, VALUES, SensorManifest, Task, damaged

IMAGE, SCORES = "image", "scores"
_PREFIX = "colearn_plain_"  # prefix of all added names: no name of the graph begins like this


@dataclass(frozen=True)
class TileScores:
    """The conversion of scores to the output.

    For a classification the first channel is 1 where the pixel is nodata, the others are probabilities times
    ``weights`` (class,): the largest is the class of CoLearn's map. For other tasks each output is a channel, NaN where
    the pixel is nodata.
    """

    task: Task
    outputs: int
    weights: tuple[float, ...] = ()

    @property
    def channels(self) -> int:
        """The number of channels of the output."""
        return self.outputs + (self.task.one_class)


def plain_onnx(
    graph: bytes, sensor: SensorManifest, scores: TileScores, tile_px: int, metadata: Iterable[tuple[str, str]]
) -> bytes:
    """A graph wrapping a sensor's graph: ``image`` (1, channel, row, col) to ``scores`` (1, channel, row, col).

    Channels of the image are the sensor's bands; for a series all bands of the first date, then of the second, and so
    on. The values of the training's NODATA and NaN are nodata; so is everything outside the tile.

    Raises:
        ModelError: MODEL_DAMAGED, if an untrusted graph uses the names of the wrapper, or declares wrong types.
    """
    model = onnx.load_from_string(graph)
    names = [output.name for output in model.graph.output]
    inner, found = model.graph.input[0].name, next(name for name in names if name in (PROBABILITIES, VALUES))
    before, after = _Nodes("before"), _Nodes("after")
    _lead_in(before, sensor, tile_px, inner)
    _lead_out(after, sensor, scores, tile_px, found)
    nodes = _needed([*before.nodes, *model.graph.node, *after.nodes], SCORES)
    used = {name for node in nodes for name in node.input}
    constants = [*model.graph.initializer, *before.constants, *after.constants]
    channels = sensor.shape.channels
    whole = helper.make_graph(
        nodes,
        sensor.name,
        [helper.make_tensor_value_info(IMAGE, TensorProto.FLOAT, [1, channels, tile_px, tile_px])],
        [helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, [1, scores.channels, tile_px, tile_px])],
        [each for each in constants if each.name in used],
    )
    made = helper.make_model(
        whole, opset_imports=model.opset_import, ir_version=model.ir_version, producer_name="CoLearn"
    )
    made.producer_version = ENGINE_VERSION
    helper.set_model_props(made, dict(metadata))
    try:
        onnx.checker.check_model(made, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        found = f"a graph for {sensor.name[:60]} whose inputs and outputs cannot be changed"
        raise damaged("the model", found, "a graph exported by CoLearn", str(error)) from error
    exported: bytes = made.SerializeToString(deterministic=True)
    return exported


class _Nodes:
    """Nodes in order, each with one output, and their constants."""

    def __init__(self, place: str) -> None:
        self._prefix = f"{_PREFIX}{place}_"
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """Add a node; returns its output's name."""
        name = output or f"{self._prefix}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, values: NDArray[Any]) -> str:
        """Add a constant; returns its name."""
        name = f"{self._prefix}constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name


def _lead_in(nodes: _Nodes, sensor: SensorManifest, tile_px: int, inner: str) -> None:
    """From the tile to the input of the sensor's graph: nodata as NaN, padded by a halo of it, or pixels in a row."""
    values, nan = IMAGE, nodes.constant(np.asarray(np.nan, np.float32))
    for nodata in sensor.nodata:
        is_nodata = nodes.add("Equal", [values, nodes.constant(np.asarray(nodata, np.float32))])
        values = nodes.add("Where", [is_nodata, nan, values])
    if sensor.shape.has_space:
        halo = sensor.halo_px
        pads = nodes.constant(np.asarray([0, 0, halo, halo, 0, 0, halo, halo], np.int64))
        nodes.add("Pad", [values, pads, nan], inner)
        return
    shape = nodes.constant(np.asarray([1, len(sensor.dates), len(sensor.bands), tile_px * tile_px], np.int64))
    by_date = nodes.add("Reshape", [values, shape])
    nodes.add("Transpose", [by_date], inner, perm=[0, 2, 1, 3])


def _lead_out(nodes: _Nodes, sensor: SensorManifest, scores: TileScores, tile_px: int, found: str) -> None:
    """From the graph's scores to channels of the tile's pixels."""
    if not sensor.shape.has_space:
        shape = nodes.constant(np.asarray([1, scores.outputs, tile_px, tile_px], np.int64))
        found = nodes.add("Reshape", [found, shape])
    if not scores.task.one_class:
        nodes.add("Identity", [found], SCORES)
        return
    if scores.weights:
        weights = np.asarray(scores.weights, np.float32).reshape(1, -1, 1, 1)
        found = nodes.add("Mul", [found, nodes.constant(weights)])
    is_nodata = nodes.add("IsNaN", [found])
    valid = nodes.add("Where", [is_nodata, nodes.constant(np.asarray(0, np.float32)), found])
    first = nodes.add("Slice", [nodes.add("Cast", [is_nodata], to=TensorProto.FLOAT), *_first_channel(nodes)])
    nodes.add("Concat", [first, valid], SCORES, axis=1)


def _first_channel(nodes: _Nodes) -> list[str]:
    return [nodes.constant(np.asarray([at], np.int64)) for at in (0, 1, 1)]  # from, to, axis


def _needed(nodes: Sequence[Any], output: str) -> list[Any]:
    """The nodes that an output depends on, in order."""
    wanted, kept = {output}, []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    return kept[::-1]
