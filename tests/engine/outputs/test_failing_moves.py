"""Moves that fail or are killed in the middle: all outputs are the new ones or the old ones."""

import errno
import os
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, OutputError
from colearn.engine.outputs import output_set as module
from colearn.engine.outputs.output_set import OutputSet

from output_folders import run_python

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


def no_links(*_, **__):
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


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
