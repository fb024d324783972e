"""A slice of `make torture`: maps and evaluations killed at some operations; and a fault would be seen."""

import json

import pytest

from unprivileged import own_folder, run_python

KILLS = """
import json, sys
from pathlib import Path
sys.path[:0] = ["tools", "tests"]
from hostile import journeys, kills

work, name = Path(sys.argv[1]), sys.argv[2]
out = work / "out"

def carelessly():
    (out / "a.txt").write_text("new")
    (out / "b.txt").write_text("new")

def leaving():
    (out / ".a.colearn-0").mkdir(exist_ok=True)
    (out / "a.txt.part").write_text("new")
    (out / "a.txt.part").replace(out / "a.txt")

MADE_UP = {
    "carelessly": journeys.Journey("careless", carelessly, out, ("a.txt",), {"a.txt": b"old", "b.txt": b"old"}),
    "leaving": journeys.Journey("leaving", leaving, out, ("a.txt",), {"a.txt": b"old"}),
}
if name == "map":
    row = kills.at_operations(journeys.predictions(work)[0], step=13)
elif name == "evaluation":
    row = kills.at_operations(journeys.evaluation(work), step=5)
else:
    row = kills.at_operations(MADE_UP[name])
print(json.dumps([row.tried, row.faults]))
"""


def killed(name):
    with own_folder() as folder:
        done = run_python(KILLS, folder, name, folder=folder, timeout_s=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("map", 5), ("evaluation", 3)])
def test_all_old_or_all_new_at_once_and_after_the_next_run(name, least):
    tried, faults = killed(name)
    assert tried >= least
    assert faults == []


def test_halves_of_a_careless_run_are_seen():
    """Killed before its second file is opened it leaves the first one new, the second old, and no journal."""
    tried, faults = killed("carelessly")
    assert tried == 2
    assert "operation 1: old and new, and no journal of it: ['a.txt', 'b.txt']" in faults
    assert not any(fault.startswith("operation 0") for fault in faults)


def test_what_a_run_leaves_beside_is_seen():
    _tried, faults = killed("leaving")
    assert any("neither the old set nor the new one: ['a.txt', 'a.txt.part']" in fault for fault in faults)
