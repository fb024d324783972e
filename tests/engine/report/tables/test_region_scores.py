"""Regions that lie far apart get a map each."""

import numpy as np
from colearn.engine.report.tables.region_scores import MOST, regions


def cloud(x, y, count=30, size=0.05, seed=0):
    """Points around a place, in degrees."""
    return np.random.default_rng(seed).uniform(-size, size, (count, 2)) + np.array([x, y])


def test_one_cloud_is_one_region():
    x, y = cloud(13.0, 52.0).T
    (part,) = regions(x, y)
    assert sorted(part) == list(range(30))


def test_two_forests_are_two_regions_the_northern_first():
    points = np.vstack([cloud(-82.0, 29.7), cloud(-80.5, 37.4, seed=1)])
    north, south = regions(*points.T)
    assert sorted(north) == list(range(30, 60))
    assert sorted(south) == list(range(30))


def test_scattered_outliers_are_at_most_four_regions():
    points = np.vstack([cloud(10.0**n, 10.0 * n, 5) for n in range(1, 8)])
    parts = regions(*points.T)
    assert len(parts) <= MOST
    assert sorted(np.concatenate(parts)) == list(range(len(points)))


def test_neighbours_and_a_single_sample_are_one_region():
    assert len(regions(np.array([13.0, 13.05]), np.array([52.0, 52.0]))) == 1
    assert len(regions(np.array([13.0]), np.array([52.0]))) == 1
