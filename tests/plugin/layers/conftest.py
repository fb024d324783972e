"""Layers of numbered pixels, and the sources that jobs get for them."""

import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer

from numbered_pixels import VALUES

from ..manifests import write_model


@pytest.fixture
def numbered(raster_file):
    """A layer in the project whose pixels count from 0; ``change`` gets the dataset before it is closed."""

    def make(name="S2_20200304_B02.tif", change=lambda dataset: None, options="", **kind):
        path = raster_file(name, **kind)
        dataset = gdal.Open(path, gdal.GA_Update)
        for band in range(1, dataset.RasterCount + 1):
            dataset.GetRasterBand(band).WriteArray(VALUES)
        change(dataset)
        dataset.FlushCache()
        dataset = None
        layer = QgsRasterLayer(path + options, "what I call it")
        assert layer.isValid()
        QgsProject.instance().addMapLayer(layer)
        return layer

    return make


@pytest.fixture
def source_of(build_job, tmp_path):
    """The source a job gets for a layer."""

    def build(layer, **more):
        model = write_model(tmp_path / "m.colearn")
        given = {"MODEL": model, "INPUT": [layer], "OUTPUT": str(tmp_path / "map.tif"), **more}
        return build_job("predict", given).input[0]

    return build
