"""One area as observed by one sensor, from any number of files; its quality mask; how it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .interpolation import Interpolation
    from .mask_rasters import (
        NO_MASK_GIVEN,
        GivenMask,
        mask_files,
        masked_views,
        notes_on_idle,
        notes_on_unused,
        rules_for,
        split_masks,
        with_band_names,
        with_mask,
        without_bands,
    )
    from .read_plan import ReadingPlan, plan_reading
    from .scene import Plane, Scene
    from .view import (
        View,
        described,
        image_view,
        labelled,
        named_band,
        named_by_files,
        notes_on_bad,
        numbered,
        same_bands,
        stack_view,
    )
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "NO_MASK_GIVEN",
    "GivenMask",
    "Interpolation",
    "Plane",
    "ReadingPlan",
    "Scene",
    "View",
    "described",
    "image_view",
    "labelled",
    "mask_files",
    "masked_views",
    "named_band",
    "named_by_files",
    "notes_on_bad",
    "notes_on_idle",
    "notes_on_unused",
    "numbered",
    "plan_reading",
    "rules_for",
    "same_bands",
    "split_masks",
    "stack_view",
    "with_band_names",
    "with_mask",
    "without_bands",
]
