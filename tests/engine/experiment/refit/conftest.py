"""Forests so small that all of a module's trainings have them."""

import pytest
from colearn.engine.trees.forest import ForestSize

from synthetic_samples import few_trees


@pytest.fixture(scope="module", autouse=True)
def small_forests():
    """Forests are tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        few_trees(patch, 5)
        patch.setattr("colearn.engine.experiment.forests.sensor_forests.USUAL_SIZE", ForestSize(trees=3))
        yield
