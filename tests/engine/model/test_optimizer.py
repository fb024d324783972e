"""The optimizer: torch's AdamW to the bit, without what torch loads around it."""

import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from colearn.engine.model.optimizer import AdamW
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parents[3]
RATES = [0.003, 0.002, 0.001, 0.0005]
DECAY = 0.01


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(7, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))


def with_gradients(net: nn.Sequential, number: int) -> None:
    """Of step ``number``; at every second one the last layer has none."""
    for parameter in net.parameters():
        parameter.grad = None
    values = torch.randn(16, 7, generator=torch.Generator().manual_seed(number))
    (net if number % 2 == 0 else net[:3])(values).square().mean().backward()


def weights(net: nn.Sequential) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in net.parameters()]


@pytest.fixture
def expected() -> list[list[Tensor]]:
    """The weights after every step of ``torch.optim.AdamW``."""
    net = network()
    reference, found = torch.optim.AdamW(net.parameters(), weight_decay=DECAY, fused=True), []
    for number, rate in enumerate(RATES):
        with_gradients(net, number)
        reference.param_groups[0]["lr"] = rate
        reference.step()
        found.append(weights(net))
    return found


def same(found: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(one, two) for one, two in zip(found, other, strict=True))


def test_every_step_is_torchs_to_the_bit(expected) -> None:
    net = network()
    optimizer = AdamW(net.parameters(), DECAY)
    for number, rate in enumerate(RATES):
        with_gradients(net, number)
        optimizer.step(rate)
        assert same(weights(net), expected[number])


def test_it_goes_on_from_a_saved_state(expected) -> None:
    net = network()
    optimizer = AdamW(net.parameters(), DECAY)
    for number in range(2):
        with_gradients(net, number)
        optimizer.step(RATES[number])
    state = deepcopy(optimizer.state())
    with_gradients(net, 2)
    optimizer.step(1.0)  # after the state was saved: the copy below knows nothing of it
    again = network()
    with torch.no_grad():
        for parameter, value in zip(again.parameters(), expected[1], strict=True):
            parameter.copy_(value)
    resumed = AdamW(again.parameters(), DECAY)
    resumed.restore(state)
    for number in (2, 3):
        with_gradients(again, number)
        resumed.step(RATES[number])
    assert same(weights(again), expected[3])


def test_gradients_are_forgotten() -> None:
    net = network()
    with_gradients(net, 0)
    AdamW(net.parameters(), DECAY).zero_grad()
    assert all(parameter.grad is None for parameter in net.parameters())


def test_torchs_compiler_is_not_loaded() -> None:
    """It takes two seconds, in every process that trains."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import torch; from engine.model.optimizer import AdamW; "
        "own = torch.nn.Parameter(torch.ones(2)); optimizer = AdamW([own], 0.1); own.sum().backward(); "
        "optimizer.step(0.1); optimizer.zero_grad(); assert own[0] < 1; sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(ROOT)], check=False).returncode == 0
