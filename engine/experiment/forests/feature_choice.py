"""Which features the trees of a series use: the usual ones, or more, chosen by cross-validation.

Differences between dates, harmonics of the year and quartiles help some series and hurt others (docs/research.md). So
a small forest of labels is grown with either set on two thirds of the training groups and scored on the third; the
richer one is used if it leads by more than one standard error, as for teachers (:mod:`.paired_scores`). Other
sensors, validation and test samples are not used, and co-learned trees and their control share the choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...arrays import Floats, Indices
from ...learning.fit import Settings, TrainingData, population_of
from ...samples import Split
from ...trees import RICH, USUAL, FeatureDesign, ForestSize
from .paired_scores import compare_predictions
from .privileged_teacher import teacher_folds
from .sensor_forests import SensorForests

FOLDS = 3
SMALL = ForestSize(trees=20)  # enough to detect a difference; not shipped
MOST_ROWS = 2000  # samples used: more would take longer than the shipped forests

Led = tuple[float, float]  # main scores out of fold, of the richer set and of the usual one


def rich_features(data: TrainingData, split: Split, settings: Settings) -> Mapping[str, Led]:
    """The sensors whose trees use the richer feature set, with the two scores of that decision."""
    found = {}
    for at, sensor in enumerate(data.samples.sensors):
        rows = _some(split.train[data.samples.present[split.train, at]], settings.seed)
        if not sensor.shape.has_dates or len(np.unique(data.samples.groups[rows])) < FOLDS:
            continue
        fold = teacher_folds(data.samples, rows, settings.seed, FOLDS)
        usual, rich = (_out_of_fold(data, split, settings, at, rows, fold, design) for design in (USUAL, RICH))
        population = population_of(data.samples, split.train, settings)
        compared = compare_predictions(
            data.samples.take(rows), usual, rich, settings.optimize, population, settings.seed
        )
        if compared.second_is_better:
            found[sensor.name] = compared.second, compared.first
    return found


def design_of(name: str, rich: Mapping[str, Led]) -> FeatureDesign:
    """The features of a sensor's trees."""
    return RICH if name in rich else USUAL


def _some(rows: Indices, seed: int) -> Indices:
    if len(rows) <= MOST_ROWS:
        return rows
    drawn: Indices = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    return drawn


def _out_of_fold(
    data: TrainingData, split: Split, settings: Settings, at: int, rows: Indices, fold: Indices, design: FeatureDesign
) -> Floats:
    """Out-of-fold predictions (row, output) of forests of labels."""
    sensor = data.samples.sensors[at]
    predicted = np.empty((len(rows), settings.outputs), np.float32)
    for number in np.unique(fold):
        held = fold == number
        learned = replace(split, train=rows[~held])
        forest = SensorForests.of(data, learned, settings, sensor.name, design, SMALL).of_labels()
        predicted[held] = forest.predict(sensor.values[rows[held]])
    return predicted
