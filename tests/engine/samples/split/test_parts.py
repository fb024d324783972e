"""No group stands in two parts; classes are spread; what cannot be split is refused."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.samples.split.ground_blocks import spatial_blocks
from colearn.engine.samples.split.parts import split_by_group, untested_classes
from hypothesis import assume, given
from hypothesis import strategies as st

from grouped_samples import make_samples


@given(st.data())
def test_groups_stay_together_and_every_sample_has_one_part(data) -> None:
    count = data.draw(st.integers(12, 80))
    groups = np.array(data.draw(st.lists(st.integers(0, 15), min_size=count, max_size=count)))
    target = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    samples = make_samples(groups, target)
    try:
        split = split_by_group(samples, 0, "labels")
    except InputError as error:
        assume(error.code is not ErrorCode.TOO_FEW_SAMPLES)
        raise
    parts = [set(groups[part].tolist()) for part in (split.train, split.validation, split.test)]
    assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything.tolist()) == list(range(count))


def test_shares_are_close_to_60_20_20_for_every_class() -> None:
    groups = np.repeat(np.arange(200), 5)
    target = np.repeat(np.arange(200) % 4, 5)
    split = split_by_group(make_samples(groups, target), 3, "labels")
    for part, share in ((split.train, 0.6), (split.validation, 0.2), (split.test, 0.2)):
        assert np.allclose(np.bincount(target[part]) / 250, share, atol=0.05)


def test_a_class_of_three_groups_is_in_every_part() -> None:
    groups = np.arange(33)
    target = np.where(groups < 3, 1, 0)
    split = split_by_group(make_samples(groups, target), 0, "labels")
    assert [(target[part] == 1).sum() for part in (split.train, split.validation, split.test)] == [1, 1, 1]


def test_a_class_of_one_group_is_learned_and_reported_as_untested() -> None:
    groups = np.arange(30)
    target = np.where(groups == 0, 2, groups % 2)
    samples = make_samples(groups, target)
    split = split_by_group(samples, 0, "labels")
    assert 2 in target[split.train]
    assert untested_classes(samples, split) == [2]


def test_regression_is_split_by_quantiles_of_the_target() -> None:
    target = np.linspace(0, 1, 100, dtype=np.float32)[:, None]
    split = split_by_group(make_samples(np.arange(100), target, Task.REGRESSION), 0, "labels")
    assert target[split.test].min() < 0.25
    assert target[split.test].max() > 0.75


@pytest.mark.parametrize(
    ("groups", "target"), [([0] * 20, [0, 1] * 10), ([0, 1] * 10, [0, 1] * 10), ([0, 1, 2, 3], [0, 0, 0, 1])]
)
def test_too_few_groups_are_refused(groups, target) -> None:
    with pytest.raises(InputError) as caught:
        split_by_group(make_samples(groups, target), 0, "crowns")
    assert caught.value.code is ErrorCode.TOO_FEW_SAMPLES
    assert caught.value.subject == "crowns"


def test_spatial_blocks_are_squares_on_the_ground() -> None:
    random = np.random.default_rng(0)
    longitude, latitude = 5 + random.random(2000) * 0.02, 60 + random.random(2000) * 0.01
    groups, side_m = spatial_blocks(longitude, latitude)
    assert len(np.unique(groups)) >= 25
    member = groups == groups[0]
    width_m = np.ptp(longitude[member]) * 111_195 * np.cos(np.radians(60))
    assert width_m <= side_m * 1.01
    assert np.ptp(latitude[member]) * 111_195 <= side_m * 1.01


@pytest.mark.parametrize("count", [1, 2, 40])
def test_points_at_one_location_form_one_block(count) -> None:
    groups, _ = spatial_blocks(np.full(count, 5.0), np.full(count, 60.0))
    assert len(np.unique(groups)) == 1


def test_multilabel_parts_hold_every_label() -> None:
    random = np.random.default_rng(0)
    target = (random.random((60, 10)) < 0.3).astype(np.float32)
    split = split_by_group(make_samples(np.arange(60), target, Task.MULTILABEL), 0, "labels")
    assert len(split.train) >= 24
    for part in (split.train, split.validation, split.test):
        assert (target[part].sum(axis=0) > 0).all()


def test_many_groups_are_assigned_in_their_shares() -> None:
    count = 6000
    split = split_by_group(make_samples(np.arange(count), np.arange(count) % 7), 0, "labels")
    assert [round(len(part) / count, 2) for part in (split.train, split.validation, split.test)] == [0.6, 0.2, 0.2]


@pytest.mark.parametrize("seed", range(20))
def test_what_a_sensor_covers_is_spread_over_the_parts(seed: int) -> None:
    """The second sensor shows six groups of sixty, and all parts need some of them."""
    samples = make_samples(np.repeat(np.arange(60), 3), np.repeat(np.arange(60) % 3, 3))
    present = np.column_stack([np.ones(180, dtype=bool), samples.groups < 6])
    split = split_by_group(replace(samples, present=present), seed, "labels")
    assert all(present[part, 1].any() for part in (split.train, split.validation, split.test))


def test_full_coverage_does_not_change_the_split() -> None:
    samples = make_samples(np.arange(60), np.arange(60) % 3)
    whole = replace(samples, present=np.ones((60, 2), dtype=bool))
    splits = [split_by_group(each, 1, "labels") for each in (samples, whole)]
    np.testing.assert_array_equal(splits[0].test, splits[1].test)
