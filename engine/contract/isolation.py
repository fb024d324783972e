"""The environment of child processes: without anything that could make them run foreign code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Optional

# Libraries loaded into every process, and code that GDAL loads; PYTHONPATH and the like are removed with PYTHON*.
_CODE_VARIABLES = frozenset(
    {"LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "GDAL_PYTHON_DRIVER_PATH", "GDAL_VRT_PYTHON_TRUSTED_MODULES"}
)
# Since 1.29, ONNX Runtime reports every session to its vendor, under a persistent identifier of the computer.
_NO_REPORTS = {"ORT_DISABLE_TELEMETRY": "1"}
_DRIVER_FOLDERS = frozenset({"GDAL_DRIVER_PATH", "OGR_DRIVER_PATH"})


def clean_environment(environment: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """The environment for another Python: none of this one's settings, no foreign code, UTF-8 everywhere.

    On Windows, QGIS sets the folder of its own GDAL drivers, without which netCDF or HDF5 may be missing: folders
    inside its installation are kept.
    """
    inherited = os.environ if environment is None else environment
    kept = {key: value for key, value in inherited.items() if not _is_unwanted(key.upper())}
    if os.name == "nt":
        kept.update({key: own_folders(inherited[key]) for key in _DRIVER_FOLDERS if inherited.get(key)})
    kept.update(PYTHONUTF8="1", PYTHONNOUSERSITE="1", GDAL_VRT_ENABLE_PYTHON="NO", **_NO_REPORTS)
    if os.name == "nt":
        kept["USE_PATH_FOR_GDAL_PYTHON"] = "YES"  # otherwise GDAL's bindings do not look for QGIS's GDAL on PATH
    return kept


def send_no_reports() -> None:
    """Disable telemetry of libraries in this process; to be called before they are loaded."""
    os.environ.update(_NO_REPORTS)


def _is_unwanted(name: str) -> bool:
    return name in _CODE_VARIABLES | _DRIVER_FOLDERS or name.startswith(("PYTHON", "__PYVENV"))


def own_folders(folders: str, root: Optional[Path] = None) -> str:
    """The folders of a list that lie in the installation of this Python (``apps/Python39`` in that of QGIS)."""
    within = root if root is not None else Path(sys.base_exec_prefix).resolve().parents[1]
    named = [Path(folder) for folder in folders.split(os.pathsep) if folder]
    kept = [folder for folder in named if folder.is_absolute() and within in folder.resolve().parents]
    return os.pathsep.join(map(str, kept))
