"""The meaning of labels: classes, codes, names, which of them mean “no class”."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .label_columns import LabelColumns
    from .label_rows import no_label, understand
    from .label_space import LabelSpace
    from .no_class import NoClass
    from .rasters import declares_nodata, names_in_files, open_label_rasters
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "LabelColumns",
    "LabelSpace",
    "NoClass",
    "declares_nodata",
    "names_in_files",
    "no_label",
    "open_label_rasters",
    "understand",
]
