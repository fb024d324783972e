"""What a real QGIS is told to do by the test of its windows: train, map, say what there was, leave."""

import json
import os
import time
import traceback
from dataclasses import replace
from pathlib import Path

from qgis import core
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.gui import QgsGui
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMessageBox, QTreeWidget
from qgis.utils import iface, plugins

RESULT = Path(os.environ["COLEARN_TEST_RESULT"])
FOLDER = Path(os.environ["COLEARN_TEST_FOLDER"])
WORLD = json.loads(os.environ["COLEARN_TEST_WORLD"])
QUICK = {"epochs": 2, "max_samples": 300, "context_m": 50.0}
PATIENCE_S = 240


def main():
    told = {}
    try:
        told = SCENARIOS[os.environ["COLEARN_TEST_SCENARIO"]]()
    except Exception:  # noqa: BLE001  (nobody sits before this QGIS: it must say what happened, and leave)
        told["error"] = traceback.format_exc()
    RESULT.write_text(json.dumps(told), encoding="utf-8")
    QgsProject.instance().clear()  # else QGIS asks about layers in the folder for temporary files
    answering = QTimer(iface.mainWindow())
    answering.timeout.connect(say_yes)
    answering.start(200)
    leave()


def leave():
    """Leave QGIS; one whose tasks had to be cancelled stays, and is left again."""
    QTimer.singleShot(2000, leave)
    iface.actionExit().trigger()


def say_yes():
    """QGIS asks whether tasks that run may be cancelled."""
    box = QApplication.activeModalWidget()
    if isinstance(box, QMessageBox) and box.button(QMessageBox.StandardButton.Yes) is not None:
        box.button(QMessageBox.StandardButton.Yes).click()


def begin():
    """A project in a file, layers, a training window filled with them; returns plugin, window, camera."""
    project = QgsProject.instance()
    FOLDER.mkdir(parents=True)
    project.write(str(FOLDER / "projet.qgs"))
    camera, radar = QgsRasterLayer(WORLD["camera"], "caméra"), QgsRasterLayer(WORLD["radar"], "radar")
    labels = QgsVectorLayer(WORLD["polygons"], "été")
    project.addMapLayers([camera, radar, labels])
    plugin = plugins["colearn_test"]
    plugin.show_training()
    window = plugin.trainings().windows[0]
    window.session.add_layers([camera, radar, labels])
    settings = window.session.form.settings.having(**QUICK)
    method = type(settings.get("method"))("mdico")
    window.session.edit(replace(window.session.form, settings=settings.having(method=method)))
    return plugin, window, camera


def leave_in_the_middle():
    """Start a long training and say who computes; what follows is QGIS's end."""
    _plugin, window, _camera = begin()
    settings = window.session.form.settings.having(epochs=5000)
    window.session.edit(replace(window.session.form, settings=settings))
    wait_for(window.train_button.isEnabled)
    window.train_button.click()
    wait_for(lambda: window.session.training.curves.trainings)
    mine = str(os.getpid())
    children = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if path.read_text().rsplit(")", 1)[1].split()[1] == mine
    ]
    return {"engine": children, "model": window.session.form.output_model}


def train_and_map():
    """From layers to a map; says what there was."""
    project = QgsProject.instance()
    plugin, window, camera = begin()
    wait_for(window.train_button.isEnabled)
    window.train_button.click()
    wait_for(lambda: not window.session.is_running())
    window.run_page.buttons["map"].click()
    dock = plugin._mapping.dock()
    dock.open_layers([camera])
    output = dock.session.form.output
    dock.map_button.click()
    wait_for(lambda: not dock.session.is_running())
    view = iface.layerTreeView()
    view.setCurrentLayer(camera)
    menu = view.menuProvider().createContextMenu()
    own = next(action.menu() for action in menu.actions() if action.text() == "CoLearn")
    own.aboutToShow.emit()
    return {
        "menu": [action.text() for action in plugin._actions],
        "message": window.message_text(),
        "sensors": [sensor.name for sensor in window.session.form.sensors],
        "groups": len(project.layerTreeRoot().findGroups()),
        "map": output,
        "entries": [action.text() for action in own.actions()],
        "slider": QgsGui.layerTreeEmbeddedWidgetRegistry().provider("colearn_unsure") is not None,
    }


def identify():
    """Train, map, and click on the map with QGIS's own tool; says what its results show."""
    plugin, window, camera = begin()
    wait_for(window.train_button.isEnabled)
    window.train_button.click()
    wait_for(lambda: not window.session.is_running())
    window.run_page.buttons["map"].click()
    dock = plugin._mapping.dock()
    dock.open_layers([camera])
    output = dock.session.form.output
    dock.map_button.click()
    wait_for(lambda: not dock.session.is_running())
    (layer,) = [each for each in QgsProject.instance().mapLayers().values() if each.source() == output]
    canvas = iface.mapCanvas()
    canvas.setExtent(layer.extent())
    iface.setActiveLayer(layer)
    iface.actionIdentify().trigger()
    middle = canvas.viewport().rect().center()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    tree = []
    wait_for(lambda: tree.append(iface.mainWindow().findChild(QTreeWidget, "lstResults")) or tree[-1] is not None)
    wait_for(lambda: tree[-1].topLevelItemCount() > 0)
    for _turn in range(20):
        QgsApplication.processEvents()
        time.sleep(0.02)
    items = tree[-1].findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive, 0)
    return {
        "values": {item.text(0): item.text(1) for item in items},
        "legend": {f"{each.value:g}": each.label for each in layer.renderer().classes()},
        "knows_names": hasattr(core, "QgsRasterAttributeTable"),
    }


SCENARIOS = {"identify": identify, "train and map": train_and_map, "leave in the middle": leave_in_the_middle}


def wait_for(holds):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("QGIS took too long")
        QgsApplication.processEvents()
        time.sleep(0.02)


QTimer.singleShot(2000, main)
