"""Buttons, and fields with a button next to them."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtWidgets import QHBoxLayout, QPushButton, QWidget


def beside(field: QWidget, text: str, on_click: Callable[[], None]) -> QHBoxLayout:
    """A field with a small button next to it."""
    row = QHBoxLayout()
    row.addWidget(field, 1)
    button(text, on_click, row).setFixedWidth(32)
    return row


def button(text: str, on_click: Callable[[], None], row: QHBoxLayout) -> QPushButton:
    """A button at the end of a row."""
    made = QPushButton(text)
    made.clicked.connect(lambda _checked=False: on_click())
    row.addWidget(made)
    return made
