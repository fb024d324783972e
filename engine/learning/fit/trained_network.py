"""A trained network with everything needed to predict from raw values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch

from ...arrays import Doubles, Floats, Indices
from ...contract import Epoch, SampleShape, Task
from ...model import CoLearner, PredictionNetwork, Scores, Standardize, band_first
from ...model.losses import SensorBatch
from ...samples import SampleSet
from ..standardization import Statistics
from ..tasks import AS_THEY_ARE, Population
from .fusing import fused_logits
from .settings import Settings
from .targets import population_of, shift_of

SAMPLES_AT_ONCE = 256


@dataclass(frozen=True)
class TrainedSensor:
    """One sensor of a trained network.

    ``probe`` holds a few samples' raw values, laid out as in
    :class:`~..samples.sample_set.SensorSamples`: an exported graph is checked on them. ``temperature`` and ``bias``
    (output,) calibrate the sensor's logits; None if uncalibrated.
    """

    name: str
    shape: SampleShape
    statistics: Statistics
    probe: Floats
    temperature: Doubles | None = None
    bias: Doubles | None = None


@dataclass(frozen=True)
class TrainedNetwork:
    """The best checkpoint of one training, on the CPU in evaluation mode.

    ``target_mean`` and ``target_sd`` (output,) standardized the regression targets; they are 0 and 1 otherwise.
    ``kept`` are the epochs, from 1, whose weights these are: one per sensor, or one for all. ``fused_temperature`` and
    ``fused_bias`` calibrate the fused logits of all sensors. ``population`` is the one that calibrated
    probabilities refer to, with its decision rule.
    """

    task: Task
    network: CoLearner
    sensors: tuple[TrainedSensor, ...]
    target_mean: Floats
    target_sd: Floats
    history: tuple[Epoch, ...]
    kept: tuple[int, ...] = ()
    fused_temperature: Doubles | None = None
    fused_bias: Doubles | None = None
    population: Population = AS_THEY_ARE

    def sensor(self, name: str) -> TrainedSensor:
        """The sensor of that name."""
        return self.sensors[self._position(name)]

    def calibrated(self, name: str, temperature: Doubles, bias: Doubles) -> TrainedNetwork:
        """The network with the logits of one sensor divided by ``temperature`` and shifted by ``bias`` (output,).

        Raises:
            ValueError: a regression, which has no probabilities.
        """
        if not self.task.has_probabilities:
            raise ValueError("values of a regression cannot be calibrated")
        at = self._position(name)
        sensor = replace(self.sensors[at], temperature=temperature, bias=bias)
        return replace(self, sensors=(*self.sensors[:at], sensor, *self.sensors[at + 1 :]))

    def calibrated_fused(self, temperature: Doubles, bias: Doubles) -> TrainedNetwork:
        """As :meth:`calibrated`, for the fused logits of all sensors."""
        if not self.task.has_probabilities:
            raise ValueError("values of a regression cannot be calibrated")
        return replace(self, fused_temperature=temperature, fused_bias=bias)

    def predictor(self, name: str, calibrated: bool = True) -> PredictionNetwork:
        """The part that predicts from raw values of the sensor ``name``; it shares the network's weights."""
        sensor = self.sensor(name)
        standardize = Standardize.of(sensor.statistics.mean, sensor.statistics.scale)
        sensor_network = self.network.sensor_network(self._position(name))
        scores = self._scores(sensor.temperature, sensor.bias) if calibrated else self._scores(None, None)
        return PredictionNetwork(sensor.shape, standardize, sensor_network, scores).eval()

    def predict(self, name: str, values: Floats, calibrated: bool = True) -> Floats:
        """Probabilities, or values in the target's unit, of samples of the sensor ``name``.

        Args:
            values: raw float32, NaN = nodata: images (sample, band, row, col), series (sample, date, band).
            calibrated: whether to apply the sensor's calibration, if it has one.

        Returns:
            (sample, output) float32; NaN where the sample's own pixel (or every date) is nodata.
        """
        return predict_with(self.predictor(name, calibrated), values)

    def fuse(self, samples: SampleSet, calibrated: bool = True) -> Floats:
        """Probabilities, or values in the target's unit, of samples from all their sensors at once.

        For a network with one head, and samples in the same layout as in training.

        Returns:
            (sample, output) float32; NaN if no sensor covers the sample.
        """
        found = np.full((len(samples), len(self.target_mean)), np.nan, np.float32)
        scores = self._scores(*((self.fused_temperature, self.fused_bias) if calibrated else (None, None)))
        with torch.inference_mode():
            for start in range(0, len(samples), SAMPLES_AT_ONCE):
                part = samples.take(np.arange(start, min(start + SAMPLES_AT_ONCE, len(samples))))
                sensors = self._sensor_batches(part)
                if sensors:
                    logits, rows = fused_logits(self.network, sensors, len(part), drop=False)
                    found[start + rows.numpy()] = scores(logits).numpy()
        return found

    def _scores(self, temperature: Doubles | None, bias: Doubles | None) -> Scores:
        """From logits to calibrated probabilities, or to values in the target's unit."""
        decision = self.population.decision
        if not self.task.has_probabilities or temperature is None or bias is None:
            return Scores.of(self.task, self.target_sd, self.target_mean, decision)
        return Scores.of(self.task, 1 / temperature, bias, decision)

    def _sensor_batches(self, samples: SampleSet) -> list[SensorBatch]:
        rows = [torch.from_numpy(np.flatnonzero(column)) for column in samples.present.T]
        inputs = [
            Standardize.of(own.statistics.mean, own.statistics.scale)(
                band_first(sensor.values[covered.numpy()], own.shape)
            )
            if len(covered)
            else None
            for own, sensor, covered in zip(self.sensors, samples.sensors, rows, strict=True)
        ]
        outputs = self.network(inputs)
        return [SensorBatch(at, rows[at], output) for at, output in enumerate(outputs) if output is not None]

    def _position(self, name: str) -> int:
        return [sensor.name for sensor in self.sensors].index(name)


def for_population(network: TrainedNetwork, samples: SampleSet, train: Indices, settings: Settings) -> TrainedNetwork:
    """The network with probabilities adjusted to the population by Bayes' rule, without validation samples."""
    if not samples.task.has_probabilities:
        return network
    one, population = np.ones(settings.outputs), population_of(samples, train, settings)
    network = replace(network, population=population)
    for at, sensor in enumerate(samples.sensors):
        shift = shift_of(samples, train, at, population, settings)
        if shift is not None:
            network = network.calibrated(sensor.name, one, shift)
    shift = shift_of(samples, train, None, population, settings)
    return network if shift is None else network.calibrated_fused(one, shift)


class SamplePredictor(Protocol):
    """A predictor of one sensor's samples, band first."""

    @property
    def shape(self) -> SampleShape:
        """The shape of the samples."""

    def __call__(self, samples: torch.Tensor) -> torch.Tensor:
        """Raw samples to scores (sample, output)."""


def predict_with(predictor: SamplePredictor, values: Floats) -> Floats:
    """A predictor's predictions for samples laid out as for :meth:`TrainedNetwork.predict`, in batches."""
    samples = band_first(values, predictor.shape)
    with torch.inference_mode():
        return np.concatenate([predictor(part).numpy() for part in torch.split(samples, SAMPLES_AT_ONCE)])
