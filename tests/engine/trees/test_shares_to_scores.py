"""Probabilities calibrated by powers: as their logits are, however many classes there are, however small they get."""

import numpy as np
import pytest
import torch
from colearn.engine.contract import SampleShape, Task
from colearn.engine.export.graph import Probe, export_predictor
from colearn.engine.inference.onnx_session import Session
from colearn.engine.trees.predictors import SharesToScores
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

MANY = 200
COLDEST = 1 / 0.05


class OfShares(nn.Module):
    """A predictor whose raster holds its probabilities already."""

    shape = SampleShape(MANY)

    def __init__(self, scores: SharesToScores) -> None:
        super().__init__()
        self.scores = scores

    def forward(self, samples: Tensor) -> Tensor:
        return self.forward_dense(samples)[0][:, :, 0, 0]

    def forward_dense(self, raster: Tensor) -> tuple[Tensor, Tensor]:
        valid = ~torch.isnan(raster.sum(dim=1, keepdim=True))
        return torch.where(valid, self.scores(raster), torch.nan), valid


def coldest(task: Task = Task.CLASSIFICATION, outputs: int = MANY) -> SharesToScores:
    return SharesToScores(task, np.full(outputs, COLDEST), np.zeros(outputs))


def applied(scores: SharesToScores, shares: np.ndarray) -> np.ndarray:
    """Scores (sample, output) of shares (sample, output)."""
    return scores(torch.from_numpy(shares.astype(np.float32))[:, :, None, None])[:, :, 0, 0].numpy()


def test_shares_are_calibrated_as_their_logits_are() -> None:
    shares = np.array([[0.2, 0.7, 0.1], [1.0, 0.0, 0.0]])
    scale, offset = np.array([0.5, 2.0, 1.0]), np.array([0.1, -0.2, 0.0])
    found = applied(SharesToScores(Task.CLASSIFICATION, scale, offset), shares)
    logits = torch.log(torch.tensor(shares).clamp(min=1e-7)) * torch.tensor(scale) + torch.tensor(offset)
    np.testing.assert_allclose(found, logits.softmax(dim=1), rtol=1e-5)


def test_200_classes_at_the_lowest_temperature_are_no_nan() -> None:
    """One of 200 classes twice as probable as the others: its odds against each are 2 to the power 20."""
    shares = np.full((2, MANY), 1 / MANY)
    shares[1] = 1 / (MANY + 1)
    shares[1, 7] = 2 / (MANY + 1)
    found = applied(coldest(), shares)
    np.testing.assert_allclose(found[0], 1 / MANY, rtol=1e-6)
    np.testing.assert_allclose(found[1, 7], 2**20 / (2**20 + MANY - 1), rtol=1e-6)
    np.testing.assert_allclose(found[1, 8], 1 / (2**20 + MANY - 1), rtol=1e-4)


def test_labels_at_the_lowest_temperature_are_no_nan() -> None:
    found = applied(coldest(Task.MULTILABEL, 4), np.array([[0.5, 0.0, 1.0, 0.6]]))
    np.testing.assert_allclose(found[0, :3], [0.5, 0.0, 1.0], atol=1e-6)
    np.testing.assert_allclose(found[0, 3], 1.5**20 / (1.5**20 + 1), rtol=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    classes=st.integers(2, 300),
    temperatures=st.tuples(st.floats(0.05, 20.0), st.floats(0.05, 20.0)),
    reach=st.floats(0.0, 30.0),
    seed=st.integers(0, 2**16),
)
def test_any_calibration_is_softmax_of_the_logits(classes: int, temperatures: tuple, reach: float, seed: int) -> None:
    """In float64, where nothing vanishes; classes of unequal temperatures as well."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(classes, 0.3), size=20).astype(np.float32)
    scale, offset = 1 / rng.uniform(*sorted(temperatures), classes), rng.uniform(-reach, reach, classes)
    found = applied(SharesToScores(Task.CLASSIFICATION, scale, offset), shares)
    logits = np.log(np.maximum(shares.astype(np.float64), 1e-7)) * scale + offset
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(found, powers / powers.sum(axis=1, keepdims=True), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL])
def test_blocks_of_any_shape_have_the_same_bits_in_the_graph(task: Task) -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(MANY), size=(23, 19)).transpose(2, 0, 1).astype(np.float32)
    predictor = OfShares(coldest(task)).eval()
    probe = Probe("shares", shares[:, 0, :4].T[:, :, None, None].copy(), np.ones(MANY, np.float32))
    graph = export_predictor(predictor, probe, range(MANY) if task is Task.CLASSIFICATION else (), 255.0)
    session = Session(graph)
    whole = session.run(shares[np.newaxis]).scores[0]
    assert np.isfinite(whole).all()
    for rows, cols in ((1, 1), (1, 19), (5, 7), (23, 2)):
        part = session.run(shares[np.newaxis, :, :rows, :cols]).scores[0]
        np.testing.assert_array_equal(part, whole[:, :rows, :cols])
