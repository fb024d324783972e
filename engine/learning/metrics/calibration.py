"""Calibrated probabilities, in the population that the labels show: fitted on validation samples.

A network trained with class weights, or on classes drawn evenly, speaks of another population. Its logits z become
z / T + b: b starts as what Bayes' rule asks for (:func:`.population.prior_shift`), T is the temperature of Guo, Pleiss,
Sun, Weinberger (2017, ICML). Where validation samples show that it pays, b is fitted too (bias-corrected temperature
scaling: Alexandari, Kundaje, Shrikumar 2020, ICML), or a temperature for every class as well (vector scaling: Guo et
al.). Validation samples are weighted so that they show the population. Labels that stand for themselves get a
temperature and a bias each (Platt 1999). Regression has no probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, softmax

from ...arrays import Doubles, Flags, Floats, Indices
from ...contract import Task
from .population import Population
from .scaling_fit import BIAS_BOUNDS, TEMPERATURE_BOUNDS, better_scaling

LEAST_SAMPLES = 10  # fewer say too little to correct anything by
LEAST_OF_EITHER = 3  # samples with, and without, a label before it is corrected
LEAST_PROBABILITY = 1e-7  # a float32 probability cannot be told from 1 beyond
_LEAST_GAIN = 1e-9

Array = NDArray[Any]


@dataclass(frozen=True)
class Calibration:
    """Calibrated logits are ``logits / temperature + bias``, both (output,) float64; 1 and 0 change nothing.

    ``loss_before`` and ``loss_after`` are the mean negative log-likelihoods (nats) on the validation samples, among the
    classes that stand there; NaN where there are no probabilities.
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

    Bins (bin,) between ``edges`` (bin + 1,), each with its upper edge. ``confidence`` and ``accuracy`` are (weighted)
    means of the ``count`` answers in a bin, NaN in an empty one. ``error`` is the expected calibration error, 0 at
    best: the mean over bins of how far the two are apart, by the bin's weight.
    """

    edges: Doubles
    confidence: Doubles
    accuracy: Doubles
    count: Indices
    error: float


def fit_calibration(
    task: Task,
    logits: Array,
    target: Array,
    *,
    shift: Doubles | None = None,
    population: Population | None = None,
    groups: Array | None = None,
) -> Calibration:
    """The temperature and bias of least (weighted) negative log-likelihood on validation samples.

    Classes that no sample is of keep their odds against the others, whose loss is that among themselves.
    Where there are fewer than 10 samples, or fewer than three with or without a label, or where the best fit is no
    better than none, nothing but the ``shift`` is changed.

    Args:
        logits: (sample, output), or :func:`logits_of` probabilities.
        target: (sample,) class indices or (sample, label) 0/1; for regression not looked at.
        shift: (output,) what the logits need beforehand to speak of the population.
        population: what the samples are weighted to show.
        groups: (sample,) samples of one group are held out together where fits are compared; else each by itself.

    Raises:
        ValueError: logits that are not finite, or shapes that do not fit.
    """
    logits = np.asarray(logits, np.float64)
    temperature, bias = np.ones(logits.shape[1]), np.zeros(logits.shape[1])
    if task is Task.REGRESSION:
        return Calibration(task, temperature, bias, np.nan, np.nan)
    _check(task, logits, target)
    population = population or Population()
    if shift is not None:
        bias = np.array(shift, np.float64)
    if task is Task.CLASSIFICATION:
        weights = population.sample_weights(target)
        # A class that is not there is not unlikely for that: the others are fitted among themselves.
        there, target = np.unique(np.asarray(target, np.int64), return_inverse=True)
        if len(target) >= LEAST_SAMPLES:
            groups = np.arange(len(target)) if groups is None else np.asarray(groups)
            start = np.full(len(there), _temperature(logits[:, there], bias[there], target, weights)), bias[there]
            fitted, bias[there] = better_scaling(logits[:, there], target, weights, groups, *start)
            temperature[:] = np.median(fitted)
            temperature[there] = fitted
        logits, scaled = logits[:, there], (logits / temperature + bias)[:, there]
    else:
        weights = population.label_weights(target)
        if len(target) >= LEAST_SAMPLES:
            for at, (z, y, w) in enumerate(zip(logits.T, np.asarray(target, np.float64).T, weights.T, strict=True)):
                temperature[at], bias[at] = _platt(z, y, w, bias[at])
        scaled = logits / temperature + bias
    losses = (_loss(task, z, target, weights) if len(target) else np.nan for z in (logits, scaled))
    return Calibration(task, temperature, bias, *losses)


def logits_of(task: Task, probabilities: Array) -> Doubles:
    """Logits that give these probabilities (sample, output); values of a regression as they are.

    Probabilities are kept a float32 rounding away from 0, and for labels from 1.
    """
    values = np.asarray(probabilities, np.float64)
    if task is Task.REGRESSION:
        return values
    if task is Task.CLASSIFICATION:
        return np.asarray(np.log(np.maximum(values, LEAST_PROBABILITY)))
    sure = np.clip(values, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return np.asarray(np.log(sure / (1 - sure)))


def reliability(
    task: Task, target: Array, probabilities: Array, bins: int = 10, population: Population | None = None
) -> Reliability:
    """Confidence against accuracy in ``bins`` of equal width, of samples weighted to show the population.

    For classes: the probability of the class decided, and whether it is the right one. For labels: every label's
    probability, and whether the sample has it.

    Raises:
        ValueError: regression, no samples, or probabilities that are not finite.
    """
    _require_probabilities(task, probabilities)
    population = population or Population()
    found = np.asarray(probabilities, np.float64)
    if task is Task.CLASSIFICATION:
        decided = population.decided(probabilities)
        sure, right = found[np.arange(len(found)), decided], decided == target
        return _binned(sure, right, population.sample_weights(target), bins)
    weights = population.label_weights(target)
    return _binned(found.reshape(-1), np.asarray(target).reshape(-1) > 0, weights.reshape(-1), bins)


def class_reliability(
    task: Task, target: Array, probabilities: Array, bins: int = 10, population: Population | None = None
) -> tuple[Reliability, ...]:
    """The same for every class, or label, by itself: its probability, and whether the sample is of it.

    The mean of the errors is the class-wise calibration error (Kull et al. 2019, NeurIPS; Nixon et al. 2019).

    Raises:
        ValueError: as :func:`reliability`.
    """
    _require_probabilities(task, probabilities)
    population = population or Population()
    outputs = probabilities.shape[1]
    if task is Task.CLASSIFICATION:
        has = np.asarray(target)[:, np.newaxis] == np.arange(outputs)
        weights = np.repeat(population.sample_weights(target)[:, np.newaxis], outputs, axis=1)
    else:
        has, weights = np.asarray(target) > 0, population.label_weights(target)
    return tuple(
        _binned(np.asarray(probabilities[:, at], np.float64), has[:, at], weights[:, at], bins) for at in range(outputs)
    )


def _require_probabilities(task: Task, probabilities: Array) -> None:
    if task is Task.REGRESSION or not probabilities.size or not np.isfinite(probabilities).all():
        raise ValueError(f"no probabilities to judge ({task.value}, {probabilities.shape})")


def _binned(sure: Doubles, right: Flags, weights: Doubles, bins: int) -> Reliability:
    edges = np.linspace(0, 1, bins + 1)
    which = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    weight = np.bincount(which, weights, bins)
    divisor = np.where(weight > 0, weight, np.nan)
    confidence = np.bincount(which, sure * weights, bins) / divisor
    accuracy = np.bincount(which, right * weights, bins) / divisor
    error = float(np.nansum(weight * np.abs(accuracy - confidence)) / weights.sum())
    return Reliability(edges, confidence, accuracy, np.bincount(which, minlength=bins).astype(np.int64), error)


def _temperature(logits: Doubles, bias: Doubles, target: Array, weights: Doubles) -> float:
    """One temperature for all classes, sought by its logarithm."""

    def loss(log_temperature: float) -> float:
        return _loss(Task.CLASSIFICATION, logits / np.exp(log_temperature) + bias, target, weights)

    best = minimize_scalar(loss, bounds=np.log(TEMPERATURE_BOUNDS), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(best.x)) if best.fun < loss(0.0) - _LEAST_GAIN else 1.0


def _platt(logits: Doubles, target: Doubles, weights: Doubles, bias: float) -> tuple[float, float]:
    """Temperature and bias of one label, drawn towards 1 and ``bias`` as those of classes are.

    Without that, the few samples of a rare label that happen to lie above all others would make it as sure as can be.
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
    if not best.fun < loss(start) - _LEAST_GAIN:
        return 1.0, bias
    return float(np.exp(best.x[0])), bias + float(best.x[1])


def _loss(task: Task, logits: Doubles, target: Array, weights: Doubles) -> float:
    """Mean negative log-likelihood per sample (classes), or per sample and label."""
    if task is Task.CLASSIFICATION:
        lost = -log_softmax(logits, axis=1)[np.arange(len(target)), target]
    else:
        lost = np.logaddexp(0, logits) - target * logits
    return float(np.average(lost, weights=weights))


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
