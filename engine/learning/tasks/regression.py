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
    """Rules of :class:`.rules.TaskRules` where predictions are values."""

    score_names: tuple[str, ...] = ("R²", "RMSE", "MAE", "bias", "scatter")

    def require(self, target: Array, prediction: Array) -> None:
        """Values (sample, target) both."""
        require_values(target, prediction)

    def main(self, optimize: Optimize) -> int:
        """R², whatever is optimized."""
        return 0

    def scores(self, target: Array, prediction: Array, population: Population) -> tuple[float, ...]:
        """Of values, the mean over targets."""
        found = regression_scores(target, prediction).mean
        return found.r2, found.rmse, found.mae, found.bias, found.scatter

    def scores_by_class(self, target: Array, prediction: Array, population: Population) -> ScoresByClass:
        """None."""
        return ()

    def as_predictions(self, target: Array, outputs: int) -> Floats:
        """As they are."""
        return np.asarray(target, np.float32)

    def members(self, target: Array, outputs: int) -> Flags:
        """Of none."""
        return np.zeros((len(target), 0), np.bool_)

    def prior(self, target: Array, outputs: int) -> Doubles:
        """None."""
        return np.zeros(outputs)

    def right(self, target: Array, prediction: Array, population: Population) -> Flags:
        """Those with errors up to the usual one (RMSE), in every target."""
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
        """1 − mean((one − other)²) / variance of the target, of the target where it is least: as R² counts it.

        That is the share of the variance that is not put at risk, and may be negative.
        """
        difference = (one.astype(np.float64) - other) / target_sd
        return float((1 - (difference**2).mean(axis=0)).min())

    def observed_shares(self, target: Array, outputs: int) -> tuple[float, ...]:
        """None: nothing is shared."""
        return ()

    def prior_shift(self, target: Array, weights: Array | None, shares: tuple[float, ...]) -> Doubles | None:
        """None: values speak of no shares."""
        return None

    def logits_of(self, predictions: Doubles) -> Doubles:
        """As they are."""
        return predictions

    def predictions_of(self, logits: Doubles) -> Doubles:
        """As they are."""
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
