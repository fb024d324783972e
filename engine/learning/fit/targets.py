"""Labels as training targets, and the main loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...arrays import Doubles, Floats, Indices
from ...contract import ClassWeight, Optimize
from ...model.losses import Criteria, criteria_of
from ...samples import SampleSet
from ..standardization import target_statistics
from ..tasks import Population, observed_shares, prior_shift
from .settings import Fusion, Settings


@dataclass(frozen=True)
class Targets:
    """The labels of all samples, as the network's targets.

    ``values`` is int64 (sample,) class indices, float32 (sample, label) 0/1, or float32 (sample, target) standardized
    by ``mean`` and ``sd`` (output,), which are 0 and 1 except for regression.
    """

    values: Tensor
    mean: Floats
    sd: Floats


def network_targets(
    samples: SampleSet, train: Indices, outputs: int, unit: tuple[Floats, Floats] | None = None
) -> Targets:
    """The labels, standardized (regression) by the samples at ``train``: the same unit for all compared sensors.

    Args:
        unit: mean and sd (output,) of an earlier training's targets, by which these are standardized instead.
    """
    if samples.task.has_probabilities:
        mean, sd = np.zeros(outputs, np.float32), np.ones(outputs, np.float32)
        return Targets(torch.tensor(samples.target), mean, sd)
    if unit is None:
        statistics = target_statistics(samples.target[train])
        unit = statistics.mean.astype(np.float32), statistics.scale.astype(np.float32)
    mean, sd = unit
    return Targets(torch.from_numpy(((samples.target - mean) / sd).astype(np.float32)), mean, sd)


def criteria(samples: SampleSet, train: Indices, settings: Settings) -> Criteria:
    """The main loss of the samples' task; class weights come from the samples at ``train``.

    A sensor's weights are those of the training samples it covers, so that they are the same alone and with others.
    """
    weights = loss_weights(samples, train, settings)
    weight_tensor = None if weights is None else torch.from_numpy(weights).to(settings.device)
    return criteria_of(samples.task, weight_tensor)


def loss_weights(samples: SampleSet, train: Indices, settings: Settings) -> Floats | None:
    """Weights (class,) of the loss from the samples at ``train``; None if all are equal, or without classes."""
    return class_weights(samples.target[train], settings) if samples.task.one_class else None


def class_weights(target: NDArray[Any], settings: Settings) -> Floats | None:
    """Weight of each class by the settings and the labels ``target`` (sample,); None if all are equal."""
    kind = resolved_weight(settings)
    if kind is ClassWeight.NONE:
        return None
    return balanced_weights(target, settings.outputs, 0.5 if kind is ClassWeight.SQUARE_ROOT else 1.0)


def resolved_weight(settings: Settings) -> ClassWeight:
    """The class weighting, with ``auto`` resolved."""
    if settings.class_weight is not ClassWeight.AUTO:
        return settings.class_weight
    return ClassWeight.NONE if settings.optimize is Optimize.ACCURACY else ClassWeight.BALANCED


def population_of(samples: SampleSet, train: Indices, settings: Settings) -> Population:
    """The population that probabilities refer to: the settings' shares, or those of the samples at ``train``."""
    shares = settings.shares or observed_shares(samples.task, samples.target[train], settings.outputs)
    return Population.of(samples.task, shares, settings.optimize)


def rows_of(samples: SampleSet, train: Indices, at: int | None) -> Indices:
    """The samples ``train`` covered by the sensor at an index; None: by any sensor."""
    covered = samples.present[train]
    rows: Indices = train[covered.any(axis=1) if at is None else covered[:, at]]
    return rows


def weighed_rows(samples: SampleSet, train: Indices, at: int | None, settings: Settings) -> Indices:
    """The training samples for a sensor's class weights: its own, or all if there is one head for all."""
    return rows_of(samples, train, at if settings.fusion is Fusion.NONE else None)


def shift_of(
    samples: SampleSet, train: Indices, at: int | None, population: Population, settings: Settings
) -> Doubles | None:
    """The shift (output,) of a sensor's logits to the population; None: no shift.

    Args:
        at: the sensor's index; None: the fused logits of all sensors.
    """
    weights = loss_weights(samples, weighed_rows(samples, train, at, settings), settings)
    return prior_shift(samples.task, samples.target[rows_of(samples, train, at)], weights, population.shares)


def balanced_weights(target: NDArray[Any], classes: int, power: float = 1.0) -> Floats:
    """(n / (K · n_k)) ** power per class, K the number of classes in ``target`` (sample,), scaled to a mean of 1.

    With power 1 every present class has the same total weight. A class that is not present has weight 1.
    """
    counts = np.bincount(target, minlength=classes)
    present = counts > 0
    weights = np.ones(classes, dtype=np.float32)
    raw = (len(target) / (present.sum() * counts[present])) ** power
    weights[present] = raw * len(target) / (raw * counts[present]).sum()
    return weights
