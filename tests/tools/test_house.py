"""What the count of the house counts."""

import house

SOURCES = {
    "engine/__init__.py": '"""E."""\n',
    "engine/one/__init__.py": 'from .a import ltae\n\n__all__ = ["ltae"]\n',
    "engine/one/ltae.py": "ltae = 1\n",
    "engine/one/a.py": "from .ltae import ltae\n\n\ndef f():\n    return ltae\n",
    "engine/one/b.py": (
        '"""Not the ltae."""\n\n\ndef g():\n    """Nor the ltae here."""\n\n\ndef h():  # ltae\n    pass\n'
    ),
    "plugin/c.py": 'CHOICES = ("ltae",)\n' + "x = 1\n" * 300,
}


def test_a_change_touches_the_files_whose_code_names_its_example() -> None:
    encoder = house.Change("an encoder", r"\bltae\b", own=r"/ltae\.py$")
    assert encoder.files(SOURCES) == ["engine/one/a.py", "plugin/c.py"]
    assert house.Change("in QGIS", r"\bltae\b", within="plugin/").files(SOURCES) == ["plugin/c.py"]


def test_folders_functions_and_doors_are_counted() -> None:
    assert house.folder_sizes(SOURCES) == [("engine/one", 3), ("plugin", 1)]
    assert sorted(house.function_lines(SOURCES)) == [2, 2, 2]
    figures = house.measured(SOURCES)
    assert figures["modules"] == "4"
    assert figures["folders with a door"] == "1"
    assert figures["modules of more than 300 lines"] == "1"
    assert figures["functions of more than 40 lines"] == "0"


def test_revisions_stand_side_by_side() -> None:
    lines = list(house.table([("before", {"modules": "3"}), ("now", {"modules": "4"})]))
    assert lines == ["| | before | now |", "|---|---|---|", "| modules | 3 | 4 |"]


def test_the_code_of_a_revision_is_read_as_it_was() -> None:
    now, then = house.sources_at(None), house.sources_at("HEAD")
    assert "engine/train.py" in now
    assert "plugin/plugin.py" in then
