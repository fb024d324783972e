"""The choice of what to install: the purpose with its size, and the source of the packages."""

from __future__ import annotations

import os
import sys
from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ..messages import tr
from ..process import environment, installation
from ..process.offers import Offer, has_torch_of_its_own, offers, size_text
from .words import offer_words, target_words

INDENT_PX = 24


class OfferBox(QGroupBox):
    """The installation options of this platform. Signal: ``changed`` when another is selected."""

    changed = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(tr("Set up for"), parent)
        self.offers = offers(sys.platform)
        layout = QVBoxLayout(self)
        self.choice = QButtonGroup(self)
        for number, offer in enumerate(self.offers):
            title, explanation = offer_words(offer)
            button = QRadioButton(title)
            button.setChecked(number == 0)
            self.choice.addButton(button, number)
            layout.addWidget(button)
            layout.addWidget(_indented(explanation))
        self.choice.buttonToggled.connect(lambda _button, _on: self.refresh())
        self.offline = QCheckBox(tr("Install offline from a folder of wheels"))
        self.offline.toggled.connect(lambda _on: self.refresh())
        layout.addWidget(self.offline)
        layout.addWidget(self._index_row())
        layout.addWidget(paragraph(_place_words()))
        self.enable(True)
        self.refresh()

    def chosen(self) -> Offer:
        """The selected option."""
        return self.offers[max(self.choice.checkedId(), 0)]

    def button_text(self) -> str:
        """The button's text, which says what pressing it does: pressing it is the user's consent."""
        if self.offline.isChecked():
            return tr("Choose the folder and install…")
        return tr("Download {size} and install").format(size=size_text(self.chosen().megabytes))

    def refresh(self) -> None:
        """Show the index of PyTorch if it is used."""
        own = has_torch_of_its_own(self.chosen().purpose, sys.platform)
        self.index_row.setVisible(own and not self.offline.isChecked())
        self.changed.emit()

    def enable(self, enabled: bool) -> None:
        """Allow a selection, unless an environment variable determines it."""
        self.setEnabled(enabled and environment.VARIABLE not in os.environ)

    def keep_index(self) -> None:
        """Store the index of PyTorch if it can be chosen.

        Raises:
            JobError: an address that is not secure.
        """
        if not self.index_row.isHidden():
            installation.choose_torch_index(self.index.text())

    def _index_row(self) -> QWidget:
        """The index of PyTorch without CUDA; networks that do not reach PyTorch's own often have a mirror."""
        self.index = QLineEdit(installation.torch_index())
        self.index.setToolTip(tr("Index of the CPU build of PyTorch, or a mirror accessible from your network."))
        self.index_row = QWidget()
        row = QHBoxLayout(self.index_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("PyTorch from")))
        row.addWidget(self.index, 1)
        return self.index_row


def paragraph(text: str) -> QLabel:
    """A text that may take several lines."""
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def _place_words() -> str:
    if environment.VARIABLE not in os.environ:
        return target_words(environment.private_folder())
    return tr("The environment variable {variable} sets the Python of the engine.").format(
        variable=environment.VARIABLE
    )


def _indented(text: str) -> QLabel:
    label = paragraph(text)
    label.setContentsMargins(INDENT_PX, 0, 0, 4)
    return label
