"""Outputs appear whole or not at all."""

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, OutputError
from colearn.engine.outputs import output_set as module
from colearn.engine.outputs.output_set import OutputSet, remove_all_temporary
from colearn.engine.outputs.stale_outputs import LOCK

ROOT = Path(__file__).resolve().parents[3]

KILLED_WHILE_WRITING = """
import os, sys
from pathlib import Path
from engine.outputs.output_set import OutputSet
folder = Path(sys.argv[1])
outputs = OutputSet("run")
outputs.stage(folder / "map.tif").write_text("half")
os.kill(os.getpid(), 9)
"""
KILLED_WHILE_MOVING = """
import os, sys
from pathlib import Path
from engine.outputs.output_set import OutputSet
folder, left = Path(sys.argv[1]), int(sys.argv[2])
replace, moved = os.replace, []

def dies(file, final):
    if len(moved) == left:
        os.kill(os.getpid(), 9)
    moved.append(final)
    replace(file, final)

os.replace = dies
outputs = OutputSet("run")
outputs.stage(folder / "map.tif").write_text("new map.tif")
(folder / ".map.colearn-run" / "map.tif.aux.xml").write_text("new names")
outputs.stage(folder / "map.html").write_text("new map.html")
outputs.commit()
os.kill(os.getpid(), 9)
"""


def run_python(code: str, *arguments) -> subprocess.CompletedProcess:
    """Run a small program, from the folder of the project."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def no_links(*_, **__):
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_outputs_appear_under_their_names_when_committed(tmp_path):
    with OutputSet("run") as outputs:
        for name in ("map.tif", "report.html"):
            temporary = outputs.stage(tmp_path / name)
            assert temporary.name == name
            assert temporary.parent.parent == tmp_path
            temporary.write_text(name)
        assert not (tmp_path / "map.tif").exists()
        outputs.commit()
    assert everything(tmp_path) == ["map.tif", "report.html"]
    assert (tmp_path / "map.tif").read_text() == "map.tif"


def test_the_temporary_folder_is_named_after_file_and_run(tmp_path):
    with OutputSet("run7") as outputs:
        assert outputs.stage(tmp_path / "map.tif").parent.name == ".map.colearn-run7"


def test_sidecars_move_with_their_file_and_before_it(tmp_path, monkeypatch):
    moved = []
    replace = os.replace
    monkeypatch.setattr(module.os, "replace", lambda file, final: (moved.append(final.name), replace(file, final)))
    with OutputSet() as outputs:
        temporary = outputs.stage(tmp_path / "map.tif")
        temporary.write_text("map")
        (temporary.parent / "map.tif.aux.xml").write_text("names")
        (temporary.parent / "map.tif.msk").write_text("mask")
        outputs.commit()
    assert moved == ["map.tif.aux.xml", "map.tif.msk", "map.tif"]
    assert everything(tmp_path) == ["map.tif", "map.tif.aux.xml", "map.tif.msk"]


def test_an_older_output_is_replaced_and_its_sidecars_with_it(tmp_path):
    for name in ("map.tif", "map.tif.aux.xml", "map.tif.ovr"):
        (tmp_path / name).write_text("old")
    with OutputSet() as outputs:
        temporary = outputs.stage(tmp_path / "map.tif")
        temporary.write_text("new")
        outputs.commit()
    assert everything(tmp_path) == ["map.tif"]
    assert (tmp_path / "map.tif").read_text() == "new"


def test_an_older_maps_style_goes_with_it_but_not_that_of_something_else(tmp_path):
    for name in ("map.tif", "map.qml", "a.b.qml", "report.qml", "other.qml"):
        (tmp_path / name).write_text("old")
    with OutputSet() as outputs:
        for name in ("map.tif", "a.b.TIFF", "report.html"):
            outputs.stage(tmp_path / name).write_text("new")
        outputs.commit()
    assert everything(tmp_path) == ["a.b.TIFF", "map.tif", "other.qml", "report.html", "report.qml"]


def test_the_style_of_an_input_of_the_same_name_stays(tmp_path):
    """QGIS has one name for the styles of S2.tif and S2.gpkg."""
    for name in ("S2.jp2", "S2.qml"):
        (tmp_path / name).write_text("mine")
    with OutputSet("run", inputs=[tmp_path / "S2.jp2"]) as outputs:
        for name in ("S2.gpkg", "S2.tif"):
            outputs.stage(tmp_path / name).write_text("new")
        outputs.commit()
    assert everything(tmp_path) == ["S2.gpkg", "S2.jp2", "S2.qml", "S2.tif"]
    assert (tmp_path / "S2.qml").read_text() == "mine"


def test_a_name_too_long_for_the_drive_is_reported(tmp_path):
    with OutputSet("run") as outputs, pytest.raises(OutputError) as caught:
        outputs.stage(tmp_path / ("é" * 127 + ".tif"))
    assert caught.value.code is ErrorCode.OUTPUT_UNWRITABLE
    assert "too long" in caught.value.found
    assert everything(tmp_path) == []


@pytest.mark.parametrize("staged", [True, False])
def test_a_style_that_the_run_brings_is_there(tmp_path, staged):
    (tmp_path / "map.qml").write_text("old")
    with OutputSet() as outputs:
        temporary = outputs.stage(tmp_path / "map.tif")
        temporary.write_text("new")
        style = outputs.stage(tmp_path / "map.qml") if staged else temporary.with_suffix(".qml")
        style.write_text("new")
        outputs.commit()
    assert (tmp_path / "map.qml").read_text() == "new"


def test_a_failure_leaves_the_older_output_and_nothing_else(tmp_path):
    (tmp_path / "map.tif").write_text("old")
    with pytest.raises(RuntimeError), OutputSet() as outputs:
        outputs.stage(tmp_path / "map.tif").write_text("new")
        raise RuntimeError
    assert everything(tmp_path) == ["map.tif"]
    assert (tmp_path / "map.tif").read_text() == "old"


def test_leaving_without_commit_leaves_nothing_not_even_folders(tmp_path):
    with OutputSet() as outputs:
        outputs.stage(tmp_path / "made" / "deeper" / "map.tif").write_text("new")
        outputs.stage(tmp_path / "made" / "report.html")
    assert everything(tmp_path) == []


def test_folders_are_made_where_there_are_none(tmp_path):
    with OutputSet() as outputs:
        outputs.stage(tmp_path / "made" / "deeper" / "map.tif").write_text("new")
        outputs.commit()
    assert everything(tmp_path) == ["made", "made/deeper", "made/deeper/map.tif"]


def test_nothing_moves_unless_everything_is_there(tmp_path):
    with OutputSet() as outputs:
        outputs.stage(tmp_path / "map.tif").write_text("whole")
        outputs.stage(tmp_path / "report.html")
        with pytest.raises(OutputError) as caught:
            outputs.commit()
    assert caught.value.subject == "report.html"
    assert everything(tmp_path) == []


def test_nothing_moves_when_a_final_place_has_become_a_folder(tmp_path):
    with OutputSet() as outputs:
        outputs.stage(tmp_path / "map.tif").write_text("whole")
        outputs.stage(tmp_path / "report.html").write_text("whole")
        (tmp_path / "report.html").mkdir()
        with pytest.raises(OutputError):
            outputs.commit()
    assert everything(tmp_path) == ["report.html"]


def test_what_is_no_sidecar_stays_behind(tmp_path):
    with OutputSet() as outputs:
        temporary = outputs.stage(tmp_path / "map.tif")
        temporary.write_text("map")
        (temporary.parent / "between.vrt").write_text("not for people")
        outputs.commit()
    assert everything(tmp_path) == ["map.tif"]


class TestDatabases:
    """A GeoPackage is SQLite: beside it lie files that would spoil another database of that name."""

    def test_what_an_old_one_left_open_never_meets_the_new_one(self, tmp_path):
        for ending in ("", "-wal", "-shm", "-journal", ".qml"):
            (tmp_path / f"areas.gpkg{ending}").write_text("old")
        (tmp_path / "areas.qml").write_text("old")
        with OutputSet() as outputs:
            outputs.stage(tmp_path / "areas.gpkg").write_text("new")
            outputs.commit()
        assert everything(tmp_path) == ["areas.gpkg", "areas.gpkg.qml"]

    @pytest.mark.parametrize("ending", ["-wal", "-journal"])
    def test_one_that_was_not_closed_is_not_whole(self, tmp_path, ending):
        with OutputSet() as outputs, pytest.raises(OutputError) as caught:
            temporary = outputs.stage(tmp_path / "areas.gpkg")
            temporary.write_text("half")
            Path(f"{temporary}{ending}").write_text("the other half")
            outputs.commit()
        assert f"areas.gpkg{ending}" in caught.value.found
        assert everything(tmp_path) == []

    def test_empty_companions_are_left_behind(self, tmp_path):
        with OutputSet() as outputs:
            temporary = outputs.stage(tmp_path / "areas.gpkg")
            temporary.write_text("whole")
            for ending in ("-wal", "-shm"):
                Path(f"{temporary}{ending}").touch()
            outputs.commit()
        assert everything(tmp_path) == ["areas.gpkg"]


OLD = {name: "old " + name for name in ("map.tif", "map.tif.ovr", "map.qml", "report.html")}
NEW = {"map.tif": "new map.tif", "map.tif.aux.xml": "new names", "report.html": "new report.html"}


class TestFailingMoves:
    """Whatever move fails, everything is as it was before."""

    def commit(self, folder: Path) -> None:
        with OutputSet("run") as outputs:
            for name in ("map.tif", "report.html"):
                outputs.stage(folder / name).write_text(f"new {name}")
            (folder / ".map.colearn-run" / "map.tif.aux.xml").write_text("new names")
            outputs.commit()

    def texts(self, folder: Path) -> dict[str, str]:
        return {path.name: path.read_text() for path in folder.iterdir()}

    @pytest.fixture
    def breaks_at(self, monkeypatch):
        """Let one call to the system fail: its name, and how many calls of it succeed before."""

        def patch(name: str, calls: int) -> None:
            left = iter([*[False] * calls, True])
            original = getattr(os, name)

            def perhaps(*arguments, **options):
                if next(left, False):
                    raise OSError(errno.ENOSPC, "No space left on device")
                return original(*arguments, **options)

            monkeypatch.setattr(module.os, name, perhaps)

        return patch

    @pytest.mark.parametrize("links", [True, False])
    @pytest.mark.parametrize("calls", range(len(NEW) + len(OLD) + 1))
    @pytest.mark.parametrize("before", [OLD, {}, {"report.html": "old"}])
    def test_a_move_that_fails_is_undone(self, tmp_path, monkeypatch, breaks_at, before, calls, links):
        for name, text in before.items():
            (tmp_path / name).write_text(text)
        if not links:
            monkeypatch.setattr(module.os, "link", no_links)
        breaks_at("replace", calls)
        if calls >= len(NEW) + (0 if links else len(before)):
            self.commit(tmp_path)
            assert self.texts(tmp_path) == NEW
            return
        with pytest.raises(OutputError) as caught:
            self.commit(tmp_path)
        assert caught.value.code is ErrorCode.DISK_FULL
        assert self.texts(tmp_path) == before

    def test_what_is_moved_is_never_missing(self, tmp_path, monkeypatch):
        for name, text in OLD.items():
            (tmp_path / name).write_text(text)
        missing = []
        replace = os.replace

        def watched(file, final):
            missing.extend(name for name in ("map.tif", "report.html") if not (tmp_path / name).exists())
            replace(file, final)

        monkeypatch.setattr(module.os, "replace", watched)
        self.commit(tmp_path)
        assert missing == []
        assert self.texts(tmp_path) == NEW

    def test_where_nothing_can_be_put_back_it_is_reported_where_the_old_files_lie(self, tmp_path, monkeypatch):
        (tmp_path / "map.tif").write_text("old")
        replace, calls = os.replace, []

        def breaks_for_good(file, final):
            calls.append(final)
            if len(calls) > 1:
                raise OSError(errno.EIO, "Input/output error")
            replace(file, final)

        with monkeypatch.context() as patch:
            patch.setattr(module.os, "replace", breaks_for_good)
            with pytest.raises(OutputError) as caught:
                self.commit(tmp_path)
        kept = tmp_path / ".map.colearn-run" / ".colearn-earlier"
        assert str(kept) in caught.value.details
        assert (kept / "map.tif").read_text() == "old"
        self.commit(tmp_path)  # the next run puts it back first, and then replaces it
        assert self.texts(tmp_path)["map.tif"] == "new map.tif"

    @pytest.mark.parametrize("calls", range(4))
    @pytest.mark.parametrize("before", [{"map.tif": "old", "map.tif.ovr": "old", "map.qml": "old"}, {}])
    def test_a_run_killed_between_two_moves_is_undone_by_the_next(self, tmp_path, before, calls):
        for name, text in before.items():
            (tmp_path / name).write_text(text)
        done = run_python(KILLED_WHILE_MOVING, tmp_path, calls)
        assert done.returncode == -9, done.stderr
        with OutputSet("next") as outputs:
            outputs.stage(tmp_path / "map.tif")
        new = {"map.tif": "new map.tif", "map.tif.aux.xml": "new names", "map.html": "new map.html"}
        assert self.texts(tmp_path) == (before if calls < len(new) else new)


class TestRunsAtOnce:
    def test_an_output_belongs_to_one_run_at_a_time(self, tmp_path):
        (tmp_path / "map.tif").write_text("old")
        with OutputSet("one") as one:
            temporary = one.stage(tmp_path / "map.tif")
            with OutputSet("two") as two, pytest.raises(OutputError) as caught:
                two.stage(tmp_path / "map.tif")
            assert caught.value.code is ErrorCode.OUTPUT_BUSY
            assert str(os.getpid()) in caught.value.found
            assert everything(tmp_path)[0] == ".map.colearn-one"
            temporary.write_text("one")
            one.commit()
        with OutputSet("two") as two:
            two.stage(tmp_path / "map.tif").write_text("two")
            two.commit()
        assert everything(tmp_path) == ["map.tif"]
        assert (tmp_path / "map.tif").read_text() == "two"

    def test_nor_can_one_job_run_twice(self, tmp_path):
        with OutputSet("run") as one, OutputSet("run") as two:
            temporary = one.stage(tmp_path / "map.tif")
            temporary.write_text("one")
            with pytest.raises(OutputError) as caught:
                two.stage(tmp_path / "map.tif")
            assert caught.value.code is ErrorCode.OUTPUT_BUSY
            assert temporary.read_text() == "one"

    def test_another_output_of_the_same_stem_is_not_in_the_way(self, tmp_path):
        with OutputSet("one") as one, OutputSet("two") as two:
            one.stage(tmp_path / "result.tif").write_text("one")
            two.stage(tmp_path / "result.html").write_text("two")
            two.commit()
            one.commit()
        assert everything(tmp_path) == ["result.html", "result.tif"]

    def test_a_second_output_beside_the_first_is_guarded_too(self, tmp_path):
        with OutputSet("one") as one, OutputSet("two") as two:
            one.stage(tmp_path / "result.tif")
            one.stage(tmp_path / "result.html")
            with pytest.raises(OutputError):
                two.stage(tmp_path / "result.html")

    def test_what_a_killed_run_of_another_job_left_is_cleared_at_once(self, tmp_path):
        done = run_python(KILLED_WHILE_WRITING, tmp_path)
        assert done.returncode == -9, done.stderr
        assert everything(tmp_path) != []
        with OutputSet("next") as outputs:
            outputs.stage(tmp_path / "map.tif").write_text("new")
            assert [path.name for path in tmp_path.iterdir()] == [".map.colearn-next"]

    @pytest.mark.parametrize("kept", [".map.colearn-parts-0123", ".mapped.colearn-run", ".map.colearn-young", "map"])
    def test_folders_that_are_none_of_its_business_are_left_alone(self, tmp_path, kept):
        (tmp_path / kept).mkdir()
        (tmp_path / kept / "file").touch()
        with OutputSet("next") as outputs:
            outputs.stage(tmp_path / "map.tif")
        assert everything(tmp_path) == [kept, f"{kept}/file"]

    @pytest.mark.parametrize("lock", [True, False])
    def test_a_folder_of_a_run_killed_before_it_said_whose_it_is_goes_at_once(self, tmp_path, lock):
        (tmp_path / ".map.colearn-young").mkdir()
        if lock:
            (tmp_path / ".map.colearn-young" / LOCK).touch()
        with OutputSet("next") as outputs:
            outputs.stage(tmp_path / "map.tif")
        assert everything(tmp_path) == []

    def test_a_run_whose_folder_was_taken_for_one_that_was_left_makes_it_again(self, tmp_path, monkeypatch):
        take, taken = module.RunLock.take, []

        def late(path):
            if not taken:
                path.parent.rmdir()
            taken.append(path)
            return take(path)

        monkeypatch.setattr(module.RunLock, "take", late)
        with OutputSet("run") as outputs:
            outputs.stage(tmp_path / "map.tif").write_text("new")
            outputs.commit()
        assert len(taken) == 2
        assert everything(tmp_path) == ["map.tif"]

    @pytest.mark.parametrize(("hours", "there"), [(1, True), (25, False)])
    def test_a_folder_of_another_computer_is_left_until_it_is_surely_over(self, tmp_path, hours, there):
        folder = tmp_path / ".map.colearn-far"
        folder.mkdir()
        (folder / LOCK).write_text('{"process": 1, "computer": "node-17", "since": "2024-01-01 12:00:00"}\n"map.tif"\n')
        for path in (folder / LOCK, folder):
            os.utime(path, times=(time.time() - 3600 * hours,) * 2)
        with OutputSet("next") as outputs:
            outputs.stage(tmp_path / "map.tif")
        assert folder.exists() == there


def test_what_a_killed_run_of_the_same_job_left_is_cleared(tmp_path):
    left = tmp_path / ".map.colearn-run"
    left.mkdir()
    (left / "map.tif.aux.xml").write_text("old names")
    with OutputSet("run") as outputs:
        outputs.stage(tmp_path / "map.tif").write_text("new")
        outputs.commit()
    assert everything(tmp_path) == ["map.tif"]


@pytest.mark.parametrize("given", ["scene.tif", "folder/../scene.tif", "link.tif"])
def test_an_input_is_never_an_output(tmp_path, given):
    (tmp_path / "scene.tif").write_text("input")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.tif").symlink_to(tmp_path / "scene.tif")
    outputs = OutputSet(inputs=(str(tmp_path / "scene.tif"), "/vsizip/{a.whl}/b.jp2"))
    with outputs, pytest.raises(OutputError) as caught:
        outputs.stage(f"{tmp_path}/{given}")
    assert caught.value.code is ErrorCode.OUTPUT_IS_INPUT


def test_two_outputs_at_one_path_are_refused(tmp_path):
    with OutputSet() as outputs, pytest.raises(OutputError):
        outputs.stage(tmp_path / "map.tif")
        outputs.stage(tmp_path / "map.tif")


@pytest.mark.parametrize("place", ["file/map.tif", "file/deeper/map.tif", "folder"])
def test_places_that_cannot_be_written_are_reported_at_once(tmp_path, place):
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "folder").mkdir()
    with OutputSet() as outputs, pytest.raises(OutputError) as caught:
        outputs.stage(tmp_path / place)
    assert caught.value.code is ErrorCode.OUTPUT_UNWRITABLE
    assert caught.value.subject == Path(place).name


def test_too_little_space_is_reported_at_once(tmp_path):
    outputs = OutputSet()
    outputs.require_free(tmp_path / "not there" / "map.tif", 1)
    with pytest.raises(OutputError) as caught:
        outputs.require_free(tmp_path / "map.tif", 10**18)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert "1,000,000,000,000.0 MB" in caught.value.expected


@pytest.fixture
def full_drive(tmp_path):
    """A drive of 64 KiB, full to the last byte."""
    drive = tmp_path / "drive"
    drive.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=20", "tmpfs", drive], check=False).returncode:
        pytest.skip("mounting a small drive needs root")
    yield drive
    subprocess.run(["umount", "-l", drive], check=True)


def test_a_drive_without_room_for_a_folder_is_full(full_drive):
    for number in range(20):
        try:
            (full_drive / str(number)).touch()
        except OSError:
            break
    with OutputSet() as outputs, pytest.raises(OutputError) as caught:
        outputs.stage(full_drive / "map.tif")
    assert caught.value.code is ErrorCode.DISK_FULL


def test_everything_temporary_can_be_removed_from_another_thread(tmp_path):
    with OutputSet("one") as one, OutputSet("two") as two:
        one.stage(tmp_path / "made" / "map.tif").write_text("one")
        two.stage(tmp_path / "model.colearn").write_text("two")
        thread = threading.Thread(target=remove_all_temporary)
        thread.start()
        thread.join(timeout=5)
        assert everything(tmp_path) == []
        with pytest.raises(OutputError):
            two.commit()
    assert everything(tmp_path) == []


def test_removing_leaves_what_was_committed(tmp_path):
    with OutputSet() as outputs:
        outputs.stage(tmp_path / "made" / "map.tif").write_text("whole")
        outputs.commit()
        remove_all_temporary()
    assert everything(tmp_path) == ["made", "made/map.tif"]


def test_an_end_of_the_process_waits_for_a_commit_under_way(tmp_path, monkeypatch):
    replace = os.replace
    removers = []

    def slow(file, final):
        if not removers:
            removers.append(threading.Thread(target=remove_all_temporary))
            removers[0].start()
            removers[0].join(timeout=0.2)
        replace(file, final)

    monkeypatch.setattr(module.os, "replace", slow)
    with OutputSet() as outputs:
        for name in ("a.tif", "b.tif"):
            outputs.stage(tmp_path / name).write_text("whole")
        outputs.commit()
    removers[0].join()
    assert everything(tmp_path) == ["a.tif", "b.tif"]


def test_very_long_names_fit(tmp_path):
    name = "m" * 250 + ".tif"
    with OutputSet("a-run-with-a-name") as outputs:
        outputs.stage(tmp_path / name).write_text("whole")
        outputs.commit()
    assert everything(tmp_path) == [name]
