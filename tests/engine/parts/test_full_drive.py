"""A drive that fills up while parts are written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job_file import job_to_text
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode

from journeys import predict_job, run_predict
from runs_in_parts import ROOT, digests, finished, parts_folders, start, texts
from world import write_raster

LIMITED = """
import resource, runpy, sys
limit, *arguments = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
sys.argv = ["engine", *arguments]
runpy.run_module("engine", run_name="__main__")
"""


@pytest.fixture
def job(small_model, outputs, tmp_path):
    """Noise, whose map cannot be compressed much."""
    values = np.random.default_rng(0).integers(1, 4000, (4, 200, 200), dtype=np.uint16)
    raster = write_raster(tmp_path / "noisy.tif", values, names=("B02", "B03", "B04", "B08"))
    made = predict_job(small_model, raster, outputs / "map.tif", block_px=8, threads=1, keep_parts=True)
    return replace(made, output_probabilities=str(outputs / "p.tif"))


def test_parts_that_may_not_grow_are_reported_and_the_finished_ones_are_kept(job, outputs, tmp_path) -> None:
    """What a quota does: the system refuses bytes in the middle of a part's raster."""
    pytest.importorskip("resource")
    file = tmp_path / "job.json"
    file.write_text(job_to_text(job), encoding="utf-8")
    whole = finished(start(job, tmp_path, "--shard", "1/4"))
    assert whole[-1]["numbers"]["parts"] > 0
    (folder,) = parts_folders(outputs)
    before = digests(folder)
    command = [sys.executable, "-c", LIMITED, "9000", "predict", str(file), "--events", "--part-px", "32"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    event = json.loads(done.stdout.splitlines()[-1])
    assert (event["event"], event["code"]) == ("failed", "disk_full")
    assert digests(folder) == before
    assert [path.name for path in outputs.iterdir()] == [folder.name]


def test_a_drive_without_room_for_both_copies_is_refused_before_the_first_part(job, outputs) -> None:
    pixels, bytes_each = 200 * 200, 1 + 3 * 4
    free = int(1.5 * pixels * bytes_each)  # the map alone would fit
    usage = shutil.disk_usage(outputs)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CoLearnError) as caught:
        patch.setattr("colearn.engine.outputs.output_set.shutil.disk_usage", lambda _: usage._replace(free=free))
        run_predict(job)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert "1.1 MB for the outputs" in caught.value.expected
    assert "needs twice the space" in caught.value.expected
    assert "turn off KEEP_PARTS" in caught.value.remedy
    assert f"delete the folder {outputs / '.map.colearn-parts-'}" in caught.value.remedy
    assert list(outputs.iterdir()) == []


def test_what_is_finished_needs_no_room_again(job, outputs, tmp_path) -> None:
    finished(start(job, tmp_path, "--shard", "1/1"))
    logged = finished(start(job, tmp_path))
    assert "were finished earlier" in texts(logged)
    assert Path(job.output).exists()
