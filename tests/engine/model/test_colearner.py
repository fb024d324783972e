"""The network around the encoders."""

import pytest
import torch
from colearn.engine.model.colearner import CoLearner, slot
from colearn.engine.model.encoders.dilated import DilatedEncoder
from colearn.engine.model.encoders.tempcnn import TempCNN


@pytest.fixture
def network() -> CoLearner:
    torch.manual_seed(0)
    return CoLearner([DilatedEncoder(3, 5, width=16, channels=8), TempCNN(2, 6, width=16, hidden=8)], outputs=4)


IMAGES, SERIES = torch.randn(7, 3, 5, 5), torch.randn(7, 2, 6)
INPUTS = [(values, torch.ones_like(values[:, :1], dtype=torch.bool)) for values in (IMAGES, SERIES)]


def test_common_encoders_start_as_copies_of_the_specific_ones(network: CoLearner) -> None:
    specific, common = network.specific_encoder.state_dict(), network.common_encoder.state_dict()
    assert specific.keys() == common.keys()
    assert all(torch.equal(specific[name], common[name]) for name in specific)
    assert next(network.specific_encoder.parameters()) is not next(network.common_encoder.parameters())


def test_shapes(network: CoLearner) -> None:
    for output in network(INPUTS):
        assert output.main.shape == output.auxiliary_specific.shape == output.auxiliary_shared.shape == (7, 4)
        assert output.modality_specific.shape == output.modality_unused.shape == (7, 2)
        assert output.shared.shape == (7, 8)


def test_a_sensor_network_gives_the_main_heads_output(network: CoLearner) -> None:
    network.eval()
    for position, output in enumerate(network(INPUTS)):
        torch.testing.assert_close(network.sensor_network(position)(*INPUTS[position]), output.main)


def test_a_sensor_network_predicts_rasters_as_samples(network: CoLearner) -> None:
    network.eval()
    images, series = network.sensor_network(0), network.sensor_network(1)
    found, expected = images.forward_dense(*INPUTS[0])[:, :, 0, 0], images(*INPUTS[0])
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)
    pixels, valid = (tensor.permute(1, 2, 0)[None] for tensor in INPUTS[1])
    found, expected = series.forward_dense(pixels, valid)[0, :, 0].T, series(*INPUTS[1])
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


def test_unused_half_and_shared_part_feed_the_unused_head_as_chosen(network: CoLearner) -> None:
    network.eval()
    _, unused = network.specific_encoder["A"](*INPUTS[0]).split(8, dim=1)
    output = network(INPUTS)[0]
    torch.testing.assert_close(output.modality_unused, network.modality_head_unused(unused))
    network.reference_compat = True
    output = network(INPUTS)[0]
    torch.testing.assert_close(output.modality_unused, network.modality_head_unused(output.shared))


def test_one_sensor_is_a_network_too() -> None:
    (output,) = CoLearner([TempCNN(2, 6, width=16, hidden=8)], outputs=1)([INPUTS[1]])
    assert output.main.shape == (7, 1)
    assert output.modality_specific.shape == (7, 1)


def test_slots_are_letters_and_never_end() -> None:
    names = [slot(position) for position in range(100)]
    assert names[:3] == ["A", "B", "C"]
    assert len(set(names)) == 100
