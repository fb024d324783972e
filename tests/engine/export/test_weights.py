"""Weights of trainings as one safetensors file."""

import pytest
import torch
from colearn.engine.contract.wire.errors import ErrorCode, ModelError
from colearn.engine.export.weights import read_weights, weights_bytes
from colearn.engine.learning.fit.trained_network import TrainedNetwork
from colearn.engine.model.architecture import network_for

from synthetic_samples import IMAGE, make_samples, trained_for_a_moment


@pytest.fixture(scope="module")
def networks() -> dict[str, TrainedNetwork]:
    samples = make_samples()
    return {
        "co-learned": trained_for_a_moment(samples, epochs=1),
        f"alone/{IMAGE}": trained_for_a_moment(samples.only(IMAGE), epochs=1),
    }


def test_every_training_comes_back_value_by_value(networks: dict[str, TrainedNetwork]) -> None:
    weights = weights_bytes(networks)
    for training, trained in networks.items():
        samples = make_samples() if training == "co-learned" else make_samples().only(IMAGE)
        fresh = network_for(samples, 3)
        fresh.load_state_dict(read_weights(weights, training))
        expected = trained.network.state_dict()
        assert all(torch.equal(value, expected[name]) for name, value in fresh.state_dict().items())


def test_equal_networks_are_equal_files(networks: dict[str, TrainedNetwork]) -> None:
    assert weights_bytes(networks) == weights_bytes(networks)


def test_a_training_that_is_not_there_names_those_that_are(networks: dict[str, TrainedNetwork]) -> None:
    with pytest.raises(ModelError, match="co-learned"):
        read_weights(weights_bytes(networks), "alone/nobody")


def test_bytes_that_are_no_weights() -> None:
    with pytest.raises(ModelError) as error:
        read_weights(b"no safetensors", "co-learned")
    assert error.value.code is ErrorCode.MODEL_DAMAGED
