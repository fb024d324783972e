"""An exported ONNX graph, executed by torch: used if torch has CUDA support but ONNX Runtime has not.

The graph is used instead of the weights, because it was checked against the network at export, and is
used on all other machines: it includes standardization, calibration, nodata and class codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import numpy_helper
from torch import Tensor

from ..contract import ErrorCode, ModelError
from .torch_operations import OPERATIONS, SETTINGS
from .torch_trees import TREES, tables_of


@dataclass(frozen=True)
class _Step:
    """One operation: names of its inputs ("" = omitted) and outputs, and of values not needed after it."""

    operation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    done_with: tuple[str, ...] = ()

    def results(self, values: Mapping[str, Tensor], device: torch.device | None = None) -> Iterator[tuple[str, Tensor]]:
        """Its outputs by name; data computed on the CPU (from shapes) are moved to ``device``."""
        settings = SETTINGS.get(self.operation, frozenset())
        inputs = [values[name] if name else None for name in self.inputs]
        if device is not None:
            inputs = [
                value if value is None or at in settings or not value.dim() else value.to(device)
                for at, value in enumerate(inputs)
            ]
        found = OPERATIONS[self.operation](self.attributes, inputs)
        return zip(self.outputs, [found] if isinstance(found, Tensor) else found, strict=True)


@dataclass
class _Plan:
    """Constants on the CPU by name, and the remaining steps; ``counted`` are values that depend only on shapes."""

    constants: dict[str, Tensor]
    steps: list[_Step] = field(default_factory=list)
    counted: set[str] = field(default_factory=set)


class TorchGraph:
    """A graph ready to run; thread-safe.

    Args:
        graph: the ONNX file's bytes.
        device: the device of data and weights.

    Raises:
        ModelError: not a graph, or one with operations that no export has.
    """

    def __init__(self, graph: bytes, device: torch.device) -> None:
        model = _parsed(graph)
        plan = _planned(model)
        _merge_normalizations(plan)
        self.input = model.graph.input[0].name
        self.outputs = tuple(output.name for output in model.graph.output)
        self._device = device
        self._counted = frozenset(plan.counted)
        self._steps = _with_last_uses(plan.steps, self.outputs)
        self._constants = _placed(plan, device)

    def __call__(self, values: Tensor) -> dict[str, Tensor]:
        """Run on values on the device; outputs by their names in the graph."""
        known = {**self._constants, self.input: values}
        for step in self._steps:
            counted = step.outputs[0] in self._counted
            known.update(step.results(known, None if counted else self._device))
            for name in step.done_with:
                del known[name]
        return {name: known[name] for name in self.outputs}


def _parsed(graph: bytes) -> onnx.ModelProto:
    try:
        model = onnx.load_from_string(graph)
        onnx.checker.check_model(model)
    except (onnx.checker.ValidationError, DecodeError) as error:
        raise _unusable("a graph that cannot be read", str(error)) from error
    unknown = sorted({node.op_type for node in model.graph.node} - {*OPERATIONS, "Constant"})
    if unknown:
        raise _unusable(f"a graph with {', '.join(unknown)}, which this version cannot run with PyTorch")
    return model


def _planned(model: onnx.ModelProto) -> _Plan:
    """Evaluate everything that does not depend on inputs; mark what depends only on shapes."""
    plan = _Plan({tensor.name: _tensor(tensor) for tensor in model.graph.initializer})
    for node in model.graph.node:
        attributes: Mapping[str, Any] = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            plan.constants[node.output[0]] = _tensor(attributes["value"])
            continue
        if node.op_type == TREES:
            attributes = tables_of(attributes)
        step = _Step(node.op_type, tuple(node.input), tuple(node.output), attributes)
        taken = {name for name in step.inputs if name}
        if taken <= plan.constants.keys():
            plan.constants.update(step.results(plan.constants))
            continue
        if step.operation == "Shape" or taken <= plan.constants.keys() | plan.counted:
            plan.counted.update(step.outputs)
        plan.steps.append(step)
    return plan


def _tensor(tensor: onnx.TensorProto) -> Tensor:
    return torch.from_numpy(np.array(numpy_helper.to_array(tensor)))


def _merge_normalizations(plan: _Plan) -> None:
    """Fold batch normalization after a convolution into its weights: saves one pass over the pixels."""
    uses = Counter(name for step in plan.steps for name in step.inputs)
    makers = {step.outputs[0]: at for at, step in enumerate(plan.steps)}
    merged = set()
    for at, step in enumerate(plan.steps):
        before = makers.get(step.inputs[0], at)
        convolution = plan.steps[before]
        if step.operation != "BatchNormalization" or convolution.operation != "Conv" or uses[step.inputs[0]] > 1:
            continue
        if not {*convolution.inputs[1:], *step.inputs[1:]} <= plan.constants.keys():
            continue
        plan.steps[at] = _merged(convolution, step, plan.constants)
        merged.add(before)
    plan.steps = [step for at, step in enumerate(plan.steps) if at not in merged]


def _merged(convolution: _Step, normalization: _Step, constants: dict[str, Tensor]) -> _Step:
    """γ (w·x + b − μ) / √(σ² + ε) + β as one convolution, its weights computed in float64."""
    gamma, beta, mean, variance = (constants[name].double() for name in normalization.inputs[1:])
    scale = gamma / (variance + normalization.attributes.get("epsilon", 1e-5)).sqrt()
    weight = constants[convolution.inputs[1]].double()
    bias = constants[convolution.inputs[2]].double() if len(convolution.inputs) > 2 else torch.zeros_like(mean)
    names = tuple(f"{normalization.outputs[0]}/{part}" for part in ("weight", "bias"))
    constants[names[0]] = (weight * scale.view(-1, *[1] * (weight.dim() - 1))).float()
    constants[names[1]] = ((bias - mean) * scale + beta).float()
    return replace(convolution, inputs=(convolution.inputs[0], *names), outputs=normalization.outputs)


def _with_last_uses(steps: Sequence[_Step], kept: Sequence[str]) -> list[_Step]:
    """Each step with the values it is the last to use, so that memory can be freed."""
    computed = {name for step in steps for name in step.outputs} - {*kept}
    finished: list[_Step] = []
    for step in reversed(steps):
        done_with = computed & {*step.inputs, *step.outputs}
        computed -= done_with
        finished.append(replace(step, done_with=tuple(sorted(done_with))))
    return finished[::-1]


def _placed(plan: _Plan, device: torch.device) -> dict[str, Tensor]:
    """The used constants on the device of their users: data on the device, parameters on the CPU."""
    placed = {}
    for step in plan.steps:
        settings = SETTINGS.get(step.operation, frozenset())
        for at, name in enumerate(step.inputs):
            if name in plan.constants:
                stays = step.outputs[0] in plan.counted or at in settings
                placed[name] = plan.constants[name] if stays else plan.constants[name].to(device)
    return placed


def _unusable(found: str, details: str = "") -> ModelError:
    return ModelError(
        ErrorCode.MODEL_DAMAGED,
        subject="the model's graph",
        found=found,
        expected="a graph exported by CoLearn",
        remedy="Copy the model file again, train the model again, or choose the device cpu.",
        details=details,
    )
