"""Builds the network for given sensors; the only place that chooses encoders and their sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..contract import Spectral, Task
from ..samples import SampleSet, SensorSamples
from .colearner import CoLearner
from .encoders import ENCODERS, ReducedEncoder
from .encoders.layers import (
    MANY_BANDS,
    Encoder,
    EncoderSpec,
    FittedProjection,
    LearnedProjection,
    Reduction,
    SpectralProjection,
)
from .network_design import NetworkDesign

USUAL = NetworkDesign()


def network_for(
    samples: SampleSet,
    outputs: int,
    design: NetworkDesign = USUAL,
    reductions: Sequence[Reduction | None] = (),
    one_head: bool = False,
) -> CoLearner:
    """A network with new random weights for these sensors and this task.

    Args:
        outputs: number of classes, labels or targets.
        design: encoders and sizes.
        reductions: fitted spectral projection per sensor (``learning.standardization``), None for sensors that need
            none.
        one_head: one main head for all sensors, as in :class:`.colearner.CoLearner`.
    """
    fitted = reductions or [None] * len(samples.sensors)
    return CoLearner(
        [
            encoder_for(sensor, samples.task, design, reduction)
            for sensor, reduction in zip(samples.sensors, fitted, strict=True)
        ],
        outputs,
        one_head=one_head,
    )


def encoder_for(
    sensor: SensorSamples, task: Task, design: NetworkDesign = USUAL, reduction: Reduction | None = None
) -> Encoder:
    """The encoder of one sensor, behind a spectral projection if the sensor has more than ``MANY_BANDS`` bands.

    Raises:
        ValueError: the design requires a fitted projection, and none is given.
    """
    bands = sensor.shape.bands
    if bands <= MANY_BANDS:
        return _encoder(sensor, bands, task, design)
    projection = _projection(bands, design, reduction)
    return ReducedEncoder(projection, _encoder(sensor, projection.components, task, design))


def _projection(bands: int, design: NetworkDesign, reduction: Reduction | None) -> SpectralProjection:
    if design.spectral is Spectral.LEARNED:
        return LearnedProjection(bands)
    if reduction is None:
        raise ValueError(f"{bands} bands to be reduced by {design.spectral.value}, and no fitted reduction")
    return FittedProjection(reduction)


def _encoder(sensor: SensorSamples, bands: int, task: Task, design: NetworkDesign) -> Encoder:
    """The encoder that the design chooses for the sensor's kind of samples."""
    spec = EncoderSpec(bands, design.width, design.hidden, design.dropout, masked=design.masked)
    if not sensor.shape.has_dates:
        return ENCODERS[design.image_encoder](replace(spec, context_px=sensor.shape.side_px))
    layer_norm = not task.has_probabilities  # as in the paper
    return ENCODERS[design.series_encoder](replace(spec, days=sensor.days_or_numbers(), layer_norm=layer_norm))
