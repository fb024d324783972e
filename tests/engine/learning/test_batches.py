"""Batches of sample positions."""

import pytest
import torch
from colearn.engine.learning.batches import fitting_size, shuffled_batches


def batches(count: int, size: int, seed: int = 0) -> tuple[torch.Tensor, ...]:
    return shuffled_batches(torch.arange(100, 100 + count), size, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("size", [2, 3, 32, 128])
def test_every_sample_once_and_none_alone(size: int) -> None:
    for count in range(2, 300):
        cut = batches(count, size)
        assert sorted(torch.cat(cut).tolist()) == list(range(100, 100 + count))
        assert min(map(len, cut)) >= 2
        assert max(map(len, cut)) <= size + 1


def test_batches_are_of_nearly_equal_size() -> None:
    assert sorted(map(len, batches(129, 128))) == [64, 65]


def test_a_single_sample_is_one_batch() -> None:
    assert [len(batch) for batch in batches(1, 128)] == [1]


def test_one_seed_gives_one_order() -> None:
    assert torch.equal(batches(50, 100, seed=1)[0], batches(50, 100, seed=1)[0])
    assert not torch.equal(batches(50, 100, seed=1)[0], batches(50, 100, seed=2)[0])


@pytest.mark.parametrize(
    ("count", "size"),
    [(10_000, 128), (1536, 128), (600, 50), (192, 16), (20, 16), (2, 16)],
)
def test_few_samples_make_smaller_batches(count: int, size: int) -> None:
    assert fitting_size(count, 128, 12) == size


def test_a_batch_is_never_larger_than_asked_for() -> None:
    assert fitting_size(600, 8, 12) == 8
