"""Single-label classification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from ...arrays import Doubles, Flags, Floats
from ...contract import Optimize
from .population import Population
from .scaling_fit import LEAST_GAIN, LEAST_SAMPLES, TEMPERATURE_BOUNDS, Scaling, better_scaling, require_logits
from .scores import (
    LEAST_PROBABILITY,
    ScoresByClass,
    accuracy,
    balanced_accuracy,
    classification_scores,
    require_classes,
)
from .weighted import Statistic, classification_statistic

Array = NDArray[Any]


@dataclass(frozen=True)
class Classification:
    """The :class:`.rules.TaskRules` of single-label classification."""

    score_names: tuple[str, ...] = ("balanced accuracy", "accuracy", "macro F1", "kappa")

    def require(self, target: Array, prediction: Array) -> None:
        """Class indices (sample,) and probabilities (sample, class)."""
        require_classes(target, prediction)

    def main(self, optimize: Optimize) -> int:
        """One of the two accuracies."""
        return self.score_names.index("accuracy") if optimize is Optimize.ACCURACY else 0

    def scores(self, target: Array, prediction: Array, population: Population) -> tuple[float, ...]:
        """With classes by the population's decision rule."""
        found = classification_scores(target, prediction, population)
        return found.balanced_accuracy, found.accuracy, found.macro_f1, found.kappa

    def scores_by_class(self, target: Array, prediction: Array, population: Population) -> ScoresByClass:
        """Including recalls."""
        found = classification_scores(target, prediction, population).classes
        return tuple((score, score.recall) for score in found)

    def as_predictions(self, target: Array, outputs: int) -> Floats:
        """1 for its class, 0 for the others."""
        return self.members(target, outputs).astype(np.float32)

    def members(self, target: Array, outputs: int) -> Flags:
        """Each sample belongs to its own class."""
        return np.asarray(np.asarray(target)[:, np.newaxis] == np.arange(outputs))

    def prior(self, target: Array, outputs: int) -> Doubles:
        """With one additional sample of every class."""
        return np.asarray((np.bincount(target, minlength=outputs) + 1) / (len(target) + outputs), np.float64)

    def right(self, target: Array, prediction: Array, population: Population) -> Flags:
        """The correctly classified samples."""
        return np.asarray(population.decided(prediction) == target)

    def main_score(self, target: Array, prediction: Array, optimize: Optimize, population: Population) -> float:
        """The accuracy that is optimized."""
        score = accuracy if optimize is Optimize.ACCURACY else balanced_accuracy
        return score(target, prediction, population)

    def statistic(self, target: Array, prediction: Array, population: Population) -> Statistic:
        """With classes by the population's decision rule."""
        return classification_statistic(np.asarray(target, np.int64), prediction, population)

    def agreement(self, one: Array, other: Array, target_sd: Array, population: Population) -> float:
        """The share of samples with the same predicted class."""
        return float((population.decided(one) == population.decided(other)).mean())

    def observed_shares(self, target: Array, outputs: int) -> tuple[float, ...]:
        """Of the classes."""
        shares = np.bincount(np.asarray(target, np.int64), minlength=outputs) / len(target)
        return tuple(shares.tolist()) if shares.min() > 0 else ()

    def prior_shift(self, target: Array, weights: Array | None, shares: tuple[float, ...]) -> Doubles | None:
        """log(share) − log(learned share). A class without samples is not raised, as it cannot be predicted."""
        wanted = np.array(shares)
        counts = np.bincount(np.asarray(target, np.int64), minlength=len(wanted))
        learned, seen = counts * (1.0 if weights is None else np.asarray(weights, np.float64)), counts > 0
        shift = np.log(wanted / wanted[seen].sum()) - np.log(np.where(seen, learned / learned.sum(), 1.0))
        return np.where(seen, shift, shift[seen].min())

    def logits_of(self, predictions: Doubles) -> Doubles:
        """Logarithms."""
        return np.asarray(np.log(np.maximum(predictions, LEAST_PROBABILITY)))

    def predictions_of(self, logits: Doubles) -> Doubles:
        """By softmax."""
        return np.asarray(softmax(logits, axis=1))

    def scaling(
        self, logits: Doubles, target: Array, bias: Doubles, population: Population, groups: Array | None
    ) -> Scaling:
        """One temperature for all, more if held-out groups improve; fitted to the classes in ``target``.

        A class without samples is not thereby unlikely: the others are fitted among themselves.
        """
        require_logits("classification", logits, target, logits.shape[:1])
        weights, temperature, bias = population.sample_weights(target), np.ones(logits.shape[1]), bias.copy()
        there, own = np.unique(np.asarray(target, np.int64), return_inverse=True)
        if len(own) >= LEAST_SAMPLES:
            groups = np.arange(len(own)) if groups is None else np.asarray(groups)
            start = np.full(len(there), _temperature(logits[:, there], bias[there], own, weights)), bias[there]
            fitted, bias[there] = better_scaling(logits[:, there], own, weights, groups, *start)
            temperature[:] = np.median(fitted)
            temperature[there] = fitted
        before, after = (_loss(each[:, there], own, weights) for each in (logits, logits / temperature + bias))
        return Scaling(temperature, bias, before, after)

    def answers(self, target: Array, probabilities: Array, population: Population) -> tuple[Doubles, Flags, Doubles]:
        """The predicted class of every sample."""
        decided = population.decided(probabilities)
        sure = np.asarray(probabilities, np.float64)[np.arange(len(decided)), decided]
        return sure, decided == target, population.sample_weights(target)

    def has(self, target: Array, outputs: int, population: Population) -> tuple[Flags, Doubles]:
        """The sample's own class only."""
        weights = np.repeat(population.sample_weights(target)[:, np.newaxis], outputs, axis=1)
        return self.members(target, outputs), weights


def _temperature(logits: Doubles, bias: Doubles, target: Array, weights: Doubles) -> float:
    """One temperature for all classes, optimized on a log scale."""

    def loss(log_temperature: float) -> float:
        return _loss(logits / np.exp(log_temperature) + bias, target, weights)

    best = minimize_scalar(loss, bounds=np.log(TEMPERATURE_BOUNDS), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(best.x)) if best.fun < loss(0.0) - LEAST_GAIN else 1.0


def _loss(logits: Doubles, target: Array, weights: Doubles) -> float:
    """Mean negative log-likelihood per sample; NaN without samples."""
    if not len(target):
        return np.nan
    return float(np.average(-log_softmax(logits, axis=1)[np.arange(len(target)), target], weights=weights))
