"""Forests of few trees, where forests are not what is tested."""

import pytest
from colearn.engine.trees.forest import ForestSize


@pytest.fixture
def small_forests(monkeypatch) -> None:
    """Forests are tested elsewhere."""
    monkeypatch.setattr("colearn.engine.experiment.forests.forest.TREES", 10)
    monkeypatch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=5))
