"""Networks: encoders, the co-learning network (MDiCo), losses and optimizer, and the part that maps one sensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .architecture import network_for
    from .colearner import CoLearner, SensorInput, SensorOutput
    from .folded_network import folded
    from .layout import as_raster, band_first, of_samples, pixel_valid, without_halo
    from .network_design import NetworkDesign, averaged
    from .optimizer import AdamW
    from .predictor import PredictionNetwork, Scores
    from .sensor_network import SensorNetwork
    from .standardize import MOST_Z, Standardize
    from .task_output import output_of
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "MOST_Z",
    "AdamW",
    "CoLearner",
    "NetworkDesign",
    "PredictionNetwork",
    "Scores",
    "SensorInput",
    "SensorNetwork",
    "SensorOutput",
    "Standardize",
    "as_raster",
    "averaged",
    "band_first",
    "folded",
    "network_for",
    "of_samples",
    "output_of",
    "pixel_valid",
    "without_halo",
]
