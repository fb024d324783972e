"""Positions laid out flat in metres: true lengths, no tear at 180° or at a pole."""

import numpy as np
import pytest
from colearn.engine.samples.ground_plane import EARTH_RADIUS_M, ground_plane_m
from hypothesis import given
from hypothesis import strategies as st

DEGREE_M = EARTH_RADIUS_M * np.pi / 180  # 111 195 m


@pytest.mark.parametrize("longitude", [10.0, 180.0, -180.0, 290.0])
def test_lengths_are_ground_lengths(longitude) -> None:
    """0.2° of longitude at 60° N are half as long as 0.2° of latitude."""
    x, y = ground_plane_m(longitude + np.array([-0.1, 0.1, 0.0, 0.0]), np.array([60.0, 60.0, 59.9, 60.1]))
    assert x[1] - x[0] == pytest.approx(0.2 * DEGREE_M / 2, rel=1e-5)
    assert y[3] - y[2] == pytest.approx(0.2 * DEGREE_M, rel=1e-5)
    assert y[0] == pytest.approx(y[1])


def test_the_180th_meridian_is_no_gap() -> None:
    x, _ = ground_plane_m(np.array([179.9, -179.9, 180.0]), np.zeros(3))
    assert x[1] - x[0] == pytest.approx(0.2 * DEGREE_M, rel=1e-5)
    assert x[2] == pytest.approx((x[0] + x[1]) / 2, abs=1e-3)


def test_a_pole_is_no_special_case() -> None:
    """Four positions one degree from the pole are a square of √2 degrees' side."""
    x, y = ground_plane_m(np.array([0.0, 90.0, 180.0, 270.0]), np.full(4, 89.0))
    sides = np.hypot(np.diff(x, append=x[0]), np.diff(y, append=y[0]))
    np.testing.assert_allclose(sides, np.sqrt(2) * DEGREE_M, rtol=1e-4)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.integers(-1, 1)), min_size=1, max_size=8))
def test_whole_periods_change_nothing_and_all_positions_are_projected(drawn) -> None:
    longitude, latitude, circles = (np.array(column, float) for column in zip(*drawn))
    plain = np.stack(ground_plane_m(longitude, latitude))
    turned = np.stack(ground_plane_m(longitude + 360 * circles, latitude))
    assert np.isfinite(plain).all()
    assert np.hypot(*plain).max() <= 2 * EARTH_RADIUS_M * (1 + 1e-9)
    if np.hypot(*plain).max() < 1.9 * EARTH_RADIUS_M:  # beside the antipode the direction is rounding
        np.testing.assert_allclose(turned, plain, atol=1e-2)


def test_unknown_positions_stay_unknown_and_harm_no_other() -> None:
    x, _ = ground_plane_m(np.array([10.0, np.nan, 10.2]), np.array([0.0, np.nan, 0.0]))
    assert np.isnan(x).tolist() == [False, True, False]
    assert x[2] - x[0] == pytest.approx(0.2 * DEGREE_M, rel=1e-5)
    assert np.isnan(ground_plane_m(np.array([np.nan]), np.array([np.nan]))[0]).all()
