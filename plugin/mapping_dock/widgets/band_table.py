"""Which band of the image is which of the sensor's, and whether its values look like those of the training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from ...messages import tr
from ..form.fit import BandPair
from ..form.value_range import Likeness

_GREEN, _AMBER, _RED = QColor("#1e8449"), QColor("#b9770e"), QColor("#c0392b")


class BandTable(QTableWidget):
    """One row a band: expected, found, values."""

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setHorizontalHeaderLabels([tr("Band expected"), tr("Found"), tr("Values")])
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setVisible(False)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setMinimumHeight(110)

    def fill(self, pairs: Sequence[BandPair], values: Mapping[str, Likeness]) -> None:
        """Show the bands of a sensor; nothing where there are none."""
        self.setVisible(bool(pairs))
        self.setRowCount(len(pairs))
        for row, pair in enumerate(pairs):
            self.setItem(row, 0, QTableWidgetItem(pair.expected))
            self.setItem(row, 1, _coloured(pair.found or tr("missing"), _GREEN if pair.found else _RED))
            self.setItem(row, 2, _likeness_item(values.get(pair.expected, Likeness.UNKNOWN)))


def _likeness_item(alike: Likeness) -> QTableWidgetItem:
    text, colour = {
        Likeness.ALIKE: (tr("as in training"), _GREEN),
        Likeness.STRANGE: (tr("unlike the training"), _AMBER),
        Likeness.UNKNOWN: ("", _GREEN),
    }[alike]
    return _coloured(text, colour)


def _coloured(text: str, colour: QColor) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setForeground(colour)
    return item
