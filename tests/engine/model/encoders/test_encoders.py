"""The contract of every encoder, over all of them and all kinds of sensors they meet."""

from __future__ import annotations

import copy
import io
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ImageEncoder, SeriesEncoder, Spectral
from colearn.engine.contract.manifest.sample_shape import SampleShape, SensorKind
from colearn.engine.export.graph import export_graph
from colearn.engine.export.quantized import gains_from_int8, quantize_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.trained_network import TrainedNetwork, TrainedSensor
from colearn.engine.learning.standardization.statistics import Statistics
from colearn.engine.mapping.block_map import LEAST_PX, run_steadily
from colearn.engine.model.architecture import encoder_for
from colearn.engine.model.colearner import CoLearner
from colearn.engine.model.encoders.layers.encoder import Encoder
from colearn.engine.model.encoders.layers.projection import Reduction
from colearn.engine.model.network_design import NetworkDesign
from colearn.engine.model.standardize import Standardize
from colearn.engine.samples.sample_set import SensorSamples

WIDTH = 16
# Bands and dates or pixels a side: all lengths of 41 bands, of others two, for bands are reduced place by place.
SERIES_SIZES = ((41, 1), (41, 12), (41, 100), (1, 1), (1, 12), (400, 12), (400, 100), (399, 1), (399, 12))
IMAGE_SIZES = ((41, 1), (41, 3), (41, 9), (41, 15), (1, 1), (1, 9), (400, 9), (400, 15), (399, 1), (399, 9))
SPECTRAL = {1: Spectral.LEARNED, 41: Spectral.LEARNED, 400: Spectral.LEARNED, 399: Spectral.PCA}
SMALL = {"width": WIDTH, "hidden": 16}
NAN = float("nan")


@dataclass(frozen=True)
class Case:
    """An encoder and the shape of one sample, the band first: (band, date) or (band, row, col)."""

    design: NetworkDesign
    sample: tuple[int, ...]
    task: Task = Task.CLASSIFICATION

    @property
    def is_series(self) -> bool:
        return len(self.sample) == 2

    @property
    def kind(self) -> SensorKind:
        return SensorKind.SERIES if self.is_series else SensorKind.IMAGE

    @property
    def shape(self) -> SampleShape:
        bands, length = self.sample[:2]
        return SampleShape(bands, dates=length) if self.is_series else SampleShape(bands, side_px=length)

    @property
    def halo_px(self) -> int:
        return 0 if self.is_series else self.sample[1] // 2

    def build(self, seed: int = 0) -> Encoder:
        torch.manual_seed(seed)
        stored = self.sample[::-1] if self.is_series else self.sample  # samples hold (date, band)
        days = tuple(float(30 * date) for date in range(self.sample[1])) if self.is_series else ()
        sensor = SensorSamples("it", self.kind, np.zeros((1, *stored), np.float32), days)
        reduction = None
        if self.design.spectral is Spectral.PCA:
            weights = np.random.default_rng(0).normal(0, 0.05, (8, self.sample[0]))
            reduction = Reduction(weights.astype(np.float32))
        return encoder_for(sensor, self.task, self.design, reduction)

    def __str__(self) -> str:
        design = self.design
        name = design.series_encoder.value if self.is_series else design.image_encoder.value
        spectral = f"-{design.spectral.value}" if self.sample[0] > 64 else ""
        task = "-regression" if self.task is Task.REGRESSION else ""
        return f"{name}-{self.sample[0]}x{self.sample[1]}{spectral}{task}"


SERIES = [
    Case(NetworkDesign(series_encoder=encoder, spectral=SPECTRAL[bands], **SMALL), (bands, dates))
    for encoder, (bands, dates) in product(SeriesEncoder, SERIES_SIZES)
] + [
    Case(NetworkDesign(series_encoder=encoder, **SMALL), (3, 5), Task.REGRESSION)  # ends in LayerNorm
    for encoder in SeriesEncoder
]
IMAGES = [
    Case(NetworkDesign(image_encoder=encoder, spectral=SPECTRAL[bands], **SMALL), (bands, side_px, side_px))
    for encoder, (bands, side_px) in product(ImageEncoder, IMAGE_SIZES)
]
every_encoder = pytest.mark.parametrize("case", SERIES + IMAGES, ids=str)
one_size_of_every_encoder = pytest.mark.parametrize(
    "case", [case for case in SERIES + IMAGES if case.sample[1] in (5, 12, 9)], ids=str
)
every_series_encoder = pytest.mark.parametrize("case", SERIES, ids=str)


def standardized(raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Values and validity, as encoders are given them."""
    return Standardize(torch.zeros(raw.shape[1]), torch.ones(raw.shape[1]))(raw)


def raw_samples(case: Case, count: int, missing: float = 0.2) -> torch.Tensor:
    """Raw samples (sample, band, …), some values nodata; the first sample holds nothing else."""
    samples = torch.randn(count, *case.sample)
    samples[torch.rand(count, *case.sample[1:])[:, None].expand_as(samples) < missing] = NAN
    samples[:1] = NAN
    return samples


def settled(case: Case) -> Encoder:
    """An encoder in evaluation mode, its normalizations away from where they start."""
    encoder = case.build()
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        for _ in range(3):
            encoder(*standardized(raw_samples(case, 32)))
    return encoder.eval()


@every_encoder
def test_shape(case: Case) -> None:
    assert case.build()(*standardized(raw_samples(case, 5))).shape == (5, WIDTH)


@every_encoder
def test_every_weight_gets_a_finite_gradient(case: Case) -> None:
    encoder = case.build()
    (encoder(*standardized(raw_samples(case, 8))) * torch.randn(8, WIDTH)).sum().backward()
    gradients = {name: weight.grad for name, weight in encoder.named_parameters()}
    assert [name for name, gradient in gradients.items() if gradient is None or not gradient.isfinite().all()] == []
    idle = {name for name, gradient in gradients.items() if not gradient.any() and not name.endswith("bias")}
    if case.sample[1] == 1:  # of one date there is nothing to choose
        idle = {name for name in idle if not name.endswith(("query", "key.weight"))}
    assert idle == set()


@every_encoder
def test_a_sample_does_not_depend_on_its_neighbours(case: Case) -> None:
    encoder, (values, valid) = settled(case), standardized(raw_samples(case, 6))
    found = encoder(values[2:3], valid[2:3])
    torch.testing.assert_close(found, encoder(values, valid)[2:3], rtol=0, atol=1e-5)


@every_encoder
def test_values_survive_a_file(case: Case) -> None:
    encoder, inputs = settled(case), standardized(raw_samples(case, 4))
    other, file = case.build(seed=1), io.BytesIO()
    torch.save(encoder.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    assert torch.equal(other.eval()(*inputs), encoder(*inputs))


@every_encoder
def test_one_seed_gives_one_encoder(case: Case) -> None:
    inputs = standardized(raw_samples(case, 4))
    first, second = case.build(seed=3)(*inputs), case.build(seed=3)(*inputs)  # in training mode: dropout too
    assert torch.equal(first, second)


@every_encoder
def test_a_copy_is_its_own(case: Case) -> None:
    encoder = case.build()
    other = copy.deepcopy(encoder)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.add_(1)
    assert not any(torch.equal(*pair) for pair in zip(other.parameters(), encoder.parameters(), strict=True))


@every_encoder
def test_dense_equals_sample_by_sample(case: Case) -> None:
    encoder = settled(case)
    raster, samples = raster_and_samples(case)
    found = encoder.forward_dense(*standardized(raster))
    assert found.shape == (1, WIDTH, *((1, 11) if case.is_series else (3, 4)))
    torch.testing.assert_close(found[0].flatten(1).T, encoder(*standardized(samples)), rtol=0, atol=1e-5)


@every_encoder
def test_the_exported_graph_says_the_same_for_any_size(case: Case) -> None:
    network, session = trained_network(case), session_of(case)
    raster, samples = raster_and_samples(case)
    expected = network.predict("it", np.ascontiguousarray(samples.transpose(1, 2) if case.is_series else samples))
    whole = session.run(raster.numpy()).scores[0]
    found = whole.reshape(2, -1).T
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@every_encoder
def test_no_bit_of_a_map_depends_on_how_much_is_mapped_at_once(case: Case) -> None:
    session = session_of(case)
    values = np.tile(raster_and_samples(case)[0].numpy(), 15)[..., : LEAST_PX + 5]
    whole = steady_scores(session, values, case)
    for cols in (1, 3, 70):
        last = steady_scores(session, values[..., -cols - 2 * case.halo_px :], case)
        np.testing.assert_array_equal(last, whole[..., -cols:])


def steady_scores(session: Session, values: np.ndarray, case: Case) -> np.ndarray:
    rows = 1 if case.is_series else values.shape[2] - 2 * case.halo_px
    return run_steadily(session, values, rows * (values.shape[3] - 2 * case.halo_px)).scores


@every_series_encoder
def test_what_stands_on_a_missing_date_changes_nothing(case: Case) -> None:
    encoder, raw = settled(case), torch.randn(4, *case.sample)
    raw[:, 0, ::2] = NAN
    other = raw.clone()
    other[:, 1:, ::2] += 100
    other[:, 0, ::2] = torch.inf
    assert torch.equal(encoder(*standardized(other)), encoder(*standardized(raw)))


@every_series_encoder
def test_a_missing_date_differs_from_a_mean_date(case: Case) -> None:
    encoder, raw = settled(case), torch.randn(4, *case.sample)
    raw[:, :, 0] = 0
    mean = encoder(*standardized(raw))
    raw[:, :, 0] = NAN
    missing = encoder(*standardized(raw))
    assert ((missing - mean).abs().amax(dim=1) > 1e-4).all()


@one_size_of_every_encoder
def test_an_8_bit_convolutional_network_predicts_nearly_the_same(case: Case) -> None:
    network = trained_network(case)
    attends = case.is_series and case.design.series_encoder is not SeriesEncoder.TEMPCNN
    assert gains_from_int8(network.predictor("it").path) is not attends
    if attends:
        return
    raster, samples = raster_and_samples(case)
    stored = np.ascontiguousarray(samples.transpose(1, 2) if case.is_series else samples)
    exported = export_graph(network, "it", (), -9999.0)
    quantized = quantize_graph(exported, case.shape, stored)
    convolutions = sum(node.op_type == "Conv" for node in onnx.load_from_string(quantized).graph.node)
    found = operators(quantized)
    heads = 1 if network.predictor("it").path.specific.last_linear is None else 2  # of both, or of z_spe and of z_sha
    assert found["QLinearConv"] == convolutions - heads  # they stay as they are
    assert found["Conv"] in (heads, heads + 1)  # ONNX Runtime makes the scale behind a sum of heads one more
    assert found["QuantizeLinear"] <= 2  # what comes in; after a projection or a LayerNorm once more
    assert found["DequantizeLinear"] <= 3
    fp32, int8 = (Session(graph).run(raster.numpy()).scores for graph in (exported, quantized))
    np.testing.assert_array_equal(np.isnan(int8), np.isnan(fp32))
    assert np.nanstd(int8 - fp32) < 0.05 * np.nanstd(fp32)
    assert (np.nanmax(np.abs(int8 - fp32))) > 0


def operators(graph: bytes) -> Counter[str]:
    """How many of each operator ONNX Runtime runs, once it has optimized the graph."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = str(Path(folder) / "optimized.onnx")
        options.log_severity_level = 3
        onnxruntime.InferenceSession(graph, options, ["CPUExecutionProvider"])
        return Counter(node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node)


def raster_and_samples(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """A raw raster with nodata and, pixel by pixel, what ``forward`` takes; the first pixel is all nodata."""
    torch.manual_seed(5)
    if case.is_series:
        samples = raw_samples(case, 11)
        return samples.permute(1, 2, 0)[None].contiguous(), samples
    side = case.sample[1]
    raster = torch.randn(1, case.sample[0], side + 2, side + 3)
    raster[(torch.rand(raster.shape[2:]) < 0.1).expand_as(raster)] = NAN
    raster[:, :, case.halo_px, case.halo_px] = NAN
    patches = raster[0].unfold(1, side, 1).unfold(2, side, 1).permute(1, 2, 0, 3, 4)  # (row, col, band, side, side)
    return raster, patches.flatten(0, 1)


@cache
def session_of(case: Case) -> Session:
    return Session(export_graph(trained_network(case), "it", (), -9999.0))


@cache
def trained_network(case: Case) -> TrainedNetwork:
    """A network around the encoder as training leaves it, for two targets."""
    torch.manual_seed(0)
    bands = case.sample[0]
    network = CoLearner([settled(case)], outputs=2).eval()
    statistics = Statistics(np.zeros(bands), np.ones(bands), np.full(bands, -5.0), np.full(bands, 5.0))
    probe = raw_samples(case, 4).numpy()
    probe = np.ascontiguousarray(probe.transpose(0, 2, 1)) if case.is_series else probe
    sensor = TrainedSensor("it", case.shape, statistics, probe)
    return TrainedNetwork(Task.REGRESSION, network, (sensor,), np.zeros(2, np.float32), np.ones(2, np.float32), ())
