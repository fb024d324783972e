"""Whether calibration with more than one temperature is worthwhile, decided on held-out validation groups.

Every additional parameter can overfit. A richer fit is used only if it lowers the loss of groups that it
was not fitted on, by more than one standard error of that gain over groups. Its parameters are shrunk towards the
simpler fit, as if by one sample's worth of a normal prior with standard deviation 1 (of log odds, or log temperatures).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

from ...arrays import Doubles, Flags, Indices

LEAST_OF_CLASS = 5  # validation samples of a class before it gets a bias of its own
LEAST_OF_CLASS_TEMPERED = 30  # and a temperature of its own
FOLDS = 5
LEAST_SAMPLES = 10  # fewer are too few for any correction
LEAST_GAIN = 1e-9
TEMPERATURE_BOUNDS = (0.05, 20.0)
BIAS_BOUNDS = (-10.0, 10.0)

Array = NDArray[Any]


@dataclass(frozen=True)
class Scaling:
    """Temperatures and biases (output,), and the mean negative log-likelihoods without and with them, NaN if none."""

    temperature: Doubles
    bias: Doubles
    loss_before: float
    loss_after: float


def require_logits(task: str, logits: Doubles, target: Array, shape: tuple[int, ...]) -> None:
    """Refuse non-finite logits, or a target of another shape.

    Raises:
        ValueError: either.
    """
    if target.shape != shape:
        raise ValueError(f"logits {logits.shape} and target {target.shape} ({task})")
    if not np.isfinite(logits).all():
        raise ValueError("logits that are not finite: leave out nodata first")


@dataclass(frozen=True)
class _Samples:
    """Logits (sample, class), classes (sample,) and weights (sample,)."""

    logits: Doubles
    target: Indices
    weights: Doubles

    def take(self, rows: Flags) -> _Samples:
        return _Samples(self.logits[rows], self.target[rows], self.weights[rows])

    def losses(self, temperature: Doubles, bias: Doubles) -> Doubles:
        """The weighted loss of every sample."""
        scaled = self.logits / temperature + bias
        lost = -log_softmax(scaled, axis=1)[np.arange(len(self.target)), self.target]
        return np.asarray(lost * self.weights)


def better_scaling(
    logits: Doubles, target: Array, weights: Doubles, groups: Array, temperature: Doubles, bias: Doubles
) -> tuple[Doubles, Doubles]:
    """Temperatures and biases (class,) that are better on held-out groups than the given ones, else the given ones.

    Args:
        temperature: (class,) one and the same temperature.
        bias: (class,) the start of the fit, towards which it is shrunk.
    """
    samples = _Samples(logits, np.asarray(target, np.int64), weights)
    counts = np.bincount(samples.target, minlength=logits.shape[1])
    fold = _folds(groups, samples.target)
    best = temperature, bias
    if fold is None or (counts >= LEAST_OF_CLASS).sum() < 2:
        return best
    held = _held_out(samples, fold, best, counts, tempered=None)
    for tempered, least in ((False, LEAST_OF_CLASS), (True, LEAST_OF_CLASS_TEMPERED)):
        if tempered and counts[counts > 0].min() < least:
            break
        richer = _held_out(samples, fold, (temperature, bias), counts, tempered)
        if _surely_less(richer, held, groups):
            best, held = _fit(samples, (temperature, bias), counts, tempered), richer
    return best


def _held_out(
    samples: _Samples, fold: Indices, start: tuple[Doubles, Doubles], counts: Indices, tempered: bool | None
) -> Doubles:
    """Losses (sample,) by fits on the other folds; by ``start`` itself where ``tempered`` is None.

    The start's single temperature was fitted on all samples, which favours it by one parameter.
    """
    losses = np.empty(len(fold))
    for number in np.unique(fold):
        out = fold == number
        fitted = start if tempered is None else _fit(samples.take(~out), start, counts, tempered)
        losses[out] = samples.take(out).losses(*fitted)
    return losses


def _fit(samples: _Samples, start: tuple[Doubles, Doubles], counts: Indices, tempered: bool) -> tuple[Doubles, Doubles]:
    """One bias per class with enough samples, and one temperature, or one per class (``tempered``)."""
    temperature, bias = start
    classes, total = len(bias), samples.weights.sum()
    own = counts >= LEAST_OF_CLASS
    scales = classes if tempered else 1

    def unpacked(theta: Doubles) -> tuple[Doubles, Doubles]:
        return temperature * np.exp(theta[:scales]), bias + np.where(own, theta[scales:], 0.0)

    def loss(theta: Doubles) -> tuple[float, Doubles]:
        by, moved = unpacked(theta)
        scaled = samples.logits / by + moved
        logs = log_softmax(scaled, axis=1)
        rows = np.arange(len(samples.target))
        value = -(samples.weights @ logs[rows, samples.target]) / total
        error = np.exp(logs)
        error[rows, samples.target] -= 1
        error *= samples.weights[:, np.newaxis] / total
        by_scale = -(error * samples.logits / by).sum(axis=0)
        slope = np.concatenate([by_scale if tempered else [by_scale.sum()], np.where(own, error.sum(axis=0), 0.0)])
        return float(value + theta @ theta / (2 * total)), slope + theta / total

    tempers = np.log(TEMPERATURE_BOUNDS)[:, np.newaxis] - np.log(temperature[:scales])
    bounds = [*tempers.T.tolist(), *[BIAS_BOUNDS] * classes]
    found = minimize(loss, np.zeros(scales + classes), jac=True, bounds=bounds, method="L-BFGS-B")
    return unpacked(np.asarray(found.x, np.float64))


def _folds(groups: Array, target: Indices) -> Indices | None:
    """The fold (sample,) of every sample: whole groups, assigned by their most frequent class; None for one group."""
    names, member = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        return None
    table = np.zeros((len(names), int(target.max()) + 1))
    np.add.at(table, (member, target), 1)
    order = np.lexsort((-table.sum(axis=1), table.argmax(axis=1)))
    fold = np.empty(len(names), np.int64)
    fold[order] = np.arange(len(names)) % min(FOLDS, len(names))
    return np.asarray(fold[member], np.int64)


def _surely_less(losses: Doubles, others: Doubles, groups: Array) -> bool:
    """Whether the first losses have a lower sum, by more than one standard error over groups."""
    _, member = np.unique(groups, return_inverse=True)
    gains = np.bincount(member, others - losses)
    return bool(gains.sum() > np.sqrt(len(gains)) * gains.std())
