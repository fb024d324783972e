"""Widgets of qgis.gui as the plain ones of Qt that they build upon; all else is anything."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QComboBox, QFrame, QGroupBox, QLabel, QVBoxLayout, QWidget

from .anything import open_to_all


class QgsCheckableComboBox(QComboBox):
    """A combo box whose items are checked, in a model of standard items as in QGIS."""

    checkedItemsChanged = pyqtSignal(list)  # noqa: N815

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.lineEdit().setReadOnly(True)
        self.setModel(QStandardItemModel(self))

    def addItemWithCheckState(self, text: str, state: Qt.CheckState, data: Any = None) -> None:  # noqa: N802
        item = QStandardItem(text)
        item.setCheckable(True)
        item.setCheckState(state)
        item.setData(data, Qt.ItemDataRole.UserRole)
        self.model().appendRow(item)

    def addItem(self, text: str, data: Any = None) -> None:  # noqa: N802
        self.addItemWithCheckState(text, Qt.CheckState.Unchecked, data)

    def addItems(self, texts: list[str]) -> None:  # noqa: N802
        for text in texts:
            self.addItem(text)

    def itemCheckState(self, row: int) -> Qt.CheckState:  # noqa: N802
        return self.model().item(row).checkState()

    def checkedItems(self) -> list[str]:  # noqa: N802
        rows = range(self.count())
        return [self.itemText(row) for row in rows if self.itemCheckState(row) == Qt.CheckState.Checked]

    def setCheckedItems(self, texts: list[str]) -> None:  # noqa: N802
        for row in range(self.count()):
            chosen = self.itemText(row) in texts
            self.model().item(row).setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)

    def setDefaultText(self, _text: str) -> None:  # noqa: N802
        pass

    def setSeparator(self, _text: str) -> None:  # noqa: N802
        pass


class QgsCollapsibleGroupBox(QGroupBox):
    def setCollapsed(self, _collapsed: bool) -> None:  # noqa: N802
        pass


class QgsMessageBarItem(QObject):
    def __init__(self, *given: Any) -> None:
        super().__init__()
        self.texts = [each for each in given if isinstance(each, str)]


class QgsMessageBar(QFrame):
    """Shows each message as a label."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayout(QVBoxLayout())

    def pushMessage(self, *given: Any) -> None:  # noqa: N802
        self.layout().addWidget(QLabel(": ".join(each for each in given if isinstance(each, str))))

    def clearWidgets(self) -> bool:  # noqa: N802
        return True

    def currentItem(self) -> None:  # noqa: N802
        return None


class QgsMapCanvas(QWidget):
    extentsChanged = pyqtSignal()  # noqa: N815
    mapToolSet = pyqtSignal(object, object)  # noqa: N815
    layersChanged = pyqtSignal()  # noqa: N815
    currentLayerChanged = pyqtSignal(object)  # noqa: N815


class QgsMapToolExtent(QObject):
    extentChanged = pyqtSignal(object)  # noqa: N815

    def __init__(self, *_given: Any) -> None:
        super().__init__()


open_to_all(__name__)
