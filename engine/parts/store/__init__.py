"""Parts on the disk: written atomically, recognized, checked, read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .folder import prepare, remove_others, store_of
    from .part_writer import PartWriter
    from .presence_marks import presence
    from .store import PartStore
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = ["PartStore", "PartWriter", "prepare", "presence", "remove_others", "store_of"]
