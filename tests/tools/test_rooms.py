"""The engine's folders do not import one another in circles."""

import importlib.util
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "rooms.py"
_spec = importlib.util.spec_from_file_location("rooms", TOOL)
rooms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(rooms)


def test_no_room_imports_one_that_imports_it():
    graph = rooms.room_imports()
    assert {"engine.contract", "engine.raster.products"} <= graph["engine.raster.sensors"]  # it does read imports
    assert rooms.circle(graph) == []


def test_no_room_of_the_plugin_imports_one_that_imports_it():
    graph = rooms.room_imports(part="plugin")
    assert {"plugin.messages", "plugin.training.session"} <= graph["plugin.training.pages"]  # it does read imports
    assert rooms.circle(graph) == []


def test_in_the_plugin_what_joins_rooms_and_what_they_share_may_stand_in_one_folder(tmp_path):
    for name, text in {
        "plugin/words.py": "",
        "plugin/window.py": "from .room.page import show\n",
        "plugin/room/page.py": "from ..words import tr\nif TYPE_CHECKING:\n    from ..window import Window\n",
        "plugin/other/tool.py": "from ..room.page import show\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    graph = rooms.room_imports(tmp_path, "plugin")
    assert graph == {
        "plugin.words": set(),
        "plugin.window": {"plugin.room"},
        "plugin.room": {"plugin.words"},
        "plugin.other": {"plugin.room"},
    }
    (tmp_path / "plugin/room/page.py").write_text("def f():\n    from ..other.tool import g\n", encoding="utf-8")
    assert rooms.circle(rooms.room_imports(tmp_path, "plugin")) == ["plugin.other", "plugin.room", "plugin.other"]


def test_a_circle_is_found():
    assert rooms.circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert rooms.circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_imports_of_a_room_are_read_wherever_they_stand(tmp_path):
    for name, text in {
        "one/first.py": "def f():\n    from ..two.second import g\n",
        "two/second.py": "g = 1\n",
    }.items():
        file = tmp_path / "engine" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert rooms.room_imports(tmp_path) == {"engine.one": {"engine.two"}, "engine.two": set()}


def test_the_drawn_tree_names_every_folder():
    root = TOOL.parents[1]
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = [line for line in text.splitlines() if line.startswith("| `")]
    inits = [init for part in ("engine", "plugin") for init in (root / part).rglob("__init__.py")]
    folders = {str(init.parent.relative_to(root)) for init in inits} - {"engine"}
    assert "plugin/training/form" in folders
    missing = [folder for folder in folders if not any(_is_named(folder, line) for line in drawn)]
    assert missing == []


def _is_named(folder, line):
    """By its path, by its name under what stands above, or within the row of the folder above."""
    name = folder.rsplit("/", 1)[-1]
    return f"`{folder}/`" in line or f"─ {name}/`" in line or f"`{name}/`" in line


def test_no_room_holds_more_than_twelve_modules():
    full = {room for room, size in rooms.sizes_of_rooms().items() if size > rooms.MOST_MODULES}
    assert full == {*rooms.FULL_ROOMS}


def test_no_module_grows_beyond_three_hundred_lines():
    assert rooms.long_modules() == {}


def test_rooms_and_lines_are_counted(tmp_path):
    room = tmp_path / "engine" / "one"
    room.mkdir(parents=True)
    for number in range(13):
        (room / f"m{number}.py").write_text("\n" * (300 + number // 12), encoding="utf-8")
    (room / "__init__.py").write_text("", encoding="utf-8")
    assert rooms.sizes_of_rooms(tmp_path) == {"engine/one": 13}
    assert rooms.long_modules(tmp_path) == {"engine/one/m12.py": 301}
