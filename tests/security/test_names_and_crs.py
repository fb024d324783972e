"""Names of other machines are known wherever they stand, and a CRS is read in the forms that people write it."""

import pytest
from colearn.engine.raster.geo.crs import reference
from colearn.engine.raster.geo.crs_text import is_plain_crs
from colearn.engine.raster.opening.references import is_remote
from osgeo import osr


@pytest.mark.parametrize(
    ("name", "remote"),
    [
        ("/data/scene.tif", False),
        ("C:\\data\\scene.tif", False),
        ('NETCDF:"/data/a.nc":b', False),
        ('HDF5:"/data/a.h5"://group/b', False),
        ("HDF5:/data/a.h5://group/b", False),
        ("/vsizip/{/data/a.zip}/b.tif", False),
        ("GPKG:/data/a.gpkg:layer", False),
        ("/vsicurl/https://example.org/a.tif", True),
        ("/vsis3/bucket/a.tif", True),
        ("/vsizip//vsicurl/https://example.org/a.zip/b.tif", True),
        ("https://example.org/a.tif", True),
        ('NETCDF:"https://example.org/a.nc":b', True),
        ("WMS:https://example.org", True),
        ("PG:dbname=a", True),
        ("/vsigs_streaming/a/b", True),
    ],
)
def test_names_of_other_machines_are_known(name, remote):
    assert is_remote(name) is remote


@pytest.mark.parametrize(
    "text",
    [
        *(
            "EPSG:32633",
            "epsg:4326",
            "ESRI:54009",
            "OGC:CRS84",
            "urn:ogc:def:crs:EPSG::4326",
            "WGS84",
            "IAU_2015:49900",
        ),
        *("+proj=utm +zone=33 +datum=WGS84", "+proj=longlat +nadgrids=@null", "+proj=longlat +nadgrids=ntv2.gsb,@null"),
        "+init=epsg:4326",
    ],
)
def test_a_crs_as_people_write_it(text):
    assert is_plain_crs(text)


@pytest.mark.parametrize("code", [32633, 4326, 3857, 2154, 31467, 27700, 3035, 5514, 2056])
def test_a_crs_in_all_forms_it_is_exported_in(code):
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(code)
    texts = [crs.ExportToWkt([f"FORMAT={form}"]) for form in ("WKT1_GDAL", "WKT2_2018", "WKT1_ESRI")]
    for text in (*texts, crs.ExportToProj4(), crs.ExportToPROJJSON()):
        assert reference(text).GetName()
