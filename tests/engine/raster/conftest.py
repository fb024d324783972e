"""Small rasters and layers made on the spot."""

import gc
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.sources import RasterSource, VectorSource
from colearn.engine.raster.files.read import close_datasets
from colearn.engine.raster.gdal_calls import gdal, gdal_array, ogr, osr
from hypothesis import settings

settings.register_profile("calm", deadline=None)  # the machine may be busy with others
settings.load_profile("calm")

UTM33 = "EPSG:32633"


@pytest.fixture(scope="session", autouse=True)
def _no_dataset_waits_for_the_collector():
    """A dataset that lives on in an expected error's traceback would be closed after QGIS has left: a crash."""
    yield
    gc.collect()


@pytest.fixture
def make_raster(tmp_path):
    """Write an array (band, row, col) as GeoTIFF and give its source."""

    def make(
        name="image.tif",
        array=None,
        *,
        bands=(),
        nodata=None,
        crs=UTM33,
        transform=(500000.0, 10.0, 0.0, 5800000.0, 0.0, -10.0),
        options=(),
        interpretations=(),
        mask=None,
        layer="",
        driver="GTiff",
    ):
        values = np.arange(24, dtype=np.uint8).reshape(1, 4, 6) if array is None else array
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        code = gdal_array.NumericTypeCodeToGDALTypeCode(values.dtype.type)
        count, rows, cols = values.shape
        if driver == "GTiff" and not interpretations:  # else GDAL tags the fourth byte band as alpha
            options = (*options, "PHOTOMETRIC=MINISBLACK")
        dataset = gdal.GetDriverByName(driver).Create(str(path), cols, rows, count, code, list(options))
        if transform:
            dataset.SetGeoTransform(transform)
        if crs:
            reference = osr.SpatialReference()
            reference.SetFromUserInput(crs)
            dataset.SetSpatialRef(reference)
        for at in range(count):
            band = dataset.GetRasterBand(at + 1)
            if at < len(bands):
                band.SetDescription(bands[at])
            if at < len(interpretations):
                band.SetColorInterpretation(interpretations[at])
            if nodata is not None:
                band.SetNoDataValue(nodata)
            band.WriteArray(values[at])
        if mask is not None:
            dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
            dataset.GetRasterBand(1).GetMaskBand().WriteArray(mask)
        dataset = None
        return RasterSource(str(path), layer)

    yield make
    close_datasets()


@pytest.fixture
def make_layer(tmp_path):
    """Write geometries (WKT) with one dict of attributes each as GeoPackage and give its source."""

    def make(geometries, rows=(), *, fields=(), crs=UTM33, name="labels.gpkg", layer="labels", kind=ogr.wkbUnknown):
        path = tmp_path / name
        reference = None
        if crs:
            reference = osr.SpatialReference()
            reference.SetFromUserInput(crs)
            reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        driver = ogr.GetDriverByName("GPKG")
        dataset = driver.Open(str(path), 1) if path.exists() else driver.CreateDataSource(str(path))
        made = dataset.CreateLayer(layer, reference, kind)
        for field, code in fields:
            made.CreateField(ogr.FieldDefn(field, code))
        for at, wkt in enumerate(geometries):
            feature = ogr.Feature(made.GetLayerDefn())
            if wkt:
                feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
            for field, value in (rows[at] if at < len(rows) else {}).items():
                feature.SetField(field, value)
            made.CreateFeature(feature)
        dataset = None
        return VectorSource(str(path), layer)

    return make


@pytest.fixture
def error_of():
    """The CoLearnError that a call ends in."""
    from colearn.engine.contract.wire.errors import CoLearnError

    def run(call, *arguments, **options):
        with pytest.raises(CoLearnError) as caught:
            call(*arguments, **options)
        return caught.value

    return run


@pytest.fixture
def data(data_folder) -> Path:
    """The real data."""
    return data_folder
