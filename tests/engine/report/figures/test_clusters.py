"""Samples that would hide each other become one mark."""

import numpy as np
import pytest
from colearn.engine.report.figures.clusters import clusters


def test_samples_of_a_cell_are_one_mark_in_their_middle():
    x, y = np.array([0.0, 0.2, 5.0]), np.array([1.0, 1.2, 9.0])
    found = clusters(x, y, np.array([True, False, True]), 1.0, 1.0)
    assert found.count.tolist() == [2, 1]
    assert found.x == pytest.approx([0.1, 5.0])
    assert found.y == pytest.approx([1.1, 9.0])
    assert found.good.tolist() == [0.5, 1.0]


def test_no_sample_is_lost():
    random = np.random.default_rng(0)
    x, y = random.uniform(-82, -81, 500), random.uniform(29, 30, 500)
    good = random.random(500) < 0.4
    found = clusters(x, y, good, 0.03, 0.05)
    assert found.count.sum() == 500
    assert (found.count * found.good).sum() == pytest.approx(good.sum())


def test_nothing_cannot_be_gathered():
    with pytest.raises(ValueError, match="no samples"):
        clusters(np.array([]), np.array([]), np.array([], bool), 1, 1)
