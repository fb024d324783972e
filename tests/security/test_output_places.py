"""An output takes the place of a file or of nothing: never of a device, a pipe, a socket or a link."""

import os
import socket
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, OutputError
from colearn.engine.outputs import output_places
from colearn.engine.outputs.output_places import require_plain_place

from unprivileged import give_away, own_folder, run_python

STAGES = """
import sys
from pathlib import Path
from engine.contract.wire.errors import OutputError
from engine.outputs.output_set import OutputSet
try:
    with OutputSet("a0") as outputs:
        outputs.stage(sys.argv[1]).write_text("new")
        outputs.commit()
    print("written")
except OutputError as error:
    print(error.code.value, error.found, error.remedy)
"""


@pytest.fixture
def folder():
    with own_folder() as made:
        yield made


def stage(path: Path | str, folder: Path) -> str:
    give_away(folder)
    done = run_python(STAGES, path, folder=folder, timeout_s=20)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_pipe(folder):
    os.mkfifo(folder / "map.tif")
    assert "output_unwritable a pipe at" in stage(folder / "map.tif", folder)


def test_a_socket(folder):
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(folder / "map.tif"))
        assert "output_unwritable a socket at" in stage(folder / "map.tif", folder)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_names_the_path_it_leads_to(folder, there):
    if there:
        (folder / "mine.tif").write_text("mine")
    (folder / "map.tif").symlink_to(folder / "mine.tif")
    output = stage(folder / "map.tif", folder)
    assert "output_unwritable a link at" in output
    assert str(folder / "mine.tif") in output
    assert (folder / "map.tif").is_symlink()
    assert (folder / "mine.tif").exists() == there


def test_a_folder_reached_by_a_link_is_a_folder(folder):
    (folder / "drive").mkdir()
    (folder / "maps").symlink_to(folder / "drive")
    assert stage(folder / "maps" / "map.tif", folder) == "written\n"
    assert (folder / "drive" / "map.tif").read_text() == "new"


@pytest.mark.parametrize("path", ["/dev/null", "/dev/full"])
def test_a_device(folder, path):
    assert "output_unwritable a device at" in stage(path, folder)


def test_the_root_of_all(folder):
    assert "output_unwritable a folder at /" in stage("/", folder)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/etc/new/map.tif", "/usr/bin/map.tif", "/dev/map.tif", "/etc/../etc/map.tif", "/proc/map.tif"],
)
def test_an_administrator_writes_into_no_folder_of_the_system(monkeypatch, path):
    """Only the place is checked here: nothing is written."""
    monkeypatch.setattr(output_places, "_is_administrator", lambda: True)
    with pytest.raises(OutputError) as caught:
        require_plain_place(Path(path))
    assert caught.value.code is ErrorCode.OUTPUT_UNWRITABLE
    assert "in the system folder" in caught.value.found


@pytest.mark.parametrize("path", ["/etcetera/map.tif", "/home/etc/map.tif", "/dev/shm/map.tif", "/usr/local/map.tif"])
def test_and_into_any_other(monkeypatch, path):
    monkeypatch.setattr(output_places, "_is_administrator", lambda: True)
    require_plain_place(Path(path))


def test_what_came_meanwhile_is_not_replaced(tmp_path):
    from colearn.engine.outputs.output_set import OutputSet

    with OutputSet("a0") as outputs:
        outputs.stage(tmp_path / "map.tif").write_text("new")
        os.mkfifo(tmp_path / "map.tif")
        with pytest.raises(OutputError):
            outputs.commit()
    assert (tmp_path / "map.tif").is_fifo()
