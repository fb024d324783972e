"""What predictions are scored on: the population that the labels show, and the one rule by which a class is decided.

Probabilities and decisions are two things. A probability is true of a population, the labels' own. The class follows
what is optimized: the most probable one is right most often, the one of the largest probability *over its share* gives
the best balanced accuracy (:func:`..contract.manifest.decision_weights`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Indices
from ...contract import Manifest, Optimize, Task, decision_weights

Array = NDArray[Any]


@dataclass(frozen=True)
class Population:
    """``shares`` of the classes, or of the samples that have each label; empty: samples are the population.

    ``decision`` weighs the classes where one is decided; empty: the most probable one.
    """

    shares: tuple[float, ...] = ()
    decision: tuple[float, ...] = ()

    @classmethod
    def of(cls, task: Task, shares: tuple[float, ...], optimize: Optimize) -> Population:
        """Of classes with these shares, decided by what is optimized."""
        return cls(shares, decision_weights(task, shares, optimize))

    @classmethod
    def of_model(cls, manifest: Manifest) -> Population:
        """That of the labels a model was trained on."""
        return cls(manifest.shares, manifest.decision)

    @classmethod
    def deciding(cls, manifest: Manifest) -> Population:
        """That of labels drawn as they are, and the model's decisions."""
        return cls((), manifest.decision)

    def decided(self, probabilities: Array) -> Indices:
        """Class indices (sample,) of probabilities (sample, class), to the bit as the exported graph decides."""
        return np.asarray(self.weighed(probabilities).argmax(axis=1), np.int64)

    def weighed(self, probabilities: Array) -> Array:
        """Probabilities (sample, class) of which the largest decides."""
        if not self.decision:
            return probabilities
        weighed: Array = probabilities * np.array(self.decision, probabilities.dtype)
        return weighed

    def sample_weights(self, target: Array) -> Doubles:
        """Weights (sample,) by which samples of classes (sample,) show the population; their mean is 1.

        Classes that no sample is of count as if they were not there.
        """
        if not self.shares or not len(target):
            return np.ones(len(target))
        return balancing(np.asarray(target, np.int64), np.array(self.shares))

    def label_weights(self, target: Array) -> Doubles:
        """The same for several labels at a time, each by itself: (sample, label) of 0/1 targets (sample, label)."""
        if not self.shares or not len(target):
            return np.ones(np.shape(target))
        columns = [
            balancing((np.asarray(column) > 0).astype(np.int64), np.array([1 - share, share]))
            for column, share in zip(np.asarray(target).T, self.shares, strict=True)
        ]
        return np.stack(columns, axis=1)


AS_THEY_ARE = Population()  # samples are the population, the most probable class is the answer


def balancing(target: Indices, shares: Doubles) -> Doubles:
    """Weights (sample,) of mean 1 that give every class present in ``target`` (sample,) its share of the whole."""
    counts = np.bincount(target, minlength=len(shares))
    known = np.where(counts > 0, shares, 0.0)
    if not known.sum():
        return np.ones(len(target))
    of_class = len(target) * known / known.sum() / np.maximum(counts, 1)
    return np.asarray(of_class[target], np.float64)
