"""Letting QGIS work until something holds, and holding up threads meanwhile."""

import threading
import time

import pytest
from qgis.core import QgsApplication


def work_until(holds, patience_s=60):
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
        self.was_forgotten = False

    def open(self):
        self._opened.set()

    def close(self):
        self._opened.clear()

    def before(self, function):
        def held(*given):
            self.passed_in.append(threading.current_thread())
            if not self._opened.wait(60):
                self.was_forgotten = True  # what is tested might handle the error in this thread
                raise AssertionError("a gate that was never opened")
            return function(*given)

        return held


@pytest.fixture
def gate(monkeypatch):
    """Files and labels that are slow to open and to read, until it is opened; nobody waits for them."""
    from colearn.plugin.process import background
    from colearn.plugin.training.layers import header_reader, label_reading

    gate = Gate()
    monkeypatch.setattr(background, "PATIENCE_S", 0)
    monkeypatch.setattr(label_reading, "_table", gate.before(label_reading._table))
    for name in ("facts_of", "open_raster", "open_vector"):
        monkeypatch.setattr(header_reader, name, gate.before(getattr(header_reader, name)))
    yield gate
    gate.open()
    assert not gate.was_forgotten
