"""What the split keeps together is what was asked for."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import SplitBy
from colearn.engine.contract.job.sources import RasterLabels, SensorSpec, VectorLabels, VectorSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.points.draw import draw_label_points
from colearn.engine.samples.points.label_points import DrawOptions
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.split.ground_blocks import spatial_blocks
from colearn.engine.samples.split.parts import split_by_group
from osgeo import gdal, ogr

from journeys import Listening, polygon_labels, source
from layers import square, stands, write_layer
from world import NORTH, WEST


@pytest.fixture
def place(world):
    camera = open_sensor(SensorSpec("camera", (source(world.camera),)))

    def run(labels, split_by):
        sink = Listening()
        draw_options = DrawOptions(Task.AUTO, 2000, 0, split_by=split_by)
        return draw_label_points(labels, (camera,), draw_options, Reporter(sink)), sink

    return run


def points(world):
    return VectorLabels(VectorSource(str(world.points), "labels", "points"), ("kind",))


def pairs(one, other):
    return len(np.unique(np.stack([one, other]), axis=1).T)


def test_polygons_are_kept_together_unless_something_else_is_asked(world, place) -> None:
    label_points, _ = place(polygon_labels(world), SplitBy.AUTO)
    assert label_points.grouped_by == "polygon"
    assert pairs(label_points.row, label_points.groups) == len(np.unique(label_points.groups)) == 99


def test_a_group_field_decides_where_the_choice_is_left_open(world, place) -> None:
    label_points, _ = place(polygon_labels(world, group="plot"), SplitBy.AUTO)
    assert label_points.grouped_by == "field plot"
    assert len(np.unique(label_points.groups)) == 25


def test_a_group_field_that_is_not_followed_is_reported(world, place) -> None:
    label_points, sink = place(polygon_labels(world, group="plot"), SplitBy.FEATURE)
    assert label_points.grouped_by == "polygon"
    assert "plot is not used for grouping" in sink.texts(Level.WARNING)


def test_each_point_is_a_feature(world, place) -> None:
    label_points, _ = place(points(world), SplitBy.FEATURE)
    assert label_points.grouped_by == "point"
    assert len(np.unique(label_points.groups)) == len(label_points)
    assert place(points(world), SplitBy.AUTO)[0].grouped_by.startswith("spatial block")


def test_blocks_never_tear_a_polygon_apart(world, place) -> None:
    label_points, sink = place(polygon_labels(world), SplitBy.BLOCK)
    assert label_points.grouped_by.startswith("spatial block of")
    assert "The split is by spatial block of" in sink.texts(Level.INFO)
    assert 25 <= len(np.unique(label_points.groups)) < 99
    assert pairs(label_points.row, label_points.groups) == 99  # each polygon in one block


def test_a_polygon_belongs_to_the_block_of_its_centre(world, place) -> None:
    label_points, _ = place(polygon_labels(world), SplitBy.BLOCK)
    centre = np.array(
        [
            [label_points.x[label_points.row == row].mean(), label_points.y[label_points.row == row].mean()]
            for row in range(99)
        ]
    )
    group = np.array([label_points.groups[label_points.row == row][0] for row in range(99)])
    for one in np.unique(group):
        spread = np.ptp(centre[group == one], axis=0)
        assert (spread < np.ptp(centre, axis=0) / 3).all()


def test_overlapping_polygons_are_in_one_block(world, place, tmp_path) -> None:
    twice = tmp_path / "twice.gpkg"
    gdal.VectorTranslate(str(twice), str(world.polygons), format="GPKG", layerName="labels")
    gdal.VectorTranslate(str(twice), str(world.polygons), format="GPKG", layerName="labels", accessMode="append")
    label_points, _ = place(VectorLabels(VectorSource(str(twice), "labels", "twice"), ("kind",)), SplitBy.BLOCK)
    for row in range(99):
        own = label_points.groups[(label_points.row == row) | (label_points.row == row + 99)]
        assert len(np.unique(own)) == 1


def test_a_random_split_causes_a_warning(world, place) -> None:
    for labels in (polygon_labels(world), points(world), RasterLabels((source(world.label_raster),))):
        label_points, sink = place(labels, SplitBy.RANDOM)
        assert len(np.unique(label_points.groups)) == len(label_points)
        assert label_points.grouped_by == "chance"
        assert "neighbouring samples end up in different parts" in sink.texts(Level.WARNING)


def test_pixels_of_a_label_raster_are_no_features(world, place) -> None:
    with pytest.raises(CoLearnError, match="SPLIT_BY") as caught:
        place(RasterLabels((source(world.label_raster),)), SplitBy.FEATURE)
    assert caught.value.code is ErrorCode.JOB_INVALID


class TestOverlaps:
    def labels(self, tmp_path, features, group="plot"):
        layer = write_layer(tmp_path / "a.gpkg", features, fields={"kind": str, "plot": str})
        return stands(layer, "kind", group=group)

    def test_overlapping_polygons_merge_groups_of_a_field(self, place, tmp_path) -> None:
        """Two stands were drawn in 2019 and again, one of them moved by half its side, in 2021; a third is apart."""
        features = [
            (square(20, 20), {"kind": "oak", "plot": "2019"}),
            (square(60, 20), {"kind": "ash", "plot": "2019"}),
            (square(20, 20), {"kind": "oak", "plot": "2021"}),
            (square(64, 20), {"kind": "ash", "plot": "2022"}),
            (square(20, 60), {"kind": "ash", "plot": "2023"}),
        ]
        label_points, sink = place(self.labels(tmp_path, features), SplitBy.AUTO)
        groups = [label_points.groups[label_points.row == row][0] for row in range(5)]
        assert len(set(groups[:4])) == 1
        assert groups[4] != groups[0]
        assert "Groups of the field plot with polygons that overlap those of other groups: 2;" in sink.texts(Level.INFO)
        assert "(2 groups remain)" in sink.texts(Level.INFO)

    def test_polygons_that_contradict_each_other_are_counted_with_their_classes(self, place, tmp_path) -> None:
        features = [
            (square(20, 20), {"kind": "oak"}),
            (square(22, 20), {"kind": "ash"}),
            (square(60, 20), {"kind": "oak"}),
            (square(62, 20), {"kind": "oak"}),
            (square(80, 80), {"kind": "ash"}),
        ]
        _, sink = place(stands(write_layer(tmp_path / "a.gpkg", features)), SplitBy.AUTO)
        assert "overlap at 1 location (ash and oak: 1)" in sink.texts(Level.WARNING)

    def test_neighbours_join_nothing(self, place, tmp_path) -> None:
        features = [(square(20 + 8 * at, 20), {"kind": "ab"[at % 2], "plot": f"{at}"}) for at in range(6)]
        label_points, sink = place(self.labels(tmp_path, features), SplitBy.AUTO)
        assert len(np.unique(label_points.groups)) == 6
        assert "overlap" not in sink.texts()


class TestParts:
    def dissolved(self, tmp_path, kind=ogr.wkbMultiPolygon, part=square):
        """Two features, of twelve and of eight parts."""
        many = [part(2 + 18 * (at % 6), 14 + 18 * (at // 6)) for at in range(20)]
        name = "MULTIPOLYGON" if kind == ogr.wkbMultiPolygon else "MULTIPOINT"
        shapes = [[wkt[wkt.index("(") :] for wkt in many[:12]], [wkt[wkt.index("(") :] for wkt in many[12:]]]
        features = [
            (f"{name} ({', '.join(each)})", {"kind": kind}) for kind, each in zip(("oak", "ash"), shapes, strict=True)
        ]
        return stands(write_layer(tmp_path / "dissolved.gpkg", features, kind=kind))

    def test_parts_of_a_polygon_are_polygons_for_groups_and_caps(self, place, tmp_path) -> None:
        label_points, sink = place(self.dissolved(tmp_path), SplitBy.AUTO)
        assert np.bincount(label_points.row).tolist() == [32] * 20  # 64 pixels in each, 32 of which are taken
        assert pairs(label_points.row, label_points.groups) == len(np.unique(label_points.groups)) == 20
        assert np.bincount(label_points.target).tolist() == [8 * 32, 12 * 32]  # ash, oak
        expected = "multipart features: 2 of 2; each of the 20 parts is treated as a separate polygon"
        assert expected in sink.texts(Level.INFO)

    def test_points_of_a_multipoint_are_points(self, place, tmp_path) -> None:
        def point(col, row):
            return f"POINT ({WEST + 10 * col + 5} {NORTH - 10 * row - 5})"

        label_points, _ = place(self.dissolved(tmp_path, ogr.wkbMultiPoint, point), SplitBy.FEATURE)
        assert len(np.unique(label_points.groups)) == len(label_points) == 20

    def test_a_group_field_keeps_parts_together(self, place, tmp_path) -> None:
        labels = VectorLabels(self.dissolved(tmp_path).source, ("kind",), "kind")
        label_points, _ = place(labels, SplitBy.AUTO)
        assert len(np.unique(label_points.groups)) == 2

    def test_features_of_one_part_are_not_spoken_of(self, world, place) -> None:
        assert "parts" not in place(polygon_labels(world), SplitBy.AUTO)[1].texts()


class TestBlocks:
    def test_clustered_points_make_enough_blocks_for_a_verdict(self) -> None:
        """Of 200 sets of clustered points, those in which a part of the split has fewer than ten groups."""
        few = 0
        for seed in range(200):
            random = np.random.default_rng(seed)
            middles = random.uniform(0, 1, (int(random.integers(12, 40)), 2))
            of = random.integers(0, len(middles), 400)
            degrees = 0.2 * (middles[of] + random.normal(0, 0.05, (400, 2)))
            groups, _ = spatial_blocks(13 + degrees[:, 0], 52 + degrees[:, 1])
            samples = SampleSet(Task.CLASSIFICATION, (), np.ones((400, 0), bool), of % 4, groups, *degrees.T)
            split = split_by_group(samples, seed, "points")
            parts = (split.train, split.validation, split.test)
            few += min(len(np.unique(groups[part])) for part in parts) < 10
        assert few <= 4

    def test_blocks_stay_larger_than_two_patches(self, world) -> None:
        """Points over 1,190 m: sixty blocks would be smaller than 200 m, 40 of 200 m are not."""
        camera = open_sensor(SensorSpec("camera", (source(world.camera),)))
        sink = Listening()
        draw_options = DrawOptions(Task.AUTO, 2000, 0, split_by=SplitBy.BLOCK, patch_m=100.0)
        label_points = draw_label_points(points(world), (camera,), draw_options, Reporter(sink))
        count = len(np.unique(label_points.groups))
        assert 15 <= count < 60
        assert f"({count} blocks; 60 are recommended" in sink.texts(Level.INFO)
        assert "at least 2 patches of 100 m" in sink.texts(Level.INFO)

    def test_a_few_blocks_are_better_than_none(self) -> None:
        random = np.random.default_rng(0)
        degrees = 0.01 * random.random((2, 500))
        groups, side_m = spatial_blocks(13 + degrees[0], 52 + degrees[1], least_m=100_000.0)
        assert 15 <= len(np.unique(groups)) < 60
        assert side_m < 1000
