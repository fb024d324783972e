"""Calibrated probabilities, in the population that the labels show: fitted on validation samples.

A network trained with class weights, or on classes drawn evenly, speaks of another population. Its logits z become
z / T + b: b starts as what Bayes' rule asks for (:func:`..tasks.prior_shift`), T is the temperature of Guo, Pleiss,
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

from ...arrays import Doubles, Flags, Floats, Indices
from ...contract import Task
from ..tasks import Population, rules_of

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
        return np.asarray(rules_of(self.task).predictions_of(scaled), np.float32)


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
    bias = np.zeros(logits.shape[1]) if shift is None else np.array(shift, np.float64)
    found = rules_of(task).scaling(logits, target, bias, population or Population(), groups)
    return Calibration(task, found.temperature, found.bias, found.loss_before, found.loss_after)


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
    return _binned(*rules_of(task).answers(target, probabilities, population or Population()), bins)


def class_reliability(
    task: Task, target: Array, probabilities: Array, bins: int = 10, population: Population | None = None
) -> tuple[Reliability, ...]:
    """The same for every class, or label, by itself: its probability, and whether the sample is of it.

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
