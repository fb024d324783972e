"""The floor of all comparisons: the product of two large float32 matrices on one thread."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper

from ...engine.arrays import Floats
from .entries import Entry, Work
from .names import SGEMM_NUMPY, SGEMM_RUNTIME, SGEMM_TORCH


def matrix_entries(side: int) -> tuple[Entry, ...]:
    """The same product with each library; the unit is one floating-point operation.

    Libraries differ by a factor of two on some processors; the fastest one is the floor.
    """
    random = np.random.default_rng(0)
    first, second = (random.random((side, side), np.float32) for _ in range(2))
    by_torch = torch.from_numpy(first), torch.from_numpy(second)
    session = _session(second)

    products: dict[str, Work] = {
        SGEMM_NUMPY: lambda: first @ second,
        SGEMM_TORCH: lambda: by_torch[0] @ by_torch[1],
        SGEMM_RUNTIME: lambda: session.run(None, {"first": first}),
    }
    flops = float(2 * side**3)
    return tuple(Entry(name, flops, lambda product=product: product) for name, product in products.items())


def _session(second: Floats) -> ort.InferenceSession:
    side = len(second)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["first", "second"], ["product"])],
        "product",
        [helper.make_tensor_value_info("first", TensorProto.FLOAT, [side, side])],
        [helper.make_tensor_value_info("product", TensorProto.FLOAT, [side, side])],
        [numpy_helper.from_array(second, "second")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
