"""The trainings of a QGIS session: their windows, the menu that lists them, the button in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from qgis.core import Qgis, QgsApplication, QgsMapLayer, QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from ...engine.contract import shown_text
from ..algorithms.toolbox_entry import ICON
from ..messages import tr
from .window import TrainingWindow

if TYPE_CHECKING:
    from qgis.gui import QgisInterface


class Trainings(QObject):
    """Owns the windows: they are hidden, not closed, and each can be shown again."""

    map_wanted = pyqtSignal(str, list)
    engine_wanted = pyqtSignal()

    def __init__(self, iface: Optional[QgisInterface], parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._iface = iface
        self._parent = parent
        self.windows: list[TrainingWindow] = []
        self._status: Optional[QToolButton] = None
        self._is_closed = False
        self._way_back: Optional[QWidget] = None  # the message that offers it
        QgsProject.instance().writeProject.connect(self._keep)
        QgsApplication.instance().aboutToQuit.connect(self.close_all)

    def new(self) -> TrainingWindow:
        """A new window for another training; the first one of a project loads the form stored in the project."""
        window = TrainingWindow(self._selected_layers, self._parent)
        window.map_wanted.connect(self.map_wanted)
        window.engine_wanted.connect(self.engine_wanted)
        window.on_the_map.connect(lambda: self._offer_return(window))
        window.session.began.connect(self._refresh_status)
        window.session.progressed.connect(lambda _event: self._refresh_status())
        window.session.ended.connect(lambda *_result: self._refresh_status())
        if not any(other.session.form.sensors for other in self.windows):
            window.session.take_from_project()
        self.windows.append(window)
        return window

    def open(self) -> TrainingWindow:
        """Show a window that is not training, else a new one."""
        idle = [window for window in self.windows if not window.session.is_running() and not window.session.model]
        window = idle[-1] if idle else self.new()
        show(window)
        return window

    def open_with(self, given: dict[str, Any]) -> None:
        """Show a window with the values of the toolbox dialog."""
        window = self.new()
        window.take_parameters(given)
        show(window)

    def engine_found(self) -> None:
        """Remove the messages of an engine that is missing."""
        for window in self.windows:
            window.messages.refresh()

    def fill_menu(self, menu: QMenu) -> None:
        """Add the trainings to a menu; an entry shows its window."""
        for window in self.windows:
            action = menu.addAction(f"{window.title()} – {window.state()}")
            action.triggered.connect(lambda _checked=False, window=window: show(window))

    def close_all(self) -> None:
        """End all trainings and delete the windows, because the plugin is unloaded or QGIS quits."""
        if self._is_closed:
            return
        self._is_closed = True
        QgsApplication.instance().aboutToQuit.disconnect(self.close_all)
        QgsProject.instance().writeProject.disconnect(self._keep)
        for window in self.windows:
            window.release()
        self.windows.clear()
        self._withdraw_return()
        if self._status is not None:
            self._status.deleteLater()
            self._status = None

    def _selected_layers(self) -> list[QgsMapLayer]:
        return list(self._iface.layerTreeView().selectedLayersRecursive()) if self._iface is not None else []

    def _keep(self, *_document: object) -> None:
        """Store the form of the last window that has sensors in the project."""
        filled = [window for window in self.windows if window.session.form.sensors]
        if filled:
            filled[-1].session.keep_in_project()

    def _offer_return(self, window: TrainingWindow) -> None:
        """Offer the way back to a window that gave way to the map."""
        if self._iface is None:
            return
        self._withdraw_return()
        bar = self._iface.messageBar()
        text = tr("The test errors of {name} are on the map.").format(name=shown_text(window.title()))
        item = bar.createMessage("CoLearn", text)
        button = QPushButton(tr("Back to the training"))

        def go_back() -> None:
            self._withdraw_return()
            if window in self.windows:
                show(window)

        button.clicked.connect(lambda _checked=False: go_back())
        item.layout().addWidget(button)
        self._way_back = item
        bar.pushWidget(item, Qgis.MessageLevel.Info)

    def _withdraw_return(self) -> None:
        """Remove the message that offers the way back, if it is still there."""
        item, self._way_back = self._way_back, None
        if item is not None and not sip.isdeleted(item):
            self._iface.messageBar().popWidget(item)

    def _refresh_status(self) -> None:
        running = [window for window in self.windows if window.session.is_running()]
        if self._iface is None or (self._status is None and not running):
            return
        if self._status is None:
            self._status = QToolButton()
            self._status.setIcon(QIcon(ICON))
            self._status.setAutoRaise(True)
            self._status.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._status.clicked.connect(lambda _checked=False: self._show_running())
            self._iface.statusBarIface().addPermanentWidget(self._status)
        self._status.setVisible(bool(running))
        self._status.setText(", ".join(f"{window.title()} {window.state()}" for window in running))

    def _show_running(self) -> None:
        running = [window for window in self.windows if window.session.is_running()]
        for window in running[-1:]:
            show(window)


def show(window: TrainingWindow) -> None:
    """Bring a window to the front."""
    window.show()
    window.raise_()
    window.activateWindow()
