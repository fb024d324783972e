"""Products opened, read whole, and as a trained sensor expects them."""

from colearn.engine.contract.job.sources import RasterSource, SensorSpec
from colearn.engine.contract.manifest.manifest import Band, SensorKind, SensorManifest

NAN = float("nan")


def spec(*paths, **options):
    return SensorSpec("A", tuple(RasterSource(str(path)) for path in paths), **options)


def whole(opened, at=0):
    scene = opened.scenes[at]
    return scene.read(scene.grid.window())


def trained(opened):
    kind = SensorKind.SERIES if opened.dates else SensorKind.IMAGE
    bands = tuple(Band(name, 0.0, 1.0, 0.0, 1.0) for name in opened.bands)
    fields = (kind, opened.layout, bands, opened.bands_named, opened.dates, opened.dates_known)
    return SensorManifest("A", *fields, 10.0, 1, opened.dtype, "a.onnx", None, mask=opened.mask)
