"""Rasters and maps that tests of outputs share."""

import numpy as np
import pytest

from journeys import predict_job, read, run_predict
from world import write_raster


@pytest.fixture(scope="session")
def large(world, tmp_path_factory):
    """The camera's pixels over and over, larger than one stored block, nodata in places."""
    values = np.tile(read(world.camera), (1, 5, 6))[:, :530, :700]
    names = ("B02", "B03", "B04", "B08")
    return write_raster(tmp_path_factory.mktemp("large") / "large.tif", values, nodata=0, names=names)


@pytest.fixture
def measured(world, small_series_model, tmp_path):
    """Map biomass from the series; the folder and the log."""

    def run(name="out", **changes):
        job = predict_job(small_series_model, world.series, tmp_path / name / "m.tif", **changes)
        return tmp_path / name, run_predict(job)[1]

    return run
