"""The steps that make the private environment, and the dialog that runs them. Nothing is downloaded here."""

import sys
import time
from pathlib import Path

import pytest
from colearn.engine.contract.errors import EngineError
from colearn.plugin.gui.dependencies import DependenciesDialog
from colearn.plugin.gui.steps import StepRunner
from colearn.plugin.process import environment, installation
from colearn.plugin.process.installation import BasePython, Step
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtWidgets import QLabel, QMessageBox

BASE = BasePython(Path("/usr/bin/python3"), (3, 11), "1.24.2")


@pytest.fixture
def proxy_settings(provider):
    settings = QgsSettings()
    yield settings
    settings.remove("proxy")


def test_environment_sees_qgis_packages_and_keeps_its_numpy(tmp_path):
    make, install = installation.installation_steps(BASE, tmp_path / "engine")
    isolated = ("-I", "-X", "utf8", "-m")
    assert make.command[:6] == ("/usr/bin/python3", *isolated, "venv")
    assert make.command[6:] == ("--clear", "--system-site-packages", str(tmp_path / "engine"))
    assert install.command[:7] == (str(environment.interpreter_in(tmp_path / "engine")), *isolated, "pip", "install")
    assert "numpy==1.24.2" in install.command
    assert install.command[-2:] == ("-r", str(installation.REQUIREMENTS))
    assert installation.REQUIREMENTS.exists()
    assert "--no-index" not in install.command


def test_folder_of_wheels_needs_no_network(tmp_path):
    _make, install = installation.installation_steps(BASE, tmp_path, Path("/media/wheels"))
    at = install.command.index("--no-index")
    assert install.command[at : at + 3] == ("--no-index", "--find-links", "/media/wheels")


def test_proxy_of_qgis_is_used_and_kept_off_the_command_line(proxy_settings):
    assert "HTTPS_PROXY" not in installation.installation_environment() or not installation.proxy_of(proxy_settings)
    for key, value in {
        "proxyEnabled": True,
        "proxyType": "HttpProxy",
        "proxyHost": "proxy.example.org",
        "proxyPort": "8080",
        "proxyUser": "ann@home",
        "proxyPassword": "p:w",
    }.items():
        proxy_settings.setValue(f"proxy/{key}", value)
    address = "http://ann%40home:p%3Aw@proxy.example.org:8080"
    assert installation.installation_environment()["HTTPS_PROXY"] == address
    proxy_settings.setValue("proxy/proxyType", "Socks5Proxy")
    assert installation.proxy_of(proxy_settings).startswith("socks5://")
    proxy_settings.setValue("proxy/proxyEnabled", False)
    assert installation.proxy_of(proxy_settings) == ""


def test_base_python_is_a_real_interpreter_of_qgis_version_with_its_numpy():
    base = installation.find_base_python()
    assert base.version == sys.version_info[:2]
    assert base.numpy_version == __import__("numpy").__version__


def test_qgis_itself_is_never_taken_for_a_python(tmp_path, monkeypatch):
    """On Windows and macOS sys.executable is QGIS: starting it would open another window."""
    qgis = tmp_path / "qgis-bin"
    qgis.write_text("#!/bin/sh\ntouch started\n", encoding="utf-8")
    qgis.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(qgis))
    assert qgis not in list(installation.candidates())


def test_no_usable_python_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "candidates", lambda: iter([tmp_path / "python3"]))
    with pytest.raises(EngineError, match="python3") as caught:
        installation.find_base_python()
    for words in ("Python 3.11 or newer", "COLEARN_ENGINE_PYTHON", "Use another Python…"):
        assert words in caught.value.remedy


# Running the steps ---------------------------------------------------


def say(text, exit_code=0):
    code = f"import sys; print({text!r}); sys.exit({exit_code})"
    return Step(text, (sys.executable, "-c", code))


class Outcome:
    def __init__(self, runner):
        self.lines = []
        self.ends = []
        runner.line.connect(self.lines.append)
        runner.finished.connect(lambda succeeded, message: self.ends.append((succeeded, message)))

    def wait(self):
        deadline = time.monotonic() + 20
        while not self.ends and time.monotonic() < deadline:
            QgsApplication.processEvents()
            time.sleep(0.01)
        return self


def run_steps(*steps):
    runner = StepRunner(steps, installation.installation_environment())
    outcome = Outcome(runner)
    runner.start()
    return runner, outcome


def test_steps_run_in_order_and_show_their_output(provider):
    _runner, outcome = run_steps(say("one"), say("zwei ü"))
    assert outcome.wait().ends == [(True, "Done.")]
    assert outcome.lines == ["▶ one", "one", "▶ zwei ü", "zwei ü"]


def test_failed_step_ends_it(provider):
    _runner, outcome = run_steps(say("one", 3), say("never"))
    assert not outcome.wait().ends[0][0]
    assert "exit code 3" in outcome.ends[0][1]
    assert "never" not in outcome.lines


def test_step_that_does_not_start_ends_it(provider):
    _runner, outcome = run_steps(Step("gone", ("/nowhere/python",)))
    assert [succeeded for succeeded, _message in outcome.wait().ends] == [False]


def test_cancel_ends_the_running_step(provider):
    sleep = Step("sleep", (sys.executable, "-c", "import time; print('asleep', flush=True); time.sleep(60)"))
    runner, outcome = run_steps(sleep, say("never"))
    deadline = time.monotonic() + 20
    while "asleep" not in outcome.lines and time.monotonic() < deadline:
        QgsApplication.processEvents()
    runner.cancel()
    assert outcome.ends == [(False, "Cancelled.")]


# The dialog ----------------------------------------------------------


@pytest.fixture
def dialog(provider, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path / "root")
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "profile" / "engine")
    monkeypatch.setattr(environment, "require_health", lambda _python, _modules: None)
    monkeypatch.setattr(installation, "find_base_python", lambda: BASE)
    dialog = DependenciesDialog()
    yield dialog
    dialog.close()
    dialog.deleteLater()


def answer(monkeypatch, button):
    monkeypatch.setattr(QMessageBox, "question", lambda *_arguments: button)


def make_instead(monkeypatch, exit_code=0):
    """Instead of the real steps: one that makes a folder with an interpreter in it."""

    def steps(_base, target, _wheels):
        place = environment.interpreter_in(target)
        code = f"import pathlib, sys; p = pathlib.Path({str(place)!r}); p.parent.mkdir(parents=True); p.touch()"
        return [Step("make", (sys.executable, "-c", f"{code}; sys.exit({exit_code})"))]

    monkeypatch.setattr(installation, "installation_steps", steps)


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        QgsApplication.processEvents()
        time.sleep(0.01)
    assert condition()


def test_dialog_says_what_is_missing(dialog):
    assert "not ready" in dialog.state_text() and "make setup" in dialog.state_text()
    told = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Python 3.11 or newer" in told and "COLEARN_ENGINE_PYTHON" in told


def test_nothing_is_made_without_consent(dialog, monkeypatch, tmp_path):
    make_instead(monkeypatch)
    answer(monkeypatch, QMessageBox.StandardButton.No)
    dialog.make()
    QgsApplication.processEvents()
    assert not (tmp_path / "profile").exists()


def test_environment_is_made_after_consent_and_found(dialog, monkeypatch, tmp_path):
    make_instead(monkeypatch)
    answer(monkeypatch, QMessageBox.StandardButton.Yes)
    dialog.make()
    wait_until(lambda: "ready" in dialog.state_text() and "not ready" not in dialog.state_text())
    assert environment.find_python().origin is environment.Origin.PRIVATE


def test_environment_that_failed_half_way_is_removed(dialog, monkeypatch, tmp_path):
    make_instead(monkeypatch, exit_code=1)
    answer(monkeypatch, QMessageBox.StandardButton.Yes)
    dialog.make()
    wait_until(lambda: "exit code 1" in dialog.log_text())
    assert not (tmp_path / "profile" / "engine").exists()
    assert "not ready" in dialog.state_text()


def test_closing_the_dialog_cancels_what_runs(dialog, monkeypatch, tmp_path):
    sleep = Step("sleep", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(installation, "installation_steps", lambda *_arguments: [sleep])
    answer(monkeypatch, QMessageBox.StandardButton.Yes)
    dialog.make()
    dialog.reject()
    assert "Cancelled." in dialog.log_text()
