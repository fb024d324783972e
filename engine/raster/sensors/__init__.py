"""The rasters of one sensor, opened as the user describes them or as a trained sensor expects them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .codes import require_exact_codes
    from .match import open_as
    from .named_sensor import sensor_of
    from .one_band import open_one_band
    from .open import SensorRasters, open_sensor
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["SensorRasters", "open_as", "open_one_band", "open_sensor", "require_exact_codes", "sensor_of"]
