"""How much ground pixels cover: measured on the ellipsoid, in every CRS."""

import numpy as np
import pytest
from colearn.engine.raster.geo.crs import transform_xy
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.geo.longitudes import side_by_side
from colearn.engine.raster.geo.pixel_area import is_even, longest_pixel_m, pixel_areas_m2, sizes_to_compare_m
from hypothesis import given, settings
from hypothesis import strategies as st

# WGS 84: its surface, by the formula for an oblate ellipsoid.
MAJOR_M, FLATTENING = 6_378_137.0, 1 / 298.257223563
ECCENTRICITY = np.sqrt(FLATTENING * (2 - FLATTENING))
EARTH_M2 = 2 * np.pi * MAJOR_M**2 * (1 + (1 - ECCENTRICITY**2) / ECCENTRICITY * np.arctanh(ECCENTRICITY))


def test_pixels_of_the_whole_earth_sum_to_its_surface():
    earth = Grid("EPSG:4326", (-180.0, 0.25, 0.0, 90.0, 0.0, -0.25), 720, 1440)
    areas = pixel_areas_m2(earth, earth.window())
    assert areas.shape == (720, 1)
    assert areas.sum() * 1440 == pytest.approx(EARTH_M2, rel=1e-5)


def test_a_pixel_shrinks_with_the_cosine_of_its_latitude():
    north = Grid("EPSG:4326", (10.0, 0.001, 0.0, 60.0, 0.0, -0.001), 3, 2)
    areas = pixel_areas_m2(north, Window(1, 0, 1, 2))
    assert areas.item() == pytest.approx(np.cos(np.radians(60)) * 111_320**2 * 1e-6, rel=0.01)


def test_a_window_has_the_areas_of_its_rows():
    grid = Grid("EPSG:4326", (10.0, 0.5, 0.0, 80.0, 0.0, -0.5), 40, 3)
    np.testing.assert_array_equal(pixel_areas_m2(grid, Window(30, 1, 5, 2)), pixel_areas_m2(grid, grid.window())[30:35])


def test_turned_pixels_each_have_their_own_latitude():
    turned = Grid("EPSG:4326", (10.0, 0.0, 0.5, 60.0, -0.5, 0.0), 2, 4)  # rows run to the east, cols to the south
    upright = Grid("EPSG:4326", (10.0, 0.5, 0.0, 60.0, 0.0, -0.5), 4, 2)
    areas = pixel_areas_m2(turned, turned.window())
    assert areas.shape == (2, 4)
    np.testing.assert_allclose(areas[0], pixel_areas_m2(upright, upright.window())[:, 0])


@pytest.mark.parametrize(
    ("crs", "transform", "area_m2"),
    [
        ("EPSG:32633", (500_000.0, 10.0, 0.0, 0.0, 0.0, -20.0), 200 / 0.9996**2),  # a zone's middle is drawn smaller
        ("EPSG:32633", (500_000.0, 10.0, 5.0, 0.0, 0.0, 20.0), 200 / 0.9996**2),  # sheared and south-up
        ("EPSG:3035", (4_300_000.0, 10.0, 0.0, 3_200_000.0, 0.0, -10.0), 100),  # equal-area
        ("EPSG:6933", (1_000_000.0, 10.0, 0.0, 6_000_000.0, 0.0, -10.0), 100),  # equal-area, its pixels 1 : 2.6
        # US survey feet; at 40.7° N the Lambert conic of Long Island shows all but true lengths.
        ("EPSG:2263", (984_250.0, 100.0, 0.0, 194_305.0, 0.0, -100.0), (100 * 1200 / 3937) ** 2),
        # Polar stereographic, true at 70° N: at the pole 1 + sin 70° = 1.9397 of 2, so 0.97 as large.
        ("EPSG:3413", (-10.0, 10.0, 0.0, 10.0, 0.0, -10.0), 106.31),
    ],
)
def test_projected_pixels_have_their_ground_area(crs, transform, area_m2):
    areas = pixel_areas_m2(Grid(crs, transform, 3, 4), Window(0, 0, 3, 4))
    np.testing.assert_allclose(np.broadcast_to(areas, (3, 4)), area_m2, rtol=1e-4)


def web_mercator(latitude, pixel=20.0, rows=40, cols=30):
    """A grid with its centre at 10° E and a latitude."""
    (x,), (y,) = transform_xy([10.0], [latitude], "EPSG:4326", "EPSG:3857")
    return Grid("EPSG:3857", (x - cols / 2 * pixel, pixel, 0.0, y + rows / 2 * pixel, 0.0, -pixel), rows, cols)


def test_twenty_units_of_web_mercator_are_ten_metres_at_60_degrees_north():
    """1 / cos 60° = 2 on a sphere; on WGS 84 a degree of longitude there is 55,800 m against 111,319.5 m drawn."""
    grid = web_mercator(60.0)
    width_m, height_m = grid.pixel_sides_m()
    assert width_m == pytest.approx(20 * 55_800.0 / 111_319.49, abs=1e-3)
    assert height_m == pytest.approx(20 * 111_412.3 / (111_319.49 * 2), abs=1e-3)  # dy/dlat there: R / cos 60°
    assert grid.pixel_m() == pytest.approx(10.017, abs=2e-3)
    assert grid.pixel_area_m2() == pytest.approx(width_m * height_m, rel=1e-6)


def test_each_pixel_of_a_large_map_has_its_own_ground_area():
    """Of a map in Web Mercator from 40° to 60° N the ground of a pixel falls with the square of the cosine."""
    (_, _), (south, north) = transform_xy([10.0, 10.0], [40.0, 60.0], "EPSG:4326", "EPSG:3857")
    rows = 1000
    pixel = (north - south) / rows
    grid = Grid("EPSG:3857", (1_113_195.0, pixel, 0.0, north, 0.0, -pixel), rows, 5)
    areas = pixel_areas_m2(grid, grid.window())[:, 0] / pixel**2
    assert areas[0] == pytest.approx(np.cos(np.radians(60)) ** 2, rel=0.007)
    assert areas[-1] == pytest.approx(np.cos(np.radians(40)) ** 2, rel=0.007)
    strip = Grid("EPSG:4326", (10.0, 5 * pixel / 111_319.49, 0.0, 60.0, 0.0, -0.001), 20_000, 1)
    assert areas.sum() * 5 * pixel**2 == pytest.approx(pixel_areas_m2(strip, strip.window()).sum(), rel=1e-5)


@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:3857", "EPSG:3413", "EPSG:3832"])
@given(st.floats(-60, 60), st.floats(100, 900), st.integers(1, 60), st.integers(1, 60), st.floats(0, 6))
@settings(max_examples=15, deadline=None)
def test_a_pixels_ground_area_is_that_of_its_corners_on_the_ellipsoid(crs, east_km, north_km, rows, cols, turn):
    """By hand: half the cross product of the diagonals, in degrees times the radii of curvature."""
    offset = 500_000 if crs == "EPSG:32633" else 0
    cos, sin = 10 * np.cos(turn), 10 * np.sin(turn)
    grid = Grid(crs, (offset + 1000 * east_km, cos, sin, 1000 * north_km, sin, -cos), rows, cols)
    row, col = rows // 2, cols // 3
    corners = grid.corner_xy([row, row, row + 1, row + 1], [col, col + 1, col + 1, col])
    longitude, latitude = transform_xy(*corners, crs, "EPSG:4326")
    longitude = side_by_side(longitude)
    squared = ECCENTRICITY**2
    root = np.sqrt(1 - squared * np.sin(np.radians(latitude.mean())) ** 2)
    x = np.radians(longitude - longitude[0]) * MAJOR_M / root * np.cos(np.radians(latitude.mean()))
    y = np.radians(latitude - latitude[0]) * MAJOR_M * (1 - squared) / root**3
    by_hand = abs((x[2] - x[0]) * (y[3] - y[1]) - (x[3] - x[1]) * (y[2] - y[0])) / 2
    found = np.broadcast_to(pixel_areas_m2(grid, grid.window()), grid.shape)[row, col]
    assert found == pytest.approx(by_hand, rel=1e-4)


@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:3857", "EPSG:4326"])
def test_areas_do_not_change_by_one_bit_with_the_window(crs):
    place = (11.0, 0.001, 0.0, 49.0, 0.0, -0.001) if crs == "EPSG:4326" else (9e5, 300.0, 40.0, 6.3e6, 40.0, -300.0)
    grid = Grid(crs, place, 700, 900)
    whole = np.broadcast_to(pixel_areas_m2(grid, grid.window()), grid.shape)
    for window in (Window(0, 0, 1, 900), Window(3, 5, 256, 255), Window(699, 899, 1, 1)):
        part = np.broadcast_to(pixel_areas_m2(grid, window), window.shape)
        np.testing.assert_array_equal(part, whole[window.slices()])


def test_a_grid_outside_the_domain_of_its_crs_is_measured_in_its_units():
    far = Grid("EPSG:32633", (1e12, 10.0, 0.0, 1e12, 0.0, -20.0), 2, 2)
    assert not is_even(far)
    assert pixel_areas_m2(far, far.window()) == pytest.approx(200)
    assert far.pixel_sides_m() == (10, 20)


def test_a_grid_around_the_earth_counts_as_the_pixel_at_its_centre():
    globe = Grid("+proj=ortho +lat_0=50 +lon_0=10", (-7e6, 1e4, 0, 7e6, 0, -1e4), 1400, 1400)
    assert not is_even(globe)
    assert pixel_areas_m2(globe, globe.window()) == pytest.approx(1e8, rel=1e-3)
    assert is_even(web_mercator(60.0))


def test_no_two_points_of_a_pixel_are_farther_apart_than_its_longest_extent():
    degrees = Grid("EPSG:4326", (10.0, 0.001, 0.0, 60.0, 0.0, -0.001), 2000, 10)  # the south is wider
    assert longest_pixel_m(degrees) == pytest.approx(np.hypot(59.18, 111.38), rel=0.01)  # at 58° N
    assert longest_pixel_m(web_mercator(60.0)) == pytest.approx(10.017 * np.sqrt(2), rel=0.01)


def test_pixels_of_one_product_are_as_large_as_each_other():
    scenes = [web_mercator(0.0), web_mercator(60.0)]
    assert sizes_to_compare_m(scenes) == [pytest.approx(20.0), pytest.approx(20.0)]
    utm = Grid("EPSG:32633", (500_000.0, 10.0, 0.0, 5e6, 0.0, -10.0), 3, 4)
    assert sizes_to_compare_m([web_mercator(60.0), utm]) == [pytest.approx(10.017, abs=2e-3), pytest.approx(10.004)]
