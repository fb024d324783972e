"""The authors' public code, number by number: every loss, every gradient, the predictions after one training pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.method import LossWeights
from colearn.engine.model.colearner import CoLearner, SensorOutput
from colearn.engine.model.encoders.tempcnn import TempCNN
from colearn.engine.model.losses.auxiliary import auxiliary_term
from colearn.engine.model.losses.contrastive import nt_xent
from colearn.engine.model.losses.modality import modality_term
from colearn.engine.model.losses.objectives import (
    BatchLabels,
    Criteria,
    SensorBatch,
    objective,
)
from colearn.engine.model.losses.task import TaskLoss, cross_entropy, squared_error

from whole_batches import whole_batch

SENSORS = ("A", "B")
Trained = tuple[CoLearner, tuple[SensorOutput, ...]]
TARGET_SD = 39.5  # the golden regression target is in its own unit; the public code standardizes inside the loss


@dataclass(frozen=True)
class Golden:
    """One of the four cases."""

    arrays: dict[str, np.ndarray]
    losses: dict[str, float]
    variant: str
    task: str
    dtype: torch.dtype = torch.float32

    @property
    def inputs(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        values = [torch.from_numpy(self.arrays[f"x/{name}"]).to(self.dtype).transpose(1, 2) for name in SENSORS]
        return [(sensor, torch.ones_like(sensor[:, :1], dtype=torch.bool)) for sensor in values]

    @property
    def target(self) -> torch.Tensor:
        target = torch.from_numpy(self.arrays["y"])
        return target if self.task == "regression" else target[:, 0].long()

    @property
    def task_loss(self) -> TaskLoss:
        if self.task == "regression":
            return squared_error(TARGET_SD)
        return cross_entropy(torch.tensor([0.5, 1.0, 2.0], dtype=self.dtype))

    def batch(self, outputs: tuple[SensorOutput, ...]) -> tuple[list[SensorBatch], BatchLabels, list[Criteria]]:
        """What the objective takes, of samples that are all labelled and that every sensor covers."""
        return whole_batch(outputs, self.target, self.task_loss)

    def network(self) -> CoLearner:
        encoders = [
            TempCNN(x.shape[1], 6, width=16, hidden=8, dropout=0.0, layer_norm=self.task == "regression", masked=False)
            for x, _ in self.inputs
        ]
        outputs = 1 if self.task == "regression" else 3
        network = CoLearner(encoders, outputs, reference_compat=self.variant == "public")
        weights = {key[6:].replace("/", "."): v for key, v in self.arrays.items() if key.startswith("param/")}
        fresh = {key for key in network.state_dict() if "running_" in key}
        loaded = network.load_state_dict({key: torch.from_numpy(value) for key, value in weights.items()}, strict=False)
        assert set(loaded.missing_keys) == fresh
        assert not loaded.unexpected_keys
        return network


@pytest.fixture(
    scope="module", params=["public/regression", "public/classification", "unused/regression", "unused/classification"]
)
def golden(request: pytest.FixtureRequest, data_folder: Path) -> Golden:
    case: str = request.param
    with np.load(data_folder / "golden" / "mdico_golden.npz") as file:
        arrays = {key[len(case) + 1 :]: file[key] for key in file.files if key.startswith(case + "/")}
    losses = json.loads((data_folder / "golden" / "mdico_golden.json").read_text())[case]
    return Golden(arrays, losses, *case.split("/"))


@pytest.fixture(scope="module")
def trained(golden: Golden) -> Iterator[Trained]:
    """The network after one training-mode pass, with its gradients, and its outputs; on one thread: one rounding."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    network = golden.network()
    outputs = network(golden.inputs)
    objective(*golden.batch(outputs), LossWeights()).total.backward()
    yield network, outputs
    torch.set_num_threads(threads)


def test_golden_objective(golden: Golden, trained: Trained) -> None:
    terms = objective(*golden.batch(trained[1]), LossWeights())
    assert terms.total.item() == pytest.approx(golden.losses["objective"], rel=1e-5)


@pytest.mark.parametrize("position", [0, 1])
def test_golden_terms(golden: Golden, trained: Trained, position: int) -> None:
    output, name = trained[1][position], SENSORS[position]
    found = {
        "main": golden.task_loss(output.main, golden.target),
        "auxiliary": auxiliary_term(output, golden.target, golden.task_loss),
        "discriminative": modality_term(output, position),
    }
    for term, value in found.items():
        assert value.item() == pytest.approx(golden.losses[f"{term}/{name}"], rel=1e-5), term


@pytest.mark.parametrize("pair", ["A-B", "B-A"])
def test_golden_contrastive(golden: Golden, trained: Trained, pair: str) -> None:
    first, second = (trained[1][SENSORS.index(name)].shared for name in pair.split("-"))
    assert nt_xent(first, second, 0.1).item() == pytest.approx(golden.losses[f"contrastive/{pair}"], rel=1e-5)


def test_golden_gradients(golden: Golden) -> None:
    """In float64, to 2e-6 of the largest gradient: by as much the golden numbers, which are float32, are rounded."""
    exact = replace(golden, dtype=torch.float64)
    network = exact.network().double()
    objective(*exact.batch(network(exact.inputs)), LossWeights()).total.backward()
    gradients = {name: parameter.grad for name, parameter in network.named_parameters()}
    expected = {key[5:].replace("/", "."): value for key, value in golden.arrays.items() if key.startswith("grad/")}
    assert set(gradients) == set(expected)
    largest = max(np.abs(value).max() for value in expected.values())
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, expected[name], rtol=0, atol=2e-6 * largest, err_msg=name)


def test_golden_evaluation_predictions(golden: Golden, trained: Trained) -> None:
    network = trained[0].eval()
    for position, name in enumerate(SENSORS):
        with torch.no_grad():
            found = network.sensor_network(position)(*golden.inputs[position])
        np.testing.assert_allclose(found, golden.arrays[f"eval_prediction/{name}"], rtol=1e-5, atol=1e-6, err_msg=name)


def test_golden_fault_of_the_public_code(golden: Golden, trained: Trained) -> None:
    """There, in classification, the unused half gets no gradient from any loss; here it does."""
    gradient = trained[0].specific_encoder["A"].embedding.weight.grad[8:]
    if golden.variant == "public" and golden.task == "classification":
        assert not gradient.any()
    else:
        assert gradient.abs().max() > 1e-4
