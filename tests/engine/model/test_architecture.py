"""Which encoder fits which sensor."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ImageEncoder, SeriesEncoder, Spectral
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.model.architecture import encoder_for, network_for
from colearn.engine.model.encoders.dilated import DilatedEncoder
from colearn.engine.model.encoders.layers.encoder import Encoder
from colearn.engine.model.encoders.layers.projection import FittedProjection, LearnedProjection, Reduction
from colearn.engine.model.encoders.layers.sequence import day_encoding
from colearn.engine.model.encoders.ltae import LTAE
from colearn.engine.model.encoders.reduced import ReducedEncoder
from colearn.engine.model.encoders.registry import ENCODERS
from colearn.engine.model.encoders.residual import ResidualEncoder
from colearn.engine.model.encoders.tempcnn import TempCNN
from colearn.engine.model.encoders.transformer import TransformerEncoder
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.samples.sample_set import SensorSamples

from synthetic_samples import make_samples


def camera(bands: int) -> SensorSamples:
    return SensorSamples("camera", SensorKind.IMAGE, np.zeros((1, bands, 3, 3), np.float32))


def series_of(encoder: SeriesEncoder, task: Task = Task.CLASSIFICATION, days: tuple[float, ...] = ()) -> Encoder:
    sensor = replace(make_samples(task).sensors[1], days=days)
    return encoder_for(sensor, task, NetworkDesign(series_encoder=encoder))


@pytest.mark.parametrize(
    ("choice", "kind"), [(ImageEncoder.DILATED, DilatedEncoder), (ImageEncoder.RESIDUAL, ResidualEncoder)]
)
def test_images_are_seen_with_their_context(choice: ImageEncoder, kind: type[Encoder]) -> None:
    sensor = make_samples(context_px=7).sensors[0]
    encoder = encoder_for(sensor, Task.CLASSIFICATION, NetworkDesign(image_encoder=choice))
    assert isinstance(encoder, kind)
    assert encoder.context_px == 7
    assert encoder.embedding.dropout.p == 0.2


def test_series_are_read_as_chosen() -> None:
    kinds = {choice: type(series_of(choice)) for choice in SeriesEncoder}
    assert kinds == {
        SeriesEncoder.TEMPCNN: TempCNN,
        SeriesEncoder.LTAE: LTAE,
        SeriesEncoder.TRANSFORMER: TransformerEncoder,
    }


@pytest.mark.parametrize("choice", SeriesEncoder)
@pytest.mark.parametrize(("task", "ends_in_layernorm"), [(Task.CLASSIFICATION, False), (Task.REGRESSION, True)])
def test_series_regression_ends_in_layernorm(choice: SeriesEncoder, task: Task, ends_in_layernorm: bool) -> None:
    encoder = series_of(choice, task)
    last = encoder.layernorm if isinstance(encoder, TempCNN) else encoder.embedding.layernorm
    assert (last is not None) is ends_in_layernorm


@pytest.mark.parametrize("choice", [SeriesEncoder.LTAE, SeriesEncoder.TRANSFORMER])
def test_attention_uses_days_or_otherwise_date_numbers(choice: SeriesEncoder) -> None:
    days = (5.0, 6.0, 17.0, 40.0, 41.0, 300.0)
    width = 8 if choice is SeriesEncoder.LTAE else 64
    known, unknown = series_of(choice, days=days).position[:, :width], series_of(choice).position[:, :width]
    torch.testing.assert_close(known, day_encoding(days, width))
    torch.testing.assert_close(unknown, day_encoding((0, 1, 2, 3, 4, 5), width))


@pytest.mark.parametrize(("bands", "projection"), [(64, None), (65, LearnedProjection)])
def test_many_bands_are_reduced_first(bands: int, projection: type | None) -> None:
    encoder = encoder_for(camera(bands), Task.CLASSIFICATION)
    assert isinstance(encoder, ReducedEncoder) is (projection is not None)
    assert projection is None or isinstance(encoder.projection, projection)


def test_a_fitted_reduction_is_taken_where_it_is_asked_for() -> None:
    design, reduction = NetworkDesign(spectral=Spectral.PCA), Reduction(np.ones((9, 200), np.float32))
    encoder = encoder_for(camera(200), Task.CLASSIFICATION, design, reduction)
    assert isinstance(encoder.projection, FittedProjection)
    assert encoder.encoder.units[0].conv.weight.shape[1] == 9
    with pytest.raises(ValueError, match="pca"):
        encoder_for(camera(200), Task.CLASSIFICATION, design)


def test_sizes_are_the_papers() -> None:
    network = network_for(make_samples(), outputs=3)
    assert network.specific_encoder["B"].conv2.weight.shape == (128, 128, 5)
    assert network.main_head["A"].weight.shape == (3, 128)
    assert network.shared_projection["A"].linear.weight.shape == (64, 128)


@pytest.mark.parametrize("wrong", [{"width": 7}, {"width": 0}, {"hidden": 12}, {"hidden": 0}, {"dropout": 1.0}])
def test_sizes_that_do_not_work_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        NetworkDesign(**wrong)


def test_every_choice_of_an_encoder_has_one():
    assert set(ENCODERS) == {*SeriesEncoder, *ImageEncoder}
