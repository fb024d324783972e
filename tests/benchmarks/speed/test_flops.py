"""Operations counted from the layers, against counts by hand."""

from __future__ import annotations

import pytest
from colearn.benchmarks.speed.flops import encoder_flops, flops_per_pixel
from colearn.engine.model.colearner import CoLearner
from colearn.engine.model.encoders.dilated import DilatedEncoder
from colearn.engine.model.encoders.ltae import LTAE
from colearn.engine.model.encoders.tempcnn import TempCNN


def test_tempcnn_by_hand() -> None:
    encoder = TempCNN(bands=2, dates=6, width=8, hidden=4, masked=False)
    # Five taps at six dates, of which two and one miss at either end: 3 + 4 + 5 + 5 + 4 + 3 = 24 pairs.
    convolutions = 24 * (2 * 4 + 4 * 4 + 4 * 4)
    linears = (6 * 4) * 16 + 16 * 8
    assert encoder_flops(encoder) == 2 * (convolutions + linears)


def test_series_shorter_than_the_kernel() -> None:
    encoder = TempCNN(bands=1, dates=2, width=2, hidden=1, masked=False)
    assert encoder_flops(encoder) == 2 * (4 * 3 + 2 * 4 + 4 * 2)


def test_dilated_by_hand() -> None:
    encoder = DilatedEncoder(bands=3, context_px=7, width=8, channels=4)  # dilations 1 2
    assert encoder_flops(encoder) == 2 * (9 * 3 * 4 + 9 * 4 * 4 + 4 * 8 + 8 * 8)


def test_operations_of_a_sensor_network_are_of_two_encoders_and_two_heads() -> None:
    encoder = TempCNN(bands=2, dates=6, width=8, hidden=4)
    path = CoLearner([encoder], outputs=5).sensor_network(0)
    # Of the dense layers' 16 numbers each linear layer makes 4 in place of 8; a head reads 4 of either for 5 classes.
    assert flops_per_pixel(path) == 2 * (encoder_flops(encoder) - 2 * 16 * 4) + 2 * 2 * (4 * 5)


def test_an_images_path_ends_in_the_logits() -> None:
    encoder = DilatedEncoder(bands=3, context_px=7, width=8, channels=4)
    path = CoLearner([encoder], outputs=5).sensor_network(0)
    own, shared = (encoder_flops(encoder) - 2 * 8 * (8 - outputs) for outputs in (5, 4))
    assert flops_per_pixel(path) == own + shared + 2 * (4 * 5)


def test_what_is_not_counted_is_refused() -> None:
    with pytest.raises(TypeError, match="LTAE"):
        encoder_flops(LTAE(2, [0.0, 30.0, 60.0], channels=16, heads=4))
