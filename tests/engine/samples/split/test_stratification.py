"""Groups are assigned whole, in their shares, and no part goes empty while there are groups."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.samples.split.stratification import strata, stratify
from hypothesis import given
from hypothesis import strategies as st


@given(st.data())
def test_groups_are_whole_and_no_part_is_empty_while_there_are_groups(data) -> None:
    count = data.draw(st.integers(1, 50))
    groups = np.array(data.draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)))
    target = np.array(data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))
    parts = data.draw(st.integers(1, 7))
    part = stratify(strata(Task.CLASSIFICATION, target), groups, (1 / parts,) * parts, seed=0)
    assert part.shape == (count,)
    assert all(len(np.unique(part[groups == group])) == 1 for group in np.unique(groups))
    assert len(np.unique(part)) == min(parts, len(np.unique(groups)))


def test_parts_get_their_shares() -> None:
    part = stratify(strata(Task.CLASSIFICATION, np.arange(1000) % 2), np.arange(1000), (0.7, 0.2, 0.1), seed=0)
    assert np.bincount(part).tolist() == pytest.approx([700, 200, 100], abs=4)


def test_a_rare_stratum_fills_parts_in_the_order_asked_for() -> None:
    target = np.where(np.arange(40) < 2, 1, 0)
    part = stratify(strata(Task.CLASSIFICATION, target), np.arange(40), (0.2, 0.2, 0.6), seed=0, fill_order=(2, 0, 1))
    assert sorted(part[:2].tolist()) == [0, 2]


def test_strata_of_classes_labels_and_values() -> None:
    assert strata(Task.CLASSIFICATION, np.array([5, 2, 5])).tolist() == [[False, True], [True, False], [False, True]]
    labels = strata(Task.MULTILABEL, np.array([[1, 0], [0, 0], [1, 1]], np.float32))
    assert labels.astype(int).tolist() == [[1, 0, 0], [0, 0, 1], [1, 1, 0]]
    values = strata(Task.REGRESSION, np.column_stack([np.arange(50), np.zeros(50)]))
    assert values.sum(axis=0).tolist() == [10] * 5
    assert strata(Task.REGRESSION, np.full((7, 1), 3.0)).all()


def test_values_above_a_floor_of_four_fifths_are_a_stratum() -> None:
    """Every quintile of nine zeros and a one is 0: the one would be anywhere."""
    target = np.r_[np.zeros(9), 1.0][:, np.newaxis]
    assert strata(Task.REGRESSION, target).astype(int).tolist() == 9 * [[1, 0]] + [[0, 1]]
