"""Multilabel classification: independent yes/no labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from ...arrays import Doubles, Flags, Floats
from ...contract import Optimize
from .population import Population
from .scaling_fit import BIAS_BOUNDS, LEAST_GAIN, LEAST_SAMPLES, TEMPERATURE_BOUNDS, Scaling, require_logits
from .scores import LEAST_PROBABILITY, ScoresByClass, multilabel_scores, require_labels
from .weighted import Statistic, multilabel_statistic

LEAST_OF_EITHER = 3  # minimum samples with, and without, a label for calibrating it
_LEAST_SHARE = 1e-6

Array = NDArray[Any]


@dataclass(frozen=True)
class Multilabel:
    """The :class:`.rules.TaskRules` of multilabel classification: each label is positive from probability 0.5."""

    score_names: tuple[str, ...] = ("average precision", "macro F1", "label accuracy")

    def require(self, target: Array, prediction: Array) -> None:
        """0/1 and probabilities, both (sample, label)."""
        require_labels(target, prediction)

    def main(self, optimize: Optimize) -> int:
        """Average precision, whatever is optimized."""
        return 0

    def scores(self, target: Array, prediction: Array, population: Population) -> tuple[float, ...]:
        """For each label separately."""
        found = multilabel_scores(target, prediction)
        return found.average_precision, found.macro_f1, found.label_accuracy

    def scores_by_class(self, target: Array, prediction: Array, population: Population) -> ScoresByClass:
        """Including average precisions."""
        found = multilabel_scores(target, prediction)
        return tuple(zip(found.labels, found.label_precisions, strict=True))

    def as_predictions(self, target: Array, outputs: int) -> Floats:
        """Unchanged."""
        return np.asarray(target, np.float32)

    def members(self, target: Array, outputs: int) -> Flags:
        """Each sample with all its labels."""
        return np.asarray(np.asarray(target) > 0)

    def prior(self, target: Array, outputs: int) -> Doubles:
        """With one additional sample with every label, and one without."""
        return np.asarray((target.sum(axis=0, dtype=np.float64) + 1) / (len(target) + 2), np.float64)

    def right(self, target: Array, prediction: Array, population: Population) -> Flags:
        """The samples with all labels correct."""
        return np.asarray(((prediction >= 0.5) == (target > 0)).all(axis=1))

    def main_score(self, target: Array, prediction: Array, optimize: Optimize, population: Population) -> float:
        """Mean average precision."""
        return multilabel_scores(target, prediction).average_precision

    def statistic(self, target: Array, prediction: Array, population: Population) -> Statistic:
        """For each label separately."""
        return multilabel_statistic(np.asarray(target, np.float64), prediction)

    def agreement(self, one: Array, other: Array, target_sd: Array, population: Population) -> float:
        """The share of equal label decisions."""
        return float(((one >= 0.5) == (other >= 0.5)).mean())

    def observed_shares(self, target: Array, outputs: int) -> tuple[float, ...]:
        """The share of samples with each label."""
        shares = (np.asarray(target) > 0).mean(axis=0)
        return tuple(shares.tolist()) if shares.min() > 0 else ()

    def prior_shift(self, target: Array, weights: Array | None, shares: tuple[float, ...]) -> Doubles | None:
        """The difference of log odds. A label that no or every sample has counts half a sample of the opposite."""
        has = np.clip((np.asarray(target) > 0).mean(axis=0), 0.5 / len(target), 1 - 0.5 / len(target))
        wanted = np.clip(np.array(shares), _LEAST_SHARE, 1 - _LEAST_SHARE)
        return np.asarray(np.log(wanted / (1 - wanted)) - np.log(has / (1 - has)))

    def logits_of(self, predictions: Doubles) -> Doubles:
        """Log odds."""
        sure = np.clip(predictions, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
        return np.asarray(np.log(sure / (1 - sure)))

    def predictions_of(self, logits: Doubles) -> Doubles:
        """By the logistic function."""
        return np.asarray(expit(logits))

    def scaling(
        self, logits: Doubles, target: Array, bias: Doubles, population: Population, groups: Array | None
    ) -> Scaling:
        """A temperature and a bias for every label (Platt 1999)."""
        require_logits("multilabel", logits, target, logits.shape)
        weights, temperature, bias = population.label_weights(target), np.ones(logits.shape[1]), bias.copy()
        if len(target) >= LEAST_SAMPLES:
            for at, (z, y, w) in enumerate(zip(logits.T, np.asarray(target, np.float64).T, weights.T, strict=True)):
                temperature[at], bias[at] = _platt(z, y, w, bias[at])
        before, after = (_loss(each, target, weights) for each in (logits, logits / temperature + bias))
        return Scaling(temperature, bias, before, after)

    def answers(self, target: Array, probabilities: Array, population: Population) -> tuple[Doubles, Flags, Doubles]:
        """Every label of every sample, and whether the sample has it."""
        sure, weights = np.asarray(probabilities, np.float64), population.label_weights(target)
        return sure.reshape(-1), np.asarray(target).reshape(-1) > 0, weights.reshape(-1)

    def has(self, target: Array, outputs: int, population: Population) -> tuple[Flags, Doubles]:
        """The sample's labels."""
        return self.members(target, outputs), population.label_weights(target)


def _platt(logits: Doubles, target: Doubles, weights: Doubles, bias: float) -> tuple[float, float]:
    """Temperature and bias of one label, shrunk towards 1 and ``bias``, as for classes.

    Without shrinkage, a rare label whose few samples happen to rank above all others would become extremely confident.
    """
    if min(target.sum(), len(target) - target.sum()) < LEAST_OF_EITHER:
        return 1.0, bias

    def loss(parameters: Doubles) -> float:
        scaled = logits / np.exp(parameters[0]) + bias + parameters[1]
        lost = float(np.average(np.logaddexp(0, scaled) - target * scaled, weights=weights))
        return lost + float(parameters @ parameters) / (2 * len(target))

    start = np.zeros(2)
    bounds = [tuple(np.log(TEMPERATURE_BOUNDS)), BIAS_BOUNDS]
    best = minimize(loss, start, bounds=bounds, method="L-BFGS-B")
    if not best.fun < loss(start) - LEAST_GAIN:
        return 1.0, bias
    return float(np.exp(best.x[0])), bias + float(best.x[1])


def _loss(logits: Doubles, target: Array, weights: Doubles) -> float:
    """Mean negative log-likelihood per sample and label; NaN without samples."""
    if not len(target):
        return np.nan
    return float(np.average(np.logaddexp(0, logits) - target * logits, weights=weights))
