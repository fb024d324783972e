"""Folders of the engine are entered by their doors, and what a door says is there."""

import importlib
from pathlib import Path

import pytest
from colearn.engine.contract.lazy import lazy_door, names_by_module

import doors

ROOT = Path(__file__).resolve().parents[2]


def test_no_folder_is_entered_but_by_its_door() -> None:
    assert [str(each) for each in doors.deep_imports()] == []


def test_a_package_exports_what_others_import_and_no_more() -> None:
    assert doors.unused() == {}


@pytest.mark.parametrize("room", sorted(room for room, names in doors.doors().items() if names))
def test_what_a_door_exports_is_there(room: str) -> None:
    module = importlib.import_module(f"colearn.{room}")
    exported = doors.doors()[room]
    for name, home in exported.items():
        assert getattr(module, name) is getattr(importlib.import_module(f"colearn.{room}.{home}"), name), name
    assert {*exported} <= {*module.__all__}


def test_no_name_is_that_of_a_module_beside_it() -> None:
    """Once a module of that name is loaded, a lazy door would give it instead."""
    for room, names in doors.doors().items():
        folder = ROOT.joinpath(*room.split("."))
        beside = {each.stem for each in folder.iterdir() if each.suffix == ".py" or each.is_dir()}
        assert not beside & {*names}, room


def test_a_deep_import_is_found_and_corrected(tmp_path: Path) -> None:
    for name, text in {
        "engine/__init__.py": '"""E."""\n',
        "engine/one/__init__.py": '"""One."""\n',
        "engine/one/first.py": "def f():\n    from ..two.second import LIMIT, shown as show  # late\n",
        "engine/two/__init__.py": '"""Two."""\n',
        "engine/two/second.py": "from .third import shown\n\nLIMIT = 1\n",
        "engine/two/third.py": "def shown(): ...\n",
        "plugin/a.py": "from ..engine.two.second import LIMIT\nfrom .b import c\n",
        "tools/t.py": "from colearn.engine.two.third import shown\nfrom os.path import join\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = [(each.file.as_posix(), each.room, each.module) for each in doors.deep_imports(tmp_path)]
    assert found == [
        ("engine/one/first.py", "engine.two", "second"),
        ("plugin/a.py", "engine.two", "second"),
        ("tools/t.py", "engine.two", "third"),
    ]
    assert doors.write(tmp_path) == 3
    assert list(doors.deep_imports(tmp_path)) == []
    assert doors.doors(tmp_path)["engine.two"] == {"LIMIT": "second", "shown": "third"}
    assert (tmp_path / "engine/one/first.py").read_text() == (
        "def f():\n    from ..two import LIMIT, shown as show  # late\n"
    )
    assert "from ..engine.two import LIMIT\nfrom .b import c\n" in (tmp_path / "plugin/a.py").read_text()
    assert "from colearn.engine.two import shown\n" in (tmp_path / "tools/t.py").read_text()


def test_a_lazy_package_loads_only_what_is_accessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "lazy_room"
    package.mkdir()
    door = (
        "from typing import TYPE_CHECKING\n"
        "from colearn.engine.contract.lazy import lazy_door\n"
        "if TYPE_CHECKING:\n    from .light import a, b\n    from .heavy import c\n"
        "else:\n    __getattr__ = lazy_door(__name__, __file__)\n"
    )
    assert names_by_module(door) == {"a": "light", "b": "light", "c": "heavy"}
    (package / "__init__.py").write_text(door, encoding="utf-8")
    (package / "light.py").write_text("a, b = 1, 2\n", encoding="utf-8")
    (package / "heavy.py").write_text("raise ImportError('no such library')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    room = importlib.import_module("lazy_room")
    assert (room.a, room.b) == (1, 2)
    with pytest.raises(ImportError, match="no such library"):
        _ = room.c
    with pytest.raises(AttributeError, match="has no attribute 'd'"):
        _ = room.d
    with pytest.raises(AttributeError):
        lazy_door("lazy_room", str(package / "__init__.py"))("TYPE_CHECKING")
