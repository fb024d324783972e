"""The block plan."""

import numpy as np
from colearn.engine.raster.blocks import plan_blocks
from colearn.engine.raster.grid import Window
from hypothesis import given
from hypothesis import strategies as st

windows = st.builds(Window, st.integers(0, 70), st.integers(0, 70), st.integers(1, 70), st.integers(1, 70))
sources = st.tuples(st.integers(1, 90), st.integers(1, 90))


@given(windows, st.integers(1, 50), sources)
def test_blocks_cover_the_window_exactly_once_and_stay_small(window, block_px, source):
    covered = np.zeros((140, 140), int)
    for block in plan_blocks(window, block_px, source):
        assert 1 <= block.rows <= block_px
        assert 1 <= block.cols <= block_px
        covered[block.slices()] += 1
    expected = np.zeros_like(covered)
    expected[window.slices()] = 1
    np.testing.assert_array_equal(covered, expected)


@given(windows, st.integers(1, 50), sources)
def test_source_blocks_that_fit_into_a_block_are_not_cut(window, block_px, source):
    for block in plan_blocks(window, block_px, source):
        if source[0] <= block_px:
            assert block.row % source[0] == 0 or block.row == window.row
        if source[1] <= block_px:
            assert block.col % source[1] == 0 or block.col == window.col


@given(windows, st.integers(1, 50), sources)
def test_larger_source_blocks_are_cut_at_their_borders_too(window, block_px, source):
    for block in plan_blocks(window, block_px, source):
        assert block.row // source[0] == (block.row_stop - 1) // source[0] or source[0] <= block_px
        assert block.col // source[1] == (block.col_stop - 1) // source[1] or source[1] <= block_px


@given(windows, st.integers(1, 50), sources)
def test_where_cuts_lie_depends_on_the_raster_alone(window, block_px, source):
    whole = plan_blocks(Window(0, 0, 140, 140), block_px, source)
    cuts = {block.row for block in whole}
    assert all(block.row in cuts or block.row == window.row for block in plan_blocks(window, block_px, source))


def test_blocks_come_row_by_row():
    plan = plan_blocks(Window(0, 0, 100, 100), 64, (64, 64))
    assert plan == [Window(0, 0, 64, 64), Window(0, 64, 64, 36), Window(64, 0, 36, 64), Window(64, 64, 36, 36)]


def test_strips_of_one_row_are_gathered():
    assert [block.rows for block in plan_blocks(Window(0, 0, 600, 100), 256, (1, 100))] == [256, 256, 88]
