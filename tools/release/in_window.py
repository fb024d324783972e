"""Run by a QGIS window (``--code``): installs a plugin zip as "Install from ZIP" does, and reports the result.

Standard library and QGIS only. The instructions are a JSON file, given by COLEARN_WINDOW_ORDER.
"""

import json
import os
import traceback
from pathlib import Path

import qgis.utils
from qgis.core import Qgis, QgsApplication, QgsProject
from qgis.PyQt.QtCore import QT_VERSION_STR, QTimer
from qgis.PyQt.QtWidgets import QApplication, QLabel, QTextEdit
from qgis.utils import iface

ORDER = json.loads(Path(os.environ["COLEARN_WINDOW_ORDER"]).read_text(encoding="utf-8"))
logged = []
report = {"qgis": Qgis.QGIS_VERSION, "qt": QT_VERSION_STR, "installed": {"active": False}}


def on_message(message, tag, level):
    """Store QGIS's log messages about Python and plugins."""
    logged.append({"tag": tag, "level": int(level), "text": message})


def install():
    """Install the zip; returns its folder."""
    import pyplugin_installer

    pyplugin_installer.instance().installFromZipFile(ORDER["zip"])
    name = ORDER["folder"]
    return {"active": name in qgis.utils.active_plugins, "folder": os.path.dirname(qgis.utils.plugins[name].__module__)}


def algorithms():
    """Ids of the plugin's algorithms in the registry."""
    provider = QgsApplication.processingRegistry().providerById(ORDER["provider"])
    return sorted(each.id() for each in provider.algorithms()) if provider else []


def run_each(steps):
    """Run algorithms in sequence, with outputs loaded into the project; returns their results."""
    import processing

    return [processing.runAndLoadResults(name, parameters) for name, parameters in steps]


def work():
    """Follow the instructions, write the report, take a screenshot, quit QGIS."""
    try:
        report["installed"] = install()
        report["algorithms"] = algorithms()
        report["results"] = run_each(ORDER["steps"])
        report["layers"] = [layer.name() for layer in QgsProject.instance().mapLayers().values()]
        iface.zoomFull()
    except Exception:  # noqa: BLE001  (whatever it was, it belongs into the report)
        report["traceback"] = traceback.format_exc()
    QTimer.singleShot(ORDER["picture_after_ms"], finish)


def look_for_questions():
    """Abort if QGIS shows a dialog, which nobody would answer."""
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        texts = [each.text() for each in dialog.findChildren(QLabel)]
        texts += [each.toPlainText() for each in dialog.findChildren(QTextEdit)]
        report["traceback"] = "\n".join([dialog.windowTitle(), *texts])
        finish()


def finish():
    """Take the screenshot and quit."""
    iface.mainWindow().grab().save(ORDER["picture"])
    report["logged"] = logged
    Path(ORDER["report"]).write_text(json.dumps(report, default=str), encoding="utf-8")
    QgsProject.instance().setDirty(False)
    os._exit(0)  # nothing is left to save, and no dialog may appear


iface.mainWindow().resize(1366, 768)
QgsApplication.messageLog().messageReceived.connect(on_message)
questions = QTimer()
questions.timeout.connect(look_for_questions)
questions.start(1000)
QTimer.singleShot(1000, work)
