"""Which network fits which sensors: the one place that chooses encoders and sizes."""

from __future__ import annotations

from ..contract.job import Task
from ..contract.manifest import SensorKind
from ..samples.sample_set import SampleSet, SensorSamples
from .colearner import CoLearner
from .encoders.dilated import DilatedEncoder
from .encoders.encoder import Encoder
from .encoders.tempcnn import TempCNN

WIDTH = 128  # E of the paper


def network_for(samples: SampleSet, outputs: int) -> CoLearner:
    """A network with fresh weights for these sensors and this task."""
    return CoLearner([encoder_for(sensor, samples.task) for sensor in samples.sensors], outputs)


def encoder_for(sensor: SensorSamples, task: Task) -> Encoder:
    """TempCNN for series, dilated convolutions for images; series regression ends in LayerNorm, as in the paper."""
    if sensor.kind is SensorKind.SERIES:
        _, dates, bands = sensor.values.shape
        return TempCNN(bands, dates, width=WIDTH, layer_norm=task is Task.REGRESSION)
    _, bands, context_px, _ = sensor.values.shape
    return DilatedEncoder(bands, context_px, width=WIDTH)
