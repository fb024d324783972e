"""Models trained once for all tests of the engine that only need some model."""

import pytest
from colearn.engine.contract.job import SensorSpec

from journeys import polygon_labels, run_train, source, train_job


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
