"""Sensors as a training leaves them, and rasters of constant planes."""

import numpy as np
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.manifest import Band, SensorKind, SensorManifest
from colearn.engine.contract.manifest.scores import Estimate, SensorScore, Verdict
from colearn.engine.raster.geo.grid import Window

SCORE = SensorScore("balanced accuracy", None, Estimate(0.5, 0.4, 0.6), None, Verdict.NOT_MEASURED)


def trained(
    name="camera", bands=("red", "nir"), dates=(), layout=Layout.SCENES, *, dtype="uint8", named=True, known=True
):
    return SensorManifest(
        name=name,
        kind=SensorKind.SERIES if dates else SensorKind.IMAGE,
        layout=layout,
        bands=tuple(Band(band, 0, 1, 0, 1) for band in bands),
        bands_named=named,
        dates=dates,
        dates_known=known,
        pixel_m=10,
        context_px=1,
        dtype=dtype,
        graph=f"sensors/{name}.onnx",
        score=SCORE,
    )


def planes(*values):
    return np.array([np.full((4, 6), value, np.uint8) for value in values])


def first_pixel(opened):
    return opened.scenes[0].read(Window(0, 0, 1, 1))[..., 0, 0].tolist()


MONTHS = ("2020-01", "2020-02")


SPRING = ("2020-03-01", "2020-03-31", "2020-04-30")


OPTICAL = trained("optical", ("red", "nir"), SPRING, Layout.STACK)
