"""Verification that a graph does only what its manifest says, before it is passed to any runtime."""

from __future__ import annotations

from collections.abc import Iterator

from ..contract import LABEL, Axes, Manifest, ModelError, SensorManifest, damaged, graph_outputs, thousands
from .graph_wire import GraphFacts, NodeFacts, TensorFacts, ValueFacts, WireError, read_graph
from .operators import OPERATORS

MOST_NODES = 50_000
MOST_MADE = 2**26  # values of an array whose size is given in the graph
_FLOAT, _UINT8, _UINT16 = 1, 2, 4
_INPUT = "input"
# Operators that create an array with a size given by an input: the index of that input.
_SIZES = {"Expand": 1, "ConstantOfShape": 0, "Tile": 1, "Resize": 3, "Pad": 1, "OneHot": 1}


def require_plain_graph(content: bytes, manifest: Manifest, sensor: SensorManifest, path: str) -> None:
    """Raise unless a graph has only known operators of bounded size, and the inputs and outputs of the manifest.

    Raises:
        ModelError: MODEL_DAMAGED.
    """
    try:
        graph = read_graph(content)
    except WireError as error:
        raise _refused(path, sensor, str(error), "a graph exported by CoLearn") from error
    for found, expected in _faults(graph, manifest, sensor):
        raise _refused(path, sensor, found, expected)


def _faults(graph: GraphFacts, manifest: Manifest, sensor: SensorManifest) -> Iterator[tuple[str, str]]:
    yield from _faults_of_parts(graph)
    yield from _faults_of_input(graph, sensor)
    yield from _faults_of_outputs(graph, manifest, sensor)
    yield from _faults_of_sizes(graph)


def _faults_of_parts(graph: GraphFacts) -> Iterator[tuple[str, str]]:
    if graph.others:
        yield f"a graph with {graph.others[0]}", "operations and constants"
    if len(graph.nodes) > MOST_NODES:
        yield f"{len(graph.nodes)} operations", f"at most {MOST_NODES}"
    for node in graph.nodes:
        if node.operator not in OPERATORS.get(node.domain, ()) or node.has_graph:
            yield f"the operation {f'{node.domain}.' if node.domain else ''}{node.operator}", "operations on arrays"
    for constant in (*graph.constants, *(each for node in graph.nodes for each in node.tensors)):
        if constant.is_external:
            yield f"a constant ({constant.name[:60]}) stored in another file", "constants inside the graph"


def _faults_of_input(graph: GraphFacts, sensor: SensorManifest) -> Iterator[tuple[str, str]]:
    constants = {constant.name for constant in graph.constants}
    inputs = [value for value in graph.inputs if value.name not in constants]
    dates = f" and {len(sensor.dates)} dates" if sensor.shape.has_dates else ""
    expected = f"one input of {len(sensor.bands)} bands{dates}"
    if len(inputs) != 1 or not _fits(inputs[0], (_FLOAT,), sensor.shape.graph_input):
        yield f"the inputs {', '.join(map(_described, inputs)) or 'none'}", expected


def _faults_of_outputs(graph: GraphFacts, manifest: Manifest, sensor: SensorManifest) -> Iterator[tuple[str, str]]:
    shown = manifest.classes or manifest.targets
    wanted = graph_outputs(manifest.task, sensor.shape, len(shown))
    of_label = _UINT8 if manifest.class_dtype == "uint8" else _UINT16
    found = {value.name: value for value in graph.outputs}
    fits = set(found) == set(wanted) and all(
        _fits(found[name], (of_label if name == LABEL else _FLOAT,), axes) for name, axes in wanted.items()
    )
    if not fits or len(found) != len(graph.outputs):
        listing = ", ".join(map(_described, graph.outputs)) or "none"
        of_what = f"{len(shown)} {'classes' if LABEL in wanted else 'targets'}"
        yield f"the outputs {listing}", f"{' and '.join(wanted)} of {of_what}"


def _faults_of_sizes(graph: GraphFacts) -> Iterator[tuple[str, str]]:
    """Check array sizes given by constants; sizes derived from shapes only grow with the block."""
    constants = {constant.name: constant for constant in graph.constants}
    for node in graph.nodes:
        if node.operator == "Constant" and node.outputs and node.tensors:
            constants[node.outputs[0]] = node.tensors[0]
    for node in graph.nodes:
        size = _made_by(node, constants)
        if size > MOST_MADE:
            yield (
                f"an operation ({node.operator}) that makes {thousands(size)} values",
                f"at most {thousands(MOST_MADE)}",
            )


def _made_by(node: NodeFacts, constants: dict[str, TensorFacts]) -> int:
    at = _SIZES.get(node.operator)
    if node.operator == "Range":
        limits = [constants[name].values for name in node.inputs if name in constants and constants[name].values]
        return max((abs(value) for values in limits for value in values), default=0)
    if at is None or at >= len(node.inputs) or node.inputs[at] not in constants:
        return 0
    values = constants[node.inputs[at]].values
    if node.operator == "Pad":
        return sum(max(value, 0) for value in values) ** 2
    size = 1
    for value in values:
        size *= max(abs(value), 1)
    return size


def _fits(value: ValueFacts, kinds: tuple[int, ...], axes: Axes) -> bool:
    """Whether type and lengths match the expected ones, as far as the graph declares them."""
    if value.kind not in kinds or len(value.shape) != len(axes):
        return False
    return all(one is None or isinstance(axis, str) or one == axis for one, axis in zip(value.shape, axes))


def _described(value: ValueFacts) -> str:
    lengths = " × ".join("any" if length is None else str(length) for length in value.shape)
    return f"{value.name[:40]} ({lengths})"


def _refused(path: str, sensor: SensorManifest, found: str, expected: str) -> ModelError:
    return damaged(path, f"a graph for {sensor.name[:60]} with {found}", expected)
