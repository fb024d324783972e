"""What the split keeps together is what was asked for."""

import numpy as np
import pytest
from colearn.engine.contract.errors import CoLearnError, ErrorCode
from colearn.engine.contract.events import Level
from colearn.engine.contract.job import RasterLabels, SensorSpec, Task, VectorLabels, VectorSource
from colearn.engine.contract.method import SplitBy
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.sensor import open_sensor
from colearn.engine.samples.places import Placement
from colearn.engine.samples.placing import place_labels
from osgeo import gdal

from journeys import Listening, polygon_labels, source


@pytest.fixture
def place(world):
    camera = open_sensor(SensorSpec("camera", (source(world.camera),)))

    def run(labels, split_by):
        sink = Listening()
        placement = Placement(Task.AUTO, 2000, 0, split_by=split_by)
        return place_labels(labels, (camera,), placement, Reporter(sink)), sink

    return run


def points(world):
    return VectorLabels(VectorSource(str(world.points), "labels", "points"), ("kind",))


def pairs(one, other):
    return len(np.unique(np.stack([one, other]), axis=1).T)


def test_polygons_are_kept_together_unless_something_else_is_asked(world, place) -> None:
    places, _ = place(polygon_labels(world), SplitBy.AUTO)
    assert places.grouped_by == "polygon"
    assert pairs(places.row, places.groups) == len(np.unique(places.groups)) == 99


def test_a_group_field_decides_where_the_choice_is_left_open(world, place) -> None:
    places, _ = place(polygon_labels(world, group="plot"), SplitBy.AUTO)
    assert places.grouped_by == "field plot"
    assert len(np.unique(places.groups)) == 25


def test_a_group_field_that_is_not_followed_is_told(world, place) -> None:
    places, sink = place(polygon_labels(world, group="plot"), SplitBy.FEATURE)
    assert places.grouped_by == "polygon"
    assert "plot does not group the samples" in sink.texts(Level.WARNING)


def test_each_point_is_a_feature(world, place) -> None:
    places, _ = place(points(world), SplitBy.FEATURE)
    assert places.grouped_by == "point"
    assert len(np.unique(places.groups)) == len(places)
    assert place(points(world), SplitBy.AUTO)[0].grouped_by.startswith("spatial block")


def test_blocks_never_tear_a_polygon_apart(world, place) -> None:
    places, sink = place(polygon_labels(world), SplitBy.BLOCK)
    assert places.grouped_by.startswith("spatial block of")
    assert "The split keeps squares of" in sink.texts(Level.INFO)
    assert 25 <= len(np.unique(places.groups)) < 99
    assert pairs(places.row, places.groups) == 99  # each polygon in one block


def test_a_polygon_belongs_to_the_block_of_its_centre(world, place) -> None:
    places, _ = place(polygon_labels(world), SplitBy.BLOCK)
    centre = np.array([[places.x[places.row == row].mean(), places.y[places.row == row].mean()] for row in range(99)])
    group = np.array([places.groups[places.row == row][0] for row in range(99)])
    for one in np.unique(group):
        spread = np.ptp(centre[group == one], axis=0)
        assert (spread < np.ptp(centre, axis=0) / 3).all()


def test_polygons_on_the_same_ground_stand_in_one_block(world, place, tmp_path) -> None:
    twice = tmp_path / "twice.gpkg"
    gdal.VectorTranslate(str(twice), str(world.polygons), format="GPKG", layerName="labels")
    gdal.VectorTranslate(str(twice), str(world.polygons), format="GPKG", layerName="labels", accessMode="append")
    places, _ = place(VectorLabels(VectorSource(str(twice), "labels", "twice"), ("kind",)), SplitBy.BLOCK)
    for row in range(99):
        own = places.groups[(places.row == row) | (places.row == row + 99)]
        assert len(np.unique(own)) == 1


def test_a_random_split_is_warned_of(world, place) -> None:
    for labels in (polygon_labels(world), points(world), RasterLabels((source(world.label_raster),))):
        places, sink = place(labels, SplitBy.RANDOM)
        assert len(np.unique(places.groups)) == len(places)
        assert places.grouped_by == "chance"
        assert "neighbouring samples stand on both sides" in sink.texts(Level.WARNING)


def test_pixels_of_a_label_raster_are_no_features(world, place) -> None:
    with pytest.raises(CoLearnError, match="SPLIT_BY") as caught:
        place(RasterLabels((source(world.label_raster),)), SplitBy.FEATURE)
    assert caught.value.code is ErrorCode.JOB_INVALID
