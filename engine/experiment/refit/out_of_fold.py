"""Calibration of averages on all labels, each predicted by the average of a fold that held it out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...arrays import Floats
from ...predictors import AveragePredictor
from ...samples import SampleSet
from .. import TrainingResults
from ..splits import SplitPlan

LEAST_TO_CALIBRATE = 2  # folds of one seed: the test part of a single split has no advantage over its validation part


def out_of_fold(results: TrainingResults, plan: SplitPlan, sensor: str, outputs: int, count: int) -> Floats:
    """A sensor's averages' predictions for test samples (``count`` samples, output), before calibration as a whole.

    From the folds of the first seed; NaN at samples in no test part, and where the sensor has no data.
    """
    found = np.full((count, outputs), np.nan, np.float32)
    variant = results.first.variant(sensor)
    for (_, split), held_out in zip(plan.splits, results.of_first_seed(), strict=False):
        found[split.test] = held_out.uncalibrated[variant][sensor]
    return found


def calibrated_out_of_fold(
    predictors: Mapping[str, AveragePredictor], results: TrainingResults, plan: SplitPlan, samples: SampleSet
) -> dict[str, AveragePredictor]:
    """The averages, calibrated by the folds' predictions; unchanged without folds.

    Each fold's networks are calibrated by its own validation part, so that these predictions differ from those of the
    averages given in what both learned from alone.
    """
    if len(results.of_first_seed()) < LEAST_TO_CALIBRATE:
        return dict(predictors)
    found = {}
    for name, average in predictors.items():
        raw = out_of_fold(results, plan, name, len(average.unit), len(samples))
        found[name] = average.calibrated(samples, raw)
    return found
