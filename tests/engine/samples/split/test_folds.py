"""Every sample is tested once, its group never seen before; what cannot stand in every fold is reported."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.samples.split.folds import class_groups, fold_warnings, split_folds
from hypothesis import assume, given
from hypothesis import strategies as st

from grouped_samples import make_samples


@given(st.data())
def test_every_sample_is_tested_once_and_validates_once_and_groups_stay_together(data) -> None:
    count = data.draw(st.integers(12, 60))
    groups = np.array(data.draw(st.lists(st.integers(0, 12), min_size=count, max_size=count)))
    target = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    folds = data.draw(st.integers(3, 6))
    assume(len(np.unique(groups)) >= folds)
    try:
        splits = split_folds(make_samples(groups, target), folds, 0, "labels")
    except InputError as error:
        assert "one class" in error.found
        return
    assert len(splits) == folds
    for part in ("test", "validation"):
        used = np.concatenate([getattr(split, part) for split in splits])
        assert sorted(used.tolist()) == list(range(count))
    for split in splits:
        parts = [split.train, split.validation, split.test]
        assert all(len(part) for part in parts)
        assert sum(map(len, parts)) == count
        held = [set(groups[part].tolist()) for part in parts]
        assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])


def test_classes_are_spread_evenly() -> None:
    groups = np.repeat(np.arange(200), 3)
    target = np.repeat(np.arange(200) % 4, 3)
    for split in split_folds(make_samples(groups, target), 5, 3, "labels"):
        for part, share in ((split.train, 0.6), (split.validation, 0.2), (split.test, 0.2)):
            assert np.allclose(np.bincount(target[part]) / 150, share, atol=0.03)


def test_a_class_of_as_many_groups_as_folds_is_in_every_fold() -> None:
    groups = np.arange(50)
    target = np.where(groups < 5, 1, 0)
    splits = split_folds(make_samples(groups, target), 5, 0, "labels")
    assert [(target[split.test] == 1).sum() for split in splits] == [1] * 5
    assert [(target[split.train] == 1).sum() for split in splits] == [3] * 5


def test_rare_classes_do_not_all_go_to_one_fold() -> None:
    """Ten classes of one group each, among many samples of another class: two in each of five folds."""
    groups = np.arange(110)
    target = np.where(groups < 10, groups + 1, 0)
    splits = split_folds(make_samples(groups, target), 5, 0, "labels")
    assert [(target[split.test] > 0).sum() for split in splits] == [2] * 5
    assert [len(split.test) for split in splits] == [22] * 5


def test_as_many_folds_as_groups_leave_one_group_out() -> None:
    groups = np.repeat(np.arange(6), 4)
    splits = split_folds(make_samples(groups, np.arange(24) % 2), 6, 0, "labels")
    assert sorted(np.unique(groups[split.test]).tolist() for split in splits) == [[number] for number in range(6)]


def test_one_huge_group_leaves_no_fold_empty() -> None:
    groups = np.concatenate([np.zeros(500, int), np.arange(1, 5)])
    target = np.random.default_rng(0).normal(size=(504, 1)).astype(np.float32)
    splits = split_folds(make_samples(groups, target, Task.REGRESSION), 5, 0, "labels")
    assert sorted(len(split.test) for split in splits) == [1, 1, 1, 1, 500]


def test_regression_is_spread_by_fifths_of_the_target() -> None:
    target = np.linspace(0, 1, 100, dtype=np.float32)[:, None]
    for split in split_folds(make_samples(np.arange(100), target, Task.REGRESSION), 5, 0, "labels"):
        assert np.bincount((target[split.test, 0] * 4.999).astype(int)).tolist() == [4] * 5


def test_a_constant_target_is_assigned_all_the_same() -> None:
    splits = split_folds(make_samples(np.arange(30), np.ones((30, 1)), Task.REGRESSION), 3, 0, "labels")
    assert [len(split.test) for split in splits] == [10] * 3


def test_every_label_is_in_every_fold() -> None:
    target = (np.random.default_rng(0).random((80, 6)) < 0.3).astype(np.float32)
    for split in split_folds(make_samples(np.arange(80), target, Task.MULTILABEL), 4, 0, "labels"):
        assert (target[split.test].sum(axis=0) > 0).all()


def test_the_seed_decides() -> None:
    samples = make_samples(np.arange(60), np.arange(60) % 3)
    first, again, other = (split_folds(samples, 4, seed, "labels")[0].test for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.tolist() != other.tolist()


@pytest.mark.parametrize(("group_count", "folds"), [(1, 3), (2, 3), (4, 5)])
def test_more_folds_than_groups_are_refused(group_count, folds) -> None:
    with pytest.raises(InputError) as caught:
        split_folds(make_samples(np.arange(20) % group_count, np.arange(20) % 2), folds, 0, "crowns")
    assert caught.value.code is ErrorCode.TOO_FEW_SAMPLES
    assert caught.value.subject == "crowns"
    assert caught.value.found.startswith(f"{group_count} group")
    assert caught.value.expected.startswith(f"at least {folds} groups")
    assert "FOLDS" in caught.value.remedy


@pytest.mark.parametrize("folds", [-1, 0, 1, 2])
def test_too_few_folds_are_refused(folds) -> None:
    with pytest.raises(InputError) as caught:
        split_folds(make_samples(np.arange(20), np.arange(20) % 2), folds, 0, "crowns")
    assert caught.value.subject == "FOLDS"


def test_a_fold_with_one_class_left_to_learn_is_refused() -> None:
    with pytest.raises(InputError, match="only one class in the training part") as caught:
        split_folds(make_samples(np.arange(20), np.arange(20) == 0, Task.CLASSIFICATION), 4, 0, "crowns")
    assert "fold" in caught.value.found


def test_classes_that_cannot_stand_in_every_fold_are_reported() -> None:
    groups = np.concatenate([np.arange(20), np.arange(20), [30, 31, 31], [40, 40, 40]])
    target = np.concatenate([np.zeros(20), np.ones(20), [2, 2, 2], [3, 3, 3]]).astype(int)
    samples = make_samples(groups, target)
    assert class_groups(samples, 5) == (20, 20, 2, 1, 0)
    scarce, single = fold_warnings(samples, ("oak", "pine", "elm", "yew", "no sample of it"), 5)
    assert scarce.startswith("elm: its samples belong to 2 groups, fewer than the 5 folds")
    assert single.startswith("yew: all samples belong to one group")


def test_labels_that_cannot_stand_in_every_fold_are_reported() -> None:
    target = np.zeros((30, 2), np.float32)
    target[:10, 0] = target[:2, 1] = 1
    warnings = fold_warnings(make_samples(np.arange(30), target, Task.MULTILABEL), ("water", "ice"), 5)
    assert [text.split(":")[0] for text in warnings] == ["ice"]


def test_regression_has_no_classes_to_warn_of() -> None:
    assert fold_warnings(make_samples(np.arange(9), np.zeros((9, 1)), Task.REGRESSION), (), 5) == ()
