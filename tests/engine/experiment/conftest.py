"""Forests of few trees, where forests are not what is tested."""

import pytest
from colearn.engine.trees.forest import ForestSize

from synthetic_samples import few_trees


@pytest.fixture
def small_forests(monkeypatch) -> None:
    """Forests are tested elsewhere."""
    few_trees(monkeypatch, 10)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
