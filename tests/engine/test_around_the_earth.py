"""The world of the journeys, moved onto the 180th meridian: nothing changes but the longitudes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Extent, SensorSpec, VectorSource
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile
from osgeo import gdal, ogr

from journeys import predict_job, read, run_predict, run_train, source, train_job
from layers import stands, write_layer
from world import NORTH, PIXEL_M, WEST

STEP = 1e-4  # degrees: 11 m at the equator
FIRST_WEST = 179.994  # 60 of the camera's 120 cols lie west of 180°


@dataclass(frozen=True)
class Moved:
    """Camera from 179.994°, radar from -180.006°, points with longitudes from -180° to 180°."""

    camera: Path
    radar: Path
    points: Path


def moved_raster(path: Path, folder: Path, west: float, step: float) -> Path:
    """A copy that lies in degrees."""
    copy = folder / path.name
    gdal.Translate(str(copy), str(path), outputSRS="EPSG:4326").SetGeoTransform((west, step, 0, 0.006, 0, -step))
    return copy


@pytest.fixture(scope="module")
def moved(world, tmp_path_factory) -> Moved:
    folder = tmp_path_factory.mktemp("180")
    dataset = gdal.OpenEx(str(world.points), gdal.OF_VECTOR)
    features = []
    for feature in dataset.GetLayer(0):
        x, y = feature.GetGeometryRef().GetX(), feature.GetGeometryRef().GetY()
        longitude = FIRST_WEST + (x - WEST) / PIXEL_M * STEP
        longitude -= 360 * (longitude > 180)
        features.append(
            (f"POINT ({longitude:.7f} {0.006 + (y - NORTH) / PIXEL_M * STEP:.7f})", {"kind": feature["kind"]})
        )
    return Moved(
        moved_raster(world.camera, folder, FIRST_WEST, STEP),
        moved_raster(world.radar, folder, FIRST_WEST - 360, 2 * STEP),
        write_layer(folder / "points.gpkg", features, epsg=4326, kind=ogr.wkbPoint),
    )


def test_a_training_across_180_degrees_loses_no_label(world, moved, tmp_path) -> None:
    sensors = (SensorSpec("camera", (source(moved.camera),)), SensorSpec("radar", (source(moved.radar),)))
    job = train_job(world, tmp_path, sensors=sensors, labels=stands(moved.points), epochs=1, unlabelled_samples=50)
    _, sink = run_train(job)
    warnings = sink.texts(Level.WARNING)
    assert "are outside" not in warnings
    assert "50 unlabelled samples, each covered by at least two sensors" in sink.texts(Level.INFO)
    area = ModelFile.open(job.output_model).manifest.area
    assert area is not None
    assert (area.west, area.east) == (pytest.approx(179.994, abs=2e-4), pytest.approx(-179.994, abs=2e-4))
    assert area.south == pytest.approx(-0.006, abs=2e-4)


@pytest.mark.parametrize(("x_min", "x_max"), [(179.998, -179.999), (179.998, 180.001), (-180.002, -179.999)])
def test_an_extent_and_a_mask_across_180_degrees_are_mapped(small_model, moved, tmp_path, x_min, x_max) -> None:
    """From col 40 to 69; the mask, in two halves as GeoJSON wants it, leaves cols 50 to 64 and rows 10 to 49."""
    run_predict(predict_job(small_model, moved.camera, tmp_path / "whole.tif"))
    halves = [
        ("POLYGON ((179.999 0.005, 180 0.005, 180 0.001, 179.999 0.001, 179.999 0.005))", {"kind": "a"}),
        ("POLYGON ((-180 0.005, -179.9995 0.005, -179.9995 0.001, -180 0.001, -180 0.005))", {"kind": "a"}),
    ]
    mask = VectorSource(str(write_layer(tmp_path / "mask.gpkg", halves, epsg=4326)), "stands", "mask")
    extent = Extent(x_min, -0.006, x_max, 0.006, "EPSG:4326")
    run_predict(predict_job(small_model, moved.camera, tmp_path / "part.tif", extent=extent, mask=mask))
    whole, part = read(tmp_path / "whole.tif")[0], read(tmp_path / "part.tif")[0]
    expected = np.full((120, 120), 255, whole.dtype)
    expected[10:50, 50:65] = whole[10:50, 50:65]
    np.testing.assert_array_equal(part, expected[:, 40:70])
