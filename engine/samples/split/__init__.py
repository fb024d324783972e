"""Training, validation and test parts: whole groups, and no labelled pixel of one part in a patch of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .folds import fold_warnings, split_folds
    from .ground_blocks import BLOCKS_WANTED, spatial_blocks
    from .lattices import Lattices, pixel_middles
    from .parts import GROUPS_WANTED, split_by_group, untested_classes
    from .separation import Neighbourhood, Separation
    from .shared_pixels import components, join_shared_pixels
    from .stratification import strata, stratify
    from .training_locations import recognized, remember
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "BLOCKS_WANTED",
    "GROUPS_WANTED",
    "Lattices",
    "Neighbourhood",
    "Separation",
    "components",
    "fold_warnings",
    "join_shared_pixels",
    "pixel_middles",
    "recognized",
    "remember",
    "spatial_blocks",
    "split_by_group",
    "split_folds",
    "strata",
    "stratify",
    "untested_classes",
]
