"""What a real QGIS does in the test of its windows: train, map, write what there was, leave."""

import json
import os
import time
import traceback
from dataclasses import replace
from pathlib import Path

import numpy as np
from osgeo import gdal
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
LARGE_PX = 4000  # a side


def main():
    outcome = {}
    try:
        outcome = SCENARIOS[os.environ["COLEARN_TEST_SCENARIO"]]()
    except Exception:  # noqa: BLE001  (nobody sits before this QGIS: it must say what happened, and leave)
        outcome["error"] = traceback.format_exc()
    RESULT.write_text(json.dumps(outcome), encoding="utf-8")
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
    return {"engine": children(), "output": window.session.form.output_model}


def leave_in_a_map():
    """Start mapping a large raster and say who computes."""
    plugin, window, _camera = begin()
    wait_for(window.train_button.isEnabled)
    window.train_button.click()
    wait_for(lambda: not window.session.is_running())
    large = QgsRasterLayer(enlarged(WORLD["camera"]), "grande")
    QgsProject.instance().addMapLayer(large)
    dock = plugin._mapping.dock()
    dock.open_layers([large], window.session.model)
    wait_for(dock.map_button.isEnabled)
    output = dock.session.form.output
    dock.map_button.click()
    wait_for(lambda: dock.bar.value() >= 2 or not dock.session.is_running())
    if not dock.session.is_running():
        raise RuntimeError(f"QGIS was not left in the middle: {dock.message_text()}")
    return {"engine": children(), "output": output}


def enlarged(path):
    """A raster of the same bands and pixels with far more of them: to map it takes a while."""
    small = gdal.Open(path)
    times = -(-LARGE_PX // small.RasterXSize)
    values = np.tile(small.ReadAsArray(), (1, times, times))
    target = str(FOLDER / "grande.tif")
    kind = small.GetRasterBand(1).DataType
    large = gdal.GetDriverByName("GTiff").Create(target, *values.shape[:0:-1], len(values), kind)
    large.SetGeoTransform(small.GetGeoTransform())
    large.SetProjection(small.GetProjection())
    for number, band in enumerate(values, start=1):
        of = small.GetRasterBand(number)
        large.GetRasterBand(number).WriteArray(band)
        large.GetRasterBand(number).SetDescription(of.GetDescription())
        if of.GetNoDataValue() is not None:
            large.GetRasterBand(number).SetNoDataValue(of.GetNoDataValue())
    return target


def children():
    """The processes that this QGIS has started and that run."""
    mine = str(os.getpid())
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if path.read_text().rsplit(")", 1)[1].split()[1] == mine
    ]


def trained_and_mapped():
    """Train and map by the windows; the plugin, its window, the layer mapped and the map's file."""
    plugin, window, camera = begin()
    wait_for(window.train_button.isEnabled)
    window.train_button.click()
    wait_for(lambda: not window.session.is_running())
    window.run_page.buttons["map"].click()
    dock = plugin._mapping.dock()
    dock.open_layers([camera])
    wait_for(dock.map_button.isEnabled)
    output = dock.session.form.output
    dock.map_button.click()
    wait_for(lambda: not dock.session.is_running())
    return plugin, window, camera, output


def train_and_map():
    """From layers to a map; says what there was."""
    project = QgsProject.instance()
    plugin, window, camera, output = trained_and_mapped()
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
    *_, output = trained_and_mapped()
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


SCENARIOS = {
    "identify": identify,
    "train and map": train_and_map,
    "leave in the middle": leave_in_the_middle,
    "leave in a map": leave_in_a_map,
}


def wait_for(holds):
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("QGIS took too long")
        QgsApplication.processEvents()
        time.sleep(0.02)


QTimer.singleShot(2000, main)
