"""Mapping: options, one block, the rasters written, blocks in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..contract.lazy import lazy_door

if TYPE_CHECKING:
    from .block_map import BlockMap, map_block, score_samples
    from .layers import MapLayer, finishing_share
    from .mapper import Arrays, Mapper, set_up
    from .output_files import MapFiles
    from .pipeline import in_order
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "Arrays",
    "BlockMap",
    "MapFiles",
    "MapLayer",
    "Mapper",
    "finishing_share",
    "in_order",
    "map_block",
    "score_samples",
    "set_up",
]
