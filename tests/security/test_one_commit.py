"""All outputs of a run are one commit: wherever a run is killed, the next finds all of them old or makes all new."""

import json

import pytest

from unprivileged import own_folder, run_python

# Kills a run at each of its operations in turn, lets another run come after it, and looks at what is there.
KILLS = """
import json, os, shutil, sys
from pathlib import Path
sys.path.insert(0, "tests")
from killed import is_killed
from engine.contract.wire.errors import OutputError
from engine.outputs.output_set import OutputSet

folder, old, has_links, next_writes = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3] == "links", sys.argv[4:]
NEW = ["maps/map.tif", "maps/probabilities.tif", "elsewhere/areas.gpkg", "maps/map.html"]

def write(names, text, run):
    with OutputSet(run) as outputs:
        for name in names:
            staged = outputs.stage(folder / name)
            staged.write_text(text)
            if staged.suffix == ".tif":
                staged.with_name(staged.name + ".aux.xml").write_text(text)
        outputs.commit()

def no_links(*_):
    raise OSError

if not has_links:
    os.link = no_links

def there():
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}

operation, ends = 0, []
while True:
    for name in ("maps", "elsewhere"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
    for name in old:
        (folder / name).write_text("old")
    killed = is_killed(lambda: write(NEW, "new", "a0"), operation)
    if not killed:
        break
    with OutputSet("b0") as outputs:  # the next run, which comes to nothing itself
        for name in next_writes:
            outputs.stage(folder / name)
    ends.append(there())
    operation += 1
print(json.dumps([ends, there()]))
"""
OLD = ["maps/map.tif", "maps/map.tif.ovr", "maps/probabilities.tif", "maps/map.qml", "elsewhere/areas.gpkg-wal"]
ALL = ("maps/map.tif", "maps/probabilities.tif", "elsewhere/areas.gpkg", "maps/map.html")
NEW_FILES = sorted([*ALL, "maps/map.tif.aux.xml", "maps/probabilities.tif.aux.xml"])


@pytest.mark.parametrize("links", ["links", "no links"])
@pytest.mark.parametrize("old", [OLD, []], ids=["replacing", "anew"])
@pytest.mark.parametrize(
    "next_writes", [ALL, ALL[:1], ALL[2:3], ALL[1:2]], ids=["all", "map", "areas", "probabilities"]
)
def test_a_run_killed_anywhere_leaves_all_old_or_all_new(old, links, next_writes):
    """Whichever of the outputs the next run writes, it puts right the whole set."""
    with own_folder() as folder:
        done = run_python(KILLS, folder, json.dumps(old), links, *next_writes, folder=folder)
        assert done.returncode == 0, done.stderr
        ends, undisturbed = json.loads(done.stdout)
    all_old, all_new = dict.fromkeys(sorted(old), "old"), dict.fromkeys(NEW_FILES, "new")
    assert undisturbed == all_new
    assert len(ends) > 40  # kills
    outputs = [{name: text for name, text in end.items() if "colearn" not in name} for end in ends]
    halves = [(at, end) for at, end in enumerate(outputs) if end not in (all_old, all_new)]
    assert halves == []
    assert outputs[0] == all_old
    assert outputs[-1] == all_new
    if len(next_writes) == len(ALL):
        assert [at for at, end in enumerate(ends) if end != outputs[at]] == []  # nothing temporary is left
