"""Coordinates from one CRS to another."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.geo.crs import (
    crs_name,
    full_circle,
    reference,
    same_crs,
    transform_xy,
    wkt_of,
)


def test_longitude_comes_before_latitude():
    x, y = transform_xy([15.0], [0.0], "EPSG:4326", "EPSG:32633")
    np.testing.assert_allclose([x[0], y[0]], [500000, 0], atol=1e-3)


def test_there_and_back_is_where_it_was():
    rng = np.random.default_rng(1)
    x, y = rng.uniform(300000, 700000, 500), rng.uniform(5e6, 6e6, 500)
    back = transform_xy(*transform_xy(x, y, "EPSG:32633", "EPSG:3035"), "EPSG:3035", "EPSG:32633")
    np.testing.assert_allclose(back, [x, y], atol=1e-3)


def test_points_out_of_reach_are_nan_and_do_not_harm_the_others():
    x, y = transform_xy([15.0, 1e9, np.nan, 16.0], [50.0, 95.0, 3.0, 51.0], "EPSG:4326", "EPSG:32633")
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [False, True, True, False]
    alone = transform_xy([16.0], [51.0], "EPSG:4326", "EPSG:32633")
    assert (x[3], y[3]) == (alone[0][0], alone[1][0])


def test_shapes_are_kept_and_no_points_are_no_points():
    x, y = transform_xy(np.full((2, 3), 15.0), 50.0, "EPSG:4326", "EPSG:32633")
    assert x.shape == y.shape == (2, 3)
    assert transform_xy([], [], "EPSG:4326", "EPSG:32633")[0].shape == (0,)


def test_one_crs_written_in_two_ways_is_the_same():
    assert same_crs("EPSG:4326", wkt_of(reference("EPSG:4326")))
    assert same_crs("EPSG:4326", "OGC:CRS84")
    assert not same_crs("EPSG:32632", "EPSG:32633")


def test_an_unknown_crs_is_named(error_of):
    error = error_of(reference, "EPSG:99999999")
    assert (error.code, error.subject) == (ErrorCode.CRS_UNUSABLE, "EPSG:99999999")


def test_two_bodies_of_the_solar_system_have_no_way_between_them(error_of):
    error = error_of(transform_xy, [0.0], [0.0], "+proj=longlat +R=1737400 +no_defs +type=crs", "EPSG:32633")
    assert error.code is ErrorCode.CRS_UNUSABLE
    assert "EPSG:32633" in error.found


def test_threads_transform_at_the_same_time():
    x, y = np.linspace(10, 20, 2000), np.linspace(45, 55, 2000)
    expected = transform_xy(x, y, "EPSG:4326", "EPSG:32633")
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: transform_xy(x, y, "EPSG:4326", "EPSG:32633"), range(16)):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("crs", "name"), [("EPSG:32633", "EPSG:32633"), ("+proj=utm +zone=33", "unknown")])
def test_a_crs_is_called_by_its_number_or_its_name(crs, name):
    assert crs_name(crs) == name


@pytest.mark.parametrize(
    ("crs", "circle"),
    [
        ("EPSG:4326", 360),
        ("EPSG:4807", 400),  # grads
        ("EPSG:3857", 2 * np.pi * 6_378_137),
        ("EPSG:3832", 2 * np.pi * 6_378_137),  # Mercator around 150° E
        ("EPSG:6933", 2 * np.pi * 6_378_137 * 0.86674),  # true at 30°: cos 30° of a sphere, 0.86674 of WGS 84
        ("EPSG:32633", 0),
        ("EPSG:3413", 0),
        ("EPSG:3035", 0),
        ("+proj=sinu", 0),
    ],
)
def test_where_x_comes_back_after_a_full_circle(crs, circle):
    assert full_circle(crs) == pytest.approx(circle, rel=1e-4)
