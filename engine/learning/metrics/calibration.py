"""Calibration of probabilities for the population of the labels: fitted on validation samples.

A network trained with class weights, or on classes drawn evenly, refers to another population. Its logits z become
z / T + b: b is initially the shift by Bayes' rule (:func:`..tasks.prior_shift`), T is the temperature of Guo, Pleiss,
Sun, Weinberger (2017, ICML). If validation samples show a benefit, b is fitted too (bias-corrected temperature
scaling: Alexandari, Kundaje, Shrikumar 2020, ICML), or a temperature for every class as well (vector scaling: Guo et
al.). Validation samples are weighted to represent the population. Independent labels (multilabel) get a
temperature and a bias each (Platt 1999). Regression has no probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Flags, Floats, Indices
from ...contract import Task
from ..tasks import Population, rules_of

Array = NDArray[Any]


@dataclass(frozen=True)
class Calibration:
    """Calibrated logits are ``logits / temperature + bias``, both (output,) float64; 1 and 0 change nothing.

    ``loss_before`` and ``loss_after`` are the mean negative log-likelihoods (nats) on the validation samples, among the
    classes that occur there; NaN if there are no probabilities.
    """

    task: Task
    temperature: Doubles
    bias: Doubles
    loss_before: float
    loss_after: float

    @property
    def changes(self) -> bool:
        """Whether calibrated probabilities differ from the network's."""
        return bool((self.temperature != 1).any() or (self.bias != 0).any())

    def probabilities(self, logits: Array) -> Floats:
        """Calibrated probabilities (sample, output) of logits (sample, output); regression values unchanged."""
        scaled = np.asarray(logits, np.float64) / self.temperature + self.bias
        return np.asarray(rules_of(self.task).predictions_of(scaled), np.float32)


@dataclass(frozen=True)
class Reliability:
    """Reliability: how often predictions were correct, by confidence.

    Bins (bin,) between ``edges`` (bin + 1,), each with its upper edge. ``confidence`` and ``accuracy`` are (weighted)
    means of the ``count`` predictions in a bin, NaN in an empty one. ``error`` is the expected calibration error, 0 at
    best: the mean over bins of their absolute difference, weighted by bin.
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
    """The temperature and bias with the lowest (weighted) negative log-likelihood on validation samples.

    Classes without samples keep their odds against the others, which are fitted among themselves.
    With fewer than 10 samples, or fewer than three with or without a label, or if the best fit is no
    better than none, only the ``shift`` is applied.

    Args:
        logits: (sample, output), or :func:`logits_of` probabilities.
        target: (sample,) class indices or (sample, label) 0/1; ignored for regression.
        shift: (output,) shift of the logits to the population, applied first.
        population: the population that the samples are weighted to represent.
        groups: (sample,) samples of the same group are held out together when fits are compared; else each separately.

    Raises:
        ValueError: logits that are not finite, or shapes that do not fit.
    """
    logits = np.asarray(logits, np.float64)
    bias = np.zeros(logits.shape[1]) if shift is None else np.array(shift, np.float64)
    found = rules_of(task).scaling(logits, target, bias, population or Population(), groups)
    return Calibration(task, found.temperature, found.bias, found.loss_before, found.loss_after)


def reliability(
    task: Task, target: Array, probabilities: Array, bins: int = 10, population: Population | None = None
) -> Reliability:
    """Confidence against accuracy in ``bins`` of equal width, for samples weighted to represent the population.

    For classes: the probability of the predicted class, and whether it is correct. For labels: every label's
    probability, and whether the sample has it.

    Raises:
        ValueError: regression, no samples, or probabilities that are not finite.
    """
    _require_probabilities(task, probabilities)
    return _binned(*rules_of(task).answers(target, probabilities, population or Population()), bins)


def class_reliability(
    task: Task, target: Array, probabilities: Array, bins: int = 10, population: Population | None = None
) -> tuple[Reliability, ...]:
    """The same for every class, or label, separately: its probability, and whether the sample belongs to it.

    The mean of the errors is the class-wise calibration error (Kull et al. 2019, NeurIPS; Nixon et al. 2019).

    Raises:
        ValueError: as :func:`reliability`.
    """
    _require_probabilities(task, probabilities)
    outputs = probabilities.shape[1]
    has, weights = rules_of(task).has(target, outputs, population or Population())
    return tuple(
        _binned(np.asarray(probabilities[:, at], np.float64), has[:, at], weights[:, at], bins) for at in range(outputs)
    )


def _require_probabilities(task: Task, probabilities: Array) -> None:
    if not probabilities.size or not np.isfinite(probabilities).all():
        raise ValueError(f"no probabilities to assess ({task.value}, {probabilities.shape})")


def _binned(sure: Doubles, right: Flags, weights: Doubles, bins: int) -> Reliability:
    edges = np.linspace(0, 1, bins + 1)
    which = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    weight = np.bincount(which, weights, bins)
    divisor = np.where(weight > 0, weight, np.nan)
    confidence = np.bincount(which, sure * weights, bins) / divisor
    accuracy = np.bincount(which, right * weights, bins) / divisor
    error = float(np.nansum(weight * np.abs(accuracy - confidence)) / weights.sum())
    return Reliability(edges, confidence, accuracy, np.bincount(which, minlength=bins).astype(np.int64), error)
