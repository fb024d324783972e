"""Letting QGIS work until something holds."""

import time

from qgis.core import QgsApplication


def work_until(holds, patience_s=20):
    """Let QGIS handle its events until ``holds()`` is true; fails after ``patience_s``."""
    deadline = time.monotonic() + patience_s
    while not holds() and time.monotonic() < deadline:
        QgsApplication.processEvents()
        time.sleep(0.01)
    assert holds()
