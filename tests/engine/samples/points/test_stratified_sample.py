"""Samples are shared out fairly, bounded, and repeatably."""

import numpy as np
from colearn.engine.samples.points.draw import sensor_rates
from colearn.engine.samples.points.stratified_sample import stratified_sample
from hypothesis import given
from hypothesis import strategies as st


def test_small_polygons_are_kept_whole_and_large_ones_share_the_rest() -> None:
    feature = np.repeat([0, 1, 2], [2, 50, 50])
    chosen = stratified_sample(feature, np.zeros(102, dtype=np.int64), most=22, seed=0)
    assert np.bincount(feature[chosen]).tolist() == [2, 10, 10]


def test_rare_classes_are_kept_whole_when_the_cap_bites() -> None:
    stratum = np.repeat([0, 1], [5, 1000])
    chosen = stratified_sample(np.arange(1005), stratum, most=105, seed=0)
    assert np.bincount(stratum[chosen]).tolist() == [5, 100]


def test_no_polygon_gives_more_than_its_share() -> None:
    assert len(stratified_sample(np.zeros(500, dtype=np.int64), np.zeros(500, dtype=np.int64), 400, 0, 32)) == 32


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=60),
    st.integers(1, 40),
    st.integers(1, 10),
    st.integers(0, 3),
)
def test_every_draw_is_bounded_unique_and_repeatable(pairs, most, per_feature, seed) -> None:
    feature = np.array([pair[0] for pair in pairs], dtype=np.int64)
    stratum = np.array([pair[1] for pair in pairs], dtype=np.int64)
    chosen = stratified_sample(feature, stratum, most, seed, per_feature)
    possible = sum(min(per_feature, int((feature == value).sum())) for value in np.unique(feature))
    assert len(chosen) == min(most, possible)
    assert len(set(chosen.tolist())) == len(chosen)
    assert np.bincount(feature[chosen], minlength=1).max(initial=0) <= per_feature
    assert np.array_equal(chosen, stratified_sample(feature, stratum, most, seed, per_feature))


def test_within_a_class_what_is_seen_by_others_is_filled_evenly() -> None:
    stratum = np.repeat([0, 1], 100)
    within = np.concatenate([np.repeat([3, 1], [95, 5]), np.repeat([1, 3], [50, 50])])
    chosen = stratified_sample(np.arange(200), stratum, 40, 0, within=within)
    counted = np.bincount(4 * stratum[chosen] + within[chosen], minlength=8)
    assert counted[[1, 3, 5, 7]].tolist() == [5, 15, 10, 10]


class TestSensorsThatShowDifferentGround:
    """Two sensors; the first shows everything but a strip or nearly nothing."""

    def drawn(self, of_both: int, of_one: int, most: int, stands_for: tuple[float, float] = (1.0, 1.0)) -> list[int]:
        """How many of each combination are drawn: (both sensors, the second alone)."""
        seen_by = np.repeat([0, 1], [of_both, of_one])
        inside = np.column_stack([seen_by == 0, np.ones(len(seen_by), dtype=bool)])
        stratum = np.zeros(len(seen_by), dtype=np.int64)
        rate = sensor_rates(stratum, seen_by, inside, np.array(stands_for)[seen_by])
        chosen = stratified_sample(np.arange(len(seen_by)), stratum, most, 0, within=seen_by, rate=rate)
        return np.bincount(seen_by[chosen], minlength=2).tolist()

    def test_a_strip_that_one_sensor_lacks_is_not_oversampled(self) -> None:
        # The first shows 9,900 of 10,000: its places need 1 / 0.99. Rates 10,000 to 100, of 1,010: 1,000 and 10.
        assert self.drawn(9_900, 100, 1_010) == [1_000, 10]

    def test_a_sensor_with_little_coverage_gets_as_many_samples(self) -> None:
        # It shows 200 of 10,000: its places need 50 times as much. Rates 10,000 to 9,800, of 198: 100 and 98.
        assert self.drawn(200, 9_800, 198) == [100, 98]

    def test_what_candidates_stand_for_counts_and_not_how_many_were_kept(self) -> None:
        # 100 kept of 9,900 and 100 kept of 100: as in the strip.
        assert self.drawn(100, 100, 101, stands_for=(99.0, 1.0)) == [100, 1]
