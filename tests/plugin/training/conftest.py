"""A training window over small layers, with the engine that a test chooses."""

from dataclasses import replace

import pytest


@pytest.fixture
def window(trainings):
    return trainings.open()


@pytest.fixture
def filled(window, raster_layer, memory_labels, tmp_path):
    """A window ready to train: two sensors, labels, a model to write."""
    layers = [raster_layer("optical.tif"), raster_layer("radar.tif"), memory_labels()]
    window.session.add_layers(layers)
    window.session.set_model(str(tmp_path / "modèles d'été" / "land.colearn"))
    window.session.edit(replace(window.session.form, samples=False))
    window.fill()
    return window
