"""Random numbers of one training, apart from all others."""

import threading
from collections.abc import Callable

import pytest
import torch
from colearn.engine.model.encoders.layers.randomness import Dropout, drawing_from, own_generator, seeded
from torch import nn


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_dropout_drops_each_value_alone_with_its_probability(share) -> None:
    """Pearson's test of the counts of all patterns of eight neighbours, which span three draws of 64 bits."""
    with drawing_from(torch.Generator().manual_seed(11)):
        kept = Dropout(share)(torch.ones(100_000, 8)) > 0
    patterns = torch.arange(256)[:, None] >> torch.arange(8) & 1
    expected = 100_000 * (1 - share) ** patterns.sum(1) * share ** (8 - patterns.sum(1))
    found = torch.bincount((kept * 2 ** torch.arange(8)).sum(1), minlength=256)
    common = expected > 5
    cells = int(common.sum())
    assert (((found - expected) ** 2 / expected)[common]).sum() < cells + 5 * (2 * cells) ** 0.5


def test_dropout_keeps_the_mean_and_repeats_for_a_seed_only() -> None:
    values = torch.linspace(1, 2, 100_003).double()  # no multiple of the numbers of one draw
    with drawing_from(torch.Generator().manual_seed(3)):
        first, second = (Dropout(0.2)(values) for _ in range(2))
    with drawing_from(torch.Generator().manual_seed(3)):
        again = Dropout(0.2)(values)
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert first.dtype == torch.float64
    assert first.mean().item() == pytest.approx(values.mean().item(), rel=0.01)
    assert set((first / values).round(decimals=6).tolist()) == {0.0, round(2**16 / (2**16 - 13107), 6)}


def test_values_are_dropped_alone_however_they_lie_in_memory() -> None:
    """Images with bands innermost, a slice, and one row repeated; the mean of 1 / 0.7 where kept is 1."""
    images = torch.ones(40, 16, 1, 12).contiguous(memory_format=torch.channels_last)
    shapes = (images, torch.ones(40, 3, 200)[:, 1], torch.ones(1, 200).expand(40, 200), torch.ones(200, 40).t())
    for values in shapes:
        with drawing_from(torch.Generator().manual_seed(5)):
            dropped = Dropout(0.3)(values)
        assert dropped.shape == values.shape
        assert dropped.mean().item() == pytest.approx(1, abs=0.05)
        assert len(torch.unique(dropped.flatten(1), dim=0)) == 40  # no two samples lose the same


def test_gradients_pass_where_values_did() -> None:
    values = torch.ones(1000, requires_grad=True)
    with drawing_from(torch.Generator().manual_seed(1)):
        dropped = Dropout(0.25)(values)
    dropped.sum().backward()
    assert torch.equal(values.grad, dropped.detach())  # 0, or 1 / 0.75
    assert sorted(set(values.grad.tolist())) == pytest.approx([0.0, 4 / 3])


@pytest.mark.parametrize("innermost", [False, True])
def test_a_relu_and_dropout_are_one_to_the_bit_in_values_and_gradients(innermost) -> None:
    order = torch.channels_last if innermost else torch.contiguous_format
    values = torch.randn(9, 5, 1, 7, generator=torch.Generator().manual_seed(2)).contiguous(memory_format=order)
    weights = torch.randn(9, 5, 1, 7, generator=torch.Generator().manual_seed(4))  # of another memory order

    def run(layer: Callable[[Dropout, torch.Tensor], torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        own = values.clone().requires_grad_()
        with drawing_from(torch.Generator().manual_seed(1)):
            found = layer(Dropout(0.3), own)
        (found * weights).sum().backward()
        return found.detach(), own.grad

    for found, expected in zip(run(Dropout.of_relu), run(lambda dropout, own: dropout(torch.relu(own))), strict=True):
        assert torch.equal(found, expected)
        assert 0.1 < (found == 0).float().mean() < 0.9
    assert torch.equal(Dropout(0.3).eval().of_relu(values), values.relu())


def test_nothing_is_dropped_in_evaluation_and_with_the_probability_0() -> None:
    values = torch.rand(5)
    with drawing_from(torch.Generator()):
        assert torch.equal(Dropout(0.5).eval()(values), values)
        assert torch.equal(Dropout(0.0)(values), values)


def test_without_a_generator_of_its_own_a_thread_draws_from_torchs() -> None:
    torch.manual_seed(3)
    expected = nn.Dropout(0.5)(torch.ones(50))
    torch.manual_seed(3)
    assert own_generator() is None
    assert torch.equal(Dropout(0.5)(torch.ones(50)), expected)
    torch.manual_seed(3)
    assert torch.equal(Dropout(0.5).of_relu(torch.ones(50)), expected)
    assert not Dropout(0.5).of_relu(-torch.ones(50)).any()


def test_a_generator_is_its_threads_alone() -> None:
    seen = []
    with drawing_from(torch.Generator()):
        thread = threading.Thread(target=lambda: seen.append(own_generator()))
        thread.start()
        thread.join()
        assert own_generator() is not None
    assert seen == [None]
    assert own_generator() is None


def test_initial_weights_are_those_of_the_seed_and_leave_the_global_state_alone() -> None:
    torch.manual_seed(8)
    expected, then = nn.Linear(3, 2).weight, torch.rand(4)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    generator = torch.Generator().manual_seed(8)
    with seeded(generator):
        found = nn.Linear(3, 2).weight
    assert torch.equal(found, expected)
    assert torch.equal(torch.rand(4, generator=generator), then)  # it goes on after the weights
    assert torch.equal(torch.get_rng_state(), before)
