"""Every module of the plugin is imported under PyQt6."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    ".".join(("colearn", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in (ROOT / "plugin").rglob("*.py")
)


def test_there_are_modules():
    assert "colearn.plugin.plugin" in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_the_module_is_imported(name):
    importlib.import_module(name)
