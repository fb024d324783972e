"""Values of the sensors at given locations: patches and series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .gathering import gather, without_empty_classes
    from .patches import context_px, extract, patch_px
    from .sensor_coverage import combinations, log_constant_bands, log_coverage, seen_by_any
    from .unlabelled_draw import draw_unlabelled
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "combinations",
    "context_px",
    "draw_unlabelled",
    "extract",
    "gather",
    "log_constant_bands",
    "log_coverage",
    "patch_px",
    "seen_by_any",
    "without_empty_classes",
]
