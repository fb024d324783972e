"""Graphs that make huge arrays of sizes they compute, so that no look at them tells."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def node(operator: str, inputs: str, outputs: str, **attributes: object):
    return helper.make_node(operator, inputs.split(), outputs.split(), **attributes)


# Nodes that make ``huge`` of ``input`` (1, 1, 48, 48) and of the constants below. ``large`` is 230,400 × 230,400.
_SQUARED = [
    node("Shape", "input", "shape"),
    node("Mul", "shape shape", "squared"),
    node("Mul", "squared k100", "large"),
]
_OUTER = [
    *(node("Reshape", "input column", "a"), node("Reshape", "input line", "b"), node("MatMul", "a b", "ab")),
    *(node("Reshape", "ab column", "c"), node("Reshape", "ab line", "d"), node("MatMul", "c d", "huge")),
]
_COUNTED = [
    *(node("Cast", "input", "whole", to=TensorProto.INT64), node("ReduceSum", "whole", "sum", keepdims=0)),
    *(node("Add", "sum k1e12", "end"), node("Range", "zero end one", "numbers")),
    node("Cast", "numbers", "huge", to=TensorProto.FLOAT),
]
_REPEATED = [*_SQUARED, node("Tile", "input large", "huge")]
GREEDY = {
    "ConstantOfShape": [*_SQUARED, node("ConstantOfShape", "large", "huge")],
    "ConstantOfShape of constants": [node("Mul", "k1e6 k1e6", "kk"), node("ConstantOfShape", "kk", "huge")],
    "Expand": [*_SQUARED, node("Mul", "shape ones_but_last", "s"), node("Expand", "few large", "huge")],
    "Tile": _REPEATED,
    "Resize": [
        *(*_SQUARED, node("Slice", "large two four first", "last"), node("Concat", "one_one last", "sizes", axis=0)),
        node("Resize", "input nothing nothing sizes", "huge"),
    ],
    "MatMul": _OUTER,
    "Range": _COUNTED,
    "Pad": [
        *(*_SQUARED, node("Concat", "zeros4 large", "pads", axis=0)),
        node("Pad", "input pads", "huge"),
    ],
    "OneHot": [
        node("Cast", "input", "whole", to=TensorProto.INT64),
        node("Mul", "k1e6s k1e6s", "depth"),
        node("OneHot", "whole depth off_on", "huge"),
    ],
    "Gather": [
        *(node("Reshape", "input column", "a"), node("MatMul", "a line_of_zeros", "ab")),
        *(node("Cast", "ab", "places", to=TensorProto.INT64), node("Gather", "input places", "huge", axis=3)),
    ],
}
_CONSTANTS = {
    "k100": np.array([1, 1, 100, 100]),
    "column": np.array([-1, 1]),
    "line": np.array([1, -1]),
    "zero": np.array(0),
    "one": np.array(1),
    "k1e12": np.array(10**12),
    "k1e6": np.array([10**6]),
    "k1e6s": np.array([10**6]),
    "ones_but_last": np.array([1, 1, 1, 1]),
    "few": np.ones((1, 1, 1, 1), np.float32),
    "two": np.array([2]),
    "first": np.array([0]),
    "four": np.array([4]),
    "one_one": np.array([1, 1]),
    "zeros4": np.array([0, 0, 0, 0]),
    "off_on": np.array([0, 1], np.float32),
    "line_of_zeros": np.zeros((1, 10**4), np.float32),
}


def greedy_graph(nodes: list) -> bytes:
    """Such a graph, whose outputs are those of a plain one plus the sum of all that it made."""
    value = helper.make_tensor_value_info
    tail = [
        node("ReduceSum", "huge", "sum_of_all", keepdims=0),
        node("Add", "input sum_of_all", "one_class"),
        node("Concat", "one_class one_class", "probabilities", axis=1),
        node("ArgMax", "probabilities", "wide", axis=1, keepdims=0),
        node("Add", "wide one", "code"),
        node("Cast", "code", "label", to=TensorProto.UINT8),
    ]
    wanted = {name for each in (*nodes, *tail) for name in each.input}
    for each in nodes:  # an input that is left out has no name
        each.input[:] = ["" if name == "nothing" else name for name in each.input]
    graph = helper.make_graph(
        [*nodes, *tail],
        "greedy",
        [value("input", TensorProto.FLOAT, ("batch", 1, "row", "col"))],
        [
            value("probabilities", TensorProto.FLOAT, ("batch", 2, "row", "col")),
            value("label", TensorProto.UINT8, ("batch", "row", "col")),
        ],
        [numpy_helper.from_array(array, name) for name, array in _CONSTANTS.items() if name in wanted],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()
