"""Outputs appear whole or not at all."""

import os
import subprocess
import threading
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, OutputError
from colearn.engine.outputs import output_set as module
from colearn.engine.outputs.output_set import OutputSet, remove_all_temporary

from output_folders import everything


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
def test_paths_that_cannot_be_written_are_reported_at_once(tmp_path, place):
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
    assert "1\u202f000\u202f000\u202f000\u202f000.0 MB" in caught.value.expected


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
