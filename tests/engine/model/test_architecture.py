"""Which encoder fits which sensor."""

import pytest
from colearn.engine.contract.job import Task
from colearn.engine.model.architecture import encoder_for, network_for
from colearn.engine.model.encoders.dilated import DilatedEncoder
from colearn.engine.model.encoders.tempcnn import TempCNN

from synthetic_samples import make_samples


def test_images_are_seen_with_their_context() -> None:
    encoder = encoder_for(make_samples(context_px=7).sensors[0], Task.CLASSIFICATION)
    assert isinstance(encoder, DilatedEncoder)
    assert encoder.context_px == 7


@pytest.mark.parametrize(("task", "ends_in_layernorm"), [(Task.CLASSIFICATION, False), (Task.REGRESSION, True)])
def test_series_are_seen_whole(task: Task, ends_in_layernorm: bool) -> None:
    encoder = encoder_for(make_samples(task).sensors[1], task)
    assert isinstance(encoder, TempCNN)
    assert encoder.dates == 6
    assert (encoder.layernorm is not None) is ends_in_layernorm


def test_sizes_are_the_papers() -> None:
    network = network_for(make_samples(), outputs=3)
    assert network.specific_encoder["B"].conv2.weight.shape == (128, 128, 5)
    assert network.main_head["A"].weight.shape == (3, 128)
    assert network.shared_projection["A"].linear.weight.shape == (64, 128)
