"""The score by which predictors are compared before the test."""

from __future__ import annotations

from ..arrays import Floats
from ..contract import Optimize
from ..learning.tasks import main_score
from ..samples import SampleSet
from .predictor import SensorPredictor


def validation_score(
    predictor: SensorPredictor, samples: SampleSet, optimize: Optimize, found: Floats | None = None
) -> float:
    """The main score of a predictor on the samples that its sensor covers; NaN if it covers none.

    Args:
        found: its predictions for all samples (sample, output), if known.
    """
    predicted = predictor.predict(samples) if found is None else found
    seen = samples.present[:, [sensor.name in predictor.sensors for sensor in samples.sensors]].any(axis=1)
    if not seen.any():
        return float("nan")
    return main_score(samples.task, samples.target[seen], predicted[seen], optimize, predictor.population)
