"""The message bar that offers the set-up: once at startup, and whenever an algorithm is opened without an engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from qgis.core import Qgis
from qgis.PyQt.QtWidgets import QPushButton

from ...engine.contract import EngineError
from ..messages import tr
from ..process import environment

if TYPE_CHECKING:
    from qgis.gui import QgisInterface, QgsMessageBarItem


class OfferBar:
    """Shows the offer in the message bar, at most one at a time."""

    def __init__(self, iface: QgisInterface, set_up: Callable[[], None]) -> None:
        self._iface = iface
        self._set_up = set_up
        self._shown: Optional[Any] = None

    def offer(self) -> None:
        """Show the offer, unless it is already shown or nothing needs to be set up."""
        if self._shown is not None or environment.is_set_up():
            return
        from .words import bar_text

        self._show(bar_text(), Qgis.MessageLevel.Info)

    def warn(self, error: EngineError) -> None:
        """Show what is wrong with the installed engine, unless a message is already shown."""
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
        """Remove the offer, because the engine is installed."""
        if self._shown is not None:
            self._iface.messageBar().popWidget(self._shown)

    def _on_removed(self, item: QgsMessageBarItem) -> None:
        """Forget the item; signalled by the bar, as the item may be destroyed only after the plugin is unloaded."""
        if item is self._shown:
            self._shown = None
            self._iface.messageBar().widgetRemoved.disconnect(self._on_removed)
