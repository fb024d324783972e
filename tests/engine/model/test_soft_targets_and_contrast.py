"""Losses of soft targets, and the contrast of labels, against their formulas."""

import numpy as np
import pytest
import torch
from colearn.engine.model.losses.affinity import near_values, same_class, shared_labels
from colearn.engine.model.losses.distillation import soft_cross_entropy
from colearn.engine.model.losses.label_contrast import label_contrast
from colearn.engine.model.losses.task import cross_entropy

from loss_formulas import log_softmax, tensor


def test_a_one_hot_soft_target_has_the_loss_of_the_label() -> None:
    logits, target, weights = tensor(6, 3), torch.tensor([0, 1, 1, 2, 0, 1]), torch.tensor([0.5, 1.0, 4.0]).double()
    sure = torch.eye(3, dtype=torch.double)[target]
    label = cross_entropy(weights)(logits, target).item()
    assert soft_cross_entropy(weights)(logits, sure).item() == pytest.approx(label, rel=1e-12)


def test_soft_cross_entropy_with_class_weights() -> None:
    logits, soft_targets, weights = tensor(5, 3), tensor(5, 3).softmax(dim=1), np.array([0.5, 1.0, 4.0])
    total = counted = 0.0
    for row, shares in zip(log_softmax(logits.numpy()), soft_targets.numpy(), strict=True):
        for k in range(3):
            total -= weights[k] * shares[k] * row[k]
            counted += weights[k] * shares[k]
    found = soft_cross_entropy(torch.from_numpy(weights))(logits, soft_targets)
    assert found.item() == pytest.approx(total / counted, rel=1e-12)


def test_label_contrast_by_hand() -> None:
    shared, target = tensor(6, 4), torch.tensor([0, 1, 0, 2, 1, 0])
    unit = shared.numpy() / np.linalg.norm(shared.numpy(), axis=1, keepdims=True)
    losses = []
    for i in range(6):
        others = [k for k in range(6) if k != i]
        friends = [k for k in others if target[k] == target[i]]
        total = np.log(sum(np.exp(unit[i] @ unit[k] / 0.2) for k in others))
        if friends:
            losses.append(-np.mean([unit[i] @ unit[k] / 0.2 - total for k in friends]))
    assert label_contrast(shared, same_class(target), 0.2).item() == pytest.approx(np.mean(losses), rel=1e-6)


def test_affinities() -> None:
    assert shared_labels(torch.tensor([[1.0, 1, 0], [1, 0, 0], [0, 0, 0]])).tolist() == [
        [1, 0.5, 0],
        [0.5, 1, 0],
        [0, 0, 0],
    ]
    near = near_values(torch.tensor([[0.0], [0.0], [1.0], [5.0]]))
    assert near[0, 1] == 1
    assert near[0, 1] > near[0, 2] > near[0, 3] > 0


def test_label_contrast_without_any_pair_is_nothing() -> None:
    shared = tensor(2, 4).requires_grad_()
    loss = label_contrast(shared, same_class(torch.tensor([0, 1])), 0.1)
    loss.backward()
    assert loss.item() == 0
    assert not shared.grad.any()
