"""The model file: one ZIP, checked entry by entry. Standard library only."""

from __future__ import annotations

from .archive import ModelFile, write_model
from .graph_check import require_plain_graph

__all__ = ["ModelFile", "require_plain_graph", "write_model"]
