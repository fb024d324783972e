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


def keep_start_shown(box: QgsCheckableComboBox) -> None:
    """Show a long text from its start: the box writes it anew whenever its width changes, and would show the end.

    The function asks for the line again: one that held the line would form a circle with it, which Python collects,
    while the line itself lives on in Qt and calls what is gone.
    """
    box.lineEdit().textChanged.connect(lambda _text: box.lineEdit().setCursorPosition(0))
    box.lineEdit().setCursorPosition(0)
