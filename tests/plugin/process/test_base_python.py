"""The Python that an engine is made with: QGIS's own, found beside it on every system; one that packages exist for."""

import sys

import pytest
from colearn.engine.contract.wire.errors import EngineError
from colearn.plugin.process import installation
from colearn.plugin.process.installation import RunningPython, candidates


def test_base_python_is_a_real_interpreter_of_qgis_version_with_its_numpy():
    base = installation.find_base_python()
    assert base.version == sys.version_info[:2]
    assert base.numpy_version == __import__("numpy").__version__


def touched(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def running(executable, prefix, *, version=(3, 12), windows=False):
    return RunningPython(executable, prefix, prefix, version, windows)


def test_python_is_found_in_osgeo4w(tmp_path):
    """C:\\OSGeo4W: qgis-bin.exe and a python3.exe of its own in bin, Python in apps."""
    root = touched(
        tmp_path / "OSGeo4W", "bin/qgis-bin.exe", "bin/python3.exe", "apps/Python312/python.exe", "apps/qgis/x.dll"
    )
    found = list(candidates(running(root / "bin/qgis-bin.exe", root / "apps/Python312", windows=True)))
    assert found == [root / "apps/Python312/python.exe", root / "bin/python3.exe"]


def test_python_is_found_in_the_standalone_installation_of_windows(tmp_path):
    """C:\\Program Files\\QGIS 3.40.4: qgis-ltr-bin.exe in bin; its prefix may be written in another way."""
    root = touched(
        tmp_path / "QGIS 3.40.4", "bin/qgis-ltr-bin.exe", "apps/Python312/python.exe", "apps/Python312/python3.exe"
    )
    found = list(candidates(running(root / "bin/qgis-ltr-bin.exe", tmp_path / "gone", windows=True)))
    assert found == [root / "apps/Python312/python.exe", root / "apps/Python312/python3.exe"]


def test_python_is_found_in_the_application_of_macos(tmp_path):
    """QGIS.app: the executable is Contents/MacOS/QGIS, its Python Contents/MacOS/bin/python3.x."""
    contents = touched(tmp_path / "QGIS.app/Contents", "MacOS/QGIS", "MacOS/bin/python3.12", "MacOS/bin/python3")
    found = list(candidates(running(contents / "MacOS/QGIS", contents / "Frameworks")))
    assert found == [contents / "MacOS/bin/python3.12", contents / "MacOS/bin/python3"]
    touched(contents, "Frameworks/bin/python3.12")
    assert (
        list(candidates(running(contents / "MacOS/QGIS", tmp_path / "x")))[-1] == contents / "Frameworks/bin/python3.12"
    )


def test_python_is_found_on_linux(tmp_path):
    """The embedded Python calls itself /usr/bin/python3; a QGIS that does not is never taken for one."""
    root = touched(tmp_path / "usr", "bin/python3", "bin/python3.11", "bin/qgis")
    found = list(candidates(running(root / "bin/python3", root, version=(3, 11))))
    assert found == [root / "bin/python3", root / "bin/python3.11"]
    assert list(candidates(running(root / "bin/qgis", tmp_path / "x"))) == []


def test_no_usable_python_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "candidates", lambda: iter([tmp_path / "python3"]))
    with pytest.raises(EngineError, match="python3") as caught:
        installation.find_base_python()
    for words in ("Python 3.11 or later", "COLEARN_ENGINE_PYTHON", "Use another Python…"):
        assert words in caught.value.remedy


def test_a_python_that_no_package_is_made_for_is_refused(monkeypatch):
    version = sys.version_info[:2]
    monkeypatch.setattr(installation, "NEWEST_PYTHON", (version[0], version[1] - 1))
    with pytest.raises(EngineError) as caught:
        installation.find_base_python()
    assert caught.value.found == f"Python {version[0]}.{version[1]}"
    assert caught.value.expected.startswith(f"Python 3.11 to {version[0]}.{version[1] - 1}, ")
