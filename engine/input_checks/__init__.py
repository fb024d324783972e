"""Checks of inputs against the training: sensors, pixel size, values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .headers import check_headers
    from .resolution import log_resolution, require_resolution
    from .scaling import declared_scaling
    from .sensors import open_input, open_sensors
    from .undeclared_fill import log_beyond_values, log_fill, log_fill_around
    from .value_check import log_strange_values, sample_values
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "check_headers",
    "declared_scaling",
    "log_beyond_values",
    "log_fill",
    "log_fill_around",
    "log_resolution",
    "log_strange_values",
    "open_input",
    "open_sensors",
    "require_resolution",
    "sample_values",
]
