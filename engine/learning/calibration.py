"""Probabilities that mean what they say: temperature scaling on validation samples.

Guo, Pleiss, Sun, Weinberger (2017): On calibration of modern neural networks, ICML. Of classes one temperature cannot
change the order, and so no class of any map. Labels that stand for themselves get a temperature and a bias each
(Platt 1999), which keeps the order of samples and may move a label's yes or no. Regression has no probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, softmax

from ..contract.job import Task
from ..samples.sample_set import Doubles, Flags, Floats, Indices

LEAST_SAMPLES = 10  # fewer say too little to correct anything by
LEAST_OF_EITHER = 3  # samples with, and without, a label before it is corrected
TEMPERATURE_BOUNDS = (0.05, 20.0)
BIAS_BOUNDS = (-10.0, 10.0)
_SURE = 1e-7  # a float32 probability cannot be told from 1 beyond
_LEAST_GAIN = 1e-9

Array = NDArray[Any]


@dataclass(frozen=True)
class Calibration:
    """Calibrated logits are ``logits / temperature + bias``, both (output,) float64; 1 and 0 change nothing.

    ``loss_before`` and ``loss_after`` are the mean negative log-likelihoods (nats) on the validation samples, NaN where
    there are no probabilities.
    """

    task: Task
    temperature: Doubles
    bias: Doubles
    loss_before: float
    loss_after: float

    @property
    def changes(self) -> bool:
        """Whether calibrated probabilities are other than the network's."""
        return bool((self.temperature != 1).any() or (self.bias != 0).any())

    def probabilities(self, logits: Array) -> Floats:
        """Calibrated probabilities (sample, output) of logits (sample, output); values of a regression as they are."""
        scaled = np.asarray(logits, np.float64) / self.temperature + self.bias
        return np.asarray(_probabilities(self.task, scaled), np.float32)


@dataclass(frozen=True)
class Reliability:
    """How often the answer was right, by how sure it was.

    Bins (bin,) between ``edges`` (bin + 1,), each with its upper edge. ``confidence`` and ``accuracy`` are means of the
    ``count`` answers in a bin, NaN in an empty one. ``error`` is the expected calibration error, 0 at best.
    """

    edges: Doubles
    confidence: Doubles
    accuracy: Doubles
    count: Indices
    error: float


def fit_calibration(task: Task, logits: Array, target: Array) -> Calibration:
    """The temperature (and bias) of least negative log-likelihood on validation samples.

    Nothing is changed where there are fewer than 10 samples, or fewer than three with or without a label, or where the
    best fit is no better than none.

    Args:
        logits: (sample, output), or :func:`logits_of` probabilities.
        target: (sample,) class indices or (sample, label) 0/1; for regression not looked at.

    Raises:
        ValueError: logits that are not finite, or shapes that do not fit.
    """
    logits = np.asarray(logits, np.float64)
    temperature, bias = np.ones(logits.shape[1]), np.zeros(logits.shape[1])
    if task is Task.REGRESSION:
        return Calibration(task, temperature, bias, np.nan, np.nan)
    _check(task, logits, target)
    if task is Task.CLASSIFICATION and len(target) >= LEAST_SAMPLES:
        temperature[:] = _temperature(logits, target)
    if task is Task.MULTILABEL and len(target) >= LEAST_SAMPLES:
        for label in range(logits.shape[1]):
            temperature[label], bias[label] = _platt(logits[:, label], np.asarray(target[:, label], np.float64))
    losses = (_loss(task, z, target) if len(target) else np.nan for z in (logits, logits / temperature + bias))
    return Calibration(task, temperature, bias, *losses)


def logits_of(task: Task, probabilities: Array) -> Doubles:
    """Logits that give these probabilities (sample, output); values of a regression as they are.

    Probabilities are kept a float32 rounding away from 0, and for labels from 1.
    """
    values = np.asarray(probabilities, np.float64)
    if task is Task.REGRESSION:
        return values
    if task is Task.CLASSIFICATION:
        return np.asarray(np.log(np.maximum(values, _SURE)))
    sure = np.clip(values, _SURE, 1 - _SURE)
    return np.asarray(np.log(sure / (1 - sure)))


def reliability(task: Task, target: Array, probabilities: Array, bins: int = 10) -> Reliability:
    """Confidence against accuracy in ``bins`` of equal width.

    For classes: the probability of the most probable class, and whether it is the right one. For labels: every label's
    probability, and whether the sample has it.

    Raises:
        ValueError: regression, no samples, or probabilities that are not finite.
    """
    if task is Task.REGRESSION or not probabilities.size or not np.isfinite(probabilities).all():
        raise ValueError(f"no probabilities to judge ({task.value}, {probabilities.shape})")
    sure, right = _answers(task, target, np.asarray(probabilities, np.float64))
    edges = np.linspace(0, 1, bins + 1)
    which = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    count = np.bincount(which, minlength=bins)
    divisor = np.where(count > 0, count, np.nan)
    confidence = np.bincount(which, sure, bins) / divisor
    accuracy = np.bincount(which, right, bins) / divisor
    error = float(np.nansum(count * np.abs(accuracy - confidence)) / len(sure))
    return Reliability(edges, confidence, accuracy, count.astype(np.int64), error)


def _answers(task: Task, target: Array, probabilities: Doubles) -> tuple[Doubles, Flags]:
    if task is Task.CLASSIFICATION:
        right: Flags = probabilities.argmax(axis=1) == target
        return np.asarray(probabilities.max(axis=1)), right
    has: Flags = np.asarray(target).reshape(-1) > 0
    return probabilities.reshape(-1), has


def _temperature(logits: Doubles, target: Array) -> float:
    """One temperature for all classes, sought by its logarithm."""

    def loss(log_temperature: float) -> float:
        return _loss(Task.CLASSIFICATION, logits / np.exp(log_temperature), target)

    best = minimize_scalar(loss, bounds=np.log(TEMPERATURE_BOUNDS), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(best.x)) if best.fun < loss(0.0) - _LEAST_GAIN else 1.0


def _platt(logits: Doubles, target: Doubles) -> tuple[float, float]:
    """Temperature and bias of one label."""
    if min(target.sum(), len(target) - target.sum()) < LEAST_OF_EITHER:
        return 1.0, 0.0

    def loss(parameters: Doubles) -> float:
        scaled = logits / np.exp(parameters[0]) + parameters[1]
        return float(np.mean(np.logaddexp(0, scaled) - target * scaled))

    bounds = [tuple(np.log(TEMPERATURE_BOUNDS)), BIAS_BOUNDS]
    best = minimize(loss, np.zeros(2), bounds=bounds, method="L-BFGS-B")
    if not best.fun < loss(np.zeros(2)) - _LEAST_GAIN:
        return 1.0, 0.0
    return float(np.exp(best.x[0])), float(best.x[1])


def _loss(task: Task, logits: Doubles, target: Array) -> float:
    """Mean negative log-likelihood per sample (classes), or per sample and label."""
    if task is Task.CLASSIFICATION:
        return float(-log_softmax(logits, axis=1)[np.arange(len(target)), target].mean())
    return float(np.mean(np.logaddexp(0, logits) - target * logits))


def _probabilities(task: Task, logits: Doubles) -> Doubles:
    if task is Task.CLASSIFICATION:
        return np.asarray(softmax(logits, axis=1))
    return np.asarray(expit(logits)) if task is Task.MULTILABEL else logits


def _check(task: Task, logits: Doubles, target: Array) -> None:
    expected = logits.shape[:1] if task is Task.CLASSIFICATION else logits.shape
    if target.shape != expected:
        raise ValueError(f"logits {logits.shape} and target {target.shape} ({task.value})")
    if not np.isfinite(logits).all():
        raise ValueError("logits that are not finite: leave out nodata first")
