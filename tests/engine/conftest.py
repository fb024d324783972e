"""For all tests of the engine: models trained once, rasters closed again."""

import pytest
from colearn.engine.contract.job import SensorSpec
from colearn.engine.raster.files.read import close_datasets

from journeys import polygon_labels, run_train, source, train_job


@pytest.fixture(autouse=True)
def _no_raster_stays_open():
    """A raster still open when QGIS leaves (pytest-qgis starts it for every test) would be closed twice: a crash."""
    yield
    close_datasets()


@pytest.fixture(scope="session")
def small_model(world, tmp_path_factory):
    """Camera and radar, classes, hardly trained."""
    folder = tmp_path_factory.mktemp("small model")
    run_train(train_job(world, folder, epochs=1, max_samples=150))
    return folder / "model.colearn"


@pytest.fixture(scope="session")
def small_series_model(world, tmp_path_factory):
    """Camera and series, biomass, hardly trained."""
    folder = tmp_path_factory.mktemp("small series model")
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(world.series),)))
    labels = polygon_labels(world, "biomass")
    run_train(train_job(world, folder, sensors=sensors, labels=labels, epochs=1, max_samples=150))
    return folder / "model.colearn"
