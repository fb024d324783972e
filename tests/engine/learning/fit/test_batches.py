"""Batches of sample positions."""

import numpy as np
import pytest
import torch
from colearn.engine.learning.fit.batches import (
    LEAST_PART,
    BatchPlan,
    batches_of,
    fitting_size,
    shuffled_batches,
    with_positions,
)
from hypothesis import given, settings
from hypothesis import strategies as st


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


def covered_by(*patterns: tuple[int, str]) -> torch.Tensor:
    """Coverage (row, sensor) of so many rows of each pattern, as in ``(36, "AB")``, in a mixed order."""
    sensors = sorted({letter for _, letters in patterns for letter in letters})
    rows = [[letter in letters for letter in sensors] for count, letters in patterns for _ in range(count)]
    return torch.tensor(np.random.default_rng(0).permutation(np.array(rows)))


def batched(covered: torch.Tensor, size: int, seed: int = 0) -> tuple[torch.Tensor, ...]:
    return BatchPlan(torch.arange(len(covered)), covered, size).draw(torch.Generator().manual_seed(seed))


@st.composite
def coverages(draw: st.DrawFn) -> torch.Tensor:
    """Any coverage by one to five sensors: dense and sparse, nested, apart, and at random."""
    rows, sensors = draw(st.integers(1, 150)), draw(st.integers(1, 5))
    shares = draw(st.lists(st.sampled_from([0.01, 0.03, 0.1, 0.5, 0.9, 1.0]), min_size=sensors, max_size=sensors))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    covered = random.random((rows, sensors)) < np.array(shares)
    covered[~covered.any(axis=1), random.integers(sensors)] = True
    return torch.tensor(covered)


@given(coverages(), st.sampled_from([2, 3, 16, 50, 128]), st.integers(0, 100))
@settings(max_examples=300, deadline=None)
def test_every_sensor_learns_from_every_row_it_covers_in_every_epoch(
    covered: torch.Tensor, size: int, seed: int
) -> None:
    batches = batched(covered, size, seed)
    assert sorted(torch.cat(batches).tolist()) == list(range(len(covered)))
    rows = torch.stack([covered[batch].sum(dim=0) for batch in batches])  # (batch, sensor)
    total = covered.sum(dim=0)
    lone = (rows == 1).any(dim=0)
    assert not lone[total > 1].any()
    least = max(2, min(LEAST_PART, size // 2))
    for own, whole in zip(rows.T.tolist(), total.tolist(), strict=True):  # sparse rows keep together
        assert np.count_nonzero(own) <= max(1, whole // least)
    # a batch is as large as was asked for, with what sparse sensors keep together and the last unit of each pattern
    _, patterns = np.unique(covered.numpy(), axis=0, return_counts=True)
    sensors, alone = covered.shape[1], int((patterns == 1).sum())
    if len(patterns) == 1:
        assert max(map(len, batches)) <= max(size + 1, 3)
    assert max(map(len, batches)) <= size + 2 * sensors * least + 3 * len(patterns) + alone * (1 + 3 * sensors)
    again = batched(covered, size, seed)
    assert all(torch.equal(one, other) for one, other in zip(batches, again, strict=True))


@given(coverages(), st.sampled_from([2, 16, 50]))
@settings(max_examples=100, deadline=None)
def test_every_epoch_has_as_many_steps_for_every_sensor(covered: torch.Tensor, size: int) -> None:
    plan, generator = BatchPlan(torch.arange(len(covered)), covered, size), torch.Generator().manual_seed(1)
    epochs = [sorted(tuple(covered[batch].sum(dim=0).tolist()) for batch in plan.draw(generator)) for _ in range(3)]
    assert epochs[0] == epochs[1] == epochs[2]
    assert len(epochs[0]) == len(plan)


@pytest.mark.parametrize(("sparse", "parts"), [(36, [8, 8, 10, 10]), (12, [12]), (20, [10, 10]), (3, [3]), (2, [2])])
def test_a_sparse_sensors_rows_keep_together(sparse: int, parts: list[int]) -> None:
    """36 of 3,600 rows: four batches with nine of them on the mean; with random batches 28 % of them stood alone."""
    covered = covered_by((sparse, "AB"), (3600 - sparse, "A"))
    rows = [covered[batch].sum(dim=0).tolist() for batch in batched(covered, 128)]
    assert sorted(own for _, own in rows if own) == parts
    assert len(rows) == batches_of(3600, 128) == 29
    assert all(122 <= dense - own <= 126 for dense, own in rows)  # 3564 to 3598 by 29: 122.9 to 124.1


def test_all_batches_have_the_same_mix_of_coverage() -> None:
    """A third of 100 rows is seen by one sensor only: no batch is made of these, or batch normalization would shift."""
    covered = covered_by((67, "AB"), (33, "A"))
    rows = [covered[batch].sum(dim=0).tolist() for batch in batched(covered, 16)]
    assert len(rows) == 7
    assert all(8 <= both <= 11 and 4 <= dense - both <= 6 for dense, both in rows)


def test_sensors_that_cover_different_areas_share_every_batch() -> None:
    covered = covered_by((1800, "A"), (1800, "B"))
    rows = [covered[batch].sum(dim=0).tolist() for batch in batched(covered, 128)]
    assert len(rows) == 29
    assert all(60 <= own <= 64 for each in rows for own in each)  # 1800 / 29 = 62.1


def test_a_chain_of_sensors_that_meet_once_is_one_batch() -> None:
    """Each of four sensors covers two rows, each row is of two sensors: none can be parted from another."""
    covered = covered_by((1, "AB"), (1, "BC"), (1, "CD"), (1, "DA"))
    assert [len(batch) for batch in batched(covered, 2)] == [4]


def test_a_sensors_only_row_binds_nothing() -> None:
    covered = covered_by((1, "AB"), (7, "A"))
    assert [len(batch) for batch in batched(covered, 4)] in ([3, 5], [5, 3])


def test_rows_are_shuffled_every_epoch() -> None:
    covered = covered_by((36, "AB"), (400, "A"))
    plan, generator = BatchPlan(torch.arange(436), covered, 50), torch.Generator().manual_seed(3)
    met = {frozenset(batch.tolist()) for _ in range(5) for batch in plan.draw(generator)}
    assert len(met) == 5 * len(plan)


def test_many_sensors_covering_at_random_are_batched_quickly() -> None:
    covered = torch.rand((2000, 12), generator=torch.Generator().manual_seed(0)) < 0.5  # nearly every row its own kind
    covered[:, 0] = True
    batches = batched(covered, 64)
    assert min(covered[batch].sum(dim=0).min().item() for batch in batches) >= 2
    assert max(map(len, batches)) <= 64 + 1 + 13 * 3


def test_positions_beside_are_shared_out() -> None:
    batches = tuple(torch.arange(each, each + 4) for each in (0, 4, 8))
    joined = with_positions(batches, torch.arange(100, 106), torch.Generator().manual_seed(0))
    assert [batch[:4].tolist() for batch in joined] == [batch.tolist() for batch in batches]
    assert [len(batch) for batch in joined] == [6, 6, 6]
    assert sorted(torch.cat([batch[4:] for batch in joined]).tolist()) == list(range(100, 106))
    many = with_positions(batches, torch.arange(100, 200), torch.Generator().manual_seed(0))
    assert [len(batch) for batch in many] == [8, 8, 8]
    assert with_positions(batches, torch.arange(0), torch.Generator()) == batches
