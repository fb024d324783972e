"""Whether rasters share a grid and show the same area; errors if they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .alignment import Misfit, align, difference
    from .layout_errors import (
        GIVEN_BY_HAND,
        bands_differ,
        beside,
        dates_differ,
        given_twice,
        grids_differ,
        labels_of_dates,
        months_unclear,
        no_scenes,
        once_each,
        other_bands_elsewhere,
        season_differs,
        several_places,
        unclear,
    )
    from .pixel_sizes import require_one_pixel_size
    from .same_place import of_one_place
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "GIVEN_BY_HAND",
    "Misfit",
    "align",
    "bands_differ",
    "beside",
    "dates_differ",
    "difference",
    "given_twice",
    "grids_differ",
    "labels_of_dates",
    "months_unclear",
    "no_scenes",
    "of_one_place",
    "once_each",
    "other_bands_elsewhere",
    "require_one_pixel_size",
    "season_differs",
    "several_places",
    "unclear",
]
