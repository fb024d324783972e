"""Checks whether this QGIS can run the plugin; if not, shows a message instead of a traceback and changes nothing else.

Imports nothing from the plugin and is written for any Python 3, because it must run where the plugin cannot.
"""

import sys

from qgis.core import Qgis, QgsApplication, QgsMessageLog
from qgis.PyQt.QtCore import QCoreApplication

NAME = "CoLearn"
PROVIDER = "colearn"
OLDEST_QGIS = 32200
OLDEST_PYTHON = (3, 9)


def obstacle():
    """Why the plugin cannot run here, as a sentence for the user; empty if it can."""
    if Qgis.QGIS_VERSION_INT < OLDEST_QGIS:
        return _tr("CoLearn requires QGIS 3.22 or later; this is QGIS {found}. Please upgrade QGIS.").format(
            found=Qgis.QGIS_VERSION
        )
    if sys.version_info[:2] < OLDEST_PYTHON:
        return _tr(
            "CoLearn requires a QGIS with Python 3.9 or later; this one has {found}. Please upgrade QGIS."
        ).format(found="{}.{}".format(*sys.version_info))
    other = QgsApplication.processingRegistry().providerById(PROVIDER)
    if other is not None:
        return _tr(
            "Another copy of CoLearn is active (plugin folder “{folder}”), so this one was not loaded. Uninstall or "
            "disable one of the two in Plugins > Manage and Install Plugins, then restart QGIS."
        ).format(folder=type(other).__module__.partition(".")[0])
    return ""


class ClosedEntrance:
    """Replaces the plugin where it cannot run: reports the reason once and does nothing else."""

    def __init__(self, iface, reason):
        self._iface = iface  # None in qgis_process
        self._reason = reason

    def initProcessing(self):
        """Log the reason."""
        QgsMessageLog.logMessage(self._reason, NAME, Qgis.MessageLevel.Critical)

    def initGui(self):
        """Report the reason in the log and the message bar."""
        self.initProcessing()
        if self._iface is not None:
            self._iface.messageBar().pushMessage(NAME, self._reason, Qgis.MessageLevel.Warning, 0)

    def unload(self):
        """Do nothing: nothing was added."""


def _tr(text):
    return QCoreApplication.translate("CoLearn", text)
