"""Principal components of many bands, from training samples and nothing else."""

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import Spectral
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.learning.standardization.spectral import principal_components, reductions_for
from colearn.engine.learning.standardization.statistics import sensor_statistics
from colearn.engine.model.architecture import encoder_for
from colearn.engine.model.encoders.layers.projection import FittedProjection, Reduction
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.model.standardize import Standardize
from colearn.engine.samples.sample_set import SampleSet, SensorSamples

BANDS, COUNT = 80, 300
TRAIN = np.arange(200)


def spectra(kind: SensorKind, sources: int, noise: float = 0.0, fading: float = 0.8) -> SensorSamples:
    """Samples whose bands are mixtures of a few sources, in raw units, with nodata and a strange test part."""
    random = np.random.default_rng(0)
    source = random.normal(size=(COUNT, 9, sources)) * fading ** np.arange(sources)
    values = 500 + 100 * source @ random.normal(size=(sources, BANDS)) + random.normal(0, 1, (COUNT, 9, BANDS)) * noise
    values[200:] = 1e5 * random.normal(size=(100, 9, BANDS))
    values[::3, 4, 7] = np.nan
    if kind is SensorKind.IMAGE:
        values = values.transpose(0, 2, 1).reshape(COUNT, BANDS, 3, 3)
    return SensorSamples("spectrometer", kind, values.astype(np.float32))


def fitted(sensor: SensorSamples) -> Reduction:
    return principal_components(sensor, TRAIN, sensor_statistics(sensor, TRAIN))


def components(sensor: SensorSamples, reduction: Reduction) -> np.ndarray:
    """What the projection makes of the training samples' valid pixels: (pixel, component)."""
    statistics = sensor_statistics(sensor, TRAIN)
    axis = 1 if sensor.kind is SensorKind.IMAGE else 2
    raw = torch.from_numpy(np.moveaxis(sensor.values[TRAIN], axis, 1).copy())
    z, valid = Standardize.of(statistics.mean, statistics.scale)(raw)
    found = FittedProjection(reduction)(z, valid)
    assert not found.movedim(1, -1)[~valid[:, 0]].any()  # what is invalid stays 0
    return found.movedim(1, -1)[valid[:, 0]].numpy()


@pytest.mark.parametrize("kind", SensorKind)
def test_components_are_white(kind: SensorKind) -> None:
    sensor = spectra(kind, sources=12)
    found = components(sensor, fitted(sensor))
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(found.T, bias=True), np.eye(found.shape[1]), atol=1e-3)


@pytest.mark.parametrize(
    ("sources", "noise", "fading", "count"),
    [(1, 0.0, 0.8, 1), (3, 0.0, 0.8, 3), (3, 0.5, 0.8, 8), (12, 0.0, 0.8, 12), (60, 0.0, 1.0, 32)],
)
def test_as_many_components_as_the_pixels_need(sources: int, noise: float, fading: float, count: int) -> None:
    assert len(fitted(spectra(SensorKind.SERIES, sources, noise, fading)).weights) == count


def test_components_are_those_of_the_correlation() -> None:
    sensor = spectra(SensorKind.SERIES, sources=20)
    pixels = sensor.values[TRAIN].reshape(-1, BANDS).astype(np.float64)
    pixels = pixels[np.isfinite(pixels).all(axis=1)]
    z = (pixels - pixels.mean(axis=0)) / pixels.std(axis=0)
    _, singular, directions = np.linalg.svd(z, full_matrices=False)
    weights = fitted(sensor).weights
    expected = directions[: len(weights)] / (singular[: len(weights), None] / np.sqrt(len(z)))
    np.testing.assert_allclose(np.abs(weights), np.abs(expected), rtol=1e-3, atol=1e-4)


def test_signs_and_values_are_the_same_each_time_and_blind_to_the_test_part() -> None:
    sensor = spectra(SensorKind.IMAGE, sources=12)
    weights = fitted(sensor).weights
    assert (np.take_along_axis(weights, np.abs(weights).argmax(axis=1)[:, None], axis=1) > 0).all()
    sensor.values[200:] = 0
    np.testing.assert_array_equal(fitted(sensor).weights, weights)


def test_constant_bands_are_accepted() -> None:
    sensor = spectra(SensorKind.SERIES, sources=5)
    sensor.values[..., 3] = 7
    assert np.abs(fitted(sensor).weights[:, 3]).max() < 1e-9
    sensor.values[np.isfinite(sensor.values)] = 7
    assert np.isfinite(fitted(sensor).weights).all()


def test_sensors_are_reduced_where_the_design_says_so_and_bands_are_many() -> None:
    many = spectra(SensorKind.IMAGE, sources=12)
    few = SensorSamples("camera", SensorKind.IMAGE, many.values[:, :64])
    nothing = np.zeros(COUNT)
    samples = SampleSet(
        Task.CLASSIFICATION, (many, few), np.ones((COUNT, 2), bool), nothing.astype(int), nothing, nothing, nothing
    )
    statistics = [sensor_statistics(sensor, TRAIN) for sensor in samples.sensors]
    assert reductions_for(samples, TRAIN, statistics, NetworkDesign()) == (None, None)
    design = NetworkDesign(spectral=Spectral.PCA)
    reduction, none = reductions_for(samples, TRAIN, statistics, design)
    assert none is None
    encoder = encoder_for(many, Task.CLASSIFICATION, design, reduction)
    assert "projection.weights" in encoder.state_dict()
    assert not any(name.startswith("projection") for name, _ in encoder.named_parameters())
