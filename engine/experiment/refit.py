"""Every label used: once scores are taken, the trees of an average are grown again on the labels of all parts.

Networks stay: their best epochs were chosen on the validation part, and no other part could choose them anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..contract import Variant
from ..learning.fit import Settings, TrainingData
from ..predictors import AveragePredictor
from ..samples import Split
from .comparison import Comparison
from .methods import Experiment


def refitted(
    comparison: Comparison, data: TrainingData, split: Split, settings: Settings, trees_only: bool = False
) -> dict[str, AveragePredictor]:
    """For every sensor the shipped average with trees that learned from all samples; nothing where none is an average.

    The same kinds of trees from the same seed, the same teachers (of all labels now), the same population; how the
    average is calibrated stays as the validation part had it while it was unseen. No score may be taken of these.

    Args:
        split: the one the comparison was trained on; samples that were left out of it are learned from, too.
    """
    if not comparison.averaged:
        return {}
    every = replace(split, train=np.arange(len(data.samples), dtype=np.int64))
    settings = replace(settings, shares=comparison.population.shares)
    experiment = Experiment(data, every, settings, _nobody, trees_only=trees_only, weak=comparison.weak_teachers)
    found = {}
    for name in data.sensor_names():
        average = comparison.shipped(name)
        if isinstance(average, AveragePredictor):
            co_learned = comparison.variant(name) is Variant.COLEARNED
            grown = experiment.forests(name, co_learned)[: len(average.of_forests)]  # no more than were scored
            found[name] = replace(average, of_forests=grown)
    return found


def _nobody(_epoch: object) -> None:
    """No network is trained."""
