"""Data of trainings that are interrupted."""

import numpy as np
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.samples.unlabelled import Unlabelled

from synthetic_samples import half_covered, make_samples


def data(with_teacher: bool = False, unlabelled: bool = False) -> TrainingData:
    samples, more = half_covered(make_samples(count=40)), half_covered(make_samples(count=50, seed=5))
    labels, others = (np.eye(3, dtype=np.float32)[each.target] * 0.97 + 0.01 for each in (samples, more))
    return TrainingData(
        samples,
        Unlabelled(more.sensors, more.present) if unlabelled else None,
        labels if with_teacher else None,
        others if with_teacher and unlabelled else None,
    )
