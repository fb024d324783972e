"""A map and labels that are a sample of it."""

import numpy as np
import pytest

from assessed_maps import MAP, points
from world import write_raster


@pytest.fixture
def class_map(tmp_path):
    return write_raster(tmp_path / "map.tif", MAP[np.newaxis], nodata=0)


@pytest.fixture
def sampled(tmp_path):
    """Nine labels on bare (one is crop), twelve on crop (two wood, one bog), five on wood."""
    kinds = ["bare"] * 8 + ["crop"] + ["crop"] * 9 + ["wood"] * 2 + ["bog"] + ["wood"] * 5
    rows = [4] * 9 + [20] * 12 + [33] * 5
    return points(tmp_path / "points.gpkg", list(zip(rows, kinds, strict=True)))
