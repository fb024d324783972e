"""Near is exact: it agrees with comparing everything with everything."""

import numpy as np
from colearn.engine.samples.split.nearness import near
from hypothesis import given
from hypothesis import strategies as st

pixels = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), max_size=25)


@given(pixels, pixels, st.integers(0, 9), st.integers(0, 9))
def test_it_agrees_with_comparing_all_pixels(points, others, rows, cols) -> None:
    points, others = (np.array(each, float).reshape(-1, 2) for each in (points, others))
    apart = np.abs(points[:, np.newaxis] - others)
    expected = (apart <= (rows, cols)).all(axis=2).any(axis=1)
    assert near(points, others, (rows + 0.5, cols + 0.5)).tolist() == expected.tolist()


def test_what_is_nowhere_is_near_nothing() -> None:
    nowhere = np.array([[np.nan, 0.0], [0.0, 0.0]])
    assert near(nowhere, nowhere, (5.0, 5.0)).tolist() == [False, True]
    assert near(nowhere, nowhere[:1], (5.0, 5.0)).tolist() == [False, False]
    assert near(nowhere[:0], nowhere, (5.0, 5.0)).tolist() == []


def test_numbers_of_pixels_far_from_the_first_are_distinguished() -> None:
    points = np.array([[2e8, 2e8], [2e8, 2e8 + 8]])
    assert near(points, np.array([[2e8 - 7, 2e8 - 7]]), (7.5, 7.5)).tolist() == [True, False]
