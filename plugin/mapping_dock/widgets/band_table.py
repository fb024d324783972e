"""The table that assigns the image's bands to the sensor's, and shows whether values resemble the training's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QPalette, QStandardItem, QStandardItemModel
from qgis.PyQt.QtWidgets import QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from ...messages import tr
from ..form.fit import BandPair, Fit
from ..form.value_range import Likeness

_GREEN, _AMBER, _RED = QColor("#1e8449"), QColor("#b9770e"), QColor("#c0392b")
_SHOWN_ROWS = 6  # at most; more are scrolled


class BandTable(QTableWidget):
    """One row per band: expected, found (a list to choose another from), values."""

    def __init__(self, give_band: Callable[[str, str], None]) -> None:
        super().__init__(0, 3)
        self._give_band = give_band
        self._shown: object = None
        self.setHorizontalHeaderLabels([tr("Band expected"), tr("Found"), tr("Values")])
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setVisible(False)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)  # the keyboard's focus would mark a cell
        self.horizontalHeader().setHighlightSections(False)

    def fill(self, fit: Optional[Fit], values: Mapping[str, Likeness]) -> None:
        """Show the bands of a sensor; hidden if there are none."""
        pairs = fit.bands if fit is not None else ()
        offered = fit.offered if fit is not None else ()
        if self._shown == (pairs, offered):  # a list for each of hundreds of bands takes most of a second
            self._show_values(pairs, values)
            return
        self._shown = (pairs, offered)
        some, all_there = self._choices(offered, is_missing=True), self._choices(offered, is_missing=False)
        for row in range(self.rowCount()):
            self.cellWidget(row, 1).hide()  # it is deleted later and would be visible until then
        self.setVisible(bool(pairs))
        self.setRowCount(len(pairs))
        for row, pair in enumerate(pairs):
            self.setItem(row, 0, QTableWidgetItem(pair.expected))
            self.setCellWidget(row, 1, self._list(pair, all_there if pair.found else some))
            self.setItem(row, 2, QTableWidgetItem())
        self.resizeRowsToContents()
        self._show_values(pairs, values)

    def _show_values(self, pairs: Sequence[BandPair], values: Mapping[str, Likeness]) -> None:
        for row, pair in enumerate(pairs):
            text, colour = _likeness_words(values.get(pair.expected, Likeness.UNKNOWN))
            item = self.item(row, 2)
            if item.text() != text:
                item.setText(text)
                item.setForeground(colour)
                self.resizeRowToContents(row)
        shown = sum(self.rowHeight(row) for row in range(min(len(pairs), _SHOWN_ROWS)))
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + shown + 2 * self.frameWidth())

    def _choices(self, offered: Sequence[str], is_missing: bool) -> QStandardItemModel:
        """What the lists of all bands offer: filled once, because there may be hundreds of both."""
        name = "missing" if is_missing else "found"
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for earlier in self.findChildren(QStandardItemModel, name, direct):
            earlier.deleteLater()
        choices = QStandardItemModel(self)
        choices.setObjectName(name)
        entries = [(tr("missing"), None)] if is_missing else []
        for text, band in (*entries, *((each, each) for each in offered), (tr("match all by name"), "")):
            entry = QStandardItem(text)
            entry.setData(band, Qt.ItemDataRole.UserRole)
            choices.appendRow(entry)
        return choices

    def _list(self, pair: BandPair, choices: QStandardItemModel) -> QComboBox:
        box = QComboBox()
        box.setModel(choices)
        box.setFrame(False)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(4)
        box.setCurrentIndex(max(0, box.findData(pair.found or None)))
        palette = box.palette()
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(role, _GREEN if pair.found else _RED)
        box.setPalette(palette)
        box.setToolTip(tr("Band of the image that corresponds to {band}").format(band=pair.expected))
        box.activated.connect(lambda at, box=box: self._on_chosen(pair, box.itemData(at)))
        return box

    def _on_chosen(self, pair: BandPair, found: Optional[str]) -> None:
        if found is not None and found != pair.found:
            self._shown = None  # the list shows the choice, which may change nothing
            self._give_band(pair.expected, found)


def _likeness_words(alike: Likeness) -> tuple[str, QColor]:
    return {
        Likeness.ALIKE: (tr("as in training"), _GREEN),
        Likeness.STRANGE: (tr("outside the range of the training"), _AMBER),
        Likeness.UNKNOWN: ("", _GREEN),
    }[alike]
