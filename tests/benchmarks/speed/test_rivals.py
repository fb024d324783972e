"""Rivals do what they are compared for: the same weights give the same classes, the same outputs the same loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.benchmarks.speed.rivals import block_loop, paper_training
from colearn.benchmarks.speed.rivals.naive_runtime import NaiveRuntime
from colearn.benchmarks.speed.rivals.paper_training import PaperTraining
from colearn.benchmarks.speed.stored import NODATA, as_read, as_rows, tiled
from colearn.engine.contract.job.method import LossWeights
from colearn.engine.export.graph import export_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.learning.fit.trained_network import TrainedNetwork
from colearn.engine.model.colearner import CoLearner, SensorOutput
from colearn.engine.model.encoders.tempcnn import TempCNN
from colearn.engine.model.losses.objectives import BatchLabels, Criteria, SensorBatch, objective
from colearn.engine.model.losses.task import cross_entropy
from torch import Tensor
from torch.nn import functional as F

from synthetic_samples import IMAGE, SERIES, USUAL, make_samples, trained_for_a_moment

TEMPERATURE = 0.1


@pytest.fixture(scope="module")
def network() -> TrainedNetwork:
    torch.set_num_threads(1)
    return trained_for_a_moment(make_samples(), design=USUAL)


def stored(*shape: int) -> np.ndarray:
    values = np.random.default_rng(0).integers(900, 1200, shape).astype(np.uint16)
    values[..., 0, 0] = NODATA
    return values


def only(network: TrainedNetwork, name: str) -> TrainedNetwork:
    """The network as one of a single sensor, as models of the benchmark are."""
    at = [sensor.name for sensor in network.sensors].index(name)
    slot = network.network.slots[at]
    single = CoLearner([network.network.specific_encoder[slot]], outputs=3).eval()
    return replace(network, network=single, sensors=(network.sensors[at],))


def test_naive_runtime_predicts_as_the_session(network: TrainedNetwork) -> None:
    series, values = only(network, SERIES), stored(6, 2, 5, 7)
    session = Session(export_graph(series, SERIES, [1, 2, 3], 255))
    pixels = as_read(values).reshape(6, 2, 35).transpose(1, 0, 2)[np.newaxis]
    np.testing.assert_allclose(
        NaiveRuntime(series).probabilities(values), session.run(pixels).scores[0].T, atol=1e-5, equal_nan=True
    )


def test_the_papers_way_says_so_too(network: TrainedNetwork) -> None:
    pytest.importorskip("xarray")
    from colearn.benchmarks.speed.rivals.paper_prediction import PaperPrediction

    series, values = only(network, SERIES), stored(6, 2, 5, 7)
    values[..., 0, 0] = 1000
    np.testing.assert_array_equal(PaperPrediction(series).classes(values), NaiveRuntime(series).classes(values))


def test_overlapping_pieces_give_the_dense_map(network: TrainedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_loop, "PIECE_PX", 20)
    camera, values = only(network, IMAGE), stored(4, 33, 31)
    graph, halo_px = export_graph(camera, IMAGE, [1, 2, 3], 255), camera.sensors[0].shape.halo_px
    wide = np.pad(values, [(0, 0), (halo_px, halo_px), (halo_px, halo_px)], mode="reflect")
    dense = Session(graph).run(as_read(wide)[np.newaxis]).scores[0].argmax(axis=0)
    np.testing.assert_array_equal(block_loop.BlockLoop(graph, halo_px).classes(values), dense)


def outputs(count: int) -> list[SensorOutput]:
    torch.manual_seed(0)
    network = CoLearner([TempCNN(2, 6, width=8, hidden=8), TempCNN(3, 6, width=8, hidden=8)], outputs=3)
    valid = torch.ones(count, 1, 6, dtype=torch.bool)
    found = network([(torch.randn(count, 2, 6), valid), (torch.randn(count, 3, 6), valid)])
    return [output for output in found if output is not None]


def one_by_one(embeddings: Tensor, labels: Tensor) -> Tensor:
    """NT-Xent by hand: of every anchor, the one other with its label against all but itself."""
    unit = F.normalize(embeddings, dim=1)
    losses = []
    for at, label in enumerate(labels):
        others = [other for other in range(len(labels)) if other != at]
        scores = torch.stack([unit[at] @ unit[other] / TEMPERATURE for other in others])
        positive = next(place for place, other in enumerate(others) if labels[other] == label)
        losses.append(scores.logsumexp(0) - scores[positive])
    return torch.stack(losses).mean()


def own_total(found: list[SensorOutput], target: Tensor, weights: Tensor) -> float:
    sensors = [SensorBatch(at, torch.arange(len(target)), output) for at, output in enumerate(found)]
    task = cross_entropy(weights)
    labels = BatchLabels(target, torch.ones(len(target), dtype=torch.bool))
    return objective(
        sensors, labels, [Criteria(task, task, lambda labels: labels)] * len(sensors), LossWeights()
    ).total.item()


def paper_total(found: list[SensorOutput], target: Tensor, weights: Tensor) -> float:
    paper = PaperTraining(CoLearner([TempCNN(2, 6, width=8, hidden=8)], outputs=3), None, weights)
    return paper.total(found, target).item()


TARGET, WEIGHTS = torch.tensor([0, 1, 2, 1, 0, 2, 2]), torch.tensor([0.5, 1.0, 2.0])


def test_the_papers_loss_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_training, "_library_loss", lambda: one_by_one)
    found = outputs(len(TARGET))
    assert paper_total(found, TARGET, WEIGHTS) == pytest.approx(own_total(found, TARGET, WEIGHTS), rel=1e-5)


def test_the_library_computes_the_same() -> None:
    pytest.importorskip("pytorch_metric_learning")
    found = outputs(len(TARGET))
    assert paper_total(found, TARGET, WEIGHTS) == pytest.approx(own_total(found, TARGET, WEIGHTS), rel=1e-5)


def test_trees_get_a_row_a_pixel() -> None:
    values = stored(6, 2, 4, 3)
    assert as_rows(values).shape == (12, 12)
    np.testing.assert_array_equal(as_rows(values)[5], values[:, :, 1, 2].ravel())


def test_pixels_are_repeated_up_to_size() -> None:
    values = stored(2, 3, 4)
    wide = tiled(values, 9)
    assert wide.shape == (2, 9, 9)
    np.testing.assert_array_equal(wide[:, 3:6, 4:8], values)
    np.testing.assert_array_equal(tiled(values, 2), values[:, :2, :2])
