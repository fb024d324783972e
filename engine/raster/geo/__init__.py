"""Georeferencing: CRSs, grids, ground distances, longitudes, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .blocks import STORED_BLOCK_PX, BlockPlan, whole_blocks
    from .crs import (
        LONGITUDE_LATITUDE,
        Bounds,
        crs_name,
        full_circle,
        lattice_xy,
        no_way,
        reference,
        same_crs,
        transform_xy,
        wkt_of,
    )
    from .densify import polygons_on
    from .grid import SAME_PX, Grid, Window
    from .grid_offset import positions_on
    from .longitudes import (
        FULL_CIRCLE,
        LEAST_METRES_PER_DEGREE,
        METRES_PER_DEGREE,
        arc_around,
        arcs_apart,
        east_of_greenwich,
        nearest_turn,
        side_by_side,
        turned_into,
        west_and_east,
    )
    from .pixel_area import OutlineAreas, is_even, largest_pixel_m2, longest_pixel_m, pixel_areas_m2, sizes_to_compare_m
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "FULL_CIRCLE",
    "LEAST_METRES_PER_DEGREE",
    "LONGITUDE_LATITUDE",
    "METRES_PER_DEGREE",
    "SAME_PX",
    "STORED_BLOCK_PX",
    "BlockPlan",
    "Bounds",
    "Grid",
    "OutlineAreas",
    "Window",
    "arc_around",
    "arcs_apart",
    "crs_name",
    "east_of_greenwich",
    "full_circle",
    "is_even",
    "largest_pixel_m2",
    "lattice_xy",
    "longest_pixel_m",
    "nearest_turn",
    "no_way",
    "pixel_areas_m2",
    "polygons_on",
    "positions_on",
    "reference",
    "same_crs",
    "side_by_side",
    "sizes_to_compare_m",
    "transform_xy",
    "turned_into",
    "west_and_east",
    "whole_blocks",
    "wkt_of",
]
