"""Samples beside the 180th meridian, and on rasters whose longitudes run from 0 to 360."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.geo.crs import Bounds, transform_xy
from colearn.engine.raster.geo.grid import Grid
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.extract.patches import context_px, extract
from colearn.engine.samples.extract.unlabelled_draw import draw_unlabelled
from colearn.engine.samples.points.outside import where, where_sensor
from colearn.engine.samples.positions.positions import Positions, enclosed, far_from
from hypothesis import given, settings
from hypothesis import strategies as st
from osgeo import gdal

from journeys import Listening, source
from world import write_raster


@pytest.fixture
def numbered(tmp_path):
    """A sensor whose values are the numbers of its pixels, from 1."""

    def make(name, epsg, transform, rows, cols):
        values = np.arange(1, rows * cols + 1, dtype=np.float32).reshape(1, rows, cols)
        path = write_raster(tmp_path / f"{name}.tif", values, epsg=epsg)
        dataset = gdal.Open(str(path), gdal.GA_Update)
        dataset.SetGeoTransform(transform)
        del dataset
        return open_sensor(SensorSpec(name, (source(path),)))

    return make


def seen(sensor, longitude, latitude):
    at = Positions("EPSG:4326", np.array(longitude, float), np.array(latitude, float))
    return extract(sensor, at, 1, lambda _: None).samples.values.ravel().tolist()


@pytest.mark.parametrize("longitude", [-70.05, 289.95])
def test_a_raster_of_290_degrees_is_seen_at_70_west(numbered, longitude):
    """From 285° in tenths: 289.95° lies in the 50th col; -15.05° in the row 50 below 10° S."""
    sensor = numbered("a", 4326, (285.0, 0.1, 0, -10.0, 0, -0.1), 100, 100)
    assert seen(sensor, [longitude], [-15.05]) == [50 * 100 + 49 + 1]
    assert where_sensor(sensor) == "-75.000 to -65.000° E, -20.000 to -10.000° N"


def test_a_raster_across_180_degrees_is_one(numbered):
    sensor = numbered("a", 4326, (170.0, 1.0, 0, 10.0, 0, -1.0), 20, 20)
    places = [175.5, 180.5, -179.5, -175.5, 184.5]
    assert seen(sensor, places, [9.5] * 5) == [6, 11, 11, 15, 15]
    assert where_sensor(sensor) == "170.000 to -170.000° E, -10.000 to 10.000° N"


def test_extents_as_text_take_the_shorter_arc():
    assert where(Bounds(-180, -90, 180, 90), "EPSG:4326") == "-180.000 to 180.000° E, -90.000 to 90.000° N"
    assert where(Bounds(179, -5, 182, 5), "EPSG:4326") == "179.000 to -178.000° E, -5.000 to 5.000° N"
    assert where(Bounds(3_228_265.0, -1, 3_673_543.0, 1), "EPSG:3832").startswith("179.000 to -177.000° E")


def test_degrees_of_positions_run_from_180_west_to_180_east():
    longitude, _ = Positions("EPSG:4326", np.array([290.0, -190.0, 15.0]), np.zeros(3)).degrees()
    assert longitude.tolist() == [-70, 170, 15]


def test_a_global_raster_encloses_every_position(numbered):
    for west in (0.0, -180.0):
        sensor = numbered("a", 4326, (west, 10.0, 0, 90.0, 0, -10.0), 18, 36)
        places = Positions("EPSG:4326", np.arange(-360.0, 720.0, 7.5), np.zeros(144))
        assert enclosed(sensor, places).all()


def test_unlabelled_positions_are_found_where_one_raster_counts_from_0_to_360(numbered):
    sensors = (
        numbered("a", 4326, (285.0, 0.1, 0, -10.0, 0, -0.1), 50, 50),
        numbered("b", 4326, (-75.0, 0.2, 0, -10.0, 0, -0.2), 25, 25),
    )
    found = draw_unlabelled(
        sensors, (1, 1), Positions("EPSG:4326", np.zeros(0), np.zeros(0)), 200, 0, Reporter(Listening())
    )
    assert len(found) == 200
    row, col = np.divmod(found.sensors[0].values.ravel().astype(int) - 1, 50)
    assert (found.sensors[1].values.ravel() == row // 2 * 25 + col // 2 + 1).all()


def test_distances_do_not_end_at_180_degrees():
    one, other = (Positions("EPSG:4326", np.array([lon]), np.zeros(1)) for lon in (179.999, -179.999))
    assert far_from(one, other, 200).tolist() == [True]  # they lie 222 m apart
    assert far_from(one, other, 250).tolist() == [False]


@given(st.floats(-65, 70), st.floats(5, 60), st.sampled_from([50.0, 90.0, 150.0, 300.0]))
@settings(max_examples=30, deadline=None)
def test_the_same_context_has_as_many_pixels_in_web_mercator_as_in_utm(latitude, pixel_m, context_m):
    """A pixel of the same ground: pixel · 1 / cos φ units in Web Mercator, pixel units (but for 0.04 %) in UTM."""
    sides = []
    for crs, lon in (("EPSG:3857", 15.0), ("EPSG:32633", 15.0), ("EPSG:32633", 17.5)):
        (x,), (y,) = transform_xy([lon], [latitude], "EPSG:4326", crs)
        stretch = 1 / np.cos(np.radians(latitude)) if crs == "EPSG:3857" else 1
        side = pixel_m * stretch
        grid = Grid(crs, (x - 5 * side, side, 0, y + 5 * side, 0, -side), 10, 10)
        assert grid.pixel_m() == pytest.approx(pixel_m, rel=0.006 if crs == "EPSG:3857" else 0.0012)
        sides.append(context_px(context_m, grid.pixel_m()))
    assert abs(sides[1] - sides[2]) <= 2 * (abs((context_m / (2 * pixel_m) + 0.5) % 1 - 0.5) < 0.05)
    assert abs(sides[0] - sides[1]) <= 2 * (abs((context_m / (2 * pixel_m) + 0.5) % 1 - 0.5) < 0.2)


@pytest.mark.parametrize("easting", [166_200, 300_000, 500_000, 833_800])
@pytest.mark.parametrize(("context_m", "pixel", "side"), [(150, 10, 15), (140, 10, 15), (160, 10, 17), (150, 60, 3)])
def test_what_is_round_in_utm_stays_round_in_all_of_a_zone(easting, context_m, pixel, side):
    grid = Grid("EPSG:32633", (easting, pixel, 0, 1000, 0, -pixel), 10, 10)
    assert context_px(context_m, grid.pixel_m()) == side


def test_twenty_units_at_60_degrees_north_in_web_mercator_are_15_pixels_of_150_m():
    grid = Grid("EPSG:3857", (1_113_195, 20, 0, 8_399_738, 0, -20), 10, 10)
    assert context_px(150, grid.pixel_m()) == 15
