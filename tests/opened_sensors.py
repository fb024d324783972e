"""Sensors opened from rasters of constant planes."""

import numpy as np
from colearn.engine.contract.job.sources import Layout, SensorSpec
from colearn.engine.raster.geo.grid import Window

EAST = (600000.0, 10.0, 0.0, 5800000.0, 0.0, -10.0)


COARSE = (500000.0, 20.0, 0.0, 5800000.0, 0.0, -20.0)


def spec(*sources, layout=Layout.AUTO, bands=(), dates=None):
    return SensorSpec("camera", sources, layout, bands, dates)


def planes(*values):
    """One constant plane for each value."""
    return np.array([np.full((4, 6), value, np.uint8) for value in values])


def first_pixel(opened, scene=0):
    return opened.scenes[scene].read(Window(0, 0, 1, 1))[..., 0, 0].tolist()
