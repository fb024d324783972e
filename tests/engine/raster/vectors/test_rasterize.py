"""Polygons against pixels."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import VectorSource
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.files.dataset import RasterSource, look_at
from colearn.engine.raster.gdal_calls import ogr
from colearn.engine.raster.geo.crs import transform_xy
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.vectors.features import Features
from colearn.engine.raster.vectors.layer import burn, inside_pixels, read_features
from colearn.engine.raster.vectors.wkb import moved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

UTM = "EPSG:32633"
GRID = Grid(UTM, (500000, 10, 0, 5800000, 0, -10), 30, 40)


def wkb_of(wkt):
    return bytes(ogr.CreateGeometryFromWkt(wkt).ExportToWkb(ogr.wkbNDR))


def rectangle(x0, y0, x1, y1):
    return wkb_of(f"POLYGON(({x0} {y0},{x1} {y0},{x1} {y1},{x0} {y1},{x0} {y0}))")


def features_of(*polygons, crs=UTM):
    return Features(crs, "polygon", tuple(polygons), {}, tuple(range(len(polygons))), 0, {})


def centres_inside(wkb, grid):
    """The slow and plain way: ask the geometry about every pixel centre."""
    polygon = ogr.CreateGeometryFromWkb(wkb)
    mask = np.zeros(grid.shape, bool)
    for row, col in np.ndindex(grid.shape):
        x, y = (float(at) for at in grid.xy_of(row, col))
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(x, y)
        mask[row, col] = polygon.Contains(point)
    return mask


def mask_of(rows, cols, grid):
    mask = np.zeros(grid.shape, bool)
    mask[rows, cols] = True
    return mask


TURNED = Grid(UTM, (500000, 8, 6, 5800000, 6, -8), 12, 14)
SOUTH_UP = Grid(UTM, (500000, 10, 0, 5799900, 0, 10), 12, 14)
SHEARED = Grid(UTM, (500000, 10, 3, 5800000, 1, -10), 12, 14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([TURNED, SOUTH_UP, SHEARED]), st.data())
def test_on_any_grid_the_pixels_are_those_whose_centre_lies_inside(grid, data):
    corners = [data.draw(st.tuples(st.floats(-2, grid.rows + 2), st.floats(-2, grid.cols + 2))) for _ in range(3)]
    off = np.array([[0.0137], [0.0291]])  # the centres, where both may be right; on diagonals, too
    x, y = grid.corner_xy(*np.array([*corners, corners[0]]).T + off)
    wkb = wkb_of("POLYGON((" + ",".join(f"{px:.9f} {py:.9f}" for px, py in zip(x, y)) + "))")
    expected = centres_inside(wkb, grid)
    if expected.any():
        np.testing.assert_array_equal(mask_of(*inside_pixels(wkb, UTM, grid), grid), expected)
        np.testing.assert_array_equal(burn(features_of(wkb), grid, grid.window()), expected)


def test_a_rectangle_along_pixel_borders_holds_exactly_its_pixels():
    rows, cols = inside_pixels(rectangle(500020, 5799900, 500050, 5799960), UTM, GRID)
    assert set(zip(rows.tolist(), cols.tolist())) == {(row, col) for row in range(4, 10) for col in range(2, 5)}


def test_the_first_pixels_of_a_grid_are_found():
    """There the transform of pixel space is the one that GDAL takes for none."""
    rows, cols = inside_pixels(rectangle(500000, 5799980, 500020, 5800000), UTM, GRID)
    assert sorted(zip(rows.tolist(), cols.tolist())) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_polygons_that_share_a_border_share_no_pixel():
    left, right = rectangle(500000, 5799700, 500105, 5800000), rectangle(500105, 5799700, 500400, 5800000)
    counts = mask_of(*inside_pixels(left, UTM, GRID), GRID).astype(int) + mask_of(
        *inside_pixels(right, UTM, GRID), GRID
    )
    assert (counts == 1).all()


def test_holes_are_not_inside():
    wkb = wkb_of(
        "POLYGON((500000 5799900,500100 5799900,500100 5800000,500000 5800000,500000 5799900),"
        "(500020 5799920,500080 5799920,500080 5799980,500020 5799980,500020 5799920))"
    )
    assert len(inside_pixels(wkb, UTM, GRID)[0]) == 100 - 36


def test_a_polygon_smaller_than_a_pixel_is_the_pixel_under_it():
    rows, cols = inside_pixels(rectangle(500031, 5799951, 500033, 5799953), UTM, GRID)
    assert (rows.tolist(), cols.tolist()) == ([4], [3])


@pytest.mark.parametrize(
    "wkb",
    [
        rectangle(499900, 5799951, 499950, 5799990),  # beside
        rectangle(499950, 5799951, 500001, 5799953),  # reaches in, but its middle lies beside
        rectangle(1e9, 1e9, 1e9 + 5, 1e9 + 5),
    ],
)
def test_a_polygon_beside_the_grid_holds_nothing(wkb):
    rows, cols = inside_pixels(wkb, UTM, GRID)
    assert (len(rows), len(cols)) == (0, 0)


def test_a_polygon_that_the_grids_crs_cannot_reach_holds_nothing():
    assert len(inside_pixels(rectangle(1e9, 1e9, 2e9, 2e9), "EPSG:4326", GRID)[0]) == 0


def test_polygons_are_brought_to_the_grids_crs():
    utm = rectangle(500020, 5799900, 500050, 5799960)
    degrees = moved(utm, lambda x, y: transform_xy(x, y, UTM, "EPSG:4326"))
    assert np.array_equal(inside_pixels(degrees, "EPSG:4326", GRID), inside_pixels(utm, UTM, GRID))


WORLD = rectangle(-180, -90, 180, 90)
NORTH = rectangle(-180, 0, 180, 90)
FIJI = Grid("EPSG:32701", (100000, 2000, 0, 8200000, 0, -2000), 60, 60)  # the antimeridian runs through it
POLE = Grid("EPSG:3413", (-300000, 10000, 0, 300000, 0, -10000), 60, 60)
PACIFIC = Grid("EPSG:3832", (-3000000, 100000, 0, 3000000, 0, -100000), 60, 60)


@pytest.mark.parametrize("grid", [GRID, FIJI, POLE, PACIFIC], ids=["utm", "antimeridian", "pole", "pacific"])
def test_a_polygon_around_the_earth_holds_every_pixel(grid):
    assert mask_of(*inside_pixels(WORLD, "EPSG:4326", grid), grid).all()
    assert burn(features_of(WORLD, crs="EPSG:4326"), grid, grid.window()).all()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_the_edge_of_half_the_earth_is_correct(crs):
    grid = Grid(UTM, (400000, 1000, 0, 25000, 0, -1000), 50, 60)
    wkb = moved(rectangle(-179, 0, 179, 80), lambda x, y: transform_xy(x, y, "EPSG:4326", crs))
    expected = np.zeros(grid.shape, bool)
    expected[:25] = True
    np.testing.assert_array_equal(mask_of(*inside_pixels(wkb, crs, grid), grid), expected)


def test_long_edges_bend():
    """A parallel is no straight line in UTM: pixels of a zone's edge lie beside the chord, but inside the polygon."""
    grid = Grid(UTM, (200000, 5000, 0, 6700000, 0, -5000), 40, 120)
    x, y = grid.xy_of(*np.indices(grid.shape))
    _, latitude = transform_xy(x, y, UTM, "EPSG:4326")
    found = mask_of(*inside_pixels(rectangle(-179, 60, 179, 89), "EPSG:4326", grid), grid)
    np.testing.assert_array_equal(found, latitude > 60)


def test_what_cannot_be_followed_is_reported(monkeypatch, error_of):
    from colearn.engine.raster.vectors import rasterize as burning

    monkeypatch.setattr(burning, "near", lambda wkb, *_: wkb)
    error = error_of(inside_pixels, rectangle(1e9, 1e9, 2e9, 2e9), "EPSG:4326", GRID)
    assert error.code is ErrorCode.CRS_UNUSABLE
    assert "EPSG:4326" in error.found
    assert "EPSG:32633" in error.found


def test_polygons_on_another_continent_hold_nothing_and_are_no_error():
    there = rectangle(500000, 4000000, 500100, 4000100)
    assert len(inside_pixels(there, "EPSG:32610", GRID)[0]) == 0


def test_of_a_large_polygon_a_regular_lattice_is_given():
    big = Grid(UTM, (500000, 1, 0, 5800000, 0, -1), 300, 400)
    wkb = rectangle(500000, 5799700, 500400, 5800000)
    rows, cols = inside_pixels(wkb, UTM, big, most=1200)
    assert set(rows.tolist()) == set(range(0, 300, 10))
    assert set(cols.tolist()) == set(range(0, 400, 10))
    half = rectangle(500000, 5799700, 500200.2, 5800000)
    assert inside_pixels(half, UTM, big, most=600)[1].max() <= 199


def test_the_edge_of_a_lattice_lies_where_the_polygons_does():
    """A pixel of the lattice is in or out by its own centre, not by that of the coarse cell's neighbours."""
    big = Grid(UTM, (500000, 1, 0, 5800000, 0, -1), 300, 400)
    wkb = wkb_of("POLYGON((500000.3 5799700.1,500399.7 5799700.2,500200.4 5799999.6,500000.3 5799700.1))")
    full = mask_of(*inside_pixels(wkb, UTM, big), big)
    rows, cols = inside_pixels(wkb, UTM, big, most=1200)
    assert len(rows) > 100
    assert full[rows, cols].all()


def test_windows_burn_to_what_the_whole_does():
    triangle = wkb_of("POLYGON((500100 5799800,500300 5799850,500150 5799990,500100 5799800))")
    features = features_of(rectangle(500020, 5799900, 500050, 5799960), triangle)
    whole = burn(features, GRID, GRID.window())
    assert whole.any()
    for window in (Window(0, 0, 7, 9), Window(5, 11, 20, 17), Window(29, 39, 1, 1)):
        np.testing.assert_array_equal(burn(features, GRID, window), whole[window.slices()])


def test_points_burn_nothing():
    point = Features(UTM, "point", (wkb_of("POINT(500020 5799900)"),), {}, (0,), 0, {})
    assert not burn(point, GRID, GRID.window()).any()


def test_the_real_polygons_of_a_raster_in_degrees(data):
    folder = data / "rstoolbox_amazon" / "sen2"
    features = read_features(VectorSource(str(folder / "training_polygons.gpkg")), ("class",))
    grid = look_at(RasterSource(str(folder / "S2.tif"))).grid
    found = [inside_pixels(wkb, features.crs_wkt, grid) for wkb in features.geometry]
    assert all(len(rows) for rows, _ in found)
    assert burn(features, grid, grid.window()).sum() == len(
        {pixel for rows, cols in found for pixel in zip(rows, cols)}
    )
