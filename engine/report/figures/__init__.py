"""Figures as inline SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .curve_plot import Curve, curves
    from .dot_plot import dots
    from .error_map import Outcome, PlaceMap, length_text, outcome, places, round_length
    from .map_card import Card, card
    from .reliability import Calibrated, calibrated
    from .scatter_plot import scatter
    from .svg import BLUE, GREY, INK, MUTED, ORANGE, figure, look
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "BLUE",
    "GREY",
    "INK",
    "MUTED",
    "ORANGE",
    "Calibrated",
    "Card",
    "Curve",
    "Outcome",
    "PlaceMap",
    "calibrated",
    "card",
    "curves",
    "dots",
    "figure",
    "length_text",
    "look",
    "outcome",
    "places",
    "round_length",
    "scatter",
]
