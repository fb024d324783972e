"""Which epoch's weights are kept."""

import math

import pytest
import torch
from colearn.engine.learning.fit.best_epochs import BestEpochs, ChosenEpochs


def kept(costs: list[float]) -> float | None:
    """The weight kept; it counts the epochs."""
    best = BestEpochs(())
    for number, cost in enumerate(costs, start=1):
        weights = {"weight": torch.tensor(float(number))}
        best.note([cost], weights)
    found = best.kept(weights)
    return None if found is None else found["weight"].item()


@pytest.mark.parametrize(
    ("costs", "epoch"),
    [([5, 4, 4, 4.5, 3], 5), ([5, 4, 4, 4.5, 6], 2), ([1, 2, 3], 1), ([math.nan, 4, math.nan], 2)],
)
def test_the_epoch_of_the_lowest_cost_is_kept_the_first_of_equal_ones(costs: list[float], epoch: int) -> None:
    assert kept(costs) == epoch


def test_a_cost_that_is_no_number_is_never_the_best() -> None:
    assert kept([math.nan, math.inf, math.nan]) is None


def test_the_weights_kept_do_not_change_any_more() -> None:
    weights, best = {"weight": torch.zeros(1)}, BestEpochs(())
    best.note([1.0], weights)
    weights["weight"].add_(1)
    assert best.kept({})["weight"].item() == 0


def test_every_sensor_is_kept_as_it_was_at_its_best() -> None:
    best = BestEpochs(("A", "B"))
    for number, each in enumerate([[3.0, 1.0], [2.0, 2.0], [4.0, 3.0], [5.0, 4.0]]):
        value = torch.tensor(float(number))
        weights = {"encoder.A.weight": value, "encoder.B.weight": value + 10, "head.weight": value + 20}
        best.note(each, weights)
    assert {name: value.item() for name, value in best.kept(weights).items()} == {
        "encoder.A.weight": 1,
        "encoder.B.weight": 10,
        "head.weight": 23,
    }


def test_what_was_kept_is_remembered() -> None:
    first, second = BestEpochs(("A", "B")), BestEpochs(("A", "B"))
    first.note([3.0, math.nan], {"x.A.y": torch.ones(2), "x.B.y": torch.zeros(2)})
    second.restore(first.state())
    second.note([4.0, 1.0], {"x.A.y": torch.zeros(2), "x.B.y": torch.ones(2)})
    assert {name: value.tolist() for name, value in second.kept({}).items()} == {"x.A.y": [1, 1], "x.B.y": [1, 1]}


def test_which_epoch_was_best_is_remembered_as_well() -> None:
    best = BestEpochs(("A", "B"))
    assert best.epochs == (0, 0)
    for each in [[3.0, math.nan], [2.0, 5.0], [2.0, 6.0]]:
        best.note(each, {})
    assert best.epochs == (2, 2)
    again = BestEpochs(("A", "B"))
    again.restore(best.state())
    again.note([1.0, 7.0], {})
    assert again.epochs == (4, 2)


def test_a_chosen_epoch_is_kept_whatever_its_loss() -> None:
    chosen = ChosenEpochs(("A", "B"), (2, 3))
    for number in range(1, 5):
        weights = {"x.A.y": torch.tensor(number), "x.B.y": torch.tensor(10 * number)}
        chosen.note([], weights)
        assert (chosen.kept(weights) is None) == (number < 3)
    assert {name: value.item() for name, value in chosen.kept({}).items()} == {"x.A.y": 2, "x.B.y": 30}
    assert chosen.epochs == (2, 3)


@pytest.mark.parametrize("chosen", [(1,), (1, 2, 3), (0, 1)])
def test_one_epoch_is_chosen_for_each_sensor(chosen: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="epochs"):
        ChosenEpochs(("A", "B"), chosen)
