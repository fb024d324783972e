"""One alias for the plugin folder, whatever it is called: tests import ``colearn.engine…`` and ``colearn.plugin…``."""

import gc
import hashlib
import importlib.util
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from process_state import ProcessState

ROOT = Path(__file__).resolve().parent.parent
# How fast examples are drawn is no property of what is tested: a busy machine fails no test.
settings.register_profile("colearn", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("colearn")
collect_ignore = ["qt6"]  # `make compat` runs them, in an environment with Qt 6

# As the engine does: before torch is loaded, or its waiting threads take the cores from whatever else runs.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # as the engine does, before ONNX Runtime is loaded
# Else each of the hundreds of engines that tests start would compile every module again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _load_root_package() -> None:
    spec = importlib.util.spec_from_file_location(
        "colearn", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["colearn"] = module
    spec.loader.exec_module(module)


_load_root_package()


def pytest_collection_finish():
    """What libraries made while they were loaded lives to the end: no collection of garbage looks through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _caches(tmp_path_factory):
    """No test touches the user's cache, nor does any engine that a test starts."""
    caches = tmp_path_factory.mktemp("caches")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLEARN_CACHE", str(caches / "of fixtures"))
        yield caches


@pytest.fixture(autouse=True)
def _process_as_it_was():
    """What a test does to its process, it does not do to the tests after it: environment, folder, handlers, limits."""
    before = ProcessState.now()
    yield
    before.restore()


@pytest.fixture(autouse=True)
def _own_cache(_caches, _process_as_it_was, monkeypatch, request):
    """Nor does a test go on where another was interrupted."""
    name = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    monkeypatch.setenv("COLEARN_CACHE", str(_caches / name))


@pytest.fixture(autouse=True)
def _all_formats():
    """Nor does a test leave this process as the engine sets up its own: with few of GDAL's formats, and no network."""
    gdal = sys.modules.get("osgeo.gdal")
    known = gdal.GetDriverCount() if gdal else 0
    yield
    assert not gdal or gdal.GetDriverCount() >= known, "GDAL's drivers were deregistered for all tests to come"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data beside the project (COLEARN_DATA, else ../shared/data); skips where there is none."""
    named = os.environ.get("COLEARN_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        if named:
            pytest.fail(f"COLEARN_DATA names {folder}, which is not there")
        pytest.skip("no real data: set COLEARN_DATA or put it at ../shared/data")
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """One small world for all tests, in a folder with a space and accents."""
    from world import make_world

    return make_world(tmp_path_factory.mktemp("wörld of été"))


@pytest.fixture(scope="session")
def small_model(world, tmp_path_factory):
    """Camera and radar, classes, hardly trained."""
    from journeys import run_train, train_job

    folder = tmp_path_factory.mktemp("small model")
    run_train(train_job(world, folder, epochs=1, max_samples=150))
    return folder / "model.colearn"


@pytest.fixture(scope="session")
def small_series_model(world, tmp_path_factory):
    """Camera and series, biomass, hardly trained."""
    from colearn.engine.contract.job.job import SensorSpec

    from journeys import polygon_labels, run_train, source, train_job

    folder = tmp_path_factory.mktemp("small series model")
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(world.series),)))
    labels = polygon_labels(world, "biomass")
    run_train(train_job(world, folder, sensors=sensors, labels=labels, epochs=1, max_samples=150))
    return folder / "model.colearn"


@pytest.fixture(scope="session", autouse=True)
def _rasters_are_closed_before_qgis_leaves(qgis_app):
    """QGIS takes GDAL's drivers along when it ends; a dataset that still lives then would be closed twice: a crash."""
    from colearn.engine.raster.files.read import close_datasets

    yield
    for kept in ("last_exc", "last_value", "last_traceback"):  # the frames of a failed test hold its datasets
        vars(sys).pop(kept, None)
    close_datasets()
    gc.collect()
