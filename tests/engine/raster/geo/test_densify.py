"""One rule for edges of polygons and extents: straight in the layer's own CRS, wherever they lie around the Earth."""

import numpy as np
import pytest
from colearn.engine.raster.geo.crs import Bounds, transform_xy
from colearn.engine.raster.geo.grid import Grid, Window
from colearn.engine.raster.vectors.extents import window_over
from colearn.engine.raster.vectors.features import Features
from colearn.engine.raster.vectors.rasterize import burn, inside_pixels
from colearn.engine.raster.vectors.wkb import polygon_wkb
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

DEGREES = "EPSG:4326"
UTM = Grid("EPSG:32633", (300_000, 2000, 0, 6_800_000, 0, -2000), 90, 80)
TURNED = Grid("EPSG:32633", (300_000, 1600, 1200, 6_600_000, 1200, -1600), 50, 60)
ARCTIC = Grid("EPSG:3413", (-900_000, 20_000, 0, 900_000, 0, -20_000), 90, 90)  # the pole in its middle
FIJI = Grid("EPSG:32701", (100_000, 4000, 0, 8_200_000, 0, -4000), 60, 60)  # 180° runs through it
PACIFIC = Grid("EPSG:4326", (170.0, 0.25, 0, 10.0, 0, -0.25), 80, 80)  # 170° to 190°
WORLD_0_360 = Grid("EPSG:4326", (0.0, 2.0, 0, 90.0, 0, -2.0), 90, 180)
WORLD = Grid("EPSG:4326", (-180.0, 2.0, 0, 90.0, 0, -2.0), 90, 180)
AMERICA_290 = Grid("EPSG:4326", (285.0, 0.1, 0, -10.0, 0, -0.1), 100, 100)
MERCATOR = Grid("EPSG:3857", (19_500_000, 20_000, 0, 6e5, 0, -20_000), 60, 60)  # over the seam at 20.04 million


def features_of(*polygons, crs):
    return Features(crs, "polygon", tuple(polygons), {}, tuple(range(len(polygons))), 0, {})


def mask_of(wkb, crs, grid):
    mask = np.zeros(grid.shape, bool)
    mask[inside_pixels(wkb, crs, grid)] = True
    np.testing.assert_array_equal(burn(features_of(wkb, crs=crs), grid, grid.window()), mask)
    return mask


def ring_of(points):
    ring = np.array([*points, points[0]], float)
    return ring


def box(west, south, east, north):
    return polygon_wkb([ring_of([(west, south), (east, south), (east, north), (west, north)])])


def inside_by_hand(ring, x, y):
    """Even or odd crossings of a ray, in the layer's own plane; and the distance to the nearest edge."""
    inside, nearest = np.zeros(x.shape, bool), np.full(x.shape, np.inf)
    for (x0, y0), (x1, y1) in zip(ring, ring[1:]):
        crosses = (y0 > y) != (y1 > y)
        inside ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0 or 1))
        squared = ((x1 - x0) ** 2 + (y1 - y0) ** 2) or 1
        along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / squared, 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)))
    return inside, nearest


def centres_in(grid, crs):
    """Pixel centres of a grid in another CRS, and about the size of a pixel there."""
    rows, cols = np.indices(grid.shape)
    x, y = transform_xy(*grid.xy_of(rows, cols), grid.crs_wkt, crs)
    size = (
        np.hypot(np.gradient(x, axis=1), np.gradient(y, axis=1)),
        np.hypot(np.gradient(x, axis=0), np.gradient(y, axis=0)),
    )
    return x, y, np.maximum(*size)


@pytest.mark.parametrize("crs", [DEGREES, "EPSG:3857", "EPSG:3035", "EPSG:32630"])
@pytest.mark.parametrize("grid", [UTM, TURNED], ids=["upright", "turned"])
@given(st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_pixel_is_inside_where_its_centre_is_in_the_layers_own_plane(crs, grid, data):
    """The polygons reach from a part of the grid to far beside it: some lie near as a whole, some across its edge."""
    x, y, size = centres_in(grid, crs)
    share = st.floats(-0.6, 1.6) if data.draw(st.booleans()) else st.floats(0.05, 0.95)
    corners = [(data.draw(share), data.draw(share)) for _ in range(3)]
    spans = ((x.min(), np.ptp(x)), (y.min(), np.ptp(y)))
    ring = ring_of([tuple(low + part * span for part, (low, span) in zip(corner, spans)) for corner in corners])
    inside, nearest = inside_by_hand(ring, x, y)
    sure = nearest > 0.05 * size
    found = burn(features_of(polygon_wkb([ring]), crs=crs), grid, grid.window())
    np.testing.assert_array_equal(found[sure], inside[sure])


@pytest.mark.parametrize("near_as_a_whole", [True, False])
def test_a_mask_of_three_degrees_has_its_edges_where_they_are(near_as_a_whole):
    """The parallel 60° N bends in UTM: between 13.6° and 16.4° E its middle lies 826 m beside the chord of its ends."""
    grid = Grid("EPSG:32633", (410_000, 100, 0, 6_660_000, 0, -100), 200, 1800)
    _, y = transform_xy([13.6, 15.0, 16.4], [60.0] * 3, DEGREES, "EPSG:32633")
    assert y[0] - y[1] == pytest.approx(826, abs=1)
    mask = box(13.6, 59.9 if near_as_a_whole else 30.0, 16.4, 60.0)
    found = mask_of(mask, DEGREES, grid)
    longitude, latitude, _ = centres_in(grid, DEGREES)
    expected = (latitude < 60) & (latitude > 59.9 - 40 * (not near_as_a_whole)) & (abs(longitude - 15) < 1.4)
    assert (found != expected).sum() <= 2
    assert found.any()


@pytest.mark.parametrize(
    ("grid", "lon", "lat"),
    [(AMERICA_290, -70.02, -15.02), (WORLD_0_360, -70.3, -15.3), (PACIFIC, -178.05, 0.05), (PACIFIC, 178.05, 0.05)],
)
@pytest.mark.parametrize("turn", [-360.0, 0.0, 360.0])
@pytest.mark.parametrize("crs", [DEGREES, "EPSG:4258"])
def test_polygons_whole_periods_away_are_on_the_same_pixels(grid, lon, lat, turn, crs):
    """By hand: a box of 4° around a place holds the pixels whose centre is within 2° of it."""
    found = mask_of(box(lon - 2 + turn, lat - 2, lon + 2 + turn, lat + 2), crs, grid)
    rows, cols = np.indices(grid.shape)
    x, y = grid.xy_of(rows, cols)
    expected = (abs((x - lon + 180) % 360 - 180) < 2) & (abs(y - lat) < 2)
    assert expected.any()
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("grid", [WORLD, WORLD_0_360, PACIFIC, FIJI, MERCATOR])
def test_a_polygon_across_180_degrees_is_one_however_it_is_written(grid):
    """As 177 to 183, -183 to -177, or in two halves on both sides, as RFC 7946 wants it."""
    ways = [
        [box(177.3, -19.3, 182.7, 9.3)],
        [box(-182.7, -19.3, -177.3, 9.3)],
        [box(177.3, -19.3, 180.0, 9.3), box(-180.0, -19.3, -177.3, 9.3)],
    ]
    longitude, latitude, _ = centres_in(grid, DEGREES)
    away = abs((longitude + 360) % 360 - 180)
    expected = (away < 2.7) & (latitude > -19.3) & (latitude < 9.3)
    sure = (abs(away - 2.7) > 1e-3) & (abs(latitude + 19.3) > 1e-3) & (abs(latitude - 9.3) > 1e-3)
    assert expected.any()
    for polygons in ways:
        found = burn(features_of(*polygons, crs=DEGREES), grid, grid.window())
        np.testing.assert_array_equal(found[sure], expected[sure])


@pytest.mark.parametrize("grid", [WORLD, WORLD_0_360, PACIFIC])
def test_a_polygon_in_utm_across_180_degrees_is_not_torn(grid):
    """A square of 600 km around 180°, 16.3° S in zone 1 South."""
    ring = ring_of([(-120_000, 7_900_000), (480_000, 7_900_000), (480_000, 8_500_000), (-120_000, 8_500_000)])
    x, y, _ = centres_in(grid, "EPSG:32701")
    longitude, _, _ = centres_in(grid, DEGREES)
    there = abs((longitude + 360) % 360 - 180) < 20
    inside, nearest = inside_by_hand(ring, np.where(there, x, 1e9), np.where(there, y, 1e9))
    sure = nearest > 1000
    found = mask_of(polygon_wkb([ring]), "EPSG:32701", grid)
    np.testing.assert_array_equal(found[sure], inside[sure])


def test_a_polygon_around_the_pole_holds_all_north_of_it():
    """A circle of 1,500 km around the pole in polar stereographic: all north of about 76°."""
    turn = np.linspace(0, 2 * np.pi, 721)
    circle = np.column_stack([1.5e6 * np.cos(turn), 1.5e6 * np.sin(turn)])
    circle[-1] = circle[0]
    (_,), (latitude,) = transform_xy([1.5e6], [0.0], "EPSG:3413", DEGREES)
    expected = np.broadcast_to(89 - 2.0 * np.arange(90)[:, np.newaxis] > latitude, WORLD.shape)
    for grid in (WORLD, WORLD_0_360):
        np.testing.assert_array_equal(mask_of(polygon_wkb([circle]), "EPSG:3413", grid), expected)


def test_a_hole_stays_a_hole_across_180_degrees():
    outer, hole = (ring_of([(w, -5), (e, -5), (e, 5), (w, 5)]) for w, e in ((-188, -172), (-180.6, -179.4)))
    found = mask_of(polygon_wkb([outer, hole]), DEGREES, PACIFIC)
    x, y = PACIFIC.xy_of(*np.indices(PACIFIC.shape))
    expected = (abs(x - 180) < 8) & (abs(y) < 5) & ~(abs(x - 180) < 0.6)
    np.testing.assert_array_equal(found, expected)
    (x, y) = (transform_xy(*ring.T, DEGREES, "EPSG:4258") for ring in (outer, hole))
    np.testing.assert_array_equal(mask_of(polygon_wkb([outer, hole]), "EPSG:4258", PACIFIC), expected)


def test_neighbours_share_no_pixel_though_one_has_more_vertices_on_their_border():
    plain = ring_of([(12.0, 58.0), (18.0, 58.0), (18.0, 60.0), (12.0, 60.0)])
    along = [(12 + 6 * part, 60.0) for part in np.linspace(0, 1, 38)]
    dense = ring_of([*along, (18.0, 62.0), (12.0, 62.0)])
    counts = sum(mask_of(polygon_wkb([ring]), DEGREES, UTM).astype(int) for ring in (plain, dense))
    both = mask_of(box(12, 58, 18, 62), DEGREES, UTM)
    np.testing.assert_array_equal(counts, both)


def test_work_is_bounded_where_an_edge_crosses_a_seam():
    """Half the Earth on a grid whose CRS ends there."""
    found = inside_pixels(box(-179, -80, 179, 80), DEGREES, Grid("EPSG:3035", (2.5e6, 5e4, 0, 5.5e6, 0, -5e4), 80, 80))
    assert len(found[0]) == 80 * 80


class TestExtents:
    def test_in_the_grids_own_crs_it_is_snapped_outward(self):
        assert window_over(Bounds(302_001, 6_795_000, 305_999, 6_797_999), "EPSG:32633", UTM) == Window(1, 1, 2, 2)

    def test_bulging_edges_are_followed(self):
        """The southern edge of six degrees bulges in UTM: its middle, at 15° E, lies 4.3 km beyond both corners."""
        grid = Grid("EPSG:32633", (250_000, 100, 0, 5_700_000, 0, -100), 3000, 5000)
        window = window_over(Bounds(12.0, 50.0, 18.0, 51.0), DEGREES, grid)
        _, (corner, middle) = transform_xy([12.0, 15.0], [50.0, 50.0], DEGREES, "EPSG:32633")
        assert corner - middle == pytest.approx(4313, abs=1)
        assert window.row_stop == int(np.ceil((5_700_000 - middle) / 100))

    def test_what_cannot_be_reached_is_missed(self):
        assert window_over(Bounds(1e9, 100.0, 2e9, 200.0), DEGREES, UTM) is None
        assert window_over(Bounds(np.nan, 0, 1, 1), DEGREES, UTM) is None

    @pytest.mark.parametrize("turn", [-360, 0, 360])
    def test_whole_periods_do_not_matter(self, turn):
        expected = Window(30, 30, 20, 40)
        assert window_over(Bounds(-72 + turn, -15, -68 + turn, -13), DEGREES, AMERICA_290) == expected
        assert window_over(Bounds(-72 + turn, -15, -68 + turn, -13), "EPSG:4258", AMERICA_290) == expected

    @pytest.mark.parametrize("bounds", [(178, -5, -178, 5), (178, -5, 182, 5), (-182, -5, -178, 5)])
    def test_across_180_degrees(self, bounds):
        """From 170° in steps of ¼°: 178° is col 32, 182° the end of col 47; 5° N is row 20."""
        assert window_over(Bounds(*bounds), DEGREES, PACIFIC) == Window(20, 32, 40, 16)

    def test_an_extent_across_180_degrees_on_a_grid_that_ends_there_is_the_full_width(self):
        """Both ends of the map of the world: one window holds them only as a whole."""
        assert window_over(Bounds(178, -5, -178, 5), DEGREES, WORLD) == Window(42, 0, 6, 180)
        assert window_over(Bounds(178, -5, -178, 5), DEGREES, WORLD_0_360) == Window(42, 89, 6, 2)

    @pytest.mark.parametrize("bounds", [(100, -5, 150, 5), (-150, -5, 100, 5)])
    def test_what_lies_outside_is_not_hit(self, bounds):
        assert window_over(Bounds(*bounds), DEGREES, PACIFIC) is None

    @pytest.mark.parametrize("crs", [DEGREES, "EPSG:3857", "EPSG:3035", "EPSG:32630"])
    @pytest.mark.parametrize("grid", [UTM, TURNED, FIJI], ids=["upright", "turned", "fiji"])
    @given(st.data())
    @settings(max_examples=10, deadline=None)
    def test_every_pixel_whose_centre_it_holds_is_in_the_window(self, crs, grid, data):
        if grid is FIJI and crs != DEGREES:
            return
        x, y, size = centres_in(grid, crs)
        x = (x + 360) % 360 if grid is FIJI else x
        left, right, bottom, top = (data.draw(st.floats(0, 1)) for _ in range(4))
        bounds = Bounds(
            x.min() + min(left, right) * np.ptp(x),
            y.min() + min(bottom, top) * np.ptp(y),
            x.min() + max(left, right) * np.ptp(x),
            y.min() + max(bottom, top) * np.ptp(y),
        )
        window = window_over(bounds, crs, grid)
        covered = np.zeros(grid.shape, bool)
        if window:
            covered[window.slices()] = True
        inside = (x > bounds.x_min) & (x < bounds.x_max) & (y > bounds.y_min) & (y < bounds.y_max)
        edges = np.minimum.reduce(
            [abs(x - bounds.x_min), abs(x - bounds.x_max), abs(y - bounds.y_min), abs(y - bounds.y_max)]
        )
        assert covered[inside & (edges > 0.05 * size)].all()
        # And no more than that: not beyond many points on its edges.
        share, none = np.linspace(0, 1, 3000), np.zeros(3000)
        along = np.concatenate([share, share, none, none + 1]), np.concatenate([none, none + 1, share, share])
        row, col = grid.locate(
            bounds.x_min + along[0] * (bounds.x_max - bounds.x_min),
            bounds.y_min + along[1] * (bounds.y_max - bounds.y_min),
            crs,
        )
        if window:
            assert max(0, np.floor(row.min())) - 1 <= window.row <= window.row_stop <= np.ceil(row.max()) + 1
            assert max(0, np.floor(col.min())) - 1 <= window.col <= window.col_stop <= np.ceil(col.max()) + 1


@given(st.floats(-180, 180), st.floats(-80, 80), st.integers(-2, 2))
@example(lon=179.99999999999997, lat=0.0, turn=-1)  # rounded on both ways
@example(lon=179.99999999999997, lat=0.0, turn=1)
@settings(max_examples=60, deadline=None)
def test_a_position_is_in_the_same_pixel_in_any_longitude_range(lon, lat, turn):
    for grid in (WORLD, WORLD_0_360):
        row, col = grid.locate(lon + 360.0 * turn, lat, DEGREES)
        assert 0 <= row < 90
        assert 0 <= col < 180
        x, _ = grid.corner_xy(row, col)
        assert abs((x - lon + 180) % 360 - 180) < 1e-9


def test_positions_near_180_degrees_are_found_in_projections_centred_there():
    """By hand in EPSG:3832, whose middle is 150° E: -175° is 35° east of it, 35 · 111,319.49 m."""
    grid = Grid("EPSG:3832", (3_000_000, 1000, 0, 10_000, 0, -1000), 20, 1000)
    for lon in (-175.0, 185.0):
        row, col = grid.locate(lon, 0.0, DEGREES)
        assert (float(row), float(col)) == pytest.approx((10, 35 * 111.31949 - 3000), abs=1e-3)
    mercator = Grid("EPSG:3857", (19_500_000, 1000, 0, 10_000, 0, -1000), 20, 2000)
    row, col = mercator.locate(-175.0, 0.0, DEGREES)
    assert float(col) == pytest.approx(185 * 111.31949 - 19_500, abs=1e-3)


@pytest.mark.parametrize("turn", [-1, 0, 1])
def test_on_a_sheared_grid_a_position_whole_periods_away_has_its_row_too(turn):
    """By hand: row 0 rises from (100, 0) by 0.1° a col: 10° east is col 100, where it is at y = 10; y = 5 is row 50."""
    sheared = Grid(DEGREES, (100.0, 0.1, 0.0, 0.0, 0.1, -0.1), 200, 400)
    row, col = sheared.locate(110.0 + 360.0 * turn, 5.0, DEGREES)
    assert (float(row), float(col)) == pytest.approx((50, 100), abs=1e-6)
