"""Values in their own units, without probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Flags, Floats
from ...contract import Optimize
from .population import Population
from .scaling_fit import Scaling
from .scores import ScoresByClass, regression_scores, require_values
from .weighted import Statistic, regression_statistic

Array = NDArray[Any]


@dataclass(frozen=True)
class Regression:
    """The :class:`.rules.TaskRules` of regression."""

    score_names: tuple[str, ...] = ("R²", "RMSE", "MAE", "bias", "scatter")

    def require(self, target: Array, prediction: Array) -> None:
        """Both are values (sample, target)."""
        require_values(target, prediction)

    def main(self, optimize: Optimize) -> int:
        """R², whatever is optimized."""
        return 0

    def scores(self, target: Array, prediction: Array, population: Population) -> tuple[float, ...]:
        """Scores of values, averaged over targets."""
        found = regression_scores(target, prediction).mean
        return found.r2, found.rmse, found.mae, found.bias, found.scatter

    def scores_by_class(self, target: Array, prediction: Array, population: Population) -> ScoresByClass:
        """None."""
        return ()

    def as_predictions(self, target: Array, outputs: int) -> Floats:
        """Unchanged."""
        return np.asarray(target, np.float32)

    def members(self, target: Array, outputs: int) -> Flags:
        """Empty: there are no classes."""
        return np.zeros((len(target), 0), np.bool_)

    def prior(self, target: Array, outputs: int) -> Doubles:
        """None."""
        return np.zeros(outputs)

    def right(self, target: Array, prediction: Array, population: Population) -> Flags:
        """The samples with errors up to the RMSE, in every target."""
        error = np.asarray(prediction, np.float64) - target
        usual = np.sqrt((error**2).mean(axis=0))
        return np.asarray((np.abs(error) <= usual).all(axis=1))

    def main_score(self, target: Array, prediction: Array, optimize: Optimize, population: Population) -> float:
        """R², the mean over targets."""
        return regression_scores(target, prediction).mean.r2

    def statistic(self, target: Array, prediction: Array, population: Population) -> Statistic:
        """Of values."""
        return regression_statistic(np.asarray(target, np.float64), np.asarray(prediction, np.float64))

    def agreement(self, one: Array, other: Array, target_sd: Array, population: Population) -> float:
        """1 − mean((one − other)²) / variance of the target, for the target with the lowest value; analogous to R².

        It is the share of the variance that is preserved, and may be negative.
        """
        difference = (one.astype(np.float64) - other) / target_sd
        return float((1 - (difference**2).mean(axis=0)).min())

    def observed_shares(self, target: Array, outputs: int) -> tuple[float, ...]:
        """None: there are no class shares."""
        return ()

    def prior_shift(self, target: Array, weights: Array | None, shares: tuple[float, ...]) -> Doubles | None:
        """None: values have no class shares."""
        return None

    def logits_of(self, predictions: Doubles) -> Doubles:
        """Unchanged."""
        return predictions

    def predictions_of(self, logits: Doubles) -> Doubles:
        """Unchanged."""
        return logits

    def scaling(
        self, logits: Doubles, target: Array, bias: Doubles, population: Population, groups: Array | None
    ) -> Scaling:
        """None."""
        return Scaling(np.ones(logits.shape[1]), np.zeros(logits.shape[1]), np.nan, np.nan)

    def answers(self, target: Array, probabilities: Array, population: Population) -> tuple[Doubles, Flags, Doubles]:
        """None.

        Raises:
            ValueError: always.
        """
        raise ValueError("no probabilities to assess (regression)")

    def has(self, target: Array, outputs: int, population: Population) -> tuple[Flags, Doubles]:
        """None.

        Raises:
            ValueError: always.
        """
        raise ValueError("no probabilities to assess (regression)")
