"""What headers show is refused before torch is loaded; what they do not show is left to the training."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job_file import job_to_text
from colearn.engine.contract.job.sources import RasterSource, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.input_checks.headers import check_headers
from osgeo import ogr

from journeys import read, source, train_job
from layers import write_layer
from world import EPSG, NORTH, PIXEL_M, WEST, write_raster

ROOT = Path(__file__).resolve().parents[3]


def error_of(job):
    with pytest.raises(CoLearnError) as caught:
        check_headers(job)
    return caught.value


def labels_at(path, *places, epsg=EPSG):
    """Points at (x, y)."""
    layer = write_layer(path, [(f"POINT ({x} {y})", {"kind": "bare"}) for x, y in places], kind=ogr.wkbPoint, epsg=epsg)
    return VectorLabels(VectorSource(str(layer), "stands", "my points"), ("kind",))


def test_a_job_that_can_run_passes(world, tmp_path) -> None:
    check_headers(train_job(world, tmp_path))


@pytest.mark.parametrize("inside", [(WEST + 5 * PIXEL_M, NORTH - 5 * PIXEL_M), (WEST + 1195, NORTH - 1195)])
def test_a_single_point_inside_is_enough(world, tmp_path, inside) -> None:
    """The extent of a single point has no size."""
    check_headers(train_job(world, tmp_path, labels=labels_at(tmp_path / "one.gpkg", inside)))


def test_labels_outside_a_sensor_are_refused_with_both_extents(world, tmp_path) -> None:
    error = error_of(train_job(world, tmp_path, labels=labels_at(tmp_path / "far.gpkg", (WEST - 50_000, NORTH))))
    assert error.code is ErrorCode.LABELS_OUTSIDE_SENSOR
    assert "my points and camera" in error.subject and "camera covers 13.5" in error.found


def test_an_outdated_extent_in_the_file_refuses_nothing(world, tmp_path) -> None:
    """GeoPackages keep the extent of a layer in a table that other programs may not have kept up to date."""
    labels = labels_at(tmp_path / "stale.gpkg", (WEST + 50, NORTH - 50), (WEST + 150, NORTH - 150))
    dataset = ogr.Open(labels.source.path, 1)
    dataset.ExecuteSQL("UPDATE gpkg_contents SET min_x = 0, max_x = 1, min_y = 0, max_y = 1")
    dataset = None
    check_headers(train_job(world, tmp_path, labels=labels))


def test_an_empty_layer_is_left_to_the_training(world, tmp_path) -> None:
    check_headers(train_job(world, tmp_path, labels=labels_at(tmp_path / "empty.gpkg")))


def two_pixel_sizes(world, folder):
    fine = write_raster(folder / "B02.tif", read(world.camera)[:1])
    coarse = write_raster(folder / "B05.tif", read(world.radar)[:1], 20.0)
    return SensorSpec("camera", (source(fine), source(coarse)))


def without_crs(world, folder):
    return SensorSpec("camera", (source(write_raster(folder / "a.tif", read(world.camera), epsg=None)),))


def layout_unclear(world, folder):
    """Two rasters of several bands on one grid, which nothing tells apart."""
    names = ("one.tif", "two.tif")
    files = tuple(source(write_raster(folder / name, np.ones((2, 9, 9), np.uint8))) for name in names)
    return SensorSpec("camera", files)


def gone(world, folder):
    return SensorSpec("camera", (RasterSource(str(folder / "gone.tif"), "gone"),))


@pytest.mark.parametrize("sensor", [two_pixel_sizes, without_crs, layout_unclear, gone])
def test_the_engine_refuses_it_without_loading_torch(world, tmp_path, sensor) -> None:
    """A job file, the real program: torch is not imported at all, so the answer does not wait for it."""
    radar = SensorSpec("radar", (source(world.radar),))
    job = train_job(world, tmp_path, sensors=(sensor(world, tmp_path), radar))
    (tmp_path / "job.json").write_text(job_to_text(job), encoding="utf-8")
    command = [sys.executable, "-I", "-X", "importtime", str(ROOT / "engine" / "start.py"), "train", "--events"]
    done = subprocess.run([*command, str(tmp_path / "job.json")], capture_output=True, text=True, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, events[-1]["event"]) == (1, "failed")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "osgeo.gdal" in imported
    assert not {"torch", "sklearn", "onnx", "matplotlib"} & imported
