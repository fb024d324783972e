"""What the model file says of a training on made-up samples."""

from colearn.engine.contract import (
    Estimate,
    Layout,
    Manifest,
    SampleCounts,
    SensorKind,
    SensorManifest,
    SensorScore,
    Task,
    Verdict,
)
from colearn.engine.samples.sample_set import SampleSet

METRICS = {
    Task.CLASSIFICATION: "balanced accuracy",
    Task.MULTILABEL: "average precision",
    Task.REGRESSION: "R²",
}


def described(samples: SampleSet) -> Manifest:
    """The manifest of a training on made-up samples, as far as graphs in it are looked at."""
    score = SensorScore(METRICS[samples.task], None, Estimate(0.5), None, Verdict.NOT_MEASURED)
    sensors = tuple(
        SensorManifest(
            each.name,
            each.kind,
            Layout.SCENES,
            (),
            False,
            tuple("123456") if each.kind is SensorKind.SERIES else (),
            False,
            10.0,
            5 if each.kind is SensorKind.IMAGE else 1,
            "int16",
            f"sensors/{at}.onnx",
            score,
        )
        for at, each in enumerate(samples.sensors, start=1)
    )
    return Manifest(
        samples.task,
        "alone",
        ("kind",),
        sensors,
        (),
        (),
        255.0,
        SampleCounts(36, 12, 12, 60, 0),
        None,
        "polygon",
        3,
        "2026-01-01",
        {},
        {},
    )
