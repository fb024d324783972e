"""The laws of imports, proven in processes where the forbidden modules cannot be imported."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BLOCK = """
import importlib.abc, sys

class Forbidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {forbidden!r}:
            raise ImportError("forbidden: " + name)

sys.meta_path.insert(0, Forbidden())
sys.path.insert(0, {root!r})
"""

TRAINING_ONLY = ["torch", "sklearn", "onnx", "matplotlib", "jinja2"]
QGIS = ["qgis", "PyQt5", "PyQt6"]
COMPUTE_CORE = [
    "engine.inference.session_choice",
    *(f"engine.mapping.{module}" for module in ("block_map", "confidence", "options", "pipeline")),
]
THIRD_PARTY = ["numpy", "scipy", "osgeo", "torch", "onnxruntime", *TRAINING_ONLY, *QGIS]


def _import(modules: list, forbidden: list) -> subprocess.CompletedProcess:
    code = BLOCK.format(forbidden=forbidden, root=str(ROOT)) + "\n".join(f"import {module}" for module in modules)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def _modules(folder: str) -> list:
    files = sorted((ROOT / folder).rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


PLAIN_ARRAYS = [
    *(
        module
        for room in ("model", "learning", "trees", "export", "predictors", "inference", "model_file")
        for module in _modules(f"engine/{room}")
    ),
    *(f"engine.experiment.{module}" for module in ("comparison", "methods", "scoring")),
    *_modules("engine/experiment/forests"),
]


@pytest.mark.parametrize(
    ("modules", "forbidden"),
    [
        (_modules("engine/contract"), THIRD_PARTY),
        (_modules("engine/raster"), [*TRAINING_ONLY, *QGIS, "onnxruntime"]),
        (["engine.predict", "engine.serve"], [*TRAINING_ONLY, *QGIS]),
        (["engine.export_sensor", "onnx"], [*(name for name in TRAINING_ONLY if name != "onnx"), *QGIS]),
        (_modules("engine"), QGIS),
        (PLAIN_ARRAYS, ["osgeo", *QGIS]),
        (COMPUTE_CORE, ["osgeo", *TRAINING_ONLY, *QGIS]),
    ],
    ids=[
        "contract",
        "raster",
        "predict",
        "export of a sensor",
        "engine",
        "compute core without GDAL",
        "mapping without GDAL",
    ],
)
def test_imports_stay_inside_their_law(modules: list, forbidden: list) -> None:
    done = _import(modules, forbidden)
    assert done.returncode == 0, done.stderr


def test_the_block_works() -> None:
    assert _import(["numpy"], ["numpy"]).returncode != 0


def _sources(folder: str) -> list:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert len(found) > 100
    return found


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _prints(file: Path) -> bool:
    calls = [node for node in ast.walk(_tree(file)) if isinstance(node, ast.Call)]
    return any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)


def _imported(file: Path) -> set:
    names = set()
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def _unexpected_imports(file: Path) -> list:
    """What a module of the plugin imports and must not: all but QGIS itself, the standard library and the contract."""
    allowed = set(sys.stdlib_module_names) | {"qgis", "processing"}
    if file.name == "band_metadata.py":
        allowed.add("osgeo")  # QGIS's own: it shows only a part of what a file says of its bands
    return [
        name
        for name in _imported(file)
        if (".engine.contract" not in name and "engine" in name.split("."))
        or (not name.startswith(".") and name.split(".")[0] not in allowed)
    ]


def test_plugin_imports_only_qgis_itself_and_the_contract() -> None:
    assert {str(file): found for file in _sources("plugin") if (found := _unexpected_imports(file))} == {}


def test_gdal_lives_in_raster_alone() -> None:
    outside = [file for file in _sources("engine") if "raster" not in file.parts]
    assert [str(file) for file in outside if any(name.split(".")[0] == "osgeo" for name in _imported(file))] == []


def test_the_engine_never_prints() -> None:
    assert [str(file) for file in _sources("engine") if _prints(file)] == []


def test_the_rules_see_what_they_forbid(tmp_path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "import json, torch\nfrom ...engine import raster\nfrom ...engine.contract import job\nprint(job)\n"
    )
    assert sorted(_unexpected_imports(file)) == ["...engine", "torch"]
    assert _prints(file)
