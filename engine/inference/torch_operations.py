"""The ONNX operations (opset 17) of exported graphs, in torch; semantics as in onnx.ai's operator documentation.

Only operations of exports: any other is rejected by name. Integer parameters (axes, shapes, slice
bounds) are tensors on the CPU; reading them does not wait for the GPU.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional as F

from .torch_trees import tree_sums

Attributes: TypeAlias = Mapping[str, Any]
Inputs: TypeAlias = Sequence[Any]  # tensors; None if an optional input is omitted
Operation: TypeAlias = Callable[[Attributes, Inputs], "Tensor | Sequence[Tensor]"]

# Positions of inputs that are parameters; for all other operations every input is data.
SETTINGS: Mapping[str, frozenset[int]] = {
    "ReduceSum": frozenset({1}),
    "Reshape": frozenset({1}),
    "Slice": frozenset({1, 2, 3, 4}),
    "Split": frozenset({1}),
    "Squeeze": frozenset({1}),
    "Unsqueeze": frozenset({1}),
}

_TYPES = {  # onnx.TensorProto's numbers
    1: torch.float32,
    2: torch.uint8,
    4: torch.uint16,
    6: torch.int32,
    7: torch.int64,
    9: torch.bool,
    11: torch.float64,
}


def _ints(tensor: Tensor) -> list[int]:
    return [int(number) for number in tensor.flatten().tolist()]


def _cast(attributes: Attributes, inputs: Inputs) -> Tensor:
    cast: Tensor = inputs[0].to(_TYPES[attributes["to"]])
    return cast


def _clip(attributes: Attributes, inputs: Inputs) -> Tensor:
    low, high = (*inputs[1:], None, None)[:2]
    return torch.clamp(inputs[0], low, high)


def _conv(attributes: Attributes, inputs: Inputs) -> Tensor:
    weight, bias = inputs[1], inputs[2] if len(inputs) > 2 else None
    axes = weight.dim() - 2
    pads = list(attributes.get("pads", [0] * 2 * axes))
    if pads[:axes] != pads[axes:]:
        raise NotImplementedError(f"Conv with uneven pads {pads}")
    convolution = {1: F.conv1d, 2: F.conv2d}[axes]
    convolved: Tensor = convolution(
        inputs[0],
        weight,
        bias,
        stride=list(attributes.get("strides", [1] * axes)),
        padding=pads[:axes],
        dilation=list(attributes.get("dilations", [1] * axes)),
        groups=attributes.get("group", 1),
    )
    return convolved


def _batchnorm(attributes: Attributes, inputs: Inputs) -> Tensor:
    pixels, weight, bias, mean, variance = inputs
    return F.batch_norm(pixels, mean, variance, weight, bias, training=False, eps=attributes.get("epsilon", 1e-5))


def _div(attributes: Attributes, inputs: Inputs) -> Tensor:
    whole = not inputs[0].is_floating_point() and not inputs[1].is_floating_point()
    return torch.div(inputs[0], inputs[1], rounding_mode="trunc" if whole else None)


def _flatten(attributes: Attributes, inputs: Inputs) -> Tensor:
    shape = inputs[0].shape
    rows = shape[: attributes.get("axis", 1)].numel()
    flat: Tensor = inputs[0].reshape(rows, -1 if rows else shape.numel())
    return flat


def _gather(attributes: Attributes, inputs: Inputs) -> Tensor:
    data, positions = inputs
    axis = attributes.get("axis", 0) % data.dim()
    taken = data.index_select(axis, positions.flatten().to(data.device))
    gathered: Tensor = taken.reshape([*data.shape[:axis], *positions.shape, *data.shape[axis + 1 :]])
    return gathered


def _layernorm(attributes: Attributes, inputs: Inputs) -> Tensor:
    normalized = inputs[0].shape[attributes.get("axis", -1) :]
    bias = inputs[2] if len(inputs) > 2 else None
    return F.layer_norm(inputs[0], normalized, inputs[1], bias, eps=attributes.get("epsilon", 1e-5))


def _reduced(attributes: Attributes) -> dict[str, Any]:
    """The arguments of torch's reductions over axes."""
    return {"dim": list(attributes.get("axes", [])), "keepdim": bool(attributes.get("keepdims", 1))}


def _reduce_sum(attributes: Attributes, inputs: Inputs) -> Tensor:
    axes = _ints(inputs[1]) if len(inputs) > 1 and inputs[1] is not None else []
    if not axes and attributes.get("noop_with_empty_axes", 0):
        summed: Tensor = inputs[0]
        return summed
    return torch.sum(inputs[0], dim=axes or None, keepdim=bool(attributes.get("keepdims", 1)))


def _reshape(attributes: Attributes, inputs: Inputs) -> Tensor:
    data, shape = inputs[0], _ints(inputs[1])
    if not attributes.get("allowzero", 0):  # then 0 means: unchanged
        shape = [length or data.shape[axis] for axis, length in enumerate(shape)]
    reshaped: Tensor = data.reshape(shape)
    return reshaped


def _shape(attributes: Attributes, inputs: Inputs) -> Tensor:
    lengths = list(inputs[0].shape)[attributes.get("start", 0) : attributes.get("end")]
    return torch.tensor(lengths, dtype=torch.int64)


def _slice(attributes: Attributes, inputs: Inputs) -> Tensor:
    data, starts, ends = inputs[0], _ints(inputs[1]), _ints(inputs[2])
    axes = _ints(inputs[3]) if len(inputs) > 3 and inputs[3] is not None else list(range(len(starts)))
    steps = _ints(inputs[4]) if len(inputs) > 4 and inputs[4] is not None else [1] * len(starts)
    cut = [slice(None)] * data.dim()
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        cut[axis] = slice(start, end, step)
    part: Tensor = data[tuple(cut)]
    return part


def _split(attributes: Attributes, inputs: Inputs) -> Sequence[Tensor]:
    parts: Sequence[Tensor] = torch.split(inputs[0], _ints(inputs[1]), dim=attributes.get("axis", 0))
    return parts


def _squeeze(attributes: Attributes, inputs: Inputs) -> Tensor:
    return torch.squeeze(inputs[0], _ints(inputs[1])) if len(inputs) > 1 else torch.squeeze(inputs[0])


def _unsqueeze(attributes: Attributes, inputs: Inputs) -> Tensor:
    data, axes = inputs[0], _ints(inputs[1])
    for axis in sorted(at % (data.dim() + len(axes)) for at in axes):
        data = data.unsqueeze(axis)
    widened: Tensor = data
    return widened


OPERATIONS: Mapping[str, Operation] = {
    "Add": lambda attributes, inputs: torch.add(inputs[0], inputs[1]),
    "ArgMax": lambda attributes, inputs: torch.argmax(
        inputs[0], dim=attributes.get("axis", 0), keepdim=bool(attributes.get("keepdims", 1))
    ),
    "BatchNormalization": _batchnorm,
    "Cast": _cast,
    "Clip": _clip,
    "Concat": lambda attributes, inputs: torch.cat(list(inputs), dim=attributes["axis"]),
    "Conv": _conv,
    "Div": _div,
    "Equal": lambda attributes, inputs: torch.eq(inputs[0], inputs[1]),
    "Flatten": _flatten,
    "Floor": lambda attributes, inputs: torch.floor(inputs[0]),
    "Gather": _gather,
    "Greater": lambda attributes, inputs: torch.gt(inputs[0], inputs[1]),
    "GreaterOrEqual": lambda attributes, inputs: torch.ge(inputs[0], inputs[1]),
    "Identity": lambda attributes, inputs: inputs[0],
    "IsNaN": lambda attributes, inputs: torch.isnan(inputs[0]),
    "LayerNormalization": _layernorm,
    "MatMul": lambda attributes, inputs: torch.matmul(inputs[0], inputs[1]),
    "Max": lambda attributes, inputs: functools.reduce(torch.maximum, inputs),
    "Min": lambda attributes, inputs: functools.reduce(torch.minimum, inputs),
    "Mod": lambda attributes, inputs: torch.remainder(inputs[0], inputs[1]),
    "Mul": lambda attributes, inputs: torch.mul(inputs[0], inputs[1]),
    "Pow": lambda attributes, inputs: torch.pow(inputs[0], inputs[1]),
    "ReduceMax": lambda attributes, inputs: torch.amax(inputs[0], **_reduced(attributes)),
    "ReduceMin": lambda attributes, inputs: torch.amin(inputs[0], **_reduced(attributes)),
    "ReduceSum": _reduce_sum,
    "Relu": lambda attributes, inputs: torch.relu(inputs[0]),
    "Reshape": _reshape,
    "Shape": _shape,
    "Sigmoid": lambda attributes, inputs: torch.sigmoid(inputs[0]),
    "Slice": _slice,
    "Softmax": lambda attributes, inputs: torch.softmax(inputs[0], dim=attributes.get("axis", -1)),
    "Split": _split,
    "Squeeze": _squeeze,
    "Sub": lambda attributes, inputs: torch.sub(inputs[0], inputs[1]),
    "Transpose": lambda attributes, inputs: inputs[0].permute(
        list(attributes.get("perm", range(inputs[0].dim() - 1, -1, -1)))
    ),
    "TreeEnsembleRegressor": tree_sums,
    "Unsqueeze": _unsqueeze,
    "Where": lambda attributes, inputs: torch.where(inputs[0], inputs[1], inputs[2]),
}
