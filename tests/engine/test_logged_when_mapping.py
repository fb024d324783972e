"""What is logged of a model every time a map is made from it."""

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.sources import Layout
from colearn.engine.contract.manifest.manifest import SensorKind, SensorManifest
from colearn.engine.contract.manifest.scores import Estimate, SensorScore, Verdict
from colearn.engine.predict import _log_worth
from colearn.engine.process.reporting import Reporter

from journeys import Listening


def logged(task: Task, score: Estimate) -> str:
    metric = "R²" if task is Task.REGRESSION else "balanced accuracy"
    measured = SensorScore(metric, None, score, None, Verdict.NOT_MEASURED)
    sensor = SensorManifest(
        "radar", SensorKind.IMAGE, Layout.SCENES, (), False, (), False, 10.0, 1, "int16", "sensors/1.onnx", measured
    )
    sink = Listening()
    _log_worth(task, sensor, Reporter(sink))
    return sink.texts()


@pytest.mark.parametrize("score", [Estimate(0.1, -0.2, 0.3), Estimate(-0.1), Estimate(0.0, 0.0, 0.1)])
def test_a_regression_no_better_than_the_mean_is_not_reliable(score):
    assert "radar" in logged(Task.REGRESSION, score)
    assert "do not rely on this map" in logged(Task.REGRESSION, score)


@pytest.mark.parametrize(
    ("task", "score"),
    [
        (Task.REGRESSION, Estimate(0.4, 0.1, 0.6)),
        (Task.REGRESSION, Estimate(0.4)),
        (Task.CLASSIFICATION, Estimate(0.1, 0.0, 0.2)),
    ],
)
def test_others_are_not_spoken_of(task, score):
    assert logged(task, score) == ""
