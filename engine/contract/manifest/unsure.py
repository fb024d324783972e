"""The class of pixels with too low confidence: a code, name and colour not used by any class of the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from .label_classes import LabelClass
from .manifest import Manifest

UNSURE_COLOR = "#9e9e9e"
UNSURE_NAMES = ("unsure", "unsure (too little confidence)", "unsure (minimum confidence)")


def unsure_class(manifest: Manifest) -> Optional[LabelClass]:
    """The class for maps with a minimum confidence; None if the classes use every code of the map's data type."""
    return unsure_beside(manifest.classes, manifest.nodata)


def unsure_beside(classes: Sequence[LabelClass], nodata: float) -> Optional[LabelClass]:
    """The same, for a map with these classes and this nodata value."""
    taken = {label.code for label in classes}
    code = next((code for code in range(int(nodata) - 1, -1, -1) if code not in taken), None)
    names = {label.name for label in classes}
    name = next((name for name in UNSURE_NAMES if name not in names), UNSURE_NAMES[-1])
    return None if code is None else LabelClass(code, name, UNSURE_COLOR)
