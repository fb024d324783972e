"""Computing parts: in this process, by shards or on a Dask cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .run import ASSEMBLING_SHARE, blocks_of_parts, complete, compute_shard
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["ASSEMBLING_SHARE", "blocks_of_parts", "complete", "compute_shard"]
