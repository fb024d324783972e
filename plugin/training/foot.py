"""The foot of the training window: the verdict, and the buttons below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..messages import tr
from ..widgets import icons
from .form.verdict import Verdict
from .pages import words


class Foot(QWidget):
    """Shows whether a training can start, and starts it."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        self.verdict_icon = QLabel()
        line.addWidget(self.verdict_icon)
        self.verdict_label = QLabel()
        self.verdict_label.setWordWrap(True)
        self.verdict_label.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(self.verdict_label, 1)
        layout.addLayout(line)
        self._row = QHBoxLayout()
        layout.addLayout(self._row)

    def add_button(self, text: str, on_click: Callable[[], None]) -> QPushButton:
        """Add a button to the row."""
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: on_click())
        self._row.addWidget(button)
        return button

    def add_stretch(self) -> None:
        """Align buttons added from now on to the right."""
        self._row.addStretch()

    def show_verdict(self, verdict: Verdict, is_running: bool) -> None:
        """Show what is wrong, or what is running."""
        self.verdict_label.setText(tr("Training…") if is_running else words.verdict_sentence(verdict))
        self.verdict_label.setToolTip("\n".join(words.issue_sentence(issue) for issue in verdict.issues))
        icon = icons.done() if verdict.is_ready else icons.warning()
        self.verdict_icon.setPixmap(icon.pixmap(18, 18))
