"""Grids and windows: where pixels lie."""

import numpy as np
import pytest
from colearn.engine.raster.geo.crs import Bounds
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.vectors.extents import window_over
from hypothesis import assume, given
from hypothesis import strategies as st

coordinate = st.floats(-1e6, 1e6)
step = st.floats(0.01, 1000)
sizes = st.integers(1, 5000)


@st.composite
def grids(draw):
    """Grids turned by any angle, mirrored or not, with unequal pixel sides."""
    angle = draw(st.floats(0, 2 * np.pi))
    width, height = draw(step), draw(step) * draw(st.sampled_from([-1, 1]))
    turned = (width * np.cos(angle), -height * np.sin(angle), width * np.sin(angle), height * np.cos(angle))
    assume(abs(np.log(abs(width / height))) < 5)
    x0, y0 = draw(coordinate), draw(coordinate)
    return Grid("EPSG:32633", (x0, turned[0], turned[1], y0, turned[2], turned[3]), draw(sizes), draw(sizes))


@given(grids(), st.data())
def test_the_floor_of_a_centres_position_is_its_pixel(grid, data):
    row = data.draw(st.integers(-10, grid.rows + 10))
    col = data.draw(st.integers(-10, grid.cols + 10))
    found_row, found_col = grid.pixel_of(*grid.xy_of(row, col))
    assert (np.floor(found_row), np.floor(found_col)) == (row, col)


@given(grids(), st.data())
def test_a_windows_grid_holds_the_same_pixels(grid, data):
    row, col = data.draw(st.integers(0, grid.rows - 1)), data.draw(st.integers(0, grid.cols - 1))
    part = grid.of_window(Window(row, col, grid.rows - row, grid.cols - col))
    np.testing.assert_allclose(part.xy_of(0, 0), grid.xy_of(row, col), rtol=0, atol=1e-6)
    np.testing.assert_allclose(
        part.xy_of(part.rows - 1, part.cols - 1), grid.xy_of(grid.rows - 1, grid.cols - 1), rtol=0, atol=1e-6
    )


@given(grids())
def test_bounds_enclose_every_corner_and_touch_them(grid):
    bounds = grid.bounds()
    x, y = grid.corner_xy([0, 0, grid.rows, grid.rows], [0, grid.cols, 0, grid.cols])
    assert (bounds.x_min, bounds.x_max) == (x.min(), x.max())
    assert (bounds.y_min, bounds.y_max) == (y.min(), y.max())


@given(st.integers(0, 20), st.integers(0, 30), st.integers(1, 20), st.integers(1, 30), st.integers(-5, 40))
def test_intersection_holds_exactly_the_common_pixels(row, col, rows, cols, shift):
    one, other = Window(row, col, rows, cols), Window(row + shift, col - shift, cols, rows)
    canvas = np.zeros((200, 200), int)
    for window in (one, other):
        canvas[window.row + 100 : window.row_stop + 100, window.col + 100 : window.col_stop + 100] += 1
    common = one.intersection(other)
    assert (common.pixels if common else 0) == (canvas == 2).sum()
    if common:
        assert (canvas[common.row + 100 : common.row_stop + 100, common.col + 100 : common.col_stop + 100] == 2).all()


def north_up(rows=50, cols=40):
    return Grid("EPSG:32633", (500000, 10, 0, 5800000, 0, -10), rows, cols)


def window_on_it(bounds):
    return window_over(bounds, "EPSG:32633", north_up())


def test_an_extent_along_pixel_borders_gains_nothing():
    around = window_on_it(Bounds(500020, 5799900, 500050, 5799960))
    assert around == Window(4, 2, 6, 3)


def test_an_extent_inside_pixels_is_snapped_outward():
    around = window_on_it(Bounds(500021, 5799901, 500049, 5799959))
    assert around == Window(4, 2, 6, 3)


def test_an_extent_is_clipped_to_the_grid():
    assert window_on_it(Bounds(0, 0, 1e7, 1e7)) == north_up().window()


def test_an_extent_that_only_touches_the_grid_misses_it():
    assert window_on_it(Bounds(499000, 5799900, 500000, 5799960)) is None


def test_an_extent_without_area_is_the_pixel_it_falls_in():
    assert window_on_it(Bounds(500025, 5799955, 500025, 5799955)) == Window(4, 2, 1, 1)


def test_an_extent_that_cannot_be_reached_is_none():
    assert window_on_it(Bounds(np.nan, np.nan, np.nan, np.nan)) is None


def test_pixel_size_is_the_side_of_a_square_of_equal_ground_area():
    """In the middle of a zone UTM draws 0.9996 m for each metre."""
    grid = Grid("EPSG:32633", (500000, 10, 0, 0, 0, -40), 5, 5)
    assert grid.pixel_sides_m() == (pytest.approx(10 / 0.9996), pytest.approx(40 / 0.9996))
    assert grid.pixel_m() == pytest.approx(20 / 0.9996)
    assert grid.pixel_area_m2() == pytest.approx(400 / 0.9996**2)


def test_pixel_size_in_feet_is_given_in_metres():
    grid = Grid("EPSG:2263", (984250, 10, 0, 194305, 0, -10), 5, 5)
    assert grid.pixel_m() == pytest.approx(3.048, abs=1e-3)


def test_pixel_size_of_a_geographic_grid_is_geodesic():
    """At 60° north a degree of longitude is about half of one at the equator (WGS 84: 55 800 m and 111 412 m)."""
    grid = Grid("EPSG:4326", (10, 0.001, 0, 60.0005, 0, -0.001), 1, 1)
    assert grid.pixel_sides_m() == (pytest.approx(55.800, abs=0.005), pytest.approx(111.412, abs=0.005))
    assert grid.pixel_m() == pytest.approx(np.sqrt(55.800 * 111.412), abs=0.005)


def test_grads_and_another_prime_meridian_are_supported():
    """NTF (Paris) counts 400 grads from Paris: a hundredth of one is a kilometre along a meridian."""
    grid = Grid("EPSG:4807", (0, 0.01, 0, 50, 0, -0.01), 1, 1)
    assert grid.pixel_sides_m()[1] == pytest.approx(1000, rel=2e-3)


def test_a_rotated_grid_has_the_pixel_size_of_its_sides():
    side = 10 / np.sqrt(2)
    grid = Grid("EPSG:32633", (500000, side, side, 0, side, -side), 5, 5)
    assert grid.pixel_m() == pytest.approx(10 / 0.9996)


def test_grids_match_through_rounding_of_their_headers():
    other = Grid("EPSG:32633", (500000.0001, 10 + 1e-7, 0, 5800000, 0, -10), 50, 40)
    assert north_up().matches(other)


@pytest.mark.parametrize(
    "other",
    [
        Grid("EPSG:32633", (500005, 10, 0, 5800000, 0, -10), 50, 40),
        Grid("EPSG:32633", (500000, 10, 0, 5800000, 0, -10), 50, 41),
        Grid("EPSG:32633", (500000, 10, 0, 5800000, 0, 10), 50, 40),
        Grid("EPSG:32632", (500000, 10, 0, 5800000, 0, -10), 50, 40),
        Grid("EPSG:32633", (500000, 10.01, 0, 5800000, 0, -10), 50, 40),
    ],
)
def test_grids_differ_by_origin_shape_direction_crs_or_pixel_size(other):
    assert not north_up().matches(other)


def test_a_grid_without_pixels_or_without_area_is_refused():
    with pytest.raises(ValueError, match="holds no pixel"):
        Grid("EPSG:32633", (0, 1, 0, 0, 0, -1), 0, 5)
    with pytest.raises(ValueError, match="cannot be inverted"):
        Grid("EPSG:32633", (0, 1, 1, 0, 1, 1), 5, 5)
