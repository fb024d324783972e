"""QGIS waits for no other Python: each of these answers only once an event of QGIS's own has been handled."""

import shutil
import sys
import threading
from pathlib import Path

import pytest
from colearn.plugin.process import environment, installation
from colearn.plugin.process.background import Background, unforeseen
from colearn.plugin.setup import private_environment, set_up_run
from colearn.plugin.setup.offer_bar import OfferBar
from colearn.plugin.setup.window import SetUpWindow
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication

from ..waiting import work_until

HEALTHY = '{"version": [3, 11, 2], "problems": {}}'
PATIENT = """#!/bin/sh
n=0
while [ ! -e '{go}' ] && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
[ -e '{go}' ] || exit 1
echo '{answer}'
"""


@pytest.fixture
def engine(tmp_path, monkeypatch, settings):
    """Names an interpreter as the engine's that answers when QGIS has handled a timer's event, or fails after 5 s."""
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path / "root")
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "profile" / "engine")
    go, path = tmp_path / "go", tmp_path / "python"

    def make(answer=HEALTHY):
        path.write_text(PATIENT.format(go=go, answer=answer), encoding="utf-8")
        path.chmod(0o755)
        settings.setValue(environment.SETTING, str(path))
        environment.forget_probes()
        QTimer.singleShot(100, lambda: go.touch())  # noqa: PLW0108  (PyQt keeps methods weakly)
        return path

    yield make
    environment.forget_probes()


@pytest.fixture
def window(engine):
    engine()
    window = SetUpWindow()
    yield window
    window.leave()
    window.deleteLater()


def test_the_window_opens_before_it_knows(window):
    assert window.state_text() == "Checking the Python environment of the engine…"
    work_until(lambda: window.state_text().startswith("✓ Ready to train and map."))


def test_diagnostics_are_collected_meanwhile(window):
    window.copy_diagnostics()
    assert not window._copy_button.isEnabled()
    work_until(window._copy_button.isEnabled)
    assert "Engine's Python: 3.11.2; problems: none" in QApplication.clipboard().text()


def test_the_python_of_qgis_is_looked_for_meanwhile(window, engine, monkeypatch):
    version = " ".join(map(str, (*sys.version_info[:2], "1.24.2")))
    python, asked = engine(version), []
    monkeypatch.setattr(installation, "candidates", lambda: iter([python]))
    monkeypatch.setattr(installation, "installation_steps", lambda base, *_rest: asked.append(base) or [])
    window._make_button.click()
    assert window._cancel_button.isEnabled() and not window._make_button.isEnabled()
    work_until(lambda: window._runner is None)
    assert [each.path for each in asked] == [python]
    assert "Found: No such file or directory." in window.log_text()  # for there was nothing to be done


def test_the_look_for_it_can_be_cancelled_at_once(window, monkeypatch):
    waits = threading.Event()
    monkeypatch.setattr(installation, "find_base_python", waits.wait)
    window._make_button.click()
    window._cancel_button.click()
    assert window._runner is None and "Cancelled." in window.log_text()
    waits.set()


def test_large_folders_are_removed_meanwhile(window, monkeypatch, tmp_path):
    """The environment before holds gigabytes: its removal waits here for an event of QGIS's."""
    old = tmp_path / "profile" / "engine"
    old.mkdir(parents=True)
    handled, waited = threading.Event(), []
    remove = shutil.rmtree

    def patient(path, **options):
        waited.append(handled.wait(5))
        remove(path, **options)

    monkeypatch.setattr(private_environment.shutil, "rmtree", patient)
    monkeypatch.setattr(installation, "find_base_python", lambda: None)
    step = installation.Step("make", (sys.executable, "-c", f"import os; os.mkdir({str(old) + '-new'!r})"))
    monkeypatch.setattr(installation, "installation_steps", lambda *_a: [step])
    window._make_button.click()
    QTimer.singleShot(500, lambda: handled.set())  # noqa: PLW0108  (as above)
    work_until(lambda: window._runner is None)
    assert waited and all(waited)
    assert [path.name for path in old.parent.iterdir()] == ["engine"]


def test_a_closed_window_leaves_nothing_incomplete(window, monkeypatch, tmp_path):
    """As when QGIS is closed: then it is QGIS that waits."""
    code = "import os, sys, time; os.mkdir(sys.argv[1]); print('made', flush=True); time.sleep(60)"
    new = tmp_path / "profile" / "engine-new"
    step = installation.Step("make", (sys.executable, "-c", code, str(new)))
    monkeypatch.setattr(installation, "find_base_python", lambda: None)
    monkeypatch.setattr(installation, "installation_steps", lambda *_a: [step])
    window._make_button.click()
    work_until(lambda: "made" in window.log_text())
    window.leave()
    assert not new.exists()


def test_the_bar_grows_with_the_environment(window, monkeypatch, tmp_path):
    """From a folder: 310 MB become 1,240 MB; a file of 310 MB, which takes no place on the disk, is a quarter."""
    code = """
import os, sys, time
os.mkdir(sys.argv[1])
with open(sys.argv[1] + "/package", "wb") as file:
    file.truncate(310_000_000)
print("Installing collected packages: torch", flush=True)
time.sleep(60)
"""
    step = installation.Step("make", (sys.executable, "-c", code, str(tmp_path / "profile" / "engine-new")))
    monkeypatch.setattr(set_up_run, "LOOK_MS", 50)
    monkeypatch.setattr(installation, "find_base_python", lambda: None)
    monkeypatch.setattr(installation, "installation_steps", lambda *_a: [step])
    monkeypatch.setattr(window, "_ask_for_wheels", lambda: tmp_path)
    window.box.offline.setChecked(True)
    window._make_button.click()
    assert window._progress.maximum() == 0  # it only moves
    work_until(lambda: window._progress.value() == 25)
    assert window._progress.text() == "25 % – unpacking"


def test_a_dialog_opens_before_its_engine_is_known(engine, algorithm):
    engine()
    assert algorithm("train").canExecute() == (True, "")
    work_until(lambda: environment.last_seen(Path(environment.find_python().path)) is not None)
    assert algorithm("train").canExecute() == (True, "")


def test_an_engine_that_turns_out_to_be_broken_is_reported_in_the_message_bar(engine, algorithm, monkeypatch):
    """By the dialog itself from the second time on, until it works."""
    engine(HEALTHY.replace("{}", '{"torch": "not installed"}'))
    bar = QgsMessageBar()
    offer = OfferBar(type("Desktop", (), {"messageBar": lambda _self: bar})(), lambda: None)
    monkeypatch.setattr(environment, "on_broken", [offer.warn])
    assert algorithm("train").canExecute()[0]
    work_until(bar.items)
    message = (
        "The Python environment of the engine cannot be used: modules that cannot be imported: torch (not installed)."
    )
    assert [item.text() for item in bar.items()] == [message]
    ready, reason = algorithm("train").canExecute()
    assert not ready and "torch (not installed)" in reason
    assert algorithm("predict").canExecute() == (True, "")


def test_one_that_gave_no_answer_is_asked_again(engine, algorithm, monkeypatch):
    python = engine("no JSON")
    received = []
    monkeypatch.setattr(environment, "on_broken", [received.append])
    assert algorithm("train").canExecute()[0]
    work_until(lambda: received)
    times = python.stat()
    python.write_text(f"#!/bin/sh\necho '{HEALTHY}'\n", encoding="utf-8")  # what was wrong was elsewhere
    environment.os.utime(python, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not algorithm("train").canExecute()[0]
    work_until(lambda: algorithm("train").canExecute()[0])


def test_results_of_abandoned_requests_are_dropped(qgis_app):
    waits, arrived = threading.Event(), []
    work = Background(waits.wait, arrived.append, arrived.append)
    work.forget()
    waits.set()
    Background(lambda: 2, arrived.append, arrived.append)
    work_until(lambda: arrived == [2])


def test_an_error_in_the_background_arrives_where_somebody_waits(qgis_app):
    def fails():
        raise ValueError("no number")

    received, failed = [], []
    Background(fails, received.append, failed.append)
    work_until(lambda: failed)
    assert received == [] and isinstance(failed[0], ValueError)
    error = unforeseen(failed[0], "a file")
    assert (error.subject, error.found, error.code.value) == ("a file", "ValueError: no number", "unforeseen")
    assert "in fails" in error.details
    assert unforeseen(error) is error


def test_an_engine_that_cannot_be_asked_at_all_is_reported(engine, algorithm, monkeypatch):
    engine(HEALTHY)

    def fails(*_given):
        raise ValueError("embedded null byte")

    received = []
    monkeypatch.setattr(environment, "on_broken", [received.append])
    monkeypatch.setattr(environment, "require_health", fails)
    assert algorithm("train").canExecute()[0]
    work_until(lambda: received)
    assert "ValueError: embedded null byte" in received[0].found
