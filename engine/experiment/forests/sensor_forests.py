"""The two forests of an average: one trained on labels, and one trained on a teacher's soft targets as well.

The target of the second is, for a training sample, half its label and half the soft targets of a teacher fitted on
other groups, and for unlabelled samples the soft targets alone. The teacher sees all sensors, or, for the control of
co-learning, the sensor itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Doubles, Floats, Indices
from ...contract import ClassWeight, Task
from ...learning.fit import Settings, TrainingData, population_of, resolved_weight
from ...learning.tasks import Population, prior_shift, rules_of
from ...samples import SensorSamples, Split
from ...trees import (
    USUAL,
    FeatureDesign,
    ForestSettings,
    ForestSize,
    TrainedForest,
    TreeFeatures,
    TreeKind,
    features_for,
    train_forest,
)
from .forest import learned_weights

MOST_UNLABELLED = 3.0  # maximum weight relative to all labelled samples: the largest tested (docs/research.md)
LABEL_SHARE = 0.5  # weight of the label in the target of a training sample, the rest is soft targets
USUAL_SIZE = ForestSize()


@dataclass(frozen=True)
class SensorForests:
    """The training data of one sensor's forests: its rows of the training part, and their features."""

    data: TrainingData
    split: Split
    settings: Settings
    at: int
    rows: Indices
    features: TreeFeatures
    table: Floats
    size: ForestSize | None = None

    @classmethod
    def of(
        cls,
        data: TrainingData,
        split: Split,
        settings: Settings,
        name: str,
        design: FeatureDesign = USUAL,
        size: ForestSize | None = None,
    ) -> SensorForests:
        """The forests of the sensor ``name`` on the training samples that it covers; of the usual size by default."""
        at = data.sensor_names().index(name)
        rows = split.train[data.samples.present[split.train, at]]
        features, table = features_for(data.samples.sensors[at], rows, design=design)
        return cls(data, split, settings, at, rows, features, table, size)

    def of_labels(self) -> TrainedForest:
        """A random forest trained on the labels, with classes weighted as in the networks."""
        weights, kind = None, resolved_weight(self.settings)
        of_class = learned_weights(self._task, self._labels, kind, self.settings.outputs)
        if of_class is not None:
            of_sample = of_class[np.asarray(self._labels, np.int64)]
            weights = of_sample / of_sample.mean()
        forest = self._grown(TreeKind.RANDOM_FOREST, self.table, self._target, weights)
        return self._of_population(forest, kind)

    def with_soft_targets(self, soft: TrainingData) -> TrainedForest:
        """Extremely randomized trees trained on labels and a teacher's soft targets.

        Args:
            soft: the same labelled and unlabelled samples, with soft targets.

        Raises:
            ValueError: there are none.
        """
        if soft.soft_targets is None:
            raise ValueError("no soft targets to learn from")
        target = LABEL_SHARE * self._target + (1 - LABEL_SHARE) * soft.soft_targets[self.rows]
        table, unlabelled, weights = self.table, self._unlabelled(soft), None
        if unlabelled is not None:
            weights = _weights(len(table), len(unlabelled[0]))
            table, target = np.concatenate([table, unlabelled[0]]), np.concatenate([target, unlabelled[1]])
        forest = self._grown(TreeKind.EXTRA_TREES, table, target, weights)
        return self._of_population(forest, ClassWeight.NONE)

    @property
    def _task(self) -> Task:
        return self.data.samples.task

    @property
    def _labels(self) -> Floats | Indices:
        return self.data.samples.target[self.rows]

    @property
    def _target(self) -> Floats:
        """Labels as shares, or values (sample, output)."""
        return rules_of(self._task).as_predictions(self._labels, self.settings.outputs)

    def _unlabelled(self, soft: TrainingData) -> tuple[Floats, Floats] | None:
        """Features and soft targets of the unlabelled samples that the sensor covers; None if there are none."""
        if soft.unlabelled is None or soft.unlabelled_soft_targets is None:
            return None
        covered = np.flatnonzero(soft.unlabelled.present[:, self.at])
        if not len(covered):
            return None
        sensor: SensorSamples = soft.unlabelled.sensors[self.at]
        table = self.features.imputed(self.features.table(sensor.values[covered]))
        return table, soft.unlabelled_soft_targets[covered]

    def _grown(self, kind: TreeKind, table: Floats, target: Floats, weights: Doubles | None) -> TrainedForest:
        settings = ForestSettings(kind, self.size or USUAL_SIZE, self.settings.seed)
        return train_forest(self._task, self.features, table, target, settings, weights)

    def _of_population(self, forest: TrainedForest, weight: ClassWeight) -> TrainedForest:
        """The forest with probabilities adjusted to the population by Bayes' rule."""
        if not self._task.has_probabilities:
            return forest
        population: Population = population_of(self.data.samples, self.split.train, self.settings)
        of_class = learned_weights(self._task, self._labels, weight, self.settings.outputs)
        shift = prior_shift(self._task, self._labels, of_class, population.shares)
        return forest.of_population(np.zeros(self.settings.outputs) if shift is None else shift, population)


def _weights(labelled: int, unlabelled: int) -> Doubles:
    """Weights of labelled, then unlabelled rows; many unlabelled rows are down-weighted so that labels still count."""
    share = min(1.0, MOST_UNLABELLED * labelled / unlabelled)
    return np.concatenate([np.ones(labelled), np.full(unlabelled, share)])
