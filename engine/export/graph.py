"""Export: one sensor's predictor as one self-contained ONNX graph, raw values in, classes or values out."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

from ..arrays import Floats
from ..contract import LABEL, Axes, Device, ErrorCode, ModelError, graph_outputs
from ..inference import Session
from ..learning.fit import TrainedNetwork, predict_with
from ..model import PredictionNetwork, folded, output_of
from ..samples import raster_of, rows_of
from ..trees import ML_DOMAIN, ML_OPSET, MapPredictor, TreeEnsemble

OPSET = 17
TOLERANCE = 1e-4  # in probability, or relative to the target's standard deviation
_WIDE_LABEL = "label_int64"


def export_graph(network: TrainedNetwork, sensor: str, class_codes: Sequence[int], nodata: float) -> bytes:
    """The ONNX file that maps from ``sensor``, including standardization, nodata, network and decision.

    Args:
        class_codes: code of each class in the map, classification only.
        nodata: the map's nodata; determines whether labels are uint8 (up to 255) or uint16.

    Raises:
        ModelError: the graph's predictions differ from the network's.
    """
    trained = network.sensor(sensor)
    probe = Probe(sensor, trained.probe, np.asarray(network.target_sd, np.float32))
    return export_predictor(network.predictor(sensor), probe, class_codes, nodata)


@dataclass(frozen=True)
class Probe:
    """Test data for an exported graph: complete raw values of a few samples of a sensor.

    Scores may differ by 1e-4 of ``unit`` (output,): 1 for probabilities, otherwise a target's standard deviation.
    """

    sensor: str
    values: Floats
    unit: Floats


def export_predictor(predictor: MapPredictor, probe: Probe, class_codes: Sequence[int], nodata: float) -> bytes:
    """As :func:`export_graph`, for any predictor of one sensor: a network, a forest, or an average of them.

    Raises:
        ModelError: the graph's predictions differ from the predictor's.
    """
    graph = MapGraph(_folded(predictor), class_codes, int(nodata))
    exported = _finished(_traced(graph, probe.values), nodata)
    _check_parity(predictor, probe, exported)
    return exported


def _folded(predictor: MapPredictor) -> MapPredictor:
    """A copy whose networks need fewer multiplications."""
    copied: Any = deepcopy(predictor)
    for module in copied.modules():
        if isinstance(module, PredictionNetwork):
            module.path = folded(module.path)
    found: MapPredictor = copied
    return found


class MapGraph(nn.Module):
    """The exported module: scores and, except for regression, the decision.

    Args:
        predictor: one sensor's predictor, in evaluation mode.
        codes: (class,) the classes' codes in the map.
        nodata: label of pixels that are nodata.
    """

    codes: Tensor

    def __init__(self, predictor: MapPredictor, codes: Sequence[int], nodata: int) -> None:
        super().__init__()
        self.predictor = predictor
        self.nodata = nodata
        self.register_buffer("codes", torch.tensor(list(codes), dtype=torch.int64))

    def forward(self, raster: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Raw values to scores and labels; without spatial axes, the row axis used by the encoders is removed."""
        scores, valid = self.predictor.forward_dense(raster)
        if not self.predictor.shape.has_space:
            scores, valid = scores.squeeze(2), valid.squeeze(2)
        end = self.predictor.scores
        label = output_of(end.task).label(scores, valid, end.decide, self.codes, self.nodata)
        return scores if label is None else (scores, label)


def _traced(graph: MapGraph, samples: Floats) -> onnx.ModelProto:
    """The graph as ONNX, with labels still int64; trees use an additional operator set."""
    trees = any(isinstance(module, TreeEnsemble) for module in graph.modules())
    axes = _axes(graph.predictor, len(graph.codes))
    file: Any = io.BytesIO()  # torch's annotations allow only paths
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore", DeprecationWarning)  # this exporter needs no other package than onnx
        torch.onnx.export(
            graph.eval(),
            (torch.from_numpy(raster_of(samples[:2], graph.predictor.shape)),),
            file,
            dynamo=False,
            opset_version=OPSET,
            input_names=["input"],
            output_names=list(axes)[1:],
            dynamic_axes={name: _free(own) for name, own in axes.items()},
            custom_opsets={ML_DOMAIN: ML_OPSET} if trees else None,
        )
    return onnx.load_from_string(file.getvalue())


def _axes(predictor: MapPredictor, outputs: int) -> dict[str, Axes]:
    """The axes of the input, then of all outputs, with labels under the name of wide ones."""
    shape = predictor.shape
    given = graph_outputs(predictor.scores.task, shape, outputs)
    return {"input": shape.graph_input} | {_WIDE_LABEL if name == LABEL else name: of for name, of in given.items()}


def _free(axes: Axes) -> dict[int, str]:
    """The names of dynamic axes, by position."""
    return {at: axis for at, axis in enumerate(axes) if isinstance(axis, str)}


def _finished(model: onnx.ModelProto, nodata: float) -> bytes:
    """The checked graph with labels of the map's data type, as bytes that are deterministic for given weights."""
    if any(output.name == _WIDE_LABEL for output in model.graph.output):
        kind = TensorProto.UINT8 if nodata <= 255 else TensorProto.UINT16
        wide = next(output for output in model.graph.output if output.name == _WIDE_LABEL)
        axes = [axis.dim_param or axis.dim_value for axis in wide.type.tensor_type.shape.dim]
        model.graph.node.append(helper.make_node("Cast", [_WIDE_LABEL], [LABEL], to=kind))
        model.graph.output.remove(wide)
        model.graph.output.append(helper.make_tensor_value_info(LABEL, kind, axes))
    onnx.checker.check_model(model, full_check=True)
    exported: bytes = model.SerializeToString(deterministic=True)
    return exported


def _check_parity(predictor: MapPredictor, probe: Probe, exported: bytes) -> None:
    """Compare the graph with the predictor on training samples, both complete and with nodata.

    Raises:
        ModelError: they differ by more than the tolerance, or in which pixels are nodata.
    """
    values = np.concatenate([probe.values, _with_holes(probe.values)])
    expected = predict_with(predictor, values)
    session = Session(exported, Device.CPU, threads=0)
    found = rows_of(session.run(raster_of(values, predictor.shape)).scores, predictor.shape)
    difference = np.abs(found - expected) / probe.unit
    same_nodata = np.array_equal(np.isnan(found), np.isnan(expected))
    if not same_nodata or np.nanmax(difference, initial=0.0) > TOLERANCE:
        raise _differs(probe.sensor, float(np.nanmax(difference, initial=0.0)), same_nodata)


def _with_holes(samples: Floats) -> Floats:
    """The samples with nodata in one corner (first date) of one band, and the last sample without any value."""
    holed = samples.copy()
    holed.reshape(len(holed), -1)[:, 0] = np.nan
    holed[-1:] = np.nan
    return holed


def _differs(sensor: str, difference: float, same_nodata: bool) -> ModelError:
    nodata = "" if same_nodata else ", with different nodata pixels"
    return ModelError(
        ErrorCode.MODEL_EXPORT_DIFFERS,
        subject=sensor,
        found=f"an exported graph that deviates by up to {difference:.3g} from the trained network{nodata}",
        expected=f"a deviation of at most {TOLERANCE:g}",
        remedy="Please report this with the versions of torch, onnx and onnxruntime in use.",
    )
