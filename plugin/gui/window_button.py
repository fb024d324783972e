"""The button in the toolbox dialog of a training that opens the training window with the values filled in so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QDialogButtonBox, QPushButton

from ..algorithms.toolbox_entry import ICON
from ..messages import tr

openers: list[Callable[[dict[str, Any]], None]] = []  # that open the training window, while the plugin is loaded


def add_window_button(fields: Mapping[str, Any]) -> None:
    """Add the button to the dialog that contains these fields."""
    dialogs = (getattr(field, "dialog", None) for field in fields.values())
    dialog = next((each for each in dialogs if hasattr(each, "buttonBox")), None)
    if dialog is None or not openers:
        return

    def open_window() -> None:
        given = {name: field.parameterValue() for name, field in fields.items()}
        openers[-1]({name: value for name, value in given.items() if value is not None})
        dialog.close()

    button = QPushButton(QIcon(ICON), tr("Continue in the training window…"))
    button.setObjectName("colearn_window")
    button.setToolTip(tr("Opens the CoLearn training window with what is filled in here"))
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: open_window())
    dialog.buttonBox().addButton(button, QDialogButtonBox.ButtonRole.ResetRole)
