"""The additional graphs of a sensor: the fast copy, 8-bit graphs, and their loss of accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .fast_copy import copies_of_all_labels, copy_of, fast_copies, training_name, tuned_epochs
    from .shipped_graphs import model_graphs
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["copies_of_all_labels", "copy_of", "fast_copies", "model_graphs", "training_name", "tuned_epochs"]
