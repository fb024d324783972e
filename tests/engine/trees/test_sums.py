"""Sums in an order that is written down: right, and the same to the bit wherever a pixel stands."""

import numpy as np
import pytest
import torch
from colearn.engine.trees.sums import pairwise_sum, window_sums
from numpy.lib.stride_tricks import sliding_window_view


@pytest.mark.parametrize("length", [1, 2, 3, 5, 8, 13])
def test_halves_add_up_to_the_whole(length: int) -> None:
    values = torch.arange(2 * length * 3, dtype=torch.float32).view(1, 2, length, 3)
    found = pairwise_sum(values, 2, length)
    assert torch.equal(found, values.sum(dim=2, keepdim=True))


@pytest.mark.parametrize("window", [1, 2, 3, 5, 7, 11, 15])
def test_windows_are_sums_over_squares(window: int) -> None:
    values = np.random.default_rng(window).integers(0, 100, (1, 2, 20, 23)).astype(np.float32)
    expected = sliding_window_view(values, (window, window), axis=(2, 3)).sum(axis=(4, 5))
    np.testing.assert_array_equal(window_sums(torch.from_numpy(values), window).numpy(), expected)


def test_a_window_is_the_same_to_the_bit_wherever_the_block_begins() -> None:
    values = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 3, 40, 40)).astype(np.float32))
    whole = window_sums(values, 7)
    for start in (0, 1, 5):
        assert torch.equal(
            window_sums(values[:, :, start:, start : start + 9], 7), whole[:, :, start:, start : start + 3]
        )
