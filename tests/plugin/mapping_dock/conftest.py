"""What tests of the mapping dock share."""

import time

import pytest
from qgis.core import QgsApplication


@pytest.fixture
def wait():
    def until(holds, patience_s=20):
        deadline = time.monotonic() + patience_s
        while not holds() and time.monotonic() < deadline:
            QgsApplication.processEvents()
            time.sleep(0.01)
        assert holds()

    return until
