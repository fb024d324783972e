"""Where mapping hooks into QGIS: the dock, context menus, the browser, drops. Imports are deferred until needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Optional

from qgis.core import QgsApplication, QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QMenu

from ..gui.sliced_import import SlicedImport
from . import unsure
from .browser import ModelDrop, ModelItems
from .layer_menu_hook import LayerMenuHook

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .dock import MapDock
    from .form.companions import Rasters
    from .layer_menu import LayerMenu
    from .layers.raster_reading import RasterReading

BEHIND_DOCK = (  # folders, in the order in which they import from one another
    "engine/contract",
    "plugin/layers",
    *(f"plugin/training/{folder}" for folder in ("form", "layers", "runs")),
    "plugin/mapping_dock",
)


class MappingHooks(QObject):
    """What the plugin adds to QGIS for mapping; :meth:`remove` removes all of it."""

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__()
        self._iface = iface
        self._dock: Optional[MapDock] = None
        self._entries: Optional[LayerMenu] = None
        self._assessing: Optional[RasterReading] = None
        self._imports = SlicedImport(BEHIND_DOCK, self)
        self._items = ModelItems(self.open_model)
        QgsApplication.dataItemProviderRegistry().addProvider(self._items)
        self._drop = ModelDrop(self.open_model)
        iface.registerCustomDropHandler(self._drop)
        self._slider = unsure.register()
        self._menu = LayerMenuHook(iface, self._on_context_menu)
        QgsApplication.instance().aboutToQuit.connect(self._drop_dock)

    def dock(self) -> MapDock:
        """The dock; created on first use."""
        if self._dock is None:
            from .dock import MapDock

            self._dock = MapDock(self._iface.mapCanvas(), self._iface.mainWindow())
            self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._dock)
        return self._dock

    def open_model(self, path: str, files: Sequence[str] = ()) -> None:
        """Show the dock with a model, and with raster files where no layer of the project fits."""
        self._imports.start(lambda: self.dock().open_model(path, files))

    def open_layers(self, layers: Sequence[QgsMapLayer], model: str = "", sensor: str = "") -> None:
        """Show the dock with layers of the project."""
        keys = [layer.id() for layer in layers]

        def show() -> None:
            there = [QgsProject.instance().mapLayer(key) for key in keys]
            self.dock().open_layers([layer for layer in there if layer is not None], model, sensor)

        self._imports.start(show)

    def open_selected(self) -> None:
        """Show the dock with the layers selected in the Layers panel."""
        layers = [
            layer
            for layer in self._iface.layerTreeView().selectedLayersRecursive()
            if isinstance(layer, QgsRasterLayer)
        ]
        self.open_layers(layers) if layers else self.open_model("")

    def assess(self, layer: QgsRasterLayer, model: str, sensor: str) -> None:
        """Open the dialog of ``colearn:evaluate`` for a map, with the rasters it was made from if they are known."""
        from .browser import open_form
        from .layers.project_rasters import sources_of
        from .layers.raster_reading import RasterReading

        key = layer.id()

        def show(headers: Rasters) -> None:
            inputs = sources_of(key, model, sensor, headers)
            open_form("colearn:evaluate", {"MODEL": model, "SENSOR": sensor, "MAP": key, "INPUT": inputs})

        if self._assessing is None:
            self._assessing = RasterReading()
        self._assessing.read_project(show)

    def remove(self) -> None:
        """Remove everything that was added."""
        self._imports.stop()
        QgsApplication.instance().aboutToQuit.disconnect(self._drop_dock)
        QgsApplication.dataItemProviderRegistry().removeProvider(self._items)
        self._iface.unregisterCustomDropHandler(self._drop)
        unsure.unregister()
        self._menu.remove()
        for reading in (self._entries, self._assessing):
            if reading is not None:
                reading.leave()
        self._drop_dock()

    def _selected(self) -> list[QgsMapLayer]:
        return list(self._iface.layerTreeView().selectedLayersRecursive())

    def _drop_dock(self) -> None:
        if self._dock is not None:
            self._iface.removeDockWidget(self._dock)
            self._dock.release()
            self._dock = None

    def _on_context_menu(self, menu: QMenu) -> None:
        """Fill CoLearn's own menu within a layer's context menu."""
        from .layer_menu import LayerActions, LayerMenu

        if self._entries is None:
            actions = LayerActions(
                self.open_layers,
                lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path)),
                self.assess,
                lambda model, sensor: self.open_layers([], model, sensor),
            )
            self._entries = LayerMenu(actions)
        self._entries.fill(menu, self._selected())
