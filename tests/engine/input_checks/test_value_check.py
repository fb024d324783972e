"""Where an input is looked at before it is mapped."""

import numpy as np
import pytest
from colearn.engine.input_checks.value_check import LOOK_PX, looks, valid_pixels
from colearn.engine.raster.geo.grid import Window


@pytest.mark.parametrize("shape", [(1, 1), (16, 17), (130, 5), (200_000, 200_000)])
def test_looks_are_few_inside_and_never_overlap(shape) -> None:
    area = Window(3, 5, *shape)
    windows = looks(area)
    assert 1 <= len(windows) <= 64
    assert all(window.intersection(area) == window and max(window.shape) <= LOOK_PX for window in windows)
    pairs = [(one, other) for at, one in enumerate(windows) for other in windows[at + 1 :]]
    assert all(one.intersection(other) is None for one, other in pairs)


def test_looks_cover_a_small_area_and_spread_over_a_large_one() -> None:
    assert sum(window.pixels for window in looks(Window(0, 0, 40, 50))) == 40 * 50
    large = looks(Window(0, 0, 8000, 8000))
    assert min(window.row for window in large) < 1000
    assert max(window.row for window in large) > 7000


def test_a_pixel_counts_where_all_bands_are_valid_and_it_is_inside() -> None:
    values = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    values[1, 0, 0] = np.nan
    assert valid_pixels(values).tolist() == [[1, 7], [2, 8], [3, 9], [4, 10], [5, 11]]
    inside = np.array([[True, True, False], [False, False, False]])
    assert valid_pixels(values, inside).tolist() == [[1, 7]]
    assert valid_pixels(np.stack([values, values]), inside).tolist() == [[1, 7], [1, 7]]
