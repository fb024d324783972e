"""A sensor as manifests of small models have it: images of one named band of 10 m."""

from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.manifest import Band, SensorKind, SensorManifest
from colearn.engine.contract.manifest.scores import Estimate, SensorScore, Verdict


def small_sensor(name: str) -> SensorManifest:
    """Its graph is ``sensors/NAME.onnx``."""
    return SensorManifest(
        name=name,
        kind=SensorKind.IMAGE,
        layout=Layout.SCENES,
        bands=(Band("B02", 1.0, 1.0, 0.0, 2.0),),
        bands_named=True,
        dates=(),
        dates_known=False,
        pixel_m=10.0,
        context_px=15,
        dtype="uint16",
        graph=f"sensors/{name}.onnx",
        score=SensorScore("balanced accuracy", None, Estimate(0.5, 0.4, 0.6), None, Verdict.NOT_MEASURED),
    )
