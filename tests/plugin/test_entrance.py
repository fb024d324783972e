"""Where the plugin cannot run: a sentence in QGIS, no traceback, and QGIS as it was."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import colearn
import pytest
from colearn.plugin import entrance
from colearn.plugin.plugin import CoLearnPlugin
from qgis.core import QgsApplication
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtWidgets import QLabel, QTextBrowser, QTextEdit

from qgis_process import QgisProcess

ROOT = Path(__file__).resolve().parents[2]


class Desktop:
    """The part of QGIS that is spoken to; whatever else is asked of it is an error."""

    def __init__(self):
        self.bar = QgsMessageBar()

    def messageBar(self):  # noqa: N802
        return self.bar

    def messages(self):
        fields = [*self.bar.findChildren(QTextBrowser), *self.bar.findChildren(QTextEdit)]
        labels = self.bar.findChildren(QLabel)
        return " ".join([*(each.toPlainText() for each in fields), *(each.text() for each in labels)])


@pytest.fixture
def desktop(qgis_app):
    return Desktop()


def start_and_leave(desktop):
    """What QGIS does with a plugin; returns the messages. The registry stays as it was."""
    before = QgsApplication.processingRegistry().providers()
    plugin = colearn.classFactory(desktop)
    assert isinstance(plugin, entrance.ClosedEntrance)
    plugin.initGui()
    plugin.unload()
    assert QgsApplication.processingRegistry().providers() == before
    return desktop.messages()


def test_a_qgis_that_is_too_old_is_reported_with_its_version(desktop, monkeypatch):
    monkeypatch.setattr(entrance.Qgis, "QGIS_VERSION_INT", 31600)
    monkeypatch.setattr(entrance.Qgis, "QGIS_VERSION", "3.16.0-Hannover")
    assert "requires QGIS 3.22 or later; this is QGIS 3.16.0-Hannover" in start_and_leave(desktop)


def test_a_python_that_is_too_old_is_reported_with_its_version(desktop, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 7, 10))
    assert "Python 3.9 or later; this one has 3.7" in start_and_leave(desktop)


def test_a_second_copy_stays_off_and_names_the_first(provider, desktop):
    assert "Another copy of CoLearn is active (plugin folder “colearn”)" in start_and_leave(desktop)
    assert QgsApplication.processingRegistry().providerById("colearn") is provider


def test_without_an_obstacle_the_plugin_itself_is_made(qgis_app, monkeypatch):
    monkeypatch.setattr(entrance, "PROVIDER", "a provider that nobody has")
    assert isinstance(colearn.classFactory(None), CoLearnPlugin)


def test_what_runs_before_versions_are_known_is_read_by_any_python():
    for name in ("__init__.py", "plugin/__init__.py", "plugin/entrance.py"):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 6))
        imported = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        assert imported <= {"qgis.core", "qgis.PyQt.QtCore"}, name


def test_qgis_process_with_two_copies_has_one_plugin_and_no_traceback(tmp_path):
    first = QgisProcess(ROOT, tmp_path / "zwei Kopien é", plugin_name="colearn")
    second = QgisProcess(ROOT, tmp_path / "zwei Kopien é", plugin_name="colearn_2")
    first.prepare()
    second.prepare()
    done = first.call("list")
    assert done.returncode == 0
    assert done.stdout.count("colearn:train") == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "Another copy of CoLearn is active (plugin folder “colearn" in done.stdout + done.stderr


def test_qgis_with_a_profile_that_cannot_be_written_starts_the_plugin_without_a_traceback(tmp_path):
    """Once used, then write-protected. (Of a profile never used QGIS itself cannot make its own folders.)"""
    process = QgisProcess(ROOT, tmp_path / "gesperrt é")
    process.call("list")
    folders = [Path(folder) for folder, _, _ in os.walk(process.home / "profile")]
    before = sorted(process.home.rglob("*"))
    for folder in folders:
        folder.chmod(0o555)
    try:
        done = call_without_the_rights_of_root(process, "list")
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("colearn:train") == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert sorted(process.home.rglob("*")) == before


def call_without_the_rights_of_root(process, *arguments):
    """Write protection holds for root, too, once it has given up the right to pass over it."""
    as_others = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [*as_others, *process.command(*arguments)]
    return subprocess.run(
        command, env=process.prepare(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_an_update_without_a_restart_shares_no_module_with_the_earlier_version(tmp_path):
    """QGIS forgets what import statements named; modules imported otherwise stayed, and a job had no known kind."""
    (tmp_path / "colearn").symlink_to(ROOT, target_is_directory=True)
    script = """
import sys
from colearn.engine.contract import TrainJob as earlier
for name in ("colearn", "colearn.engine.contract"):
    del sys.modules[name]
import colearn
left = [name for name in sys.modules if name.startswith("colearn.")]
from colearn.engine.contract import JOURNEYS, TrainJob
assert left == [], left
assert TrainJob in JOURNEYS.values() and TrainJob is not earlier
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
