"""The plugin's entry point for QGIS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QMenu

from .algorithms.toolbox_entry import ICON
from .gui.identified_names import IdentifiedNames, knows_names
from .gui.sliced_import import SlicedImport
from .gui.window_button import openers as train_window_openers
from .mapping_dock.hooks import MappingHooks
from .messages import tr
from .process import environment
from .provider import CoLearnProvider
from .setup.offer_bar import OfferBar

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .setup.window import SetUpWindow
    from .training.trainings import Trainings

MENU = "CoLearn"
BEHIND_TRAINING = (  # folders, in the order in which they import from one another
    "engine/contract",
    "plugin/parameters",
    "plugin/layers",
    *(f"plugin/training/{folder}" for folder in ("form", "layers", "runs", "session", "pages")),
    "plugin/training",
)


class CoLearnPlugin:
    """Adds the Processing provider and, in QGIS Desktop, menu and toolbar. Windows are imported on first use."""

    def __init__(self, iface: Optional[QgisInterface]) -> None:
        self._iface = iface  # None in qgis_process
        self._provider: Optional[CoLearnProvider] = None
        self._actions: list[QAction] = []
        self._trainings_menu: Optional[QMenu] = None
        self._trainings: Optional[Trainings] = None
        self._mapping: Optional[MappingHooks] = None
        self._offer: Optional[OfferBar] = None
        self._names: Optional[IdentifiedNames] = None
        self._set_up: Optional[SetUpWindow] = None
        self._imports: Optional[SlicedImport] = None

    def initProcessing(self) -> None:
        """Add the provider, which is all that qgis_process needs."""
        self._provider = CoLearnProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:
        """Add the provider, the menu and the toolbar button."""
        self.initProcessing()
        if self._iface is None:
            return
        self._imports = SlicedImport(BEHIND_TRAINING, self._iface.mainWindow())
        train = self._add_action(tr("Train a model…"), lambda: self._when_imported(self.show_training))
        self._iface.addToolBarIcon(train)
        self._mapping = MappingHooks(self._iface)
        self._add_action(tr("Map from a layer…"), self._mapping.open_selected)
        self._trainings_menu = QMenu(tr("Trainings"), self._iface.mainWindow())
        self._trainings_menu.aboutToShow.connect(self._fill_trainings)
        self._add_action(self._trainings_menu.title(), None).setMenu(self._trainings_menu)
        self._add_action(tr("Set up…"), self.show_engine)
        self._offer = OfferBar(self._iface, self.show_engine)
        environment.on_missing.append(self._offer.offer)
        environment.on_broken.append(self._offer.warn)
        train_window_openers.append(self.continue_in_window)
        if not knows_names():
            self._names = IdentifiedNames(self._iface)
        QTimer.singleShot(0, self._offer_at_start)

    def unload(self) -> None:
        """Remove what was added; running trainings are stopped."""
        if self.continue_in_window in train_window_openers:
            train_window_openers.remove(self.continue_in_window)
        if self._imports is not None:
            self._imports.stop()
            self._imports.deleteLater()
            self._imports = None
        if self._names is not None:
            self._names.remove()
            self._names = None
        if self._trainings is not None:
            self._trainings.close_all()
            self._trainings = None
        if self._mapping is not None:
            self._mapping.remove()
            self._mapping = None
        if self._offer is not None:
            environment.on_missing.remove(self._offer.offer)
            environment.on_broken.remove(self._offer.warn)
            self._offer.withdraw()
            self._offer = None
        if self._set_up is not None:
            self._set_up.leave()
            self._set_up.deleteLater()
            self._set_up = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        for action in self._actions:
            self._iface.removePluginMenu(MENU, action)
            self._iface.removeToolBarIcon(action)
            action.deleteLater()
        self._actions.clear()
        if self._trainings_menu is not None:
            self._trainings_menu.deleteLater()
            self._trainings_menu = None

    def trainings(self) -> Trainings:
        """The training windows; created on first use."""
        if self._trainings is None:
            from .training.trainings import Trainings

            self._trainings = Trainings(self._iface, self._iface.mainWindow() if self._iface else None)
            self._trainings.engine_wanted.connect(self.show_engine)
            if self._mapping is not None:
                self._trainings.map_wanted.connect(self._mapping.open_model)
        return self._trainings

    def show_training(self) -> None:
        """Open the training window."""
        self.trainings().open()

    def continue_in_window(self, given: dict[str, Any]) -> None:
        """Open the training window with the values of the toolbox dialog."""
        self._when_imported(lambda: self.trainings().open_with(given))

    def show_engine(self) -> None:
        """Open the set-up window; an installation continues while the window is hidden."""
        from .setup.window import SetUpWindow

        if self._set_up is None:
            self._set_up = SetUpWindow(self._iface.mainWindow() if self._iface else None)
            if self._offer is not None:
                self._set_up.ready.connect(self._offer.withdraw)
            self._set_up.ready.connect(self._engine_found)
        else:
            self._set_up.check()
        self._set_up.show()
        self._set_up.raise_()

    def _engine_found(self) -> None:
        if self._trainings is not None:
            self._trainings.engine_found()

    def _offer_at_start(self) -> None:
        if self._offer is not None:  # the plugin may have been unloaded meanwhile
            self._offer.offer()

    def _add_action(self, text: str, on_click: Optional[Callable[[], None]]) -> QAction:
        action = QAction(QIcon(ICON), text, self._iface.mainWindow())
        if on_click is not None:
            action.triggered.connect(lambda _checked=False: on_click())
        self._iface.addPluginToMenu(MENU, action)
        self._actions.append(action)
        return action

    def _when_imported(self, show: Callable[[], None]) -> None:
        """Call a function that opens a training window, once what it needs is imported."""
        if self._imports is not None:
            self._imports.start(show)

    def _fill_trainings(self) -> None:
        """List the trainings; as long as no window was opened there are none, and nothing is imported for it."""
        self._trainings_menu.clear()
        if self._trainings is not None:
            self._trainings.fill_menu(self._trainings_menu)
        if self._trainings_menu.isEmpty():
            self._trainings_menu.addAction(tr("none yet")).setEnabled(False)
