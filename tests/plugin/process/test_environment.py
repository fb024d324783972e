"""Finding the engine's Python, and proving it."""

import os
import stat
import sys
import venv
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import EngineError, ErrorCode
from colearn.plugin.process import environment
from colearn.plugin.process.environment import Origin


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch, tmp_path, settings):
    """No variable, no setting, no .venv, no private environment: each test names what it wants."""
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path / "root")
    monkeypatch.setattr(environment, "private_folder", lambda: tmp_path / "profile" / "engine")
    environment.forget_probes()


def make_python(path, answer="", exit_code=0):
    """An interpreter that answers the probe as given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\nexit {exit_code}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


HEALTHY = '{"version": [3, 11, 2], "problems": {}}'


def test_nothing_found_says_where_to_click_and_what_to_type(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "Makefile").touch()
    with pytest.raises(EngineError) as caught:
        environment.find_python()
    assert caught.value.code is ErrorCode.DEPENDENCY_MISSING
    assert "Plugins > CoLearn > Set up" in caught.value.remedy
    assert f"make setup` in {tmp_path / 'root'}" in caught.value.remedy
    assert "Python 3.11 or later" in caught.value.expected and environment.VARIABLE in caught.value.expected


def test_an_installed_zip_has_no_makefile_and_names_the_variable():
    with pytest.raises(EngineError) as caught:
        environment.find_python()
    assert "make setup" not in caught.value.remedy
    assert caught.value.remedy.endswith(f"set {environment.VARIABLE} to a Python that has the packages of the engine.")


def test_order_is_variable_setting_checkout_private(tmp_path, monkeypatch, settings):
    private = make_python(tmp_path / "profile" / "engine" / "bin" / "python")
    (tmp_path / "profile" / "engine" / environment.READY_MARK).touch()
    assert environment.find_python() == environment.EnginePython(private, Origin.PRIVATE)
    own = make_python(tmp_path / "root" / ".venv" / "bin" / "python")
    assert environment.find_python() == environment.EnginePython(own, Origin.CHECKOUT)
    settings.setValue(environment.SETTING, "/chosen/python")
    assert environment.find_python() == environment.EnginePython(Path("/chosen/python"), Origin.SETTING)
    monkeypatch.setenv(environment.VARIABLE, "/named/python")
    assert environment.find_python() == environment.EnginePython(Path("/named/python"), Origin.VARIABLE)


def test_private_environment_that_was_never_finished_is_not_taken(tmp_path):
    make_python(tmp_path / "profile" / "engine" / "bin" / "python")
    with pytest.raises(EngineError):
        environment.find_python()


def test_wrong_variable_is_an_error_and_no_fallback(tmp_path, monkeypatch):
    make_python(tmp_path / "root" / ".venv" / "bin" / "python", HEALTHY)
    monkeypatch.setenv(environment.VARIABLE, str(tmp_path / "typo"))
    with pytest.raises(EngineError) as caught:
        environment.engine_command()
    assert str(tmp_path / "typo") in caught.value.found
    assert environment.VARIABLE in caught.value.remedy


def test_command_is_the_python_and_its_module(tmp_path, monkeypatch):
    python = make_python(tmp_path / "with space é" / "python", HEALTHY)
    monkeypatch.setenv(environment.VARIABLE, str(python))
    start = Path(environment.__file__).parents[2] / "engine" / "start.py"
    assert environment.engine_command() == [str(python), "-I", "-X", "utf8", str(start)]
    assert start.exists()


def test_something_that_is_no_python_is_reported_with_its_last_output(tmp_path, monkeypatch):
    monkeypatch.setenv(environment.VARIABLE, str(make_python(tmp_path / "not", "I am a kettle", 4)))
    with pytest.raises(EngineError, match="exit code 4 I am a kettle"):
        environment.engine_command()


def test_python_that_is_too_old_is_refused(tmp_path, monkeypatch):
    for version in ("3, 9, 18", "3, 10, 14"):
        old = make_python(tmp_path / version[3:], HEALTHY.replace("3, 11, 2", version))
        monkeypatch.setenv(environment.VARIABLE, str(old))
        dotted = version.replace(", ", r"\.")
        with pytest.raises(EngineError, match=rf"Python {dotted}.*3\.11 or later"):
            environment.engine_command()


def test_missing_modules_are_named_with_the_reason(tmp_path, monkeypatch):
    answer = HEALTHY.replace("{}", '{"torch": "not installed", "osgeo.gdal_array": "_ARRAY_API not found"}')
    monkeypatch.setenv(environment.VARIABLE, str(make_python(tmp_path / "half", answer)))
    with pytest.raises(EngineError) as caught:
        environment.engine_command(environment.TRAIN_MODULES)
    assert "torch (not installed)" in caught.value.found
    assert "_ARRAY_API not found" in caught.value.found


def test_a_numpy_that_gdal_was_not_built_for_is_named_by_a_real_interpreter(tmp_path, monkeypatch):
    """A newer numpy in the environment hides the system's, and GDAL's compiled bindings find none of its functions."""
    venv.create(tmp_path / "own", system_site_packages=True, with_pip=False, symlinks=True)
    python = environment.interpreter_in(tmp_path / "own")
    packages = next((tmp_path / "own").glob("lib/python3*/site-packages"))
    (packages / "numpy").mkdir()
    (packages / "numpy" / "__init__.py").write_text('__version__ = "9.0.0"\n', encoding="utf-8")
    monkeypatch.setenv(environment.VARIABLE, str(python))
    with pytest.raises(EngineError) as caught:
        environment.engine_command(environment.PREDICT_MODULES)
    assert "osgeo.gdal_array (" in caught.value.found
    assert "osgeo.gdal (" not in caught.value.found
    assert environment.VARIABLE in caught.value.remedy


def test_predicting_needs_no_torch(tmp_path, monkeypatch):
    answer = HEALTHY.replace("{}", '{"torch": "not installed"}')
    monkeypatch.setenv(environment.VARIABLE, str(make_python(tmp_path / "small", answer)))
    assert environment.engine_command(environment.PREDICT_MODULES)
    with pytest.raises(EngineError):
        environment.engine_command(environment.TRAIN_MODULES)


def test_probe_is_run_again_only_when_the_interpreter_changed(tmp_path):
    python = make_python(tmp_path / "python", HEALTHY)
    assert environment.probe(python).version == (3, 11, 2)
    before = python.stat()
    make_python(python, HEALTHY.replace("3, 11, 2", "3, 12, 0"))
    os.utime(python, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert environment.probe(python).version == (3, 11, 2)
    os.utime(python, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert environment.probe(python).version == (3, 12, 0)


def test_probe_of_a_real_interpreter_tells_its_version_and_what_it_lacks():
    health = environment.probe(Path(sys.executable))
    assert health.version == sys.version_info[:3]
    assert set(health.problems) <= set(environment.TRAIN_MODULES)
    assert "numpy" not in health.problems
