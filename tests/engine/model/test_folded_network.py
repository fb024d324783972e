"""A network as it maps says what the network says, in fewer products."""

from copy import deepcopy

import pytest
import torch
from colearn.engine.model.colearner import CoLearner
from colearn.engine.model.encoders.dilated import DilatedEncoder
from colearn.engine.model.encoders.layers import LearnedProjection
from colearn.engine.model.encoders.ltae import LTAE
from colearn.engine.model.encoders.reduced import ReducedEncoder
from colearn.engine.model.encoders.residual import ResidualEncoder
from colearn.engine.model.encoders.tempcnn import TempCNN
from colearn.engine.model.encoders.transformer import TransformerEncoder
from colearn.engine.model.folded_network import FoldedNetwork, composed, folded
from colearn.engine.model.sensor_network import SensorNetwork
from torch import nn

WIDTH, OUTPUTS = 8, 3
DAYS = (0.0, 30.0, 61.0, 92.0)
IMAGES = {"dilated": DilatedEncoder, "residual": ResidualEncoder}
SERIES = {
    "tempcnn": lambda: TempCNN(2, len(DAYS), width=WIDTH, hidden=4),
    "wide tempcnn": lambda: TempCNN(2, len(DAYS), width=WIDTH, hidden=8),
    "ltae": lambda: LTAE(2, DAYS, width=WIDTH, channels=16, heads=4),
    "transformer": lambda: TransformerEncoder(2, DAYS, width=WIDTH, channels=16),
}


def network_of(encoder: nn.Module) -> SensorNetwork:
    """A network with batch statistics of its own, as after a training."""
    network = CoLearner([encoder], outputs=OUTPUTS).sensor_network(0)
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    return network.eval()


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("kind", IMAGES)
@pytest.mark.parametrize("context_px", [1, 5])
def test_images_get_the_same_logits(kind: str, context_px: int) -> None:
    network = network_of(IMAGES[kind](3, context_px, width=WIDTH, channels=8))
    assert_same(network, torch.randn(1, 3, 9, 11), torch.ones(1, 1, 9, 11, dtype=torch.bool))


@pytest.mark.parametrize("kind", SERIES)
def test_series_get_the_same_logits(kind: str) -> None:
    valid = torch.rand(1, 1, len(DAYS), 20) > 0.2
    assert_same(network_of(SERIES[kind]()), torch.randn(1, 2, len(DAYS), 20) * valid, valid)


def test_encoders_behind_a_projection_get_the_same_logits() -> None:
    projection = LearnedProjection(5, 2)
    network = network_of(ReducedEncoder(projection, DilatedEncoder(2, 3, width=WIDTH, channels=8)))
    assert_same(network, torch.randn(1, 5, 7, 7), torch.ones(1, 1, 7, 7, dtype=torch.bool))


def assert_same(network: SensorNetwork, raster: torch.Tensor, valid: torch.Tensor) -> None:
    mapping = folded(network)
    assert isinstance(mapping, FoldedNetwork)
    with torch.inference_mode():
        expected = network.forward_dense(raster, valid)
        torch.testing.assert_close(mapping.forward_dense(raster, valid), expected, rtol=1e-5, atol=1e-5)
        whole = raster[:, :, :1, :1] if raster.shape[2] != len(DAYS) else raster[0].permute(2, 0, 1)
        if raster.shape[2] == len(DAYS):
            samples = mapping(whole, valid[0].permute(2, 0, 1))
            torch.testing.assert_close(samples, expected[0, :, 0].T, rtol=1e-5, atol=1e-5)


def test_the_network_itself_stays_as_it_was() -> None:
    network = network_of(DilatedEncoder(3, 3, width=WIDTH, channels=8))
    before = deepcopy(network.state_dict())
    folded(network)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_a_normalized_representation_is_left_alone() -> None:
    network = network_of(TempCNN(2, 4, width=WIDTH, hidden=4, layer_norm=True))
    assert folded(network) is network


def test_what_is_folded_is_not_folded_again() -> None:
    mapping = folded(network_of(DilatedEncoder(3, 3, width=WIDTH, channels=8)))
    assert folded(mapping) is mapping


def test_two_linear_layers_are_one() -> None:
    first, second = nn.Linear(2, 2), nn.Linear(2, 1)
    first.load_state_dict({"weight": torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "bias": torch.tensor([5.0, 6.0])})
    second.load_state_dict({"weight": torch.tensor([[10.0, 100.0]]), "bias": torch.tensor([7.0])})
    one = composed(first, second)
    assert one.weight.tolist() == [[310.0, 420.0]]  # 10 · 1 + 100 · 3, 10 · 2 + 100 · 4
    assert one.bias.tolist() == [657.0]  # 10 · 5 + 100 · 6 + 7


def test_a_head_on_fewer_numbers_becomes_a_part_of_the_encoder() -> None:
    """An image's dense layer is as wide as its representation; that of TempCNN here, 4 · 8, is four times as wide."""
    image = folded(network_of(DilatedEncoder(3, 3, width=WIDTH, channels=8)))
    series = folded(network_of(TempCNN(2, 4, width=WIDTH, hidden=8)))
    assert image.specific.last_linear.out_features == OUTPUTS and image.own_head is None
    assert series.specific.last_linear.out_features == WIDTH // 2 and series.own_head is not None
