"""The model file: one ZIP, checked entry by entry. Standard library only."""

from __future__ import annotations

from .archive import ModelFile, write_model
from .graph_check import require_plain_graph
from .graph_wire import WireError, read_graph

__all__ = ["ModelFile", "WireError", "read_graph", "require_plain_graph", "write_model"]
