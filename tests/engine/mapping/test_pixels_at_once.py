"""How many pixels of a series are mapped at once, on processors and GPUs."""

from __future__ import annotations

import pytest
from colearn.engine.inference.session import (
    CPU_CAPACITY,
    GPU_CAPACITY,
)
from colearn.engine.mapping.block_map import (
    LEAST_PX,
    pixels_at_once,
)


@pytest.mark.parametrize(
    ("dates", "pixels"),
    [(1, CPU_CAPACITY.series_px), (6, CPU_CAPACITY.series_px), (12, 512), (24, 256), (1000, LEAST_PX)],
)
def test_of_long_series_fewer_pixels_are_mapped_at_once(dates: int, pixels: int) -> None:
    assert pixels_at_once(dates) == pixels


@pytest.mark.parametrize(("dates", "pixels"), [(12, 65_536), (24, 65_536), (48, 32_768)])
def test_a_gpu_maps_more(dates: int, pixels: int) -> None:
    assert pixels_at_once(dates, GPU_CAPACITY) == pixels
