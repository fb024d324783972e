"""The model file: one ZIP, checked entry by entry. Standard library only."""

from __future__ import annotations

from .archive import ModelFile, write_model

__all__ = ["ModelFile", "write_model"]
