"""Sessions that run a graph, with any runtime and device. torch is used only if a GPU needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract import send_no_reports
from ..contract.lazy import lazy_door

send_no_reports()  # before any module of this folder loads ONNX Runtime

if TYPE_CHECKING:
    from .model_store import FreshModels, KeptModels, ModelStore
    from .onnx_session import Session, runtime_name
    from .precision import cost_text
    from .quality import AVERAGE, choose_quality
    from .session import CPU_CAPACITY, Capacity, GraphOutput, MapSession, joined
    from .session_choice import SessionOptions, open_session
    from .torch_session import TorchSession
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AVERAGE",
    "CPU_CAPACITY",
    "Capacity",
    "FreshModels",
    "GraphOutput",
    "KeptModels",
    "MapSession",
    "ModelStore",
    "Session",
    "SessionOptions",
    "TorchSession",
    "choose_quality",
    "cost_text",
    "joined",
    "open_session",
    "runtime_name",
]
