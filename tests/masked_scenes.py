"""Scenes with masks, read whole."""

import numpy as np
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.manifest.manifest import SensorKind, SensorManifest

NAN = float("nan")


def spec(*sources, **options):
    return SensorSpec("A", sources, **options)


def planes(*values, side=(2, 2), dtype=np.uint16):
    """One constant plane (band, row, col) for every value."""
    return np.stack([np.full(side, value, dtype) for value in values])


def whole(opened, at=0):
    scene = opened.scenes[at]
    return scene.read(scene.grid.window())


def as_trained(opened, layout=None):
    """The sensor that a training on these rasters leaves in the model."""
    kind = SensorKind.SERIES if opened.dates else SensorKind.IMAGE
    bands = tuple(_band(name) for name in opened.bands)
    return SensorManifest(
        *("A", kind, layout or opened.layout, bands, opened.bands_named, opened.dates, opened.dates_known),
        *(10.0, 1, opened.dtype, "a.onnx", None),
        mask=opened.mask,
    )


def _band(name):
    from colearn.engine.contract.manifest.manifest import Band

    return Band(name, 0.0, 1.0, 0.0, 1.0)
