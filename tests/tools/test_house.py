"""What the count of the house counts."""

import pytest

import house

# Both may fall and never rise: what a task does belongs into its homes.
MOST_TASK_BRANCHES, MOST_TRAIT_QUESTIONS = 5, 75

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


def test_branches_on_tasks_are_counted_outside_their_homes() -> None:
    sources = {
        "engine/contract/job/task.py": "print(Task.REGRESSION)\n",
        "engine/a.py": (
            '"""Task.REGRESSION"""\nif task is Task.REGRESSION or task is Task.AUTO:\n    f()  # Task.MULTILABEL\n'
            "if samples.task.one_class and Task:\n    g()\n"
        ),
        "plugin/b.py": "PLAIN = {Task.CLASSIFICATION: 'accuracy'}\nresult.one_class\n",
    }
    assert house.task_branches(sources) == {"engine/a.py": 1, "plugin/b.py": 1}
    assert house.trait_questions(sources) == {"engine/a.py": 1}
    assert house.measured(sources)["lines that branch on a task outside its homes"] == "2 in 2 files"


@pytest.mark.parametrize("home", house.TASK_HOMES)
def test_every_task_table_has_all_tasks(home: str) -> None:
    code = house.code_of(house.sources_at(None)[home])
    assert all(f"Task.{task}:" in code for task in ("CLASSIFICATION", "MULTILABEL", "REGRESSION"))


def test_branches_on_a_task_are_in_their_homes() -> None:
    sources = house.sources_at(None)
    assert sum(house.task_branches(sources).values()) <= MOST_TASK_BRANCHES, house.task_branches(sources)
    assert sum(house.trait_questions(sources).values()) <= MOST_TRAIT_QUESTIONS, house.trait_questions(sources)


def test_no_function_grows_beyond_forty_lines() -> None:
    longest = max(house.function_lines(house.sources_at(None)))
    assert longest <= house.MOST_FUNCTION_LINES
