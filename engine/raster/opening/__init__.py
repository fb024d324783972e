"""The only access to untrusted files: common formats, and no remote files that a file refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .door import formats_hint, open_raster, open_vector
    from .network import guard_process
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["formats_hint", "guard_process", "open_raster", "open_vector"]
