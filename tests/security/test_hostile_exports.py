"""An untrusted model whose sensor is exported: an error of ours, and no file, whatever its names are."""

import json
import sys

import onnx
import pytest
from colearn.engine.contract import ExportSensorJob, job_to_text

from unprivileged import ROOT, own_folder, run_engine

sys.path.append(str(ROOT / "tools"))


def renamed(graph, old, new):
    """A graph that says another name for a value of its own."""
    model = onnx.load_from_string(graph)
    for node in model.graph.node:
        node.input[:] = [new if name == old else name for name in node.input]
        node.output[:] = [new if name == old else name for name in node.output]
    for value in (*model.graph.input, *model.graph.initializer):
        value.name = new if value.name == old else value.name
    return model.SerializeToString()


@pytest.mark.parametrize(
    ("old", "new"), [("wide", "scores"), ("input", "image"), ("input", "scores"), ("one", "image"), ("one", "scores")]
)
def test_names_of_what_is_put_around_a_graph_are_no_accident(old, new):
    from hostile.seeds import a_graph, a_model

    with own_folder() as folder:
        (folder / "model.colearn").write_bytes(a_model(renamed(a_graph(), old, new)))
        job = ExportSensorJob(str(folder / "model.colearn"), str(folder / "out" / "sensor.onnx"), tile_px=64)
        (folder / "job.json").write_text(job_to_text(job))
        done = run_engine("exportsensor", folder / "job.json", "--events", folder=folder)
        last = json.loads(done.stdout.splitlines()[-1])
        assert last["code"] in ("model_damaged", "model_export_differs"), last
        assert not (folder / "out").exists()
