"""Helpers for QGIS's checkable combo box, whose own functions do not uncheck or emit signals in every version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QStandardItem


def add_items(box: QgsCheckableComboBox, names: Sequence[str], checked: Collection[str]) -> None:
    """Add items, all at once: with each single one the box joins and measures the texts of all."""
    items = []
    for name in names:
        state = Qt.CheckState.Checked if name in checked else Qt.CheckState.Unchecked
        item = QStandardItem(name)
        item.setData(getattr(state, "value", state), Qt.ItemDataRole.CheckStateRole)  # an integer, also in Qt 6
        items.append(item)
    box.model().invisibleRootItem().appendRows(items)


def check_only(box: QgsCheckableComboBox, names: Collection[str]) -> None:
    """Check exactly these items, as clicks on them would."""
    model = box.model()
    for row in range(box.count()):
        wanted = Qt.CheckState.Checked if box.itemText(row) in names else Qt.CheckState.Unchecked
        if box.itemCheckState(row) != wanted:
            state = getattr(wanted, "value", wanted)  # the model needs an integer, also in Qt 6
            model.setData(model.index(row, 0), state, Qt.ItemDataRole.CheckStateRole)


def on_check(box: QgsCheckableComboBox, receive: Callable[[Sequence[str]], None]) -> None:
    """Call ``receive`` with the checked items whenever they change."""
    box.model().dataChanged.connect(lambda *_where: receive(list(box.checkedItems())))


def keep_start_shown(box: QgsCheckableComboBox) -> None:
    """Keep the start of a long text visible: the box sets the text again when its width changes, and shows the end.

    The lambda fetches the line edit from the box: if it held the line edit, both would form a reference cycle, which
    Python collects while the line edit lives on in Qt and calls a deleted object.
    """
    box.lineEdit().textChanged.connect(lambda _text: box.lineEdit().setCursorPosition(0))
    box.lineEdit().setCursorPosition(0)
