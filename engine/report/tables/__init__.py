"""Tables of a report: classes, areas, methods, precisions, sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .areas import area_table
    from .class_tables import ClassRow, Confusion, TargetRow, class_rows, confusion_of, target_rows
    from .importances import importance_tables
    from .methods import AVERAGE, method_rows, method_sentence
    from .precisions import copies_learned_on, fast_rows, precision_rows
    from .region_scores import regions
    from .sensor_coverage import coverage
    from .share_table import ShareRow, share_rows, share_sentence
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "AVERAGE",
    "ClassRow",
    "Confusion",
    "ShareRow",
    "TargetRow",
    "area_table",
    "class_rows",
    "confusion_of",
    "copies_learned_on",
    "coverage",
    "fast_rows",
    "importance_tables",
    "method_rows",
    "method_sentence",
    "precision_rows",
    "regions",
    "share_rows",
    "share_sentence",
    "target_rows",
]
