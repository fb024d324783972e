"""The modules behind a window are imported bit by bit, and then it is opened."""

import sys
from pathlib import Path

import pytest
from colearn.plugin import plugin
from colearn.plugin.gui import sliced_import
from colearn.plugin.gui.sliced_import import SlicedImport
from colearn.plugin.mapping_dock import hooks
from qgis.PyQt.QtCore import QCoreApplication

NAMES = [f"colearn_of_this_test_{at}" for at in range(5)]


@pytest.fixture
def imported(qgis_app, monkeypatch):
    """What is imported, one module per turn; one whose name is added to ``broken`` fails."""
    found = []

    def load(name):
        found.append(name)
        if name in broken:
            raise ImportError(name)
        monkeypatch.setitem(sys.modules, name, sys)

    broken = []
    monkeypatch.setattr(sliced_import, "SLICE_S", 0)
    monkeypatch.setattr(sliced_import, "_modules_in", lambda folder: NAMES if folder == "here" else [])
    monkeypatch.setattr(sliced_import.importlib, "import_module", load)
    return found, broken


def turns(until, most=50):
    """Turns of the event loop until something has happened."""
    for turn in range(most):
        if until():
            return turn
        QCoreApplication.processEvents()
    raise AssertionError("it has not happened")


def test_one_slice_follows_another_and_the_window_opens_at_the_end(imported):
    found, opened = imported[0], []
    work = SlicedImport(["here", "elsewhere"])

    def open_window():
        opened.append(len(found))

    work.start(open_window)
    work.start(open_window)  # clicked twice
    assert (found, opened) == ([], [])
    assert turns(lambda: opened) >= len(NAMES)
    assert (found, opened) == (NAMES, [len(NAMES)])
    work.start(open_window)
    assert opened == [len(NAMES)] * 2  # at once: all of them are there


def test_whoever_else_waits_for_the_modules_is_called_as_well(imported):
    opened = []
    work = SlicedImport(["here"])
    for name in ("from the toolbar", "from the toolbox"):
        work.start(lambda name=name: opened.append(name))
    turns(lambda: opened)
    assert opened == ["from the toolbar", "from the toolbox"]


def test_a_module_that_cannot_be_imported_is_left_to_the_window(imported):
    (found, broken), opened = imported, []
    broken.append(NAMES[1])
    SlicedImport(["here"], QCoreApplication.instance()).start(lambda: opened.append(True))
    turns(lambda: opened)
    assert found == NAMES[:2]


def test_nothing_is_opened_once_it_is_stopped(imported):
    found, opened = imported[0], []
    work = SlicedImport(["here"])
    work.start(lambda: opened.append(True))
    turns(lambda: found)
    work.stop()
    for _turn in range(20):
        QCoreApplication.processEvents()
    assert not opened and len(found) < len(NAMES)


def test_every_folder_behind_a_window_is_there():
    root = Path(plugin.__file__).parents[1]
    for folders in (plugin.BEHIND_TRAINING, hooks.BEHIND_DOCK):
        assert [folder for folder in folders if not (root / folder).is_dir()] == []
    names = sliced_import._modules_in("plugin/training")
    assert "colearn.plugin.training.window" in names
    assert names[-1] < "colearn.plugin.training.x" and "colearn.plugin.training" in names
