"""Blocks mapped on plain arrays: long series in smaller parts, few pixels as if they were many."""

import numpy as np
import pytest
from colearn.engine.bundle.session import GraphOutput
from colearn.engine.mapping.block_map import LEAST_PX, SERIES_PART_PX, part_px, run_steadily


class Echo:
    """A graph that says of each pixel what it is given, and keeps how many it was given."""

    def __init__(self) -> None:
        self.cols = 0

    def run(self, values: np.ndarray) -> GraphOutput:
        self.cols = values.shape[-1]
        return GraphOutput(np.nan_to_num(values[:, 0]).astype(np.uint8), values)


@pytest.mark.parametrize(("dates", "pixels"), [(1, SERIES_PART_PX), (12, SERIES_PART_PX), (24, 1024), (1000, LEAST_PX)])
def test_long_series_are_mapped_in_smaller_parts(dates: int, pixels: int) -> None:
    assert part_px(dates) == pixels


@pytest.mark.parametrize(("cols", "run"), [(1, 1 + LEAST_PX), (LEAST_PX - 1, 2 * LEAST_PX - 1), (LEAST_PX, LEAST_PX)])
def test_few_pixels_are_widened_for_the_run_and_cut_again(cols: int, run: int) -> None:
    echo, values = Echo(), np.arange(cols, dtype=np.float32).reshape(1, 1, 1, cols)
    output = run_steadily(echo, values, pixels=cols)
    assert echo.cols == run
    np.testing.assert_array_equal(output.scores, values)
    np.testing.assert_array_equal(output.label, values[:, 0])
