"""Trainings of the camera and a radar made of given rasters."""

from colearn.engine.contract.job.sources import RasterSource, SensorSpec

from journeys import run_train, source, train_job
from refusals import refused


def with_radar(world, outputs, *rasters, camera=None, **changes):
    """A training of the camera and a second sensor made of ``rasters`` (paths, or anything GDAL might open)."""
    sources = tuple(raster if isinstance(raster, RasterSource) else source(raster) for raster in rasters)
    sensors = (SensorSpec("camera", (source(camera or world.camera),)), SensorSpec("radar", sources))
    return train_job(world, outputs, sensors=sensors, epochs=1, max_samples=150, **changes)


def refused_radar(world, outputs, code, *rasters, **changes):
    return refused(run_train, with_radar(world, outputs, *rasters, **changes), code, outputs)
