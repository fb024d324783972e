"""Sample locations: read from labels, checked against the sensors' coverage, drawn by stratified sampling, grouped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .class_shares import of_what_is_left
    from .contradictions import log_contradictions
    from .draw import draw_label_points
    from .grouping import PATCHES_PER_BLOCK
    from .label_points import DrawOptions, LabelPoints
    from .outside import all_outside, where
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "PATCHES_PER_BLOCK",
    "DrawOptions",
    "LabelPoints",
    "all_outside",
    "draw_label_points",
    "log_contradictions",
    "of_what_is_left",
    "where",
]
