"""Which network fits which sensors: the one place that chooses encoders and sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..contract import ImageEncoder, SensorKind, SeriesEncoder, Spectral, Task
from ..samples import SampleSet, SensorSamples
from .colearner import CoLearner
from .encoders import (
    LTAE,
    MANY_BANDS,
    DilatedEncoder,
    Encoder,
    FittedProjection,
    LearnedProjection,
    ReducedEncoder,
    Reduction,
    ResidualEncoder,
    SpectralProjection,
    TempCNN,
    TransformerEncoder,
)
from .network_design import NetworkDesign

LTAE_HEADS = 16
USUAL = NetworkDesign()


def network_for(
    samples: SampleSet,
    outputs: int,
    design: NetworkDesign = USUAL,
    reductions: Sequence[Reduction | None] = (),
    one_head: bool = False,
) -> CoLearner:
    """A network with fresh weights for these sensors and this task.

    Args:
        outputs: classes, labels or targets.
        reductions: one per sensor, as ``learning.spectral`` fits them; needed only where ``design`` says so.
        one_head: one main head for all sensors, as :class:`.colearner.CoLearner` has it.
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
    """The encoder of one sensor; one with many bands is seen through a spectral projection.

    Raises:
        ValueError: the design asks for a fitted projection and none is given.
    """
    bands = band_count(sensor)
    if bands <= MANY_BANDS:
        return _encoder(sensor, bands, task, design)
    projection = _projection(bands, design, reduction)
    return ReducedEncoder(projection, _encoder(sensor, projection.components, task, design))


def band_count(sensor: SensorSamples) -> int:
    """Bands of a sensor's samples."""
    return sensor.values.shape[2 if sensor.kind is SensorKind.SERIES else 1]


def _projection(bands: int, design: NetworkDesign, reduction: Reduction | None) -> SpectralProjection:
    if design.spectral is Spectral.LEARNED:
        return LearnedProjection(bands)
    if reduction is None:
        raise ValueError(f"{bands} bands to be reduced by {design.spectral.value}, and no fitted reduction")
    return FittedProjection(reduction)


def _encoder(sensor: SensorSamples, bands: int, task: Task, design: NetworkDesign) -> Encoder:
    if sensor.kind is SensorKind.SERIES:
        return _series_encoder(sensor, bands, task, design)
    return _image_encoder(sensor.values.shape[3], bands, design)


def _series_encoder(sensor: SensorSamples, bands: int, task: Task, design: NetworkDesign) -> Encoder:
    """In regression the representation ends in LayerNorm, as in the paper."""
    days = sensor.days or tuple(map(float, range(sensor.values.shape[1])))
    layer_norm = task is Task.REGRESSION
    width, hidden, dropout = design.width, design.hidden, design.dropout
    if design.series_encoder is SeriesEncoder.LTAE:
        heads = math.gcd(LTAE_HEADS, hidden // 4)  # of four channels or more each
        return LTAE(bands, days, width=width, channels=hidden, heads=heads, dropout=dropout, layer_norm=layer_norm)
    if design.series_encoder is SeriesEncoder.TRANSFORMER:
        return TransformerEncoder(
            bands, days, width=width, channels=hidden // 2, dropout=dropout, layer_norm=layer_norm
        )
    return TempCNN(
        bands, len(days), width=width, hidden=hidden, dropout=dropout, layer_norm=layer_norm, masked=design.masked
    )


def _image_encoder(context_px: int, bands: int, design: NetworkDesign) -> Encoder:
    width, hidden, dropout = design.width, design.hidden, design.dropout
    if design.image_encoder is ImageEncoder.RESIDUAL:
        return ResidualEncoder(bands, context_px, width=width, channels=hidden * 3 // 4, dropout=dropout)
    return DilatedEncoder(bands, context_px, width=width, channels=hidden // 2, dropout=dropout)
