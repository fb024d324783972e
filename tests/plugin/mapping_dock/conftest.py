"""What tests of the mapping dock share."""

from dataclasses import replace

import pytest
from colearn.engine.contract.manifest.manifest import Band
from colearn.plugin.mapping_dock.dock import MapDock
from colearn.plugin.mapping_dock.session import MapSession
from osgeo import gdal
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QEvent

from ..manifests import a_manifest, write_model


@pytest.fixture(autouse=True)
def cold(monkeypatch, request):
    """No engine is started ahead of a preview, but in tests that are about it."""
    if "warm_up" not in request.node.name:
        monkeypatch.setattr(MapSession, "warm_up", lambda _session: None)


@pytest.fixture
def canvas(qgis_app):
    canvas = QgsMapCanvas()
    yield canvas
    canvas.deleteLater()


@pytest.fixture
def dock(provider, settings, canvas):
    dock = MapDock(canvas)
    yield dock
    dock.release()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QgsProject.instance().clear()


@pytest.fixture
def model(tmp_path):
    """A model of two sensors with one named band each: B02 of the camera, VV of the radar."""

    manifest = a_manifest()
    optical, radar = manifest.sensors
    radar = replace(radar, bands=(Band("VV", 1.0, 1.0, 0.0, 2.0),), pixel_m=20.0)
    return write_model(tmp_path / "modèle d'été.colearn", replace(manifest, sensors=(optical, radar)))


@pytest.fixture
def image(raster_file):
    """A raster layer of the project whose one band is called B02."""
    path = raster_file("scène.tif", bands=1)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetDescription("B02")
    dataset = None
    layer = QgsRasterLayer(path, "scène")
    QgsProject.instance().addMapLayer(layer)
    return layer
