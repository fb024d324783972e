"""A line in a message bar, with its details a click away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QMessageBox, QPushButton, QSizePolicy, QWidget

from ...engine.contract import shown_text
from ..messages import tr


class MessageLine:
    """Shows one message at a time: its first line in the bar, the full text in a dialog."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._text = ""
        self._is_over: Optional[Callable[[], bool]] = None
        self.bar = QgsMessageBar()
        self.bar.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def show(
        self,
        text: str,
        level: Qgis.MessageLevel = Qgis.MessageLevel.Warning,
        action: str = "",
        on_action: Optional[Callable[[], None]] = None,
    ) -> None:
        """Show a message; ``action`` is a button that fixes the problem."""
        self.clear()
        self._text = text
        lines = text.splitlines() or [""]
        item = self.bar.createMessage(shown_text(lines[0]))
        if on_action is not None:
            self._add_button(item, action, on_action)
        if len(lines) > 1:
            self._add_button(item, tr("Details"), lambda: self._show_details(text))
        self.bar.pushWidget(item, level)

    def keep_until(self, is_over: Callable[[], bool]) -> None:
        """Let ``refresh`` remove the message shown now once it no longer applies."""
        self._is_over = is_over

    def refresh(self) -> None:
        """Remove a message that no longer applies."""
        if self._is_over is not None and self._is_over():
            self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._text = ""
        self._is_over = None
        self.bar.clearWidgets()

    def text(self) -> str:
        """The full message; empty if there is none, or it was closed."""
        return self._text if self.bar.currentItem() is not None else ""

    @staticmethod
    def _add_button(item: QWidget, text: str, on_click: Callable[[], None]) -> None:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: on_click())
        item.layout().addWidget(button)

    def _show_details(self, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "CoLearn", text, QMessageBox.StandardButton.Close, self._parent)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setModal(False)
        box.show()
