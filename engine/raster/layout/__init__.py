"""How the files of a sensor belong together (bands, dates or scenes), and their assembly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .assembly import SensorRasters, arrange, assemble, files_of_bands, look_at_each
    from .layout import infer_layout, is_stack
    from .places_apart import require_one_band_a_place, require_one_date, require_one_date_a_place, require_scenes
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "SensorRasters",
    "arrange",
    "assemble",
    "files_of_bands",
    "infer_layout",
    "is_stack",
    "look_at_each",
    "require_one_band_a_place",
    "require_one_date",
    "require_one_date_a_place",
    "require_scenes",
]
