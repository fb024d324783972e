"""A network with its samples, its loss and its optimizer: what one epoch needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ..contract.events import Epoch
from ..model.architecture import network_for
from ..model.colearner import SensorOutput
from ..model.losses.objective import objective
from ..model.predictor import Scores
from ..model.standardize import Standardize
from ..samples.sample_set import SampleSet, Split
from .metrics import main_score
from .settings import Settings
from .statistics import sensor_statistics
from .targets import network_targets, task_loss
from .trained import TrainedNetwork, TrainedSensor, band_first

PROBE_SAMPLES = 16


class Learner:
    """Trains one network epoch by epoch. Samples stay in memory as they came; batches are standardized when taken."""

    def __init__(self, samples: SampleSet, split: Split, settings: Settings) -> None:
        self._samples, self._settings = samples, settings
        self._probe = split.validation[:PROBE_SAMPLES]
        self._statistics = [sensor_statistics(sensor, split.train) for sensor in samples.sensors]
        self._values = [band_first(sensor.values) for sensor in samples.sensors]
        self._targets = network_targets(samples, split.train, settings.outputs)
        self._standardize = [
            Standardize.of(statistics.mean, statistics.scale).to(settings.device) for statistics in self._statistics
        ]
        self._task_loss = task_loss(samples, split.train, settings.outputs, settings.class_weight, settings.device)
        self.network = network_for(samples, settings.outputs).to(settings.device)
        self._optimizer = torch.optim.Adam(self.network.parameters(), lr=settings.learning_rate, fused=True)

    def learn(self, batches: Sequence[Tensor]) -> float:
        """One epoch over batches of sample positions; returns the mean loss per sample."""
        self.network.train()
        loss_sum = torch.zeros((), device=self._settings.device)
        for batch in batches:
            loss = self._loss(self._outputs(batch), batch)
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            loss_sum += loss.detach() * len(batch)
        return loss_sum.item() / sum(map(len, batches))

    @torch.no_grad()
    def validate(self, batches: Sequence[Tensor]) -> tuple[float, float]:
        """The mean loss per sample, and the main score averaged over sensors (NaN where the loss is no number)."""
        self.network.eval()
        loss_sum, mains = torch.zeros((), device=self._settings.device), []
        for batch in batches:
            outputs = self._outputs(batch)
            loss_sum += self._loss(outputs, batch) * len(batch)
            mains.append(torch.stack([output.main for output in outputs]))
        return loss_sum.item() / sum(map(len, batches)), self._score(torch.cat(mains, dim=1), torch.cat(list(batches)))

    def trained(self, history: tuple[Epoch, ...]) -> TrainedNetwork:
        """The network as it stands now, on the CPU."""
        sensors = tuple(
            TrainedSensor(
                sensor.name,
                sensor.kind,
                sensor.values.shape[-1] if sensor.values.ndim == 4 else 1,
                statistics,
                sensor.values[self._probe],
            )
            for sensor, statistics in zip(self._samples.sensors, self._statistics, strict=True)
        )
        network, targets = self.network.cpu().eval(), self._targets
        return TrainedNetwork(self._samples.task, network, sensors, targets.mean, targets.sd, history)

    def _outputs(self, batch: Tensor) -> tuple[SensorOutput, ...]:
        device = self._settings.device
        inputs = [
            standardize(values[batch].to(device))
            for standardize, values in zip(self._standardize, self._values, strict=True)
        ]
        outputs: tuple[SensorOutput, ...] = self.network(inputs)
        return outputs

    def _loss(self, outputs: Sequence[SensorOutput], batch: Tensor) -> Tensor:
        target = self._targets.values[batch].to(self._settings.device)
        return objective(outputs, target, self._task_loss, self._settings.term_weights).total

    def _score(self, mains: Tensor, index: Tensor) -> float:
        """Main score of (sensor, sample, output) logits of the samples at ``index``, averaged over sensors."""
        if not mains.isfinite().all():
            return float("nan")
        task, target = self._samples.task, self._samples.target[index.numpy()]
        scores = Scores.of(task, self._targets.mean, self._targets.sd)
        return float(np.mean([main_score(task, target, scores(main).numpy()) for main in mains.cpu()]))
