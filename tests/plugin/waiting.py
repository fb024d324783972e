"""Letting QGIS work until something holds, and holding up threads meanwhile."""

import threading
import time

from qgis.core import QgsApplication


def work_until(holds, patience_s=20):
    """Let QGIS handle its events until ``holds()`` is true; fails after ``patience_s``."""
    deadline = time.monotonic() + patience_s
    while not holds() and time.monotonic() < deadline:
        QgsApplication.processEvents()
        time.sleep(0.01)
    assert holds()


class Gate:
    """Holds whoever passes it, until it is opened."""

    def __init__(self):
        self._opened = threading.Event()
        self.passed_in = []

    def open(self):
        self._opened.set()

    def close(self):
        self._opened.clear()

    def before(self, function):
        def held(*given):
            self.passed_in.append(threading.current_thread())
            assert self._opened.wait(20)
            return function(*given)

        return held
