"""The message bar that offers the set-up: once at the start, and whenever an algorithm is opened without an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from qgis.core import Qgis
from qgis.PyQt.QtWidgets import QPushButton

from ...engine.contract import CoLearnError, EngineError
from ..messages import tr
from ..process import environment

if TYPE_CHECKING:
    from qgis.gui import QgisInterface, QgsMessageBarItem


def is_set_up() -> bool:
    """Whether some Python is named for the engine; none is run, so it costs no time at start."""
    try:
        environment.find_python()
    except CoLearnError:
        return False
    return True


class OfferBar:
    """Shows the offer in the message bar, at most one at a time."""

    def __init__(self, iface: QgisInterface, set_up: Callable[[], None]) -> None:
        self._iface = iface
        self._set_up = set_up
        self._shown: Optional[Any] = None

    def offer(self) -> None:
        """Show it, unless it is shown already or nothing needs to be set up."""
        if self._shown is not None or is_set_up():
            return
        from .words import bar_text

        self._show(bar_text(), Qgis.MessageLevel.Info)

    def warn(self, error: EngineError) -> None:
        """Say what is wrong with the engine that is there, unless something is shown already."""
        if self._shown is None:
            from .words import broken_text

            self._show(broken_text(error), Qgis.MessageLevel.Warning)

    def _show(self, text: str, level: Any) -> None:
        bar = self._iface.messageBar()
        item = bar.createMessage("CoLearn", text)
        button = QPushButton(tr("Set up…"))
        button.clicked.connect(lambda _checked=False: self._set_up())
        item.layout().addWidget(button)
        self._shown = bar.pushWidget(item, level)
        bar.widgetRemoved.connect(self._on_removed)

    def withdraw(self) -> None:
        """Take it away: the engine is there."""
        if self._shown is not None:
            self._iface.messageBar().popWidget(self._shown)

    def _on_removed(self, item: QgsMessageBarItem) -> None:
        """Heard of the bar, which lives as long as QGIS: the item's own end may come after the plugin's."""
        if item is self._shown:
            self._shown = None
            self._iface.messageBar().widgetRemoved.disconnect(self._on_removed)
