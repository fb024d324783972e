"""Places a model was trained on are known again; others are not."""

import base64

import numpy as np
import pytest
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.manifest.manifest import TrainedPlaces
from colearn.engine.contract.wire.codec import CodecError
from colearn.engine.raster.geo.crs import transform_xy
from colearn.engine.raster.sensors.open import open_sensor
from colearn.engine.samples.extract.patches import extract
from colearn.engine.samples.positions.positions import Positions
from colearn.engine.samples.split import training_locations as known_locations
from colearn.engine.samples.split.lattices import pixel_middles
from colearn.engine.samples.split.training_locations import recognized, remember

from journeys import source
from world import EPSG, NORTH, WEST, write_raster

UTM33 = "EPSG:32633"


def lattice(pixel_m, rows=60, cols=60, west=400_000.0, north=5_800_000.0):
    """Longitude and latitude of the pixel centres of a raster in UTM (row, col)."""
    row, col = np.indices((rows, cols)) + 0.5
    return transform_xy(west + col * pixel_m, north - row * pixel_m, UTM33, "EPSG:4326")


@pytest.mark.parametrize("pixel_m", [0.5, 10.0, 1000.0])
def test_exactly_the_same_pixels_are_known_again(pixel_m):
    longitude, latitude = lattice(pixel_m)
    trained = np.random.default_rng(0).random(longitude.shape) < 0.3
    places = remember(longitude[trained], latitude[trained], pixel_m)
    assert recognized(places, longitude[trained], latitude[trained]) == trained.sum()
    assert recognized(places, longitude[~trained], latitude[~trained]) == 0  # neighbours are other places
    assert recognized(places, longitude.ravel(), latitude.ravel()) == trained.sum()


def test_a_file_that_rounds_positions_hides_hardly_any():
    longitude, latitude = (values.ravel() for values in lattice(10.0))
    places = remember(longitude, latitude, 10.0)
    assert recognized(places, longitude.round(7), latitude.round(7)) > 0.99 * longitude.size


def test_pixels_of_a_coarser_sensor_are_known_by_finer_samples_in_them():
    fine, coarse = lattice(10.0), lattice(20.0, 30, 30)
    places = remember(*(values.ravel() for values in fine), pixel_m=20.0)
    assert recognized(places, *(values.ravel() for values in coarse)) > 0.9 * coarse[0].size


def test_of_too_many_locations_some_are_kept_and_the_count_is_estimated(monkeypatch):
    monkeypatch.setattr(known_locations, "MOST_HASHES", 1000)
    longitude, latitude = (values.ravel() for values in lattice(10.0, 100, 100))
    trained = np.arange(longitude.size) < 6000
    places = remember(longitude[trained], latitude[trained], 10.0)
    assert len(base64.b64decode(places.hashes)) == 4 * 1000
    assert places.cells == 6000
    assert recognized(places, longitude, latitude) == pytest.approx(6000, rel=0.1)
    assert recognized(places, longitude[~trained], latitude[~trained]) == 0


def test_positions_without_coordinates_are_excluded():
    assert remember(np.array([np.nan]), np.array([np.nan]), 10.0) is None
    places = remember(np.array([12.0, np.nan]), np.array([50.0, 51.0]), 10.0)
    assert places.cells == 1
    assert recognized(places, np.array([np.nan, 12.0]), np.array([50.0, 50.0])) == 1


def test_the_order_of_samples_changes_nothing():
    longitude, latitude = (values.ravel() for values in lattice(10.0, 5, 5))
    assert remember(longitude, latitude, 10.0) == remember(longitude[::-1], latitude[::-1], 10.0)


def test_the_hashes_stay_as_older_models_have_them():
    """A model file outlives the version that wrote it: were the hash changed, its places would go unnoticed."""
    places = remember(np.array([13.5, -70.25]), np.array([52.25, -33.125]), 10.0)
    assert places == TrainedPlaces(5.0, 2, "02vst9PQHL0=")


@pytest.mark.parametrize("hashes", ["", "no base64!", "AAAA", "AAAAAAAAAAA="])
def test_damaged_places_are_refused(hashes):
    with pytest.raises(CodecError):
        TrainedPlaces(5.0, 1, hashes)


def test_two_locations_in_one_coarse_pixel_are_one_for_its_sensor(tmp_path):
    """Places 50 m apart in one pixel of 60 m, one of which was trained on; a third lies in the next pixel."""
    coarse = write_raster(tmp_path / "coarse.tif", np.ones((1, 5, 5), np.uint8), 60.0)
    sensor = open_sensor(SensorSpec("coarse", (source(coarse),)))
    there = Positions(f"EPSG:{EPSG}", WEST + np.array([65.0, 115.0, 125.0]), np.full(3, NORTH - 65.0))
    footprints = extract(sensor, there, 1, lambda _: None).samples.footprints
    middles = pixel_middles(footprints, *there.degrees())
    places = remember(*(degrees[:1] for degrees in middles), 60.0)
    assert [recognized(places, *(degrees[at : at + 1] for degrees in middles)) for at in range(3)] == [1, 1, 0]


def test_locations_are_recognized_in_any_longitude_range():
    longitude, latitude = lattice(10.0)
    places = remember(longitude + 360, latitude, 10.0)
    assert (
        recognized(places, longitude, latitude)
        == recognized(places, longitude - 360, latitude)
        == len(longitude.ravel())
    )
