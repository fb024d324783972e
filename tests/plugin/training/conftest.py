"""A training window over small layers, with the engine that a test chooses."""

import time
from dataclasses import replace

import pytest
from colearn.plugin.training.trainings import Trainings
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QEvent


@pytest.fixture
def wait():
    """Let QGIS work until something holds."""

    def until(holds, patience_s=20):
        deadline = time.monotonic() + patience_s
        while not holds() and time.monotonic() < deadline:
            QgsApplication.processEvents()
            time.sleep(0.01)
        assert holds()

    return until


@pytest.fixture
def trainings(provider, settings):
    trainings = Trainings(None)
    yield trainings
    trainings.close_all()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QgsApplication.processEvents()
    QgsProject.instance().clear()


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
