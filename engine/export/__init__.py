"""Export of networks as fp32 and 8-bit ONNX graphs, and their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract import send_no_reports
from ..contract.lazy import lazy_door

send_no_reports()  # before any module of this folder loads ONNX Runtime

if TYPE_CHECKING:
    from .graph import OPSET, Probe, export_graph, export_predictor
    from .quantized import gains_from_int8, quantize_graph
    from .tile_graph import TileScores, plain_onnx
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "OPSET",
    "Probe",
    "TileScores",
    "export_graph",
    "export_predictor",
    "gains_from_int8",
    "plain_onnx",
    "quantize_graph",
]
