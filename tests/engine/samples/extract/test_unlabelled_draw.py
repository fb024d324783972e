"""Positions without labels: evenly over the ground two sensors show, and nothing of the test's own pixels."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import Layout, SensorSpec
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.extract.patches import extract
from colearn.engine.samples.extract.sensor_overlap import NOWHERE, SensorOverlap
from colearn.engine.samples.extract.unlabelled_draw import draw_unlabelled
from colearn.engine.samples.positions.positions import Positions, enclosing, far_from
from colearn.engine.samples.sample_set import SampleSet
from osgeo import gdal

from journeys import Listening, source
from world import EPSG, NORTH, WEST, write_raster

CRS = f"EPSG:{EPSG}"


def sensor(name, *paths, layout=Layout.AUTO):
    return open_sensor(SensorSpec(name, tuple(source(path) for path in paths), layout))


def numbered(path, rows, cols, pixel_m=10.0, origin=(WEST, NORTH), nodata=None):
    """A raster whose values are the numbers of its pixels, from 1: a sample says which pixels it saw."""
    values = np.arange(1, rows * cols + 1, dtype=np.float32).reshape(1, rows, cols)
    return write_raster(path, values, pixel_m, origin=origin, nodata=nodata)


def draw(sensors, count=50, sides=None, avoid=NOWHERE, seed=0, **changes):
    sink = Listening()
    sides = sides or (1,) * len(sensors)
    return draw_unlabelled(tuple(sensors), sides, avoid, count, seed, Reporter(sink), **changes), sink


def middles(found, at=0):
    """The number of the pixel in the middle of every patch, 0 where there is none."""
    values = found.sensors[at].values
    return np.nan_to_num(values[:, 0, values.shape[2] // 2, values.shape[3] // 2]).astype(int)


class TestDraw:
    def test_as_many_as_asked_are_drawn_each_pixel_once(self, tmp_path) -> None:
        fine, coarse = numbered(tmp_path / "a.tif", 60, 60), numbered(tmp_path / "b.tif", 30, 30, 20.0)
        found, sink = draw([sensor("coarse", coarse), sensor("fine", fine)], 500)
        assert [one.name for one in found.sensors] == ["coarse", "fine"]
        assert len(found) == 500
        assert found.present.all()
        assert len(set(middles(found, 1))) == 500
        assert "500 unlabelled samples" in sink.texts(Level.INFO)
        row, col = np.divmod(middles(found, 1) - 1, 60)
        assert (middles(found, 0) == row // 2 * 30 + col // 2 + 1).all()

    def test_the_same_seed_draws_the_same(self, tmp_path) -> None:
        sensors = [sensor("a", numbered(tmp_path / "a.tif", 60, 60)), sensor("b", numbered(tmp_path / "b.tif", 60, 60))]
        one, same, other = (draw(sensors, seed=seed)[0] for seed in (1, 1, 2))
        assert np.array_equal(one.sensors[0].values, same.sensors[0].values)
        assert not np.array_equal(one.sensors[0].values, other.sensors[0].values)

    def test_nodata_of_one_of_two_sensors_is_left_out(self, tmp_path) -> None:
        values = np.ones((1, 60, 60), dtype=np.uint8)
        values[:, :, :45] = 0
        holes = write_raster(tmp_path / "holes.tif", values, nodata=0)
        found, _ = draw([sensor("a", numbered(tmp_path / "a.tif", 60, 60)), sensor("b", holes)], 300)
        assert len(found) == 300
        assert ((middles(found) - 1) % 60 >= 45).all()

    def test_two_of_three_sensors_are_enough(self, tmp_path) -> None:
        a, b = numbered(tmp_path / "a.tif", 60, 60), numbered(tmp_path / "b.tif", 60, 60)
        part = numbered(tmp_path / "part.tif", 60, 30, 5.0)  # the finest, on the west quarter of the north half
        found, _ = draw([sensor("a", a), sensor("b", b), sensor("part", part)], 1000)
        assert found.present[:, :2].all()
        assert 0.05 < found.present[:, 2].mean() < 0.2  # 1/8 of the ground, though it is the finest
        assert np.isnan(found.sensors[2].values[~found.present[:, 2]]).all()

    def test_positions_are_uniform_by_area_not_by_pixels_or_scenes(self, tmp_path) -> None:
        far = (WEST + 5000, NORTH)
        scenes = numbered(tmp_path / "small.tif", 40, 40, 5.0), numbered(tmp_path / "large.tif", 40, 60, 10.0, far)
        other = numbered(tmp_path / "s.tif", 20, 20), numbered(tmp_path / "l.tif", 20, 30, 20.0, far)
        both = [sensor("a", *scenes, layout=Layout.SCENES), sensor("b", *other, layout=Layout.SCENES)]
        ground = SensorOverlap(tuple(both), 0)
        x = ground.draw(1000).to(CRS).x
        assert (x < WEST + 1000).mean() == pytest.approx(1 / 7, abs=0.04)

    def test_an_area_in_several_scenes_is_sampled_once(self, tmp_path) -> None:
        west = numbered(tmp_path / "w.tif", 40, 40)
        east = numbered(tmp_path / "e.tif", 40, 40, origin=(WEST + 200, NORTH))
        other = numbered(tmp_path / "o.tif", 40, 60)
        ground = SensorOverlap((sensor("a", west, east, layout=Layout.SCENES), sensor("b", other)), 0)
        x = ground.draw(3000).to(CRS).x
        shared = ((x > WEST + 200) & (x < WEST + 400)).mean()
        assert shared == pytest.approx(1 / 3, abs=0.05)

    def test_sensors_of_several_crs_meet(self, tmp_path) -> None:
        a = numbered(tmp_path / "a.tif", 60, 60)
        gdal.Warp(str(tmp_path / "b.tif"), str(a), dstSRS="EPSG:4326", dstNodata=0)
        gdal.Warp(str(tmp_path / "c.tif"), str(a), dstSRS="EPSG:32632", dstNodata=0)
        found, _ = draw([sensor("b", tmp_path / "b.tif"), sensor("c", tmp_path / "c.tif"), sensor("a", a)], 200)
        assert len(found) == 200
        here, there = middles(found, 2), middles(found, 0)
        both = found.present[:, [0, 2]].all(axis=1)
        rows, cols = np.divmod(here[both] - 1, 60)
        other_rows, other_cols = np.divmod(there[both] - 1, 60)
        assert np.abs(rows - other_rows).max() <= 1  # nearest neighbours of a warped grid
        assert np.abs(cols - other_cols).max() <= 1


class TestKeepingAway:
    def test_no_patch_shares_a_pixel_with_one_of_the_tests(self, tmp_path) -> None:
        fine, coarse = numbered(tmp_path / "a.tif", 80, 80), numbered(tmp_path / "b.tif", 40, 40, 20.0)
        random = np.random.default_rng(0)
        tests = Positions(CRS, WEST + random.uniform(0, 800, 6), NORTH - random.uniform(0, 800, 6))
        sensors, sides = [sensor("fine", fine), sensor("coarse", coarse)], (5, 3)
        found, _ = draw(sensors, 5000, sides, tests)
        everything, _ = draw(sensors, 5000, sides)
        assert 0 < len(found) < len(everything)
        for one, pixel_m, side in zip(found.sensors, (10.0, 20.0), sides, strict=True):
            size = int(800 / pixel_m)
            rows, cols = ((NORTH - tests.y) // pixel_m).astype(int), ((tests.x - WEST) // pixel_m).astype(int)
            own = np.zeros((size, size), dtype=bool)
            for row, col in zip(rows, cols, strict=True):
                half = side // 2
                own[max(row - half, 0) : row + half + 1, max(col - half, 0) : col + half + 1] = True
            seen = np.unique(one.values).astype(int) - 1
            assert not own.ravel()[seen].any()

    def test_pixels_much_longer_than_wide_are_kept_apart_by_what_is_read(self, tmp_path) -> None:
        """200 m down and 10 m across are 105 m on average, which makes 1,485 m; rims of patches of 9 reach 1,600 m."""
        path = tmp_path / "long.tif"
        write_raster(path, np.arange(1, 6001, dtype=np.float32).reshape(1, 60, 100), 10.0)
        dataset = gdal.Open(str(path), gdal.GA_Update)
        dataset.SetGeoTransform((WEST, 10.0, 0.0, NORTH, 0.0, -200.0))
        dataset.FlushCache()
        sensors = (sensor("a", path), sensor("b", path))
        tests = Positions(CRS, np.array([WEST + 505.0]), np.array([NORTH - 6100.0]))  # row 30, col 50
        each = [extract(one, tests, 9, lambda _: None) for one in sensors]
        held_out = SampleSet(
            Task.CLASSIFICATION,
            tuple(one.samples for one in each),
            np.ones((1, 2), bool),
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
            *tests.degrees(),
        )
        found, _ = draw(sensors, 6000, (9, 9), tests, held_out=held_out)
        row, col = np.divmod(middles(found) - 1, 100)
        assert len(found) > 1000
        assert not ((np.abs(row - 30) <= 8) & (np.abs(col - 50) <= 8)).any()
        for distance_m, shared in ((1485.0, True), (None, False)):  # on average; that of the longest diagonal
            loose, _ = draw(sensors, 6000, (9, 9), tests, keep_away_m=distance_m)
            row, col = np.divmod(middles(loose) - 1, 100)
            assert ((np.abs(row - 30) <= 8) & (np.abs(col - 50) <= 8)).any() == shared  # by the distance alone

    def test_a_distance_of_ones_own(self, tmp_path) -> None:
        sensors = [sensor("a", numbered(tmp_path / "a.tif", 60, 60)), sensor("b", numbered(tmp_path / "b.tif", 60, 60))]
        centre = Positions(CRS, np.array([WEST + 305]), np.array([NORTH - 305]))
        found, _ = draw(sensors, 3600, avoid=centre, keep_away_m=200.0)
        rows, cols = np.divmod(middles(found) - 1, 60)
        distance = 10 * np.hypot(rows - 30, cols - 30)
        assert 200 <= distance.min() < 215
        assert far_from(centre, NOWHERE, 1e6).all()

    def test_distances_hold_across_crs(self) -> None:
        one = Positions(CRS, np.array([WEST]), np.array([NORTH]))
        for dx, dy in ((100, 0), (0, 100), (60, 80)):
            other = Positions(CRS, np.array([WEST + dx]), np.array([NORTH + dy])).to("EPSG:32632")
            assert far_from(one, other, 99.0).all()
            assert not far_from(one, other, 100.2).any()


class TestTooLittle:
    def test_fewer_than_asked_are_reported_with_both_numbers(self, tmp_path) -> None:
        sensors = [sensor("a", numbered(tmp_path / "a.tif", 6, 6)), sensor("b", numbered(tmp_path / "b.tif", 6, 6))]
        found, sink = draw(sensors, 100)
        assert len(found) == 36
        assert "100 unlabelled samples were requested; only 36 of them" in sink.texts(Level.WARNING)

    @pytest.mark.parametrize("sensors", [1, 2])
    def test_none_at_all_is_reported(self, tmp_path, sensors) -> None:
        far = numbered(tmp_path / "far.tif", 60, 60, origin=(WEST + 9000, NORTH))
        every = [sensor("a", numbered(tmp_path / "a.tif", 60, 60)), sensor("far", far)][:sensors]
        found, sink = draw(every, 10, (3, 1)[:sensors])
        assert len(found) == 0
        assert found.present.shape == (0, sensors)
        assert found.sensors[0].values.shape == (0, 1, 3, 3)
        assert "training continues without them" in sink.texts(Level.WARNING)

    def test_too_many_for_the_memory_are_refused(self, tmp_path) -> None:
        sensors = [sensor("a", numbered(tmp_path / "a.tif", 60, 60)), sensor("b", numbered(tmp_path / "b.tif", 60, 60))]
        with pytest.raises(CoLearnError, match="UNLABELLED_SAMPLES") as caught:
            draw(sensors, 10_000_000, (15, 15))
        assert caught.value.code is ErrorCode.CONTEXT_TOO_LARGE

    def test_infinite_values_are_reported(self, tmp_path) -> None:
        values = np.ones((1, 60, 60), dtype=np.float32)
        values[:, :30] = np.inf
        infinite = write_raster(tmp_path / "infinite.tif", values)
        found, sink = draw([sensor("a", numbered(tmp_path / "a.tif", 60, 60)), sensor("inf", infinite)], 100)
        assert len(found) == 100
        assert "inf: infinite values (or values" in sink.texts(Level.WARNING)


def test_only_the_overlap_of_two_sensors_is_sampled(world) -> None:
    sensors = (sensor("camera", world.camera), sensor("radar", world.radar), sensor("series", world.series))
    positions = SensorOverlap(sensors, 0).draw(500)
    assert (enclosing(sensors, positions).sum(axis=1) >= 2).all()


def test_series_and_images_are_read_as_for_labelled_samples(world) -> None:
    sensors = [sensor("camera", world.camera), sensor("radar", world.radar), sensor("series", world.series)]
    found, _ = draw(sensors, 200, (5, 3, 1))
    assert [one.values.shape[1:] for one in found.sensors] == [(4, 5, 5), (2, 3, 3), (6, 2)]
    assert found.present[:, 2].all()  # the date that all pixels lack takes no sample away
    assert (found.present.sum(axis=1) >= 2).all()
    camera, covered = found.sensors[0].values, found.present[:, 0]
    assert not np.isnan(camera[covered][:, :, 2, 2]).any()
    assert np.isnan(camera[~covered]).all()
