"""For tests of maps in parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.raster.output.stored import close_stored
from osgeo import gdal

from interrupted_maps import run
from journeys import predict_job
from runs_in_parts import digests


@pytest.fixture(autouse=True)
def _no_part_stays_open():
    yield
    close_stored()


@pytest.fixture
def outputs(tmp_path) -> Path:
    """A folder for outputs alone."""
    folder = tmp_path / "maps é"
    folder.mkdir()
    return folder


@pytest.fixture
def undisturbed(job, outputs) -> dict[str, str]:
    """What a run writes that nothing disturbs and that keeps no parts; ``job`` is the test module's."""
    run(replace(job, keep_parts=False))
    whole = digests(outputs)
    for path in outputs.iterdir():
        path.unlink()
    return whole


@pytest.fixture
def job(world, small_model, outputs):
    """Two layers in blocks of 16 px, 16 parts of 4 blocks; kept."""
    tiled = outputs.parent / "tiled.tif"
    gdal.Translate(str(tiled), str(world.camera), creationOptions=["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"])
    files = {"output_probabilities": str(outputs / "p.tif"), "output_confidence": str(outputs / "c.tif")}
    made = predict_job(small_model, tiled, outputs / "map.tif", block_px=16, threads=2, keep_parts=True)
    return replace(made, precision=Precision.FP32, device=Device.CPU, **files)
