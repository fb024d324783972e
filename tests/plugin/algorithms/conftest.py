"""Parameters of a training and of a prediction, and their run."""

import processing
import pytest

from ..manifests import write_model
from ..training_values import training_values


@pytest.fixture
def train(raster_layer, memory_labels, tmp_path):
    return training_values(raster_layer, memory_labels, tmp_path / "out" / "öut.colearn")


@pytest.fixture
def predict(raster_layer, tmp_path):
    return {
        "MODEL": write_model(tmp_path / "m.colearn"),
        "INPUT": [raster_layer("optical.tif")],
        "OUTPUT": str(tmp_path / "map.tif"),
    }


@pytest.fixture
def run(context, log):
    def run(name, parameters):
        return processing.run(f"colearn:{name}", parameters, feedback=log, context=context)

    return run


@pytest.fixture
def evaluate(predict, memory_labels):
    return {"MODEL": predict["MODEL"], "INPUT": predict["INPUT"], "LABELS": memory_labels()}


@pytest.fixture
def parameters(raster_layer, memory_labels, tmp_path):
    return training_values(raster_layer, memory_labels, tmp_path / "out.colearn")
