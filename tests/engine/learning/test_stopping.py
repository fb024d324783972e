"""Early stopping."""

import math

import torch
from colearn.engine.learning.stopping import EarlyStopping


def run(losses: list[float], patience: int) -> tuple[int, float | None]:
    """Epochs run, and the weight kept; the weight counts the epochs."""
    stopping = EarlyStopping(patience, ())
    for number, loss in enumerate(losses, start=1):
        weights = {"weight": torch.tensor(float(number))}
        if not stopping.goes_on([loss], weights):
            break
    kept = stopping.kept(weights)
    return number, None if kept is None else kept["weight"].item()


def test_stops_after_patience_epochs_without_a_lower_cost() -> None:
    assert run([5, 4, 4, 4.5, 3], patience=2) == (4, 2)


def test_a_lower_cost_renews_the_patience() -> None:
    assert run([5, 6, 4, 6, 3, 6, 2], patience=2) == (7, 7)


def test_a_cost_that_is_no_number_is_never_the_best() -> None:
    assert run([math.nan, 4, math.nan, math.nan], patience=2) == (4, 2)
    assert run([math.nan, math.inf, 1], patience=2) == (2, None)


def test_the_weights_kept_do_not_change_any_more() -> None:
    weights, stopping = {"weight": torch.zeros(1)}, EarlyStopping(3, ())
    stopping.goes_on([1.0], weights)
    weights["weight"].add_(1)
    assert stopping.kept({})["weight"].item() == 0


def test_every_sensor_is_kept_as_it_was_at_its_best() -> None:
    stopping = EarlyStopping(2, ("A", "B"))
    costs = [[3.0, 1.0], [2.0, 2.0], [4.0, 3.0], [5.0, 4.0]]
    for number, each in enumerate(costs):
        value = torch.tensor(float(number))
        weights = {"encoder.A.weight": value, "encoder.B.weight": value + 10, "head.weight": value + 20}
        if not stopping.goes_on(each, weights):
            break
    assert number == 3  # the first sensor last improved at 1
    kept = stopping.kept(weights)
    assert {name: value.item() for name, value in kept.items()} == {
        "encoder.A.weight": 1,
        "encoder.B.weight": 10,
        "head.weight": 23,
    }
