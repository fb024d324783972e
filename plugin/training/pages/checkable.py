"""Checking the items of QGIS's checkable combo box, whose own functions neither uncheck nor tell in every version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import Qt


def check_only(box: QgsCheckableComboBox, names: Collection[str]) -> None:
    """Check these items and no others, as a click on each would."""
    model = box.model()
    for row in range(box.count()):
        wanted = Qt.CheckState.Checked if box.itemText(row) in names else Qt.CheckState.Unchecked
        if box.itemCheckState(row) != wanted:
            state = getattr(wanted, "value", wanted)  # a number for the model, in Qt 6 too
            model.setData(model.index(row, 0), state, Qt.ItemDataRole.CheckStateRole)


def on_check(box: QgsCheckableComboBox, receive: Callable[[Sequence[str]], None]) -> None:
    """Have what is checked passed on whenever that changes."""
    box.model().dataChanged.connect(lambda *_where: receive(list(box.checkedItems())))
