"""The table of classes: colour, name, counts, and whether they are used."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from qgis.gui import QgsColorDialog
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from ....engine.contract import ClassColor, shown_text, thousands
from ...messages import tr
from ...widgets import icons
from ..form.labels import LEAST_GROUPS, ClassFacts, LabelForm, shown_classes, without_class
from ..session.session import Session
from . import words

NAME, COLOR, FEATURES, GROUPS = range(4)
WIDTHS = {COLOR: 70, FEATURES: 100, GROUPS: 100}
ROW_HEIGHT = 26
ROWS_A_TURN = 100  # filled at once, in some 10 ms: a field of many values must not hold up QGIS
VALUE = int(Qt.ItemDataRole.UserRole)
RED = "#c0392b"


class ClassTable(QTableWidget):
    """Shows the classes of a session's labels; edits are applied to the session at once."""

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(0, 4, parent)
        self._session = session
        self._filling = False
        self._shown: tuple[ClassFacts, ...] = ()
        self._left_out: frozenset[str] = frozenset()
        self._no_class: frozenset[str] = frozenset()
        self._filled = 0  # rows
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._fill_some)
        header = self.horizontalHeader()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.itemChanged.connect(self._on_item)
        self.cellClicked.connect(self._on_click)

    def fill(self, anew: bool = False) -> None:
        """Show the session's classes, if they changed; ``anew``: in any case."""
        facts, labels = self._session.reading.facts, self._session.form.labels
        counted = words.shape_words(facts.shape).capitalize() if facts.shape else tr("Features")
        self.setHorizontalHeaderLabels([tr("Class"), tr("Colour"), counted, tr("Groups")])
        tip = tr("Groups are never divided between training, validation and test")
        self.horizontalHeaderItem(GROUPS).setToolTip(tip)
        before = self._shown, self._left_out
        self._no_class = without_class(facts.classes, labels)
        self._shown, self._left_out = shown_classes(facts.classes, labels), self._no_class.union(labels.left_out)
        if (self._shown, self._left_out) == before and not anew:
            return
        self.setRowCount(len(self._shown))
        self._filled = 0
        self._fill_some()

    def set_color(self, row: int, color: str) -> None:
        """Change the colour of a row's class, here and in every map of the model."""
        shown = self._shown[row]
        name = "" if shown.name == shown.value else shown.name
        self._edit(self._session.form.labels.with_color(ClassColor(shown.value, color, name)))

    def without_class(self) -> list[str]:
        """The names shown that mean “no class”."""
        return [each.name for each in self._shown if each.value in self._no_class]

    def _fill_some(self) -> None:
        """Fill the next rows, the first at once, the others in QGIS's event loop."""
        until = min(self._filled + ROWS_A_TURN, len(self._shown))
        self._filling = True
        for row in range(self._filled, until):
            self._fill_row(row, self._shown[row], self._shown[row].value not in self._left_out)
        self._filling = False
        self._filled = until
        if until < len(self._shown):
            self._turn.start()
        else:
            self._turn.stop()

    # Rows ----------------------------------------------------------------------------------------------------------

    def _fill_row(self, row: int, facts: ClassFacts, used: bool) -> None:
        name = QTableWidgetItem(facts.name)
        name.setData(VALUE, facts.value)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable
        name.setFlags(flags | Qt.ItemFlag.ItemIsEditable if facts.is_number() else flags)
        name.setCheckState(Qt.CheckState.Checked if used else Qt.CheckState.Unchecked)
        name.setToolTip(shown_text(facts.value if facts.value == facts.name else f"{facts.value}: {facts.name}"))
        if facts.value in self._no_class:
            name.setFlags(name.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            name.setToolTip(words.no_class_sentence([facts.name]))
        self.setItem(row, NAME, name)
        color = QTableWidgetItem(icons.swatch(facts.color if used else ""), "")
        color.setFlags(Qt.ItemFlag.ItemIsEnabled)
        color.setToolTip(tr("Click to choose the colour of this class in maps"))
        self.setItem(row, COLOR, color)
        for column, count in ((FEATURES, facts.features), (GROUPS, facts.groups)):
            self.setItem(row, column, _count(count, is_few=column == GROUPS and used and 0 < count < LEAST_GROUPS))

    # Edits ---------------------------------------------------------------------------------------------------------

    def _on_click(self, row: int, column: int) -> None:
        shown = self._shown[row]
        if column != COLOR or shown.value in self._left_out:
            return
        title = tr("Colour of {name}").format(name=shown_text(shown.name))
        chosen = QgsColorDialog.getColor(QColor(shown.color), self, title, False)
        if chosen.isValid():
            self.set_color(row, chosen.name())

    def _on_item(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != NAME:
            return
        shown, labels = self._shown[item.row()], self._session.form.labels
        name = item.text().strip()
        if name != shown.name:
            self._edit(labels.with_color(ClassColor(shown.value, shown.color, name)) if name else labels)
            return
        left_out = [value for value in labels.left_out if value != shown.value]
        if item.checkState() != Qt.CheckState.Checked:
            left_out.append(shown.value)
        self._edit(replace(labels, left_out=tuple(left_out)))

    def _edit(self, labels: LabelForm) -> None:
        if labels == self._session.form.labels:
            QTimer.singleShot(0, lambda: self.fill(anew=True))  # restore the cell: the text typed is not a change
        else:
            self._session.edit(replace(self._session.form, labels=labels))


def _count(count: int, is_few: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(thousands(count) if count else "")
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    if is_few:
        item.setForeground(QColor(RED))
        item.setIcon(icons.warning())
        item.setToolTip(tr("Fewer than three groups: not every part of the split can have one"))
    return item
