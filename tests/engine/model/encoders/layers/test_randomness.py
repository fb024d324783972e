"""Random numbers of one training, apart from all others."""

import threading

import pytest
import torch
from colearn.engine.model.encoders.layers.randomness import Dropout, drawing_from, own_generator, seeded
from torch import nn


@pytest.mark.parametrize("share", [0.3, 0.5])
@pytest.mark.parametrize("shape", [(7, 5), (4, 3, 6)])
def test_dropout_draws_what_torch_draws_for_the_same_seed(shape, share) -> None:
    values = torch.linspace(1, 2, torch.Size(shape).numel()).reshape(shape)
    torch.manual_seed(11)
    expected = [nn.Dropout(share)(values) for _ in range(2)]
    with drawing_from(torch.Generator().manual_seed(11)):
        found = [Dropout(share)(values) for _ in range(2)]
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
    assert not torch.equal(*found)


def test_gradients_pass_where_values_did() -> None:
    values = torch.ones(1000, requires_grad=True)
    with drawing_from(torch.Generator().manual_seed(1)):
        dropped = Dropout(0.25)(values)
    dropped.sum().backward()
    assert torch.equal(values.grad, dropped.detach())  # 0, or 1 / 0.75
    assert sorted(set(values.grad.tolist())) == pytest.approx([0.0, 4 / 3])


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
