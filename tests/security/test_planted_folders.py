"""What an untrusted folder may hold where the engine looks for its own leftovers: nothing of it is believed."""

import json
import os
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import PredictJob
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.wire.errors import ErrorCode, JobError
from hypothesis import given
from hypothesis import strategies as st

from unprivileged import give_away, own_folder, run_python

# Writes an output into a folder as a run does; prints warnings, and how it ended.
WRITES = """
import sys
from pathlib import Path
from engine.contract.wire.errors import OutputError
from engine.outputs.output_set import OutputSet
folder, run = Path(sys.argv[1]), sys.argv[2]
try:
    with OutputSet(run, warn=lambda code, text: print("warned", code, text)) as outputs:
        for name in sys.argv[3:]:
            outputs.stage(folder / name).write_text("new")
        outputs.commit()
    print("written")
except OutputError as error:
    print("refused", error.code.value, error)
"""
DEAD = '{"process": 999999999, "computer": COMPUTER, "since": "2024-01-01 12:00:00"}\n"map.tif"\n'


@pytest.fixture
def home():
    """A person's folder with something of worth, and a project in it that somebody sent."""
    with own_folder() as folder:
        (folder / ".bashrc").write_text("mine")
        (folder / "project").mkdir()
        yield folder


def write(home: Path, *names: str, run: str = "b0") -> str:
    """Write outputs into the project; returns the output."""
    give_away(home)
    done = run_python(WRITES, home / "project", run, *(names or ("map.tif",)), folder=home, timeout_s=20)
    assert done.returncode == 0, done.stderr
    return done.stdout


def plant(home: Path, journal: object, *, run: str = "0", earlier: str = ".bashrc") -> Path:
    """A temporary folder that looks like one of a run that was killed while it moved its files."""
    folder = home / "project" / f".map.colearn-{run}"
    (folder / ".colearn-earlier").mkdir(parents=True)
    (folder / ".colearn-earlier" / earlier).write_text("evil")
    (folder / ".colearn-lock").write_text(DEAD.replace("COMPUTER", json.dumps(os.uname().nodename)))
    text = journal if isinstance(journal, str) else json.dumps(journal)
    (folder / ".colearn-journal").write_text(text)
    return folder


def journal(*new: str, stale: tuple[str, ...] = (), **changes) -> dict:
    return {"new": {name: [1, 1] for name in new}, "stale": list(stale), "token": "t", **changes}


@pytest.mark.parametrize(
    "name", ["../../.bashrc", "../.bashrc", "/etc/passwd", ".bashrc", "..", "map/../../x", "map\0"]
)
@pytest.mark.parametrize("way", ["new", "stale"])
def test_names_that_lead_elsewhere_are_reported_and_nothing_is_touched(home, name, way):
    planted = journal(name) if way == "new" else journal(stale=(name,))
    folder = plant(home, planted)
    output = write(home)
    assert "warned strange_folder" in output
    assert str(folder) in output
    assert "written" in output  # the output itself is not blocked
    assert (home / ".bashrc").read_text() == "mine"
    assert (folder / ".colearn-earlier" / ".bashrc").read_text() == "evil"  # left alone
    assert not (home / "project" / ".bashrc").exists()


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "null", "{}", '{"new": []}', "not JSON", "", '{"new": 1', "[" * 100_000, " " * (2**20 + 1), "\xed\xa0"),
        '{"new": {"map.tif": "x"}, "stale": [], "token": ""}',
        '{"new": {"map.tif": [1, 2, 3]}, "stale": [], "token": ""}',
        '{"new": {}, "stale": [], "token": "t", "more": 1}',
    ],
)
def test_a_malformed_journal_blocks_nothing(home, text):
    folder = plant(home, text)
    output = write(home)
    assert "written" in output
    assert "warned strange_folder" in output
    assert (folder / ".colearn-earlier" / ".bashrc").exists()


def test_a_torn_journal_of_a_run_that_had_moved_nothing_is_tidied(home):
    folder = plant(home, '{"new": {"map.tif": [1')
    (folder / ".colearn-earlier" / ".bashrc").unlink()
    assert write(home) == "written\n"
    assert [path.name for path in (home / "project").iterdir()] == ["map.tif"]


@pytest.mark.parametrize("what", [".colearn-earlier", ".colearn-lock", ".colearn-journal", ""])
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_links_and_pipes_are_neither_followed_nor_waited_for(home, what, kind):
    folder = plant(home, journal("map.tif"))
    victim = home / "victim"
    if what in (".colearn-earlier", ""):
        victim.mkdir()
        (victim / "map.tif").write_text("mine")
        (victim / ".colearn-lock").write_text("mine")
    else:
        victim.write_text("mine")
    place = folder / what if what else folder
    os.rename(place, home / "away")
    place.symlink_to(victim) if kind == "link" else os.mkfifo(place)
    output = write(home)
    assert "written" in output
    texts = [victim / "map.tif", victim / ".colearn-lock"] if victim.is_dir() else [victim]
    assert [path.read_text() for path in texts] == ["mine"] * len(texts)
    assert os.path.lexists(place)


@pytest.mark.parametrize("kind", ["folder", "lock", "hard link"])
def test_the_runs_own_folder_cannot_be_laid_out_for_it(home, kind):
    """The run's id stands in the job, which may have come with the project."""
    victim = home / "victim"
    folder = home / "project" / ".map.colearn-b0"
    if kind == "folder":
        victim.mkdir()
        (victim / "mine").write_text("mine")
        folder.symlink_to(victim)
    else:
        victim.write_text("mine")
        folder.mkdir()
        (folder / ".colearn-lock").symlink_to(victim) if kind == "lock" else os.link(victim, folder / ".colearn-lock")
    output = write(home)
    assert "refused output_unwritable" in output
    assert (victim / "mine" if victim.is_dir() else victim).read_text() == "mine"


def test_a_link_to_a_folder_inside_the_runs_own_folder_is_not_followed(home):
    (home / "victim").mkdir()
    (home / "victim" / "mine").write_text("mine")
    (home / "project" / ".map.colearn-b0").mkdir()
    (home / "project" / ".map.colearn-b0" / "link").symlink_to(home / "victim")
    assert write(home) == "written\n"
    assert (home / "victim" / "mine").read_text() == "mine"


@pytest.mark.parametrize("listed", [True, False])
def test_a_record_reaches_no_folder_that_does_not_name_it(home, listed):
    """A member elsewhere is undone only where both journals name each other, with one token and one run."""
    elsewhere = home / ".map.colearn-0"
    (elsewhere / ".colearn-earlier").mkdir(parents=True)
    (elsewhere / ".colearn-earlier" / "map.tif").write_text("earlier")
    own = journal("map.tif", token="another", head=str(home / "project" / ".map.colearn-0"))
    (elsewhere / ".colearn-journal").write_text(json.dumps(own))
    plant(home, journal("map.tif", members=[str(elsewhere)] if listed else []), earlier="map.tif.ovr")
    write(home)
    assert (elsewhere / ".colearn-earlier" / "map.tif").read_text() == "earlier"
    assert not (home / "map.tif").exists()


@pytest.mark.parametrize("member", ["../.map.colearn-0", "/a/../b/.map.colearn-0", "/etc", "notes", ".map.colearn-1"])
def test_members_are_named_plainly_and_are_of_the_same_run(home, member):
    plant(home, journal("map.tif", members=[member]))
    assert "warned strange_folder" in write(home)


def test_a_member_whose_record_is_out_of_reach_keeps_its_earlier_files(home):
    """A project that was moved: whether the commit was whole nobody can tell."""
    folder = plant(home, journal("map.tif", head="/nowhere/at/all/.p.colearn-0"), earlier="map.tif")
    assert "not accessible" in write(home)
    assert (folder / ".colearn-earlier" / "map.tif").read_text() == "evil"


@pytest.mark.parametrize("run_id", ["a/../victim", "..", "/tmp", "A", "x", "a" * 33, "a\n", "é"])
def test_run_ids_are_hexadecimal(run_id):
    text = job_to_text(PredictJob("m", (RasterSource("r"),), "o")).replace(
        '"run_id": ""', f'"run_id": {json.dumps(run_id)}'
    )
    with pytest.raises(JobError) as caught:
        job_from_text(text)
    assert caught.value.code is ErrorCode.JOB_INVALID
    assert "run_id" in caught.value.subject


def test_parts_are_not_looked_for_through_links_or_pipes(home):
    code = """
import sys
from pathlib import Path
from engine.parts.store.folder import PLAN, _read
print(_read(Path(sys.argv[1])))
"""
    real = home / "real"
    real.mkdir()
    os.mkfifo(real / "plan.json")
    (home / "link").symlink_to(real)
    for folder in (real, home / "link"):
        done = run_python(code, folder, folder=home, timeout_s=30)
        assert done.stdout == "None\n", done.stderr


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_journal_whatever_its_content_causes_a_failure(content):
    """Whatever bytes a journal consists of: None, a journal, or the one error that says it is none of ours."""
    from colearn.engine.outputs.journal import Journal, StrangeJournalError, read_journal

    with own_folder_of_this_process() as folder:
        (folder / ".colearn-journal").write_bytes(content)
        try:
            found = read_journal(folder)
        except StrangeJournalError:
            return
        assert found is None or isinstance(found, Journal)


def own_folder_of_this_process():
    import contextlib
    import tempfile

    @contextlib.contextmanager
    def made():
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / ".map.colearn-0"
            place.mkdir()
            yield place

    return made()
