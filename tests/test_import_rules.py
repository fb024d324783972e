"""The laws of imports, proven in processes where the forbidden modules cannot be imported."""

import ast
import subprocess
import sys
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


def _imported(file: Path) -> set:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


@pytest.mark.parametrize("file", sorted((ROOT / "plugin").rglob("*.py")), ids=lambda file: file.name)
def test_plugin_imports_only_qgis_itself_and_the_contract(file: Path) -> None:
    standard = set(sys.stdlib_module_names) | {"qgis", "processing"}
    if file.name == "band_metadata.py":
        standard.add("osgeo")  # QGIS's own: it shows only a part of what a file says of its bands
    for name in _imported(file):
        if name.startswith("."):
            assert "engine" not in name.split(".") or ".engine.contract" in name, name
        else:
            assert name.split(".")[0] in standard, name


@pytest.mark.parametrize("file", sorted((ROOT / "engine").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_gdal_lives_in_raster_alone(file: Path) -> None:
    if "raster" not in file.parts:
        assert not any(name.split(".")[0] == "osgeo" for name in _imported(file))


@pytest.mark.parametrize("file", sorted((ROOT / "engine").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_the_engine_never_prints(file: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert not any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)
