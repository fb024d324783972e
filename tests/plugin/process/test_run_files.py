"""Files beside a saved job: whole or not there, whatever ends the run; those of an earlier job are not lost."""

import os
import time
from pathlib import Path

import pytest
from colearn.plugin.process.run_files import RunFiles


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "jobs"


def texts(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def written(folder, *names):
    """A run that has written these files and put them in place."""
    files = RunFiles()
    for name in names:
        Path(files.stage(str(folder / name))).write_text(f"new {name}", encoding="utf-8")
    files.put_in_place()
    return files


def earlier(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(f"old {name}", encoding="utf-8")


def test_until_it_is_put_in_place_a_file_has_another_name_with_the_same_extension(folder):
    earlier(folder, "a.gpkg")
    files = RunFiles()
    staged = Path(files.stage(str(folder / "a.gpkg")))
    staged.write_text("half", encoding="utf-8")
    assert (staged.parent, staged.suffix, staged.name[0]) == (folder, ".gpkg", ".")
    assert (folder / "a.gpkg").read_text() == "old a.gpkg"  # as whoever kills QGIS now leaves it


def test_files_that_are_kept_replace_those_of_an_earlier_run_for_good(folder):
    earlier(folder, "a.gpkg", "a.json", "other.json")
    files = written(folder, "a.gpkg", "a.json")
    files.keep()
    expected = {"a.gpkg": "new a.gpkg", "a.json": "new a.json", "other.json": "old other.json"}
    assert texts(folder) == expected
    files.remove()  # too late
    assert texts(folder) == expected


def test_files_that_are_removed_give_way_to_those_of_an_earlier_run(folder):
    earlier(folder, "a.gpkg")
    files = written(folder, "a.gpkg", "a.json")
    assert (folder / "a.json").is_file()
    files.remove()
    assert texts(folder) == {"a.gpkg": "old a.gpkg"}


def test_what_a_database_holds_beside_itself_goes_and_comes_with_it(folder):
    """SQLite would apply the old journal to the new file."""
    earlier(folder, "a.gpkg", "a.gpkg-wal")
    files = written(folder, "a.gpkg")
    assert not (folder / "a.gpkg-wal").exists()
    files.remove()
    assert texts(folder) == {"a.gpkg": "old a.gpkg", "a.gpkg-wal": "old a.gpkg-wal"}


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(folder):
    earlier(folder, "a.gpkg")
    (folder / "b.json").mkdir()
    files = RunFiles()
    Path(files.stage(str(folder / "a.gpkg"))).write_text("new", encoding="utf-8")
    files.will_write_text(str(folder / "b.json"), "{}")
    with pytest.raises(IsADirectoryError):
        files.put_in_place()
    files.remove()
    assert sorted(path.name for path in folder.iterdir()) == ["a.gpkg", "b.json"]
    assert (folder / "a.gpkg").read_text() == "old a.gpkg"
    assert (folder / "b.json").is_dir()


def test_a_failure_between_two_files_puts_the_first_back(folder, monkeypatch):
    earlier(folder, "a.gpkg", "a.json")
    files = RunFiles()
    for name in ("a.gpkg", "a.json"):
        Path(files.stage(str(folder / name))).write_text("new", encoding="utf-8")
    replace = os.replace

    def refuse(source, target):
        if Path(target) == folder / "a.json" and "earlier" not in str(source):
            raise PermissionError(13, "in use", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        files.put_in_place()
    files.remove()
    assert texts(folder) == {"a.gpkg": "old a.gpkg", "a.json": "old a.json"}


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_file_systems_without_links_will_do(folder, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", lambda *_given, **_more: (_ for _ in ()).throw(PermissionError()))
    earlier(folder, "a.json")
    written(folder, "a.json").remove()
    assert texts(folder) == {"a.json": "old a.json"}
    written(folder, "a.json").keep()
    assert texts(folder) == {"a.json": "new a.json"}


def test_new_folders_go_with_the_files_that_they_were_made_for(folder):
    files = written(folder, "deep/er/a.vrt")
    assert (folder / "deep/er/a.vrt").is_file()
    files.remove()
    assert not folder.exists()


def test_what_a_killed_run_left_is_removed_a_day_later(folder):
    """Not before: another QGIS may be writing."""
    earlier(folder, "a.gpkg", "[x].gpkg", ".mine.gpkg")
    left = [Path(RunFiles().stage(str(folder / name))) for name in ("a.gpkg", "[x].gpkg")]
    for path in left:
        path.write_text("half", encoding="utf-8")
        Path(f"{path}-journal").write_text("half", encoding="utf-8")
    for name in ("a.gpkg", "[x].gpkg"):
        RunFiles().stage(str(folder / name))
    assert all(path.exists() for path in left)
    for path in (*folder.iterdir(), *(Path(f"{path}-journal") for path in left)):
        os.utime(path, (0, time.time() - 2 * 86_400))
    for name in ("a.gpkg", "[x].gpkg"):
        RunFiles().stage(str(folder / name))
    assert sorted(texts(folder)) == [".mine.gpkg", "[x].gpkg", "a.gpkg"]
