"""Figures as inline SVG, and the overview picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .curve_plot import Curve, curves
    from .dot_plot import dots
    from .error_map import Outcome, PlaceMap, outcome, places
    from .map_card import Card, card
    from .reliability import Calibrated, calibrated
    from .scatter_plot import scatter
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "Calibrated",
    "Card",
    "Curve",
    "Outcome",
    "PlaceMap",
    "calibrated",
    "card",
    "curves",
    "dots",
    "outcome",
    "places",
    "scatter",
]
