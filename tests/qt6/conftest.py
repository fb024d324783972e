"""The plugin under PyQt6, with a stand-in for QGIS. Run by tools/check_compat.py in an environment of its own."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent / "standin"))

_spec = importlib.util.spec_from_file_location("colearn", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
_module = importlib.util.module_from_spec(_spec)
sys.modules["colearn"] = _module
_spec.loader.exec_module(_module)


@pytest.fixture(scope="session", autouse=True)
def application():
    from PyQt6.QtCore import QT_VERSION_STR
    from PyQt6.QtWidgets import QApplication

    assert QT_VERSION_STR.startswith("6.")
    application = QApplication.instance() or QApplication([])
    faults = []
    sys.excepthook = lambda kind, error, _trace: faults.append(error)  # a slot's error is no test's failure otherwise
    yield application
    assert faults == []
