"""The population represented by the labels, to which scores refer, and the decision rule for classes.

Probabilities and decisions are separate. A probability refers to a population, that of the labels. The class follows
the objective: the most probable one maximizes overall accuracy, the one with the largest probability *over its share*
maximizes balanced accuracy (:func:`..contract.manifest.decision_weights`).
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
    """``shares`` of the classes, or of the samples with each label; empty: the samples themselves are the population.

    ``decision`` are class weights of the decision; empty: the most probable class.
    """

    shares: tuple[float, ...] = ()
    decision: tuple[float, ...] = ()

    @classmethod
    def of(cls, task: Task, shares: tuple[float, ...], optimize: Optimize) -> Population:
        """The population with these class shares, and the decision rule of the objective."""
        return cls(shares, decision_weights(task, shares, optimize))

    @classmethod
    def of_model(cls, manifest: Manifest) -> Population:
        """The population of the labels that a model was trained on."""
        return cls(manifest.shares, manifest.decision)

    @classmethod
    def deciding(cls, manifest: Manifest) -> Population:
        """The population of the samples themselves, with the model's decision rule."""
        return cls((), manifest.decision)

    def decided(self, probabilities: Array) -> Indices:
        """Class indices (sample,) for probabilities (sample, class), bit-identical to the exported graph's."""
        return np.asarray(self.weighed(probabilities).argmax(axis=1), np.int64)

    def weighed(self, probabilities: Array) -> Array:
        """Weighted probabilities (sample, class), of which the largest determines the class."""
        if not self.decision:
            return probabilities
        weighed: Array = probabilities * np.array(self.decision, probabilities.dtype)
        return weighed

    def sample_weights(self, target: Array) -> Doubles:
        """Weights (sample,) with which samples of classes (sample,) represent the population; their mean is 1.

        Classes without samples are ignored.
        """
        if not self.shares or not len(target):
            return np.ones(len(target))
        return balancing(np.asarray(target, np.int64), np.array(self.shares))

    def label_weights(self, target: Array) -> Doubles:
        """The same for multilabel, each label separately: (sample, label) for 0/1 targets (sample, label)."""
        if not self.shares or not len(target):
            return np.ones(np.shape(target))
        columns = [
            balancing((np.asarray(column) > 0).astype(np.int64), np.array([1 - share, share]))
            for column, share in zip(np.asarray(target).T, self.shares, strict=True)
        ]
        return np.stack(columns, axis=1)


AS_THEY_ARE = Population()  # samples are the population, the most probable class is predicted


def balancing(target: Indices, shares: Doubles) -> Doubles:
    """Weights (sample,) of mean 1 that give every class present in ``target`` (sample,) its share of the total."""
    counts = np.bincount(target, minlength=len(shares))
    known = np.where(counts > 0, shares, 0.0)
    if not known.sum():
        return np.ones(len(target))
    of_class = len(target) * known / known.sum() / np.maximum(counts, 1)
    return np.asarray(of_class[target], np.float64)
