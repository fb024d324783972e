"""What predictions are judged by: the population that the labels show, and the one rule by which a class is decided.

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

_LEAST_SHARE = 1e-6

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


def observed_shares(task: Task, target: Array, outputs: int) -> tuple[float, ...]:
    """The share of every class or label among samples: what stands for the population where nothing else is known.

    Empty where a class has no sample, or nothing is shared (regression).
    """
    if task is Task.REGRESSION or not len(target):
        return ()
    if task is Task.CLASSIFICATION:
        shares = np.bincount(np.asarray(target, np.int64), minlength=outputs) / len(target)
    else:
        shares = (np.asarray(target) > 0).mean(axis=0)
    return tuple(shares.tolist()) if shares.min() > 0 else ()


def prior_shift(task: Task, target: Array, weights: Array | None, shares: tuple[float, ...]) -> Doubles | None:
    """What to add to logits learned from samples ``target`` so that they speak of the population; None: nothing.

    A network learns the classes as often as it is shown them, times their weights in the loss; Bayes' rule turns that
    prior into another: log(share) - log(learned share), or the difference of log odds for a label.
    (Saerens, Latinne, Decaestecker 2002, Neural Computation 14:21.) A class it never saw is raised over no other, for
    it cannot be told; a label that none or all have counts half a sample of the other answer.

    Args:
        target: (sample,) classes or (sample, label) 0/1 of the training samples.
        weights: (class,) weights of the loss; None: all the same.
    """
    if task is Task.REGRESSION or not shares or not len(target):
        return None
    wanted = np.array(shares)
    if task is Task.CLASSIFICATION:
        counts = np.bincount(np.asarray(target, np.int64), minlength=len(wanted))
        learned, seen = counts * (1.0 if weights is None else np.asarray(weights, np.float64)), counts > 0
        shift = np.log(wanted / wanted[seen].sum()) - np.log(np.where(seen, learned / learned.sum(), 1.0))
        return np.where(seen, shift, shift[seen].min())
    has = np.clip((np.asarray(target) > 0).mean(axis=0), 0.5 / len(target), 1 - 0.5 / len(target))
    wanted = np.clip(wanted, _LEAST_SHARE, 1 - _LEAST_SHARE)
    return np.asarray(np.log(wanted / (1 - wanted)) - np.log(has / (1 - has)))
