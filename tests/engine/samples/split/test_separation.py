"""The law of splits, proven from the pixels that were really read: values of rasters that number their pixels."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import Layout, SensorSpec
from colearn.engine.contract.wire.errors import InputError
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.extract.patches import extract
from colearn.engine.samples.positions.positions import Positions
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.split.folds import split_folds
from colearn.engine.samples.split.parts import split_by_group
from colearn.engine.samples.split.separation import Neighbourhood, Separation
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from osgeo import gdal

from journeys import source
from world import EPSG, NORTH, WEST, write_raster

CRS = f"EPSG:{EPSG}"
SIDE_M = 1200.0


def numbered(path, rows, cols, pixel_m, first, origin=(WEST, NORTH)):
    """A raster whose values are the numbers of its pixels, from ``first`` on."""
    values = first + np.arange(rows * cols, dtype=np.float32).reshape(1, rows, cols)
    return write_raster(path, values, pixel_m, origin=origin)


def scenes(folder, pixel_m, shift_px, number):
    """A raster of the whole land, or two that overlap in its middle: whole pixels or a part of one apart."""
    size = int(SIDE_M / pixel_m)
    if shift_px is None:
        return [numbered(folder / f"{number}.tif", size, size, pixel_m, 1)]
    west, east = int(0.6 * size), int(0.4 * size)
    origin = (WEST + (east + shift_px) * pixel_m, NORTH)
    return [
        numbered(folder / f"{number} west.tif", size, west, pixel_m, 1),
        numbered(folder / f"{number} east.tif", size, size - east, pixel_m, 1 + size * west, origin),
    ]


def ground_of_pixels(paths):
    """x_min, x_max, y_min, y_max by the number of a pixel."""
    found = [np.zeros((1, 4))]  # no pixel has the number 0
    for path in paths:
        dataset = gdal.Open(str(path))
        x, step, _, y, _, _ = dataset.GetGeoTransform()
        row, col = np.divmod(np.arange(dataset.RasterYSize * dataset.RasterXSize), dataset.RasterXSize)
        found.append(np.column_stack([x + col * step, x + (col + 1) * step, y - (row + 1) * step, y - row * step]))
    return np.concatenate(found)


def read(paths, positions, side_px):
    sensor = open_sensor(SensorSpec(paths[0].stem, tuple(source(path) for path in paths), Layout.SCENES))
    return extract(sensor, positions, side_px, lambda _: None)


def samples_of(read_by_each, positions, groups, target) -> SampleSet:
    return SampleSet(
        Task.CLASSIFICATION,
        tuple(one.samples for one in read_by_each),
        np.column_stack([one.covered for one in read_by_each]),
        target,
        groups,
        *positions.degrees(),
    )


def breaches(samples, split, paths_of_sensors) -> list[str]:
    """Every labelled pixel of a part that a patch of another part holds, by the ground under the pixels' numbers."""
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    found = []
    for sensor, paths in zip(samples.sensors, paths_of_sensors, strict=True):
        ground, half = ground_of_pixels(paths), sensor.values.shape[2] // 2
        pixel = np.nan_to_num(sensor.values[:, 0, half, half]).astype(int)
        for (one, of_one), (other, of_other) in product(parts.items(), repeat=2):
            if one == other:
                continue
            labelled = ground[np.setdiff1d(pixel[of_other], [0])]
            seen = np.unique(sensor.values[of_one])
            if _meet(labelled, ground[seen[np.isfinite(seen)].astype(int)]):
                found.append(f"{sensor.name}: {one} reads labelled pixels of {other}")
    return found


def _meet(one, other) -> bool:
    """Whether rectangles (rectangle, 4) share ground, beyond rounding."""
    width = np.minimum(one[:, None, 1], other[None, :, 1]) - np.maximum(one[:, None, 0], other[None, :, 0])
    height = np.minimum(one[:, None, 3], other[None, :, 3]) - np.maximum(one[:, None, 2], other[None, :, 2])
    return bool(((width > 1e-3) & (height > 1e-3)).any())


@st.composite
def geometries(draw):
    """Positions in metres from the north-western corner, and the group of each."""
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    kind = draw(st.sampled_from(["points", "carpet", "clusters", "parts"]))
    if kind == "points":
        xy = random.uniform(0, SIDE_M, (draw(st.integers(30, 120)), 2))
        return xy, np.arange(len(xy))
    if kind == "carpet":  # fields side by side, each a group
        side = draw(st.sampled_from([100.0, 150.0, 240.0]))
        xy = random.uniform(0, SIDE_M, (300, 2))
        return xy, np.unique(xy // side, axis=0, return_inverse=True)[1].reshape(-1)
    middles = random.uniform(0, SIDE_M, (draw(st.integers(8, 20)), 2))
    of = random.integers(0, len(middles), 150)
    xy = np.clip(middles[of] + random.normal(0, draw(st.sampled_from([10.0, 40.0])), (150, 2)), 1, SIDE_M - 1)
    return xy, of // 2 if kind == "parts" else of  # parts: two clusters anywhere are one feature


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    geometry=geometries(),
    pixels_m=st.lists(st.sampled_from([10.0, 15.0, 20.0, 40.0, 60.0]), min_size=1, max_size=2, unique=True),
    shifts=st.lists(st.sampled_from([None, 0, 0.37]), min_size=2, max_size=2),
    sides=st.lists(st.sampled_from([1, 3, 5, 9]), min_size=2, max_size=2),
    folds=st.sampled_from([1, 3, 5]),
    buffer_m=st.sampled_from([0.0, 0.0, 25.0]),
    seed=st.integers(0, 3),
)
def test_no_part_reads_a_labelled_pixel_of_another(
    tmp_path, geometry, pixels_m, shifts, sides, folds, buffer_m, seed
) -> None:
    xy, groups = geometry
    positions = Positions(CRS, WEST + xy[:, 0], NORTH - xy[:, 1])
    paths = [scenes(tmp_path, pixel_m, shift, at) for at, (pixel_m, shift) in enumerate(zip(pixels_m, shifts))]
    each = [read(own, positions, side) for own, side in zip(paths, sides)]
    samples = samples_of(each, positions, groups, groups % 2)
    samples = samples.take(samples.present.any(axis=1))
    separation = Separation(samples, buffer_m)
    try:
        if folds > 1:
            splits = split_folds(samples, folds, seed, "labels", separation)
        else:
            splits = (split_by_group(samples, seed, "labels", separation),)
    except InputError:
        assume(False)
    for split in splits:
        parts = [split.train, split.validation, split.test, split.too_near]
        assert sorted(np.concatenate(parts).tolist()) == list(range(len(samples)))
        assert breaches(samples, split, paths) == []
        held = [set(samples.groups[part].tolist()) for part in parts[:3]]
        assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])


class TestByHand:
    """A row of samples in pixels of 10 m with patches of 5 pixels: from the third pixel on nothing is seen."""

    def samples(self, tmp_path, cols, side_px=5, groups=None) -> SampleSet:
        path = numbered(tmp_path / "row.tif", 9, 200, 10.0, 1)
        positions = Positions(CRS, WEST + 10 * np.asarray(cols) + 5.0, np.full(len(cols), NORTH - 45.0))
        groups = np.arange(len(cols)) if groups is None else groups
        return samples_of([read([path], positions, side_px)], positions, groups, np.arange(len(cols)) % 2)

    def test_two_pixels_away_is_seen_and_three_is_not(self, tmp_path) -> None:
        samples = self.samples(tmp_path, [50, 52, 53, 48, 47])
        around = Neighbourhood(samples)
        found = around.sees(np.array([1, 2, 3, 4]), np.array([0]))
        assert found.tolist() == [True, False, True, False]

    def test_rims_overlap_up_to_four_pixels_and_a_buffer_adds_to_them(self, tmp_path) -> None:
        """At 54 both patches hold column 52; at 55 they touch; at 57 two columns lie between, 20 m."""
        samples = self.samples(tmp_path, [50, 54, 55, 57])
        around, others = Neighbourhood(samples, most_buffer_m=30.0), np.array([1, 2, 3])
        assert around.touches(others, np.array([0])).tolist() == [True, False, False]
        assert around.touches(others, np.array([0]), 1.0).tolist() == [True, True, False]
        assert around.touches(others, np.array([0]), 19.0).tolist() == [True, True, False]
        assert around.touches(others, np.array([0]), 21.0).tolist() == [True, True, True]

    def test_training_gives_way_to_both_parts_and_validation_to_the_test(self, tmp_path) -> None:
        samples = self.samples(tmp_path, [50, 52, 54, 100, 102, 150, 153])
        separation = Separation(samples)
        split = separation.with_rims(separation.keep(np.array([0, 3, 5]), np.array([1, 4, 6]), np.array([2])))
        assert split.test.tolist() == [2]
        assert split.validation.tolist() == [4, 6]  # 52 lies in the patch of 54
        assert split.train.tolist() == [0, 5]  # 100 lies in the patch of 102; 50 only near 52, which is gone
        assert split.too_near.tolist() == [1, 3]
        assert split.rims == 1.0  # 50 and 54 share column 52

    def test_a_sample_that_no_sensor_covers_is_still_a_labelled_pixel(self, tmp_path) -> None:
        path = tmp_path / "holes.tif"
        values = np.ones((1, 9, 200), np.float32)
        values[:, :, 50] = -1
        write_raster(path, values, nodata=-1)
        positions = Positions(CRS, WEST + np.array([505.0, 525.0]), np.full(2, NORTH - 45.0))
        samples = samples_of([read([path], positions, 5)], positions, np.arange(2), np.arange(2))
        assert samples.present[:, 0].tolist() == [False, True]
        assert Neighbourhood(samples).sees(np.array([0]), np.array([1])).tolist() == [True]

    def test_at_random_nothing_is_left_out(self, tmp_path) -> None:
        samples = self.samples(tmp_path, [50, 51, 52])
        separation = Separation(samples, at_random=True)
        split = separation.with_rims(separation.keep(np.array([0]), np.array([1]), np.array([2])))
        assert (split.train.tolist(), split.too_near.tolist(), split.rims) == ([0], [], 1.0)

    def test_samples_from_tables_know_no_pixels(self, tmp_path) -> None:
        samples = self.samples(tmp_path, [50, 51, 52])
        table = SampleSet(samples.task, (), samples.present[:, :0], *_rest(samples))
        separation = Separation(table)
        split = separation.with_rims(separation.keep(np.array([0]), np.array([1]), np.array([2])))
        assert (split.too_near.tolist(), split.rims) == ([], None)

    def test_fields_side_by_side_lose_few_samples_where_the_split_can_help(self, tmp_path) -> None:
        """Two hundred fields of one pixel in a row, patches of 5: assigned one by one nearly all would be lost."""
        samples = self.samples(tmp_path, np.arange(200))
        split = split_by_group(samples, 0, "fields")
        assert len(split.too_near) < 60
        assert len(split.train) > 70


def _rest(samples):
    return samples.target, samples.groups, samples.longitude, samples.latitude


@pytest.mark.parametrize("epsg", [32632, 4326])
def test_scenes_of_several_crs_are_compared_on_the_ground(tmp_path, epsg) -> None:
    """One scene in UTM 33, the other the same ground in another CRS: which one a sample is read from makes no odds."""
    here = numbered(tmp_path / "here.tif", 60, 60, 10.0, 1)
    gdal.Warp(str(tmp_path / "there.tif"), str(here), dstSRS=f"EPSG:{epsg}", dstNodata=-1, xRes=None)
    half = tmp_path / "half.tif"
    values = gdal.Open(str(here)).ReadAsArray()[np.newaxis]
    values[:, :, 30:] = -1
    write_raster(half, values, nodata=-1)  # so that the east is read from the other scene
    positions = Positions(CRS, WEST + np.array([285.0, 305.0, 335.0]), np.full(3, NORTH - 305.0))
    samples = samples_of(
        [read([half, tmp_path / "there.tif"], positions, 5)], positions, np.arange(3), np.arange(3) % 2
    )
    assert samples.present.all()
    assert samples.sensors[0].footprints.lattice.tolist() == [0, 1, 1]
    assert Neighbourhood(samples).sees(np.array([1, 2]), np.array([0])).tolist() == [True, False]


def test_scenes_on_one_lattice_are_counted_alike(tmp_path) -> None:
    west = numbered(tmp_path / "w.tif", 20, 20, 10.0, 1)
    east = numbered(tmp_path / "e.tif", 20, 20, 10.0, 401, (WEST + 150.0, NORTH))
    positions = Positions(CRS, WEST + np.array([145.0, 245.0]), np.full(2, NORTH - 55.0))
    footprints = read([west, east], positions, 3).samples.footprints
    assert footprints.lattice.tolist() == [0, 0]
    assert footprints.pixel.tolist() == [[5, 14], [5, 24]]
