"""The set-up window: what it says, what it makes, what is left when it is cancelled. Nothing is downloaded here."""

import sys
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import EngineError, ErrorCode
from colearn.plugin.process import environment, installation
from colearn.plugin.process.installation import BasePython, Step
from colearn.plugin.setup.window import SetUpWindow
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtWidgets import QApplication, QLabel

from ..waiting import work_until

BASE = BasePython(Path("/usr/bin/python3"), (3, 11), "1.24.2")


@pytest.fixture
def window(provider, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path / "root")
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "profile" / "engine")
    monkeypatch.setattr(environment, "require_health", lambda _python, _modules: None)
    monkeypatch.setattr(installation, "find_base_python", lambda: BASE)
    window = SetUpWindow()
    yield window
    window.leave()
    window.deleteLater()


def state_of(window):
    """What the window says once it knows."""
    work_until(lambda: "Checking" not in window.state_text())
    return window.state_text()


def make_instead(monkeypatch, exit_code=0):
    """Instead of the real steps: one that makes a folder with an interpreter in it. Returns what was asked for."""
    asked = []

    def steps(_base, target, purpose, wheels):
        asked.append((purpose.value, wheels))
        place = environment.interpreter_in(target)
        code = f"import pathlib, sys; p = pathlib.Path({str(place)!r}); p.parent.mkdir(parents=True); p.touch()"
        return [Step("make", (sys.executable, "-c", f"{code}; sys.exit({exit_code})"))]

    monkeypatch.setattr(installation, "installation_steps", steps)
    return asked


def choose(window, text):
    button = next(each for each in window.box.choice.buttons() if text in each.text())
    button.setChecked(True)


def test_it_says_what_is_missing_and_what_may_be_had_for_how_much(window):
    assert state_of(window) == "✗ Not set up yet."
    shown = " ".join(label.text() for label in window.findChildren(QLabel))
    assert "Python 3.11 or later" in shown and "The Python of QGIS is never modified" in shown
    titles = [button.text() for button in window.box.choice.buttons()]
    assert titles[0] == "Training and mapping on the CPU – up to 310 MB"
    assert titles[-1] == "Mapping and evaluation only – up to 100 MB"


def test_the_button_says_what_pressing_it_does(window):
    assert window._make_button.text() == "Download up to 310 MB and install"
    choose(window, "Mapping and evaluation")
    assert window._make_button.text() == "Download up to 100 MB and install"
    window.box.offline.setChecked(True)
    assert window._make_button.text() == "Choose the folder and install…"


def test_nothing_is_made_until_it_is_pressed(window, monkeypatch, tmp_path):
    asked = make_instead(monkeypatch)
    window.show()
    QgsApplication.processEvents()
    window.close()
    assert not (tmp_path / "profile").exists() and asked == []


def test_a_profile_that_cannot_be_written_is_a_sentence_and_nothing_runs(window, monkeypatch, tmp_path):
    asked = make_instead(monkeypatch)
    (tmp_path / "a file").touch()
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "a file" / "colearn" / "engine")
    window.make()
    work_until(lambda: window._runner is None)
    assert str(tmp_path / "a file" / "colearn") in window._state.text()
    assert "Make the folder writable" in window._state.text()
    assert asked == []


def test_what_was_chosen_is_made_and_found(window, monkeypatch):
    asked, ready = make_instead(monkeypatch), []
    window.ready.connect(lambda: ready.append(True))
    choose(window, "Mapping and evaluation")
    window._make_button.click()
    work_until(lambda: ready)
    assert asked == [("map", None)]
    assert state_of(window).startswith("✓ Ready")
    assert environment.find_python().origin is environment.Origin.PRIVATE


def test_a_folder_of_wheels_is_asked_for(window, monkeypatch, tmp_path):
    asked = make_instead(monkeypatch)
    monkeypatch.setattr(window, "_ask_for_wheels", lambda: tmp_path)
    window.box.offline.setChecked(True)
    window._make_button.click()
    work_until(lambda: window._runner is None)
    assert asked == [("train_cpu", tmp_path)]


def test_an_environment_that_failed_half_way_is_removed(window, monkeypatch, tmp_path):
    make_instead(monkeypatch, exit_code=1)
    window.make()
    work_until(lambda: window._runner is None)
    assert "exit code 1" in window.log_text()
    assert not (tmp_path / "profile" / "engine").exists()
    assert state_of(window) == "✗ Not set up yet."
    assert "reused in the next attempt" in window.log_text()


def working_environment(tmp_path):
    """One that can be used already, with something in it."""
    engine = tmp_path / "profile" / "engine"
    place = environment.interpreter_in(engine)
    place.parent.mkdir(parents=True)
    place.touch()
    (engine / "old").touch()
    (engine / environment.READY_MARK).touch()
    return engine


def test_what_works_stays_where_a_new_set_up_fails(window, monkeypatch, tmp_path):
    engine = working_environment(tmp_path)
    make_instead(monkeypatch, exit_code=1)
    window.make()
    work_until(lambda: window._runner is None)
    assert sorted(path.name for path in engine.parent.iterdir()) == ["engine"]
    assert (engine / "old").exists()
    assert state_of(window).startswith("✓ Ready")


def test_what_works_stays_where_a_new_set_up_is_cancelled(window, monkeypatch, tmp_path):
    engine = working_environment(tmp_path)
    code = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).mkdir(); time.sleep(60)"
    monkeypatch.setattr(
        installation,
        "installation_steps",
        lambda _base, target, *_rest: [Step("make", (sys.executable, "-c", code, str(target)))],
    )
    window.make()
    work_until(lambda: len(list(engine.parent.iterdir())) == 2)
    window._cancel_button.click()
    work_until(lambda: window._runner is None)
    assert [path.name for path in engine.parent.iterdir()] == ["engine"]
    assert state_of(window).startswith("✓ Ready")


def test_a_new_set_up_takes_the_place_of_the_one_before(window, monkeypatch, tmp_path):
    engine = working_environment(tmp_path)
    make_instead(monkeypatch)
    window.make()
    work_until(lambda: window._runner is None)
    assert [path.name for path in engine.parent.iterdir()] == ["engine"]
    assert not (engine / "old").exists()
    assert state_of(window).startswith("✓ Ready")


def test_one_that_is_in_use_and_cannot_be_moved_stays(window, monkeypatch, tmp_path):
    """As on Windows, while an engine runs in it."""
    engine = working_environment(tmp_path)
    make_instead(monkeypatch)
    rename = Path.rename

    def refused(path, to):
        if path == engine:
            raise PermissionError(13, "in use by another process")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refused)
    window.make()
    work_until(lambda: window._runner is None)
    assert "in use by another process" in window.log_text() and "output_unwritable" in window.log_text()
    assert [path.name for path in engine.parent.iterdir()] == ["engine"]
    assert (engine / "old").exists()


def test_a_qgis_that_ended_between_two_environments_finds_the_one_before(window, tmp_path):
    engine = working_environment(tmp_path)
    engine.rename(engine.with_name("engine-earlier"))
    window.check()
    work_until(lambda: state_of(window))
    assert (engine / "old").exists()
    assert state_of(window).startswith("✓ Ready")


def test_another_index_of_pytorch_may_be_named_where_it_is_used(window, settings, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    window.box.refresh()
    assert not window.box.index_row.isHidden()
    assert window.box.index.text() == "https://download.pytorch.org/whl/cpu"
    choose(window, "Mapping and evaluation")
    assert window.box.index_row.isHidden()
    choose(window, "on the CPU")
    window.box.offline.setChecked(True)
    assert window.box.index_row.isHidden()
    window.box.offline.setChecked(False)
    make_instead(monkeypatch)
    window.box.index.setText("https://mirror.example.org/pytorch/cpu/")
    window.make()
    work_until(lambda: window._runner is None)
    assert installation.torch_index() == "https://mirror.example.org/pytorch/cpu"
    window.box.index.setText("")
    window.make()
    work_until(lambda: window._runner is None)
    assert installation.torch_index() == "https://download.pytorch.org/whl/cpu"


def test_an_index_without_a_safe_way_to_it_is_refused(window, monkeypatch):
    """What comes from there has no checksum."""
    monkeypatch.setattr(sys, "platform", "linux")
    window.box.refresh()
    asked = make_instead(monkeypatch)
    window.box.index.setText("http://mirror.example.org/cpu")
    window.make()
    assert window._make_button.isEnabled()
    assert "http://mirror.example.org/cpu" in window.state_text() and "https://" in window.state_text()
    assert asked == []


def test_a_remedy_is_shown_with_the_step_that_failed(window, monkeypatch):
    steps = [Step("PyTorch", (sys.executable, "-c", "raise SystemExit(1)"), "name a mirror"), Step("never", ("no",))]
    monkeypatch.setattr(installation, "installation_steps", lambda *_a: steps)
    window.make()
    work_until(lambda: window._runner is None)
    assert "exit code 1; see the lines above for the cause.\nname a mirror" in window.log_text()


def test_closing_cancels_what_runs(window, monkeypatch):
    sleep = Step("sleep", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(installation, "installation_steps", lambda *_arguments: [sleep])
    window.make()
    work_until(lambda: "sleep" in window.log_text())
    window.reject()
    work_until(lambda: window._runner is None)
    assert "Cancelled." in window.log_text()


def test_the_bar_shows_what_pip_says_and_the_log_does_not(window, monkeypatch):
    lines = ["  Downloading torch.whl (155.0 MB)", "Progress 155000000 of 155000000"]  # half of 310 MB
    code = f"import time; print(*{lines!r}, sep=chr(10), flush=True); time.sleep(60)"
    monkeypatch.setattr(installation, "installation_steps", lambda *_a: [Step("get", (sys.executable, "-c", code))])
    window.make()
    work_until(lambda: window._progress.value() == 30)  # 0.5 × 60 %
    assert "torch.whl" in window.log_text() and "Progress" not in window.log_text()


def test_a_package_with_another_checksum_is_reported(window, monkeypatch):
    code = "import sys; sys.exit('ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.')"
    monkeypatch.setattr(installation, "installation_steps", lambda *_a: [Step("get", (sys.executable, "-c", code))])
    window.make()
    work_until(lambda: "reused in the next attempt" in window.log_text())
    assert "does not match its checksum" in window.log_text()
    assert state_of(window) == "✗ Not set up yet."


def test_an_environment_for_maps_only_says_so(window, monkeypatch, tmp_path):
    def without_torch(_python, modules):
        if "torch" in modules:
            raise EngineError(ErrorCode.DEPENDENCY_MISSING, found="no torch", expected="e", remedy="r.")

    monkeypatch.setattr(environment, "require_health", without_torch)
    QgsSettings().setValue(environment.SETTING, str(tmp_path / "python"))
    window.check()
    assert state_of(window).startswith("✓ Ready to map and evaluate; not set up to train.")


def test_diagnostics_tell_versions_and_no_secret(window, settings):
    settings.setValue("proxy/proxyEnabled", True)
    settings.setValue("proxy/proxyHost", "proxy.example.org")
    settings.setValue("proxy/proxyPassword", "s3cret")
    try:
        window._copy_button.click()
        work_until(lambda: window._copy_button.text() == "Diagnostics copied")
    finally:
        settings.remove("proxy")
    text = QApplication.clipboard().text()
    assert "QGIS 3." in text and "Proxy: yes" in text and "no Python environment" in text
    assert "s3cret" not in text and "example.org" not in text


def test_the_index_that_was_named_reaches_pip(settings, tmp_path):
    installation.choose_torch_index("https://mirror.example.org/cpu")
    *_others, torch, _packages = installation.installation_steps(BASE, tmp_path, system="linux")
    at = torch.command.index("--index-url")
    assert torch.command[at + 1] == "https://mirror.example.org/cpu"
    assert "https://mirror.example.org/cpu" in torch.title and "https://mirror.example.org/cpu" in torch.cure
