"""The labels that QGIS puts beside a form's fields."""

from __future__ import annotations

from typing import Any, Optional

from qgis.PyQt.QtWidgets import QLabel


def label_of(wrapper: Any) -> Optional[QLabel]:
    """The label of a field: wrappers of QGIS and those written in Python keep it in different places."""
    return wrapper.wrappedLabel() or getattr(wrapper, "label", None)
