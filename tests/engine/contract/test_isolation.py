"""What a child process inherits."""

import os
from pathlib import Path

import pytest
from colearn.engine.contract.isolation import clean_environment, own_folders

CODE_VARIABLES = ["PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "PYTHONBREAKPOINT", "__PYVENV_LAUNCHER__", "LD_PRELOAD"]
CODE_VARIABLES += [
    "LD_AUDIT",
    "DYLD_INSERT_LIBRARIES",
    "GDAL_PYTHON_DRIVER_PATH",
    "GDAL_DRIVER_PATH",
    "OGR_DRIVER_PATH",
]


@pytest.mark.parametrize("name", CODE_VARIABLES)
def test_variables_that_make_a_process_run_other_code_are_removed(name: str) -> None:
    assert name not in clean_environment({name: "/downloads/project"})


def test_the_rest_is_kept_also_what_is_empty() -> None:
    given = {"PATH": "/usr/bin", "HTTPS_PROXY": "", "PROJ_NETWORK": "OFF", "LD_LIBRARY_PATH": "/opt/qgis/lib"}
    cleaned = clean_environment(given)
    assert given.items() <= cleaned.items()
    added = {"PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1", "GDAL_VRT_ENABLE_PYTHON": "NO", "ORT_DISABLE_TELEMETRY": "1"}
    assert set(cleaned) - set(given) - {"USE_PATH_FOR_GDAL_PYTHON"} == set(added)
    assert added.items() <= cleaned.items()


def test_python_in_virtual_rasters_stays_off_whatever_was_set() -> None:
    assert clean_environment({"GDAL_VRT_ENABLE_PYTHON": "YES"})["GDAL_VRT_ENABLE_PYTHON"] == "NO"


def test_the_callers_own_environment_is_not_changed() -> None:
    given = {"PYTHONHOME": "x", "PATH": "y"}
    clean_environment(given)
    assert given == {"PYTHONHOME": "x", "PATH": "y"}


def test_of_folders_with_drivers_those_of_the_installation_are_kept(tmp_path: Path) -> None:
    inside, outside = tmp_path / "QGIS" / "bin" / "gdalplugins", tmp_path / "project"
    given = os.pathsep.join(map(str, [inside, outside, "gdalplugins", tmp_path / "QGIS" / ".." / "project"]))
    assert own_folders(given, tmp_path / "QGIS") == str(inside)
