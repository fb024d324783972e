"""The labels that QGIS puts next to the fields of a form."""

from __future__ import annotations

from typing import Any, Optional

from qgis.PyQt.QtWidgets import QLabel


def label_of(wrapper: Any) -> Optional[QLabel]:
    """The label of a field; QGIS's own wrappers and those written in Python store it in different places."""
    return wrapper.wrappedLabel() or getattr(wrapper, "label", None)
