"""Points as a file that a GIS opens."""

import numpy as np
import pytest
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.gdal_calls import gdal
from colearn.engine.raster.vector_output.points import Column, write_points

DEGREES = "EPSG:4326"


def written(path):
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    layer = dataset.GetLayer(0)
    return layer.GetName(), [
        (feature.items(), feature.GetGeometryRef() and feature.GetGeometryRef().GetPoint_2D()) for feature in layer
    ]


@pytest.mark.parametrize("name", ["Proben é.gpkg", "samples.geojson"])
def test_points_come_back_with_their_attributes(tmp_path, name):
    columns = [
        Column("part", str, ["train", "Prüfung"]),
        Column("row", int, [3, None]),
        Column("p", float, [0.25, np.nan]),
    ]
    write_points(tmp_path / name, DEGREES, np.array([13.5, -70.0]), np.array([52.25, -33.0]), columns)
    layer, points = written(tmp_path / name)
    assert layer == (tmp_path / name).stem
    assert points == [
        ({"part": "train", "row": 3, "p": 0.25}, (13.5, 52.25)),
        ({"part": "Prüfung", "row": None, "p": None}, (-70.0, -33.0)),
    ]


def test_a_sample_without_coordinates_keeps_its_row(tmp_path):
    write_points(
        tmp_path / "a.gpkg", DEGREES, np.array([np.inf, 1.0]), np.array([0.0, 2.0]), [Column("n", int, [1, 2])]
    )
    assert written(tmp_path / "a.gpkg")[1] == [({"n": 1}, None), ({"n": 2}, (1.0, 2.0))]


def test_a_path_that_cannot_be_written_is_an_error(tmp_path, error_of):
    (tmp_path / "a.gpkg").mkdir()
    error = error_of(write_points, tmp_path / "a.gpkg", DEGREES, np.zeros(1), np.zeros(1), [Column("n", int, [1])])
    assert error.code is ErrorCode.OUTPUT_UNWRITABLE
