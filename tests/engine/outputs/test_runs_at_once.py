"""Runs at once beside one another, and what killed ones left."""

import os
import time

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, OutputError
from colearn.engine.outputs import output_set as module
from colearn.engine.outputs.output_set import OutputSet
from colearn.engine.outputs.stale_outputs import LOCK

from output_folders import everything, run_python

KILLED_WHILE_WRITING = """
import os, sys
from pathlib import Path
from engine.outputs.output_set import OutputSet
folder = Path(sys.argv[1])
outputs = OutputSet("run")
outputs.stage(folder / "map.tif").write_text("half")
os.kill(os.getpid(), 9)
"""


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
    def test_unrelated_folders_are_not_touched(self, tmp_path, kept):
        (tmp_path / kept).mkdir()
        (tmp_path / kept / "file").touch()
        with OutputSet("next") as outputs:
            outputs.stage(tmp_path / "map.tif")
        assert everything(tmp_path) == [kept, f"{kept}/file"]

    @pytest.mark.parametrize("lock", [True, False])
    def test_a_folder_of_a_run_killed_before_it_was_signed_is_removed_at_once(self, tmp_path, lock):
        (tmp_path / ".map.colearn-young").mkdir()
        if lock:
            (tmp_path / ".map.colearn-young" / LOCK).touch()
        with OutputSet("next") as outputs:
            outputs.stage(tmp_path / "map.tif")
        assert everything(tmp_path) == []

    def test_a_run_recreates_a_folder_that_was_removed_as_a_leftover(self, tmp_path, monkeypatch):
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
