"""Every loss against its formula, written by hand in numpy."""

import numpy as np
import pytest
import torch
from colearn.engine.model.colearner import SensorOutput
from colearn.engine.model.losses.contrastive import nt_xent
from colearn.engine.model.losses.modality import modality_loss
from colearn.engine.model.losses.objective import TermWeights, auxiliary_term, modality_term, objective
from colearn.engine.model.losses.task import binary_cross_entropy, cross_entropy, squared_error

RANDOM = np.random.default_rng(0)


def tensor(*shape: int) -> torch.Tensor:
    return torch.from_numpy(RANDOM.normal(size=shape))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def test_cross_entropy_with_class_weights() -> None:
    logits, target, weights = tensor(6, 3), np.array([0, 1, 1, 2, 0, 1]), np.array([0.5, 1.0, 2.0])
    chosen = log_softmax(logits.numpy())[np.arange(6), target]
    expected = -(weights[target] * chosen).sum() / weights[target].sum()
    found = cross_entropy(torch.from_numpy(weights))(logits, torch.from_numpy(target))
    assert found.item() == pytest.approx(expected, rel=1e-12)


def test_cross_entropy_without_class_weights() -> None:
    logits, target = tensor(4, 3), np.array([0, 2, 1, 1])
    expected = -log_softmax(logits.numpy())[np.arange(4), target].mean()
    assert cross_entropy(None)(logits, torch.from_numpy(target)).item() == pytest.approx(expected, rel=1e-12)


def test_binary_cross_entropy() -> None:
    logits, target = tensor(5, 3), (RANDOM.random((5, 3)) > 0.5).astype(float)
    p = 1 / (1 + np.exp(-logits.numpy()))
    expected = -(target * np.log(p) + (1 - target) * np.log(1 - p)).mean()
    assert binary_cross_entropy()(logits, torch.from_numpy(target)).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sd", [1.0, 39.5])
def test_squared_error(sd: float) -> None:
    prediction, target = tensor(7, 2), tensor(7, 2)
    expected = np.mean(((prediction - target).numpy() / sd) ** 2)
    assert squared_error(sd)(prediction, target).item() == pytest.approx(expected, rel=1e-12)


def test_modality_loss() -> None:
    logits = tensor(5, 3)
    assert modality_loss(logits, 2).item() == pytest.approx(-log_softmax(logits.numpy())[:, 2].mean(), rel=1e-12)


def nt_xent_by_hand(first: np.ndarray, second: np.ndarray, temperature: float) -> float:
    views = [*first, *second]
    count, losses = len(first), []
    for i, anchor in enumerate(views):
        cosines = [anchor @ other / np.linalg.norm(anchor) / np.linalg.norm(other) for other in views]
        weights = [np.exp(cosine / temperature) for cosine in cosines]
        positive = (i + count) % (2 * count)
        losses.append(-np.log(weights[positive] / (sum(weights) - weights[i])))
    return float(np.mean(losses))


@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize("temperature", [0.1, 0.5])
def test_nt_xent(count: int, temperature: float) -> None:
    first, second = tensor(count, 4), tensor(count, 4)
    expected = nt_xent_by_hand(first.numpy(), second.numpy(), temperature)
    assert nt_xent(first, second, temperature).item() == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_nt_xent_is_symmetric() -> None:
    first, second = tensor(5, 4), tensor(5, 4)
    assert nt_xent(first, second, 0.1).item() == pytest.approx(nt_xent(second, first, 0.1).item(), rel=1e-12)


def test_nt_xent_of_a_dead_representation_is_finite() -> None:
    """ReLU may leave a sample with zeros only."""
    first = torch.zeros(3, 4, requires_grad=True)
    loss = nt_xent(first, torch.ones(3, 4), 0.1)
    loss.backward()
    assert loss.isfinite()
    assert first.grad.isfinite().all()


def outputs_of(sensors: int, samples: int = 6, classes: int = 3) -> list[SensorOutput]:
    return [
        SensorOutput(
            main=tensor(samples, classes),
            auxiliary_specific=tensor(samples, classes),
            auxiliary_shared=tensor(samples, classes),
            modality_specific=tensor(samples, sensors),
            modality_unused=tensor(samples, sensors),
            shared=tensor(samples, 4),
        )
        for _ in range(sensors)
    ]


@pytest.mark.parametrize("sensors", [2, 3])
def test_objective_is_the_sum_of_its_terms(sensors: int) -> None:
    outputs, target, task = outputs_of(sensors), torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    pairs = [(i, j) for i in range(sensors) for j in range(sensors) if i != j]
    main = np.mean([task(output.main, target).item() for output in outputs])
    auxiliary = np.mean([auxiliary_term(output, target, task).item() for output in outputs])
    modality = np.mean([modality_term(output, at).item() for at, output in enumerate(outputs)])
    contrastive = np.mean([nt_xent(outputs[i].shared, outputs[j].shared, 0.1).item() for i, j in pairs])
    terms = objective(outputs, target, task, TermWeights())
    assert terms.total.item() == pytest.approx(main + auxiliary + modality + 2 * contrastive, rel=1e-12)


def test_contrastive_term_of_two_sensors_is_the_papers_sum_over_ordered_pairs() -> None:
    outputs = outputs_of(2)
    terms = objective(outputs, torch.zeros(6, dtype=torch.long), cross_entropy(None), TermWeights(0, 0, 0))
    both = nt_xent(outputs[0].shared, outputs[1].shared, 0.1) + nt_xent(outputs[1].shared, outputs[0].shared, 0.1)
    assert terms.total.item() == pytest.approx(both.item(), rel=1e-12)


def test_terms_of_one_sensor() -> None:
    """Alone there is nothing to contrast and no sensor to guess."""
    (output,), target, task = outputs_of(1), torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    terms = objective([output], target, task, TermWeights())
    expected = task(output.main, target) + auxiliary_term(output, target, task)
    assert terms.total.item() == pytest.approx(expected.item(), rel=1e-12)
    assert terms.modality.item() == terms.contrastive.item() == 0


def test_a_weight_of_zero_switches_a_term_off() -> None:
    outputs, target, task = outputs_of(2), torch.tensor([0, 1, 2, 0, 1, 2]), cross_entropy(None)
    terms = objective(outputs, target, task, TermWeights(auxiliary=0, modality=0, contrastive=0))
    assert terms.total.item() == pytest.approx(terms.main.item(), rel=1e-12)
