"""The block plan."""

import numpy as np
import pytest
from colearn.engine.raster.geo.blocks import BlockPlan
from colearn.engine.raster.geo.grid import Window
from hypothesis import given
from hypothesis import strategies as st

from block_plans import plan_blocks

windows = st.builds(Window, st.integers(0, 70), st.integers(0, 70), st.integers(1, 70), st.integers(1, 70))
swaths = st.one_of(st.none(), st.integers(1, 90))


@given(windows, st.integers(1, 50), swaths)
def test_blocks_cover_the_window_exactly_once_and_stay_small(window, block_px, swath_cols):
    covered = np.zeros((140, 140), int)
    for block in plan_blocks(window, block_px, swath_cols):
        assert 1 <= block.rows <= block_px
        assert 1 <= block.cols <= block_px
        covered[block.slices()] += 1
    expected = np.zeros_like(covered)
    expected[window.slices()] = 1
    np.testing.assert_array_equal(covered, expected)


@given(windows, st.integers(1, 50), swaths)
def test_cuts_lie_on_the_stored_blocks_of_the_map(window, block_px, swath_cols):
    for block in plan_blocks(window, block_px, swath_cols):
        assert (block.row - window.row) % block_px == 0
        assert (block.col - window.col) % block_px == 0


@given(windows, st.integers(1, 50), st.integers(1, 90))
def test_a_swath_is_finished_before_the_next_begins(window, block_px, swath_cols):
    plan = plan_blocks(window, block_px, swath_cols)
    keys = [((block.col - window.col) // plan.swath_cols, block.row, block.col) for block in plan]
    assert keys == sorted(keys)


def test_blocks_come_row_by_row():
    plan = plan_blocks(Window(0, 0, 100, 100), 64)
    assert list(plan) == [Window(0, 0, 64, 64), Window(0, 64, 64, 36), Window(64, 0, 36, 64), Window(64, 64, 36, 36)]


def test_a_plan_for_a_country_takes_no_memory():
    plan = plan_blocks(Window(0, 0, 200_000, 200_000), 256, 8192)
    assert len(plan) == 782 * 782
    assert plan[0] == Window(0, 0, 256, 256)
    assert plan[-1] == Window(199_936, 199_936, 64, 64)
    assert plan[32] == Window(256, 0, 256, 256)  # a swath is 32 blocks wide
    assert plan[782 * 32] == Window(0, 8192, 256, 256)
    assert plan[2:4] == [plan[2], plan[3]]
    with pytest.raises(IndexError):
        plan[len(plan)]


def test_flat_blocks_that_share_a_stored_block_come_together():
    plan = BlockPlan(Window(0, 0, 80, 100), (16, 64), 128, 64)
    assert [(block.row, block.col) for block in plan] == [
        *((row, col) for col in (0, 64) for row in (0, 16, 32, 48)),
        (64, 0),
        (64, 64),
    ]


@given(windows, st.integers(1, 8), st.integers(1, 6), st.integers(1, 9), st.integers(1, 4))
def test_flat_blocks_cover_the_window_exactly_once(window, rows, high, cols, wide):
    plan = BlockPlan(window, (rows, cols), wide * cols, high * rows)
    covered = np.zeros((140, 140), int)
    for block in plan:
        covered[block.slices()] += 1
    assert covered.max() == 1
    assert covered.sum() == window.pixels
