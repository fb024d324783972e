"""The script executed in QGIS by ``pictures.py``: from layers to a trained model to a map, with screenshots."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QModelIndex, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QMenu, QTreeView, QWidget
from qgis.utils import iface, plugins

PICTURES = Path(os.environ["COLEARN_PICTURES"])
DATA = Path(os.environ["COLEARN_PICTURES_DATA"])
PATIENCE_S = 1500
SCREEN = 1366, 768
EPOCHS, SAMPLES = 8, 1200  # enough to see curves


def main() -> None:
    """Take all pictures, then quit QGIS, whatever happens."""
    code = 1
    try:
        take_all()
        (PICTURES / "finished").touch()
        code = 0
    except Exception:  # noqa: BLE001  (it must end: nobody sits before this QGIS)
        (PICTURES / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")
    QgsProject.instance().setDirty(False)
    QTimer.singleShot(0, lambda: os._exit(code))


def take_all() -> None:
    """Take the pictures of one window after the other."""
    wait_for(lambda: "colearn" in plugins)  # QGIS may take a while to load it
    wait(2)
    iface.mainWindow().setGeometry(0, 0, *SCREEN)
    project = QgsProject.instance()
    project.write(str(DATA / "projet.qgs"))
    rasters = [QgsRasterLayer(str(path), path.stem) for path in sorted(DATA.glob("*.jp2"))]
    labels = QgsVectorLayer(str(DATA / "training_polygons.gpkg"), "training_polygons")
    project.addMapLayers([labels, *rasters])
    iface.mapCanvas().setExtent(rasters[0].extent())
    plugin = plugins["colearn"]
    window = plugin.trainings().open()
    picture(window, "01 empty")
    set_up_and_toolbox(plugin, rasters, labels)
    window.session.add_layers([*rasters, labels])
    wait_for(lambda: window.session.rasters_read() == (0, 0) and not window.session.reading.facts.is_being_read)
    wait(0.5)
    picture(window, "02 sensors")
    form = window.session.form
    window.session.edit(form.put(form.sensors[1].rasters, 0))
    wait(0.5)
    picture(window, "03 pixel sizes mixed")
    (issue,) = [each for each in window.session.verdict().issues if each.mend is not None]
    window.session.mend(issue)
    split_on_the_map(window)
    pages = (("04 labels", 1), ("05 training", 2), ("06 run", 3))
    for name, row in pages:
        window.steps.setCurrentRow(row)
        wait(0.5)
        picture(window, name)
    settings = window.session.form.settings.having(epochs=EPOCHS, max_samples=SAMPLES)
    window.session.edit(replace(window.session.form, settings=settings))
    window.steps.setCurrentRow(2)
    window.training_page.unfold()
    wait(0.5)
    picture(window, "07 all settings")
    window.train()
    wait_for(lambda: window.session.training.share > 0.4 or not window.session.is_running())
    picture(window, "08 running")
    picture(iface.mainWindow(), "09 status bar")
    wait_for(lambda: not window.session.is_running())
    wait(1)
    picture(window, "10 trained")
    window.hide()
    model_in_the_browser(window.session.model)
    forms_of_a_model(window.session.model)
    window.run_page.buttons["map"].click()
    window.hide()
    map_it(plugin, [layer for layer in rasters if layer.name()[-3:] in ("B02", "B03", "B04", "B08")])


def split_on_the_map(window: QWidget) -> None:
    """The split of the samples, before training."""
    window.steps.setCurrentRow(1)  # type: ignore[attr-defined]
    wait(0.5)
    window.labels_page.split_button.click()  # type: ignore[attr-defined]
    wait_for(lambda: not window.session.split.is_running())  # type: ignore[attr-defined]
    window.hide()
    wait(4)  # until it is drawn
    picture(iface.mainWindow(), "04b split on the map")


def set_up_and_toolbox(plugin: object, rasters: list[QgsRasterLayer], labels: QgsVectorLayer) -> None:
    """The set-up window, and the toolbox dialog with the button that continues in the training window."""
    import processing

    plugin.show_engine()  # type: ignore[attr-defined]
    wait_for(lambda: "Checking" not in plugin._set_up.state_text())  # type: ignore[attr-defined]
    picture(plugin._set_up, "01b set-up")  # type: ignore[attr-defined]
    plugin._set_up.reject()  # type: ignore[attr-defined]
    dialog = processing.createAlgorithmDialog("colearn:train", {"SENSOR_A": rasters[:4], "LABELS": labels})
    dialog.show()
    picture(dialog, "01c toolbox")
    dialog.close()


def model_in_the_browser(model: str) -> None:
    """The model file in the browser, with its context menu."""
    from colearn.plugin.mapping_dock.browser import ModelItem

    docks = iface.mainWindow().findChildren(QDockWidget)
    browser = next(dock for dock in docks if dock.objectName() == "Browser")
    browser.setFloating(True)
    browser.setGeometry(200, 100, 520, 420)
    tree = browser.findChild(QTreeView)
    wait(1)
    at = QModelIndex()
    for name in Path(model).parts:
        wait_for(lambda at=at, name=name: child(tree, at, name).isValid())  # type: ignore[misc]
        at = child(tree, at, name)
        tree.expand(at)
    tree.setCurrentIndex(at)
    tree.scrollTo(at)
    browser.raise_()
    menu = QMenu(browser)
    item = ModelItem(None, model, lambda _path: None)
    menu.addActions(item.actions(menu))
    menu.popup(tree.viewport().mapToGlobal(tree.visualRect(at).bottomLeft()))
    picture(None, "10b browser")
    menu.close()
    browser.setFloating(False)


def child(tree: QTreeView, parent: QModelIndex, name: str) -> QModelIndex:
    """The child entry with this name; an invalid index if there is none (yet)."""
    model = tree.model()
    if model.canFetchMore(parent):
        model.fetchMore(parent)
    rows = (model.index(row, 0, parent) for row in range(model.rowCount(parent)))
    return next((index for index in rows if index.data() == name), QModelIndex())


def forms_of_a_model(model: str) -> None:
    """The dialogs that show a model, edit its classes and export one of its sensors."""
    import processing

    for letter, name in (("c", "inspectmodel"), ("d", "editclasses"), ("e", "exportsensor"), ("f", "evaluate")):
        dialog = processing.createAlgorithmDialog(f"colearn:{name}", {"MODEL": model})
        dialog.show()
        picture(dialog, f"10{letter} {name}")
        dialog.close()


def map_it(plugin: object, layers: list[QgsRasterLayer]) -> None:
    """The dock, the preview, the map, the slider, the context menu."""
    dock = plugin._mapping.dock()  # type: ignore[attr-defined]
    dock.open_layers(layers)
    wait_for(dock.map_button.isEnabled)
    wait(1)
    picture(iface.mainWindow(), "11 dock")
    draw_an_area(dock)
    dock.preview_button.click()
    wait_for(lambda: not dock.session.is_running())
    wait(2)
    picture(iface.mainWindow(), "12 preview")
    dock.compare.box.setCurrentIndex(1)
    dock.compare.box.activated.emit(1)
    dock.preview_button.click()
    wait_for(lambda: dock._preview.swipe is not None)
    wait(3)
    picture(iface.mainWindow(), "12b swipe")
    dock.map_button.click()
    wait_for(lambda: not dock.session.is_running())
    wait(3)
    picture(iface.mainWindow(), "13 map")
    confidence = [each for each in QgsProject.instance().mapLayers().values() if "confidence" in each.name()]
    model = iface.layerTreeView().layerTreeModel()
    for layer in confidence:
        node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
        model.refreshLayerLegend(node)
        from_slider(layer)
    wait(2)
    picture(iface.mainWindow(), "14 unsure")
    view = iface.layerTreeView()
    view.setCurrentLayer(layers[0])
    menu = view.menuProvider().createContextMenu()
    menu.popup(view.mapToGlobal(view.rect().center()))
    own = next(action for action in menu.actions() if action.text() == "CoLearn")
    menu.setActiveAction(own)
    own.menu().popup(view.mapToGlobal(view.rect().bottomRight()))
    picture(None, "15 context menu")
    own.menu().close()
    menu.close()


def draw_an_area(dock: object) -> None:
    """A polygon being drawn as the area to map; then the whole image again."""
    choices = dock.choices  # type: ignore[attr-defined]
    for area in ("polygons", "whole"):
        choices.area_box.setCurrentIndex(choices.area_box.findData(area))
        choices.area_box.activated.emit(choices.area_box.currentIndex())
        if area == "whole":
            break
        choices.draw_button.click()
        view, none = iface.mapCanvas().viewport(), Qt.KeyboardModifier.NoModifier
        for x, y in ((150, 250), (450, 220), (500, 400), (200, 420)):
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, none, QPoint(x, y))
        picture(iface.mainWindow(), "11b area drawn")
        QTest.mouseClick(view, Qt.MouseButton.RightButton, none, QPoint(5, 5))
        picture(iface.mainWindow(), "11c area of polygons")
        QgsProject.instance().removeMapLayer(dock.session.form.mask_key)  # type: ignore[attr-defined]


def from_slider(layer: QgsRasterLayer) -> None:
    """Move the slider of a confidence layer, created as by the layer tree."""
    from qgis.gui import QgsGui

    provider = QgsGui.layerTreeEmbeddedWidgetRegistry().provider("colearn_unsure")
    slider = provider.createWidget(layer, 0)
    slider.slider.setValue(60)
    slider.deleteLater()


def picture(widget: QWidget | None, name: str) -> None:
    """A screenshot of a window; of the whole screen without one."""
    if widget is not None:
        widget.show()
        widget.raise_()
        widget.activateWindow()
    wait(0.7)
    if widget is None:
        QgsApplication.primaryScreen().grabWindow(0).save(str(PICTURES / f"{name}.png"))
        return
    widget.grab().save(str(PICTURES / f"{name}.png"))


def wait(seconds: float) -> None:
    """Let QGIS process events for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QgsApplication.processEvents()
        time.sleep(0.01)


def wait_for(holds: Callable[[], bool]) -> None:
    """Let QGIS process events until a condition holds.

    Raises:
        TimeoutError: it does not hold in time.
    """
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("QGIS took too long")
        wait(0.1)


QTimer.singleShot(3000, main)
