"""Early stopping."""

import math

import torch
from colearn.engine.learning.stopping import EarlyStopping
from torch import nn


def run(losses: list[float], patience: int) -> tuple[int, float | None]:
    """Epochs run, and the weight kept; the weight counts the epochs."""
    network, stopping = nn.Linear(1, 1), EarlyStopping(patience)
    for number, loss in enumerate(losses, start=1):
        with torch.no_grad():
            network.weight.fill_(number)
        if not stopping.goes_on(loss, network):
            break
    return number, None if stopping.best is None else stopping.best["weight"].item()


def test_stops_after_patience_epochs_without_a_lower_loss() -> None:
    assert run([5, 4, 4, 4.5, 3], patience=2) == (4, 2)


def test_a_lower_loss_renews_the_patience() -> None:
    assert run([5, 6, 4, 6, 3, 6, 2], patience=2) == (7, 7)


def test_a_loss_that_is_no_number_is_never_the_best() -> None:
    assert run([math.nan, 4, math.nan, math.nan], patience=2) == (4, 2)
    assert run([math.nan, math.inf, 1], patience=2) == (2, None)


def test_the_weights_kept_do_not_change_any_more() -> None:
    network, stopping = nn.Linear(1, 1), EarlyStopping(3)
    stopping.goes_on(1.0, network)
    kept = stopping.best["weight"].clone()
    with torch.no_grad():
        network.weight.add_(1)
    assert torch.equal(stopping.best["weight"], kept)
