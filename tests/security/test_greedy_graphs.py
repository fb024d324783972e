"""What a graph makes of computed sizes is bounded where it is made: an error at once, and no gigabytes."""

import json
import resource
import sys
from dataclasses import replace

import pytest

from deadlines import on_this_machine
from security.greedy_graphs import GREEDY, greedy_graph
from unprivileged import PEAK_MB, ROOT, own_folder, run_engine, run_python

GB = 2**30
MOST_S = 5
REFUSED = ["out_of_memory", "a graph that requests more than 4 GB at once"]
# Runs graphs and tells how each ended, how long it took, and the most memory this process ever had.
RUNS = """
import json, sys, time
from pathlib import Path
import numpy as np
from engine.contract import CoLearnError
from engine.inference import Session

ends = {}
for path in map(Path, sys.argv[1:]):
    session, began = None, time.monotonic()
    try:
        Session(path.read_bytes()).run(np.zeros((1, 1, 48, 48), np.float32))
        end = ["ran", ""]
    except CoLearnError as error:
        end = [error.code.value, error.found]
    ends[path.stem] = [*end, time.monotonic() - began]
print(json.dumps([ends, peak_mb()]))
"""


def limited():
    """Where the bound does not hold, the system's does: a test takes nobody's memory."""
    resource.setrlimit(resource.RLIMIT_AS, (8 * GB, 8 * GB))


def test_huge_arrays_are_refused_before_they_are_made():
    with own_folder() as folder:
        places = []
        for name, nodes in GREEDY.items():
            places.append(folder / f"{name}.onnx")
            places[-1].write_bytes(greedy_graph(nodes))
        done = run_python(PEAK_MB + RUNS, *places, folder=folder, timeout_s=300, preexec_fn=limited)
        assert done.returncode == 0, done.stderr
        ends, most_mb = json.loads(done.stdout)
    assert {name: end[:2] for name, end in ends.items()} == dict.fromkeys(GREEDY, REFUSED)
    assert max(seconds for *_end, seconds in ends.values()) < on_this_machine(MOST_S)
    assert most_mb < 1024


@pytest.mark.parametrize("name", ["MatMul", "Tile"])
def test_a_map_with_such_a_model_ends_in_a_message(name):
    """They pass the look at the graph: nothing in it tells how large its arrays become."""
    sys.path.append(str(ROOT / "tools"))
    import numpy as np

    from engine.contract import job_to_text
    from hostile.journeys import prediction
    from hostile.seeds import a_model
    from world import write_raster

    with own_folder() as folder:
        write_raster(folder / "scene.tif", np.ones((1, 48, 48), np.uint16), names=("B02",))
        (folder / "model.colearn").write_bytes(a_model(greedy_graph(GREEDY[name])))
        job = prediction(folder, folder / "scene.tif")
        (folder / "job.json").write_text(job_to_text(replace(job, block_px=256)))
        done = run_engine("predict", folder / "job.json", "--events", folder=folder, preexec_fn=limited)
        last = json.loads(done.stdout.splitlines()[-1])
        assert last["code"] == "out_of_memory", last
        assert "do not trust the model" in last["remedy"]
        assert not (folder / "out").exists()
