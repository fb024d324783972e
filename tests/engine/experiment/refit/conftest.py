"""Forests so small that all of a module's trainings have them."""

import pytest
from colearn.engine.trees.forest import ForestSize


@pytest.fixture(scope="module", autouse=True)
def small_forests():
    """Forests are tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.experiment.forests.forest.TREES", 5)
        patch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=3))
        yield
