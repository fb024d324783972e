"""How much ground pixels cover: on the ellipsoid where the CRS is geographic, as the CRS counts it elsewhere."""

import numpy as np
import pytest
from colearn.engine.raster.grid import Grid, Window
from colearn.engine.raster.ground import area_scale, pixel_areas_m2

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
        ("EPSG:32633", (0.0, 10.0, 0.0, 0.0, 0.0, -20.0), 200),
        ("EPSG:32633", (0.0, 10.0, 5.0, 0.0, 0.0, 20.0), 200),  # sheared and south-up
        ("EPSG:2263", (0.0, 100.0, 0.0, 0.0, 0.0, -100.0), (100 * 1200 / 3937) ** 2),  # US survey feet
    ],
)
def test_projected_pixels_are_as_the_crs_counts(crs, transform, area_m2):
    areas = pixel_areas_m2(Grid(crs, transform, 3, 4), Window(0, 0, 3, 4))
    assert areas.shape == (3, 1)
    np.testing.assert_allclose(areas, area_m2)


@pytest.mark.parametrize(
    ("crs", "corner", "pixel", "scale"),
    [
        ("EPSG:4326", (20.0, 60.0), 0.001, 1),
        ("EPSG:32633", (500_000.0, 6_651_411.0), 10.0, 0.9996**2),
        ("EPSG:3035", (4_300_000.0, 3_200_000.0), 10.0, 1),  # equal-area
        ("EPSG:3857", (2_226_390.0, 8_399_738.0), 10.0, 4),  # Web Mercator at 60° N
    ],
)
def test_what_a_crs_makes_of_areas(crs, corner, pixel, scale):
    grid = Grid(crs, (corner[0], pixel, 0.0, corner[1], 0.0, -pixel), 9, 9)
    assert area_scale(grid) == pytest.approx(scale, rel=0.01 if scale == 4 else 1e-4)


def test_the_scale_is_unknown_where_the_crs_does_not_reach():
    far = Grid("EPSG:32633", (1e12, 10.0, 0.0, 1e12, 0.0, -10.0), 2, 2)
    assert np.isnan(area_scale(far))
