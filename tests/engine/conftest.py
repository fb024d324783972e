"""For all tests of the engine: rasters closed again."""

import functools

import pytest
from colearn.engine.raster.files.read import close_datasets

from journeys import on_cores
from synthetic_samples import few_trees


@pytest.fixture(autouse=True)
def _no_raster_stays_open():
    """A raster still open when QGIS leaves (pytest-qgis starts it for every test) would be closed twice: a crash."""
    yield
    close_datasets()


@pytest.fixture
def outputs(tmp_path):
    """A folder for outputs alone."""
    folder = tmp_path / "outputs"
    folder.mkdir()
    return folder


@pytest.fixture
def refuse_labels(world, outputs):
    """Train on labels that must be refused."""
    from journeys import run_train
    from label_trainings import job_with
    from refusals import refused

    def run(code, labels, **changes):
        return refused(run_train, job_with(world, outputs, labels, **changes), code, outputs)

    return run


@pytest.fixture(scope="module")
def small_networks():
    """What is tested here are journeys: networks and forests are so small that one thread is quickest."""
    from colearn.engine.learning.metrics.cluster_bootstrap import bootstrap
    from colearn.engine.model.network_design import NetworkDesign
    from colearn.engine.trees.forest import ForestSize

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "colearn.engine.experiment.steps.setup.NetworkDesign", functools.partial(NetworkDesign, width=8, hidden=16)
        )
        few_trees(patch, 5)
        patch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
        patch.setattr("colearn.engine.experiment.scoring.bootstrap", functools.partial(bootstrap, resamples=200))
        on_cores(patch, 1)
        yield


@pytest.fixture(scope="session")
def camera_and_radar(world, tmp_path_factory):
    """The camera and the radar, trained together once."""
    from journeys import run_train, train_job

    folder = tmp_path_factory.mktemp("tráined model")
    finished, sink = run_train(train_job(world, folder, epochs=12), report=True)
    return finished, sink, folder / "model.colearn"
