"""For all tests of the engine: rasters closed again."""

import pytest
from colearn.engine.raster.files.read import close_datasets


@pytest.fixture(autouse=True)
def _no_raster_stays_open():
    """A raster still open when QGIS leaves (pytest-qgis starts it for every test) would be closed twice: a crash."""
    yield
    close_datasets()
