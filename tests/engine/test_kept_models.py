"""Models of earlier versions, kept for ever (tools/model_fixture.py): later versions open them and map with them.

Their networks were trained on the world that tests/world.py makes of seed 0, to a balanced accuracy of 0.98
from the camera and of 0.78 from the radar, whose pixels are twice as large.
"""

from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import Precision
from colearn.engine.contract.manifest.manifest_text import MANIFEST_SCHEMA
from colearn.engine.contract.manifest.model_reader import read_manifest
from colearn.engine.predict import predict
from colearn.engine.process.reporting import Reporter
from osgeo import gdal

from journeys import Listening, predict_job

LEAST = {"camera": 0.9, "radar": 0.75}
KEPT = sorted((Path(__file__).resolve().parents[1] / "models").glob("schema_*.colearn"))


def test_one_is_kept_of_every_schema_that_there_was():
    assert [path.stem for path in KEPT] == [f"schema_{number}" for number in range(1, MANIFEST_SCHEMA + 1)]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_is_known_of_its_sensors_and_classes_is_read(path):
    manifest = read_manifest(path)
    assert [sensor.name for sensor in manifest.sensors] == ["camera", "radar"]
    assert [found.name for found in manifest.classes] == ["bare", "crop", "wöod & heath"]
    assert all(sensor.score.colearned.value > LEAST[sensor.name] for sensor in manifest.sensors)


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.INT8], ids=lambda precision: precision.value)
@pytest.mark.parametrize("sensor", ["camera", "radar"])
@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_it_maps_as_well_as_it_did(path, sensor, precision, world, tmp_path):
    raster = getattr(world, sensor)
    predict(predict_job(path, raster, tmp_path / "map.tif", precision=precision), Reporter(Listening()))
    mapped = gdal.Open(str(tmp_path / "map.tif")).ReadAsArray()
    step = len(world.truth) // len(mapped)
    truth = world.truth[::step, ::step] + 1  # codes begin at 1, in the order of names
    valid = mapped != 255
    assert valid.mean() > 0.9
    assert np.mean(mapped[valid] == truth[valid]) > LEAST[sensor]
