"""Samples are shared out fairly, bounded, and repeatably."""

import numpy as np
from colearn.engine.samples.points.stratified_sample import choose_fairly
from hypothesis import given
from hypothesis import strategies as st


def test_small_polygons_are_kept_whole_and_large_ones_share_the_rest() -> None:
    feature = np.repeat([0, 1, 2], [2, 50, 50])
    chosen = choose_fairly(feature, np.zeros(102, dtype=np.int64), most=22, seed=0)
    assert np.bincount(feature[chosen]).tolist() == [2, 10, 10]


def test_rare_classes_are_kept_whole_when_the_cap_bites() -> None:
    stratum = np.repeat([0, 1], [5, 1000])
    chosen = choose_fairly(np.arange(1005), stratum, most=105, seed=0)
    assert np.bincount(stratum[chosen]).tolist() == [5, 100]


def test_no_polygon_gives_more_than_its_share() -> None:
    assert len(choose_fairly(np.zeros(500, dtype=np.int64), np.zeros(500, dtype=np.int64), 400, 0, 32)) == 32


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=60),
    st.integers(1, 40),
    st.integers(1, 10),
    st.integers(0, 3),
)
def test_every_draw_is_bounded_unique_and_repeatable(pairs, most, per_feature, seed) -> None:
    feature = np.array([pair[0] for pair in pairs], dtype=np.int64)
    stratum = np.array([pair[1] for pair in pairs], dtype=np.int64)
    chosen = choose_fairly(feature, stratum, most, seed, per_feature)
    possible = sum(min(per_feature, int((feature == value).sum())) for value in np.unique(feature))
    assert len(chosen) == min(most, possible)
    assert len(set(chosen.tolist())) == len(chosen)
    assert np.bincount(feature[chosen], minlength=1).max(initial=0) <= per_feature
    assert np.array_equal(chosen, choose_fairly(feature, stratum, most, seed, per_feature))


def test_within_a_class_what_is_seen_by_others_is_filled_evenly() -> None:
    stratum = np.repeat([0, 1], 100)
    within = np.concatenate([np.repeat([3, 1], [95, 5]), np.repeat([1, 3], [50, 50])])
    chosen = choose_fairly(np.arange(200), stratum, 40, 0, within=within)
    counted = np.bincount(4 * stratum[chosen] + within[chosen], minlength=8)
    assert counted[[1, 3, 5, 7]].tolist() == [5, 15, 10, 10]
