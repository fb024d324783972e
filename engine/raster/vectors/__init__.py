"""Points and polygons: read, clipped, rasterized, compared; extents and masks of maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .extents import degrees_around, degrees_over, window_over
    from .features import POINTS, POLYGONS, Features, point_xy
    from .layer import layer_bounds, read_features
    from .mask_area import MaskArea, extent_window
    from .multiparts import in_parts
    from .overlap import overlapping
    from .rasterize import inside_pixels
    from .wkb import coordinates, rings
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "POINTS",
    "POLYGONS",
    "Features",
    "MaskArea",
    "coordinates",
    "degrees_around",
    "degrees_over",
    "extent_window",
    "in_parts",
    "inside_pixels",
    "layer_bounds",
    "overlapping",
    "point_xy",
    "read_features",
    "rings",
    "window_over",
]
