"""A network with its data, its loss and its optimizer: what one epoch needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...arrays import Flags, Indices
from ...contract import Epoch, LossWeights
from ...model import AdamW, CoLearner, Scores, Standardize, network_for
from ...model.losses import BatchLabels, SensorBatch, main_term, objective
from ...samples import SampleSet, Split
from ..standardization import Statistics, reductions_for, sensor_statistics
from ..tasks import main_score
from .batches import LEAST_ROWS
from .data import TensorPool, TrainingData
from .fusing import fused_logits
from .settings import Criterion, Fusion, Settings
from .targets import (
    criteria,
    network_targets,
    population_of,
    shift_of,
    weighed_rows,
)
from .trained_network import TrainedNetwork, TrainedSensor

PROBE_SAMPLES = 16
TEMPERATURES = tuple(2 ** (step / 2) for step in range(-4, 11))  # a quarter to 32

MainLoss = tuple[int, Tensor, int]  # index of the sensor, its mean over rows, number of rows


@dataclass(frozen=True)
class Validation:
    """The validation of an epoch: the mean loss, the mean main score, and the costs for selecting weights."""

    loss: float
    score: float
    costs: list[float]


class SensorMeans:
    """Means over rows of all batches, per sensor, and their mean, in which all sensors have the same weight."""

    def __init__(self) -> None:
        self._sums: dict[int, Tensor] = {}
        self._rows: dict[int, int] = {}

    def add(self, position: int, mean: Tensor, rows: int) -> None:
        """Add the mean over some rows of the sensor at ``position``."""
        self._sums[position] = self._sums.get(position, torch.zeros_like(mean)) + mean * rows
        self._rows[position] = self._rows.get(position, 0) + rows

    def mean(self) -> float:
        """The mean over sensors of each one's mean; NaN without rows."""
        means = [total.item() / self._rows[position] for position, total in self._sums.items()]
        return float(np.mean(means)) if means else math.nan


class Trainer:
    """Trains one network epoch by epoch.

    Args:
        split: of the samples that any compared sensor covers. Statistics and class weights of a sensor are from those
            that it covers itself, so that they are the same alone and with others; the unit of regression
            targets is the same for all.
        start: the trained network that is trained further: its weights, statistics, spectral projections and unit of
            targets are kept.
    """

    def __init__(
        self, data: TrainingData, split: Split, settings: Settings, start: TrainedNetwork | None = None
    ) -> None:
        samples = data.samples
        self._samples, self._settings = samples, settings
        if start is None:
            self._statistics = _statistics(samples, split.train)
            self._targets = network_targets(samples, split.train, settings.outputs)
            network = _new_network(samples, split.train, self._statistics, settings)
        else:
            self._statistics = [sensor.statistics for sensor in start.sensors]
            unit = start.target_mean, start.target_sd
            self._targets = network_targets(samples, split.train, settings.outputs, unit)
            network = deepcopy(start.network)
        unseen = split.validation if len(split.validation) else split.train  # a refit has no validation samples
        self._probes = [_probe(samples.present[:, at], unseen) for at in range(len(samples.sensors))]
        standardize = [Standardize.of(found.mean, found.scale).to(settings.device) for found in self._statistics]
        self.pool = TensorPool(data, self._targets, standardize, settings.device)
        self._criteria = [
            criteria(samples, weighed_rows(samples, split.train, at, settings), settings)
            for at in range(len(samples.sensors))
        ]
        self._population = population_of(samples, split.train, settings)
        answering = [None] if settings.fusion is Fusion.ALL else range(len(samples.sensors))
        self._shifts = [shift_of(samples, split.train, at, self._population, settings) for at in answering]
        self.network: CoLearner = network.to(settings.device)
        self.optimizer = AdamW(self.network.parameters(), settings.weight_decay)

    @property
    def _criterion(self) -> Criterion:
        """The criterion for the best epoch. With one head for several sensors, the objective is their main loss."""
        fused = self._settings.fusion is not Fusion.NONE
        return Criterion.LOSS if fused and self._settings.criterion is Criterion.OBJECTIVE else self._settings.criterion

    def learn(self, batches: Sequence[Tensor], weights: LossWeights, rate: float = 1.0) -> float:
        """One epoch over batches of indices in the pool; returns the main loss, per sensor as a mean over rows.

        A sensor trains on a batch only if it covers at least two labelled samples in it, so that unlabelled ones add no
        steps. A batch without such a sensor is skipped.

        Args:
            rate: factor of the settings' learning rate.
        """
        self.network.train()
        losses = SensorMeans()
        for batch in batches:
            sensors = self._sensor_batches(self.network, batch)
            if not sensors:
                continue
            total, mains = self._loss(sensors, batch, weights)
            self.optimizer.zero_grad()
            total.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step(self._settings.learning_rate * rate)
            for position, loss, rows in mains:
                losses.add(position, loss.detach(), rows)
        return losses.mean()

    @torch.no_grad()
    def validate(self, batches: Sequence[Tensor]) -> Validation:
        """Validate the network on batches of labelled samples."""
        network = self.network.eval()
        index = torch.cat(list(batches))
        totals, logits = [], []
        for batch in batches:
            sensors = self._sensor_batches(network, batch)
            labels = BatchLabels(*self.pool.labels(batch))
            if self._criterion is Criterion.OBJECTIVE:
                totals.append(objective(sensors, labels, self._criteria, self._settings.weights).total * len(batch))
            logits.append(self._predicted(network, sensors, len(batch)))
        joined = [torch.cat(parts).cpu() for parts in zip(*logits, strict=True)]
        scored = [self._scored(each, index, at) for at, each in enumerate(joined)]
        losses, scores = (np.array(column) for column in zip(*(each for each in scored if each), strict=True))
        if self._criterion is Criterion.OBJECTIVE:
            costs = [float(sum(totals)) / len(index)]
        else:
            own = iter(losses.tolist())
            costs = [next(own) if each else float(losses.mean()) for each in scored]
            costs = costs if self.slots() else [float(np.mean(costs))]
        return Validation(float(losses.mean()), float(scores.mean()), costs)

    def state(self) -> dict[str, Any]:
        """The state of training, to resume from."""
        return {"network": self.network.state_dict(), "optimizer": self.optimizer.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Restore a :meth:`state`."""
        self.network.load_state_dict(state["network"])
        self.optimizer.restore(state["optimizer"])

    def slots(self) -> tuple[str, ...]:
        """Names of the parts that are kept separately; none if all are kept together."""
        apart = self._criterion is not Criterion.OBJECTIVE and self._settings.fusion is Fusion.NONE
        return self.network.slots if apart else ()

    def trained(
        self, weights: dict[str, Tensor], history: tuple[Epoch, ...], kept: tuple[int, ...] = ()
    ) -> TrainedNetwork:
        """The network with these weights, from the epochs ``kept``, on the CPU."""
        network = self.network.cpu().eval()
        network.load_state_dict(weights)
        sensors = tuple(
            TrainedSensor(sensor.name, sensor.shape, statistics, sensor.values[probe])
            for sensor, statistics, probe in zip(self._samples.sensors, self._statistics, self._probes, strict=True)
        )
        targets = self._targets
        return TrainedNetwork(self._samples.task, network, sensors, targets.mean, targets.sd, history, kept)

    def _sensor_batches(self, network: CoLearner, batch: Tensor) -> list[SensorBatch]:
        """Every sensor's outputs for the samples of the batch that it covers, if there are enough."""
        rows = [self.pool.rows(batch, sensor) for sensor in range(len(network.slots))]
        least = LEAST_ROWS if network.training else 1
        enough = [int((batch[each] < self.pool.labelled_count).sum()) >= least for each in rows]
        taken = [self.pool.values(batch[each], at) if enough[at] else None for at, each in enumerate(rows)]
        device = self._settings.device
        return [
            SensorBatch(at, rows[at].to(device), output)
            for at, output in enumerate(network(taken))
            if output is not None
        ]

    def _loss(
        self, sensors: Sequence[SensorBatch], batch: Tensor, weights: LossWeights
    ) -> tuple[Tensor, list[MainLoss]]:
        """The total of a batch, and the main loss of each sensor that has one."""
        labels = BatchLabels(*self.pool.labels(batch))
        if self._settings.fusion is Fusion.NONE:
            terms = objective(sensors, labels, self._criteria, weights)
            mains = [
                (sensor.position, main, len(sensor.rows))
                for sensor, main in zip(sensors, terms.main_of_sensors, strict=True)
                if main is not None
            ]
            return terms.total, mains
        logits, rows = fused_logits(self.network, sensors, len(batch), self._settings.fusion is Fusion.DROPOUT)
        fused = main_term(logits, rows, labels, self._criteria[0], weights.distillation)
        main = logits.sum() * 0.0 if fused is None else fused
        return weights.main * main, [(0, main, len(rows))]

    def _predicted(self, network: CoLearner, sensors: Sequence[SensorBatch], count: int) -> list[Tensor]:
        """Logits (count, output) of every sensor, or of all at once; NaN if a sample is not covered."""
        if self._settings.fusion is Fusion.ALL:
            answers = [fused_logits(network, sensors, count, drop=False)]
        else:
            seen = {sensor.position: (sensor.output.main, sensor.rows) for sensor in sensors}
            nothing = (sensors[0].output.main[:0], sensors[0].rows[:0])
            answers = [seen.get(at, nothing) for at in range(len(network.slots))]
        whole_batch = []
        for logits, rows in answers:
            whole = logits.new_full((count, logits.shape[1]), torch.nan)
            whole[rows] = logits
            whole_batch.append(whole)
        return whole_batch

    def _scored(self, logits: Tensor, index: Tensor, position: int) -> tuple[float, float] | None:
        """Main loss and main score of one sensor's logits, NaN if these are not finite.

        None for a sensor that covers no validation sample.
        """
        rows = self.pool.rows(index, position) if self._settings.fusion is not Fusion.ALL else torch.arange(len(index))
        if not len(rows):
            return None
        found, own = logits[rows], index[rows]
        if not found.isfinite().all():
            return math.nan, math.nan
        target, _, _ = self.pool.labels(own)
        task = self._criteria[position].task
        loss = task(found.to(target.device), target).item()
        if self._criterion is Criterion.CALIBRATED and self._samples.task.has_probabilities:
            scaled = (found.to(target.device) / temperature for temperature in TEMPERATURES)
            loss = min(task(logits, target).item() for logits in scaled)
        shift = self._shifts[position]
        offset = self._targets.mean if shift is None else shift
        scores = Scores.of(self._samples.task, self._targets.sd, offset)(found).numpy()
        truth = self._samples.target[own.numpy()]
        return loss, main_score(self._samples.task, truth, scores, self._settings.optimize, self._population)


def _statistics(samples: SampleSet, train: Indices) -> list[Statistics]:
    """The statistics of each sensor, from the samples at ``train`` that it covers."""
    return [sensor_statistics(sensor, train[samples.present[train, at]]) for at, sensor in enumerate(samples.sensors)]


def _new_network(samples: SampleSet, train: Indices, statistics: Sequence[Statistics], settings: Settings) -> CoLearner:
    """A network with random weights, its spectral projections fitted on the samples at ``train``."""
    reductions = reductions_for(samples, train, statistics, settings.design)
    return network_for(samples, settings.outputs, settings.design, reductions, settings.fusion is not Fusion.NONE)


def _probe(covered: Flags, unseen: Indices) -> Indices:
    """A few samples that a sensor covers."""
    probe: Indices = unseen[covered[unseen]][:PROBE_SAMPLES]
    return probe
