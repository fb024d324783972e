"""Names of sensors, lists of bands, and sources that must be found from another folder."""

import pytest
from colearn.engine.contract.job.sources import RasterSource
from colearn.engine.contract.wire.errors import JobError
from colearn.plugin.layers.sources import absolute_source, is_local, short_name
from colearn.plugin.parameters.sensors.sensors import GivenSensor, band_list, derived_name, names_of


def rasters(*names):
    return tuple(RasterSource(f"/data/{name}.tif", name) for name in names)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["s2_stack"], "s2_stack"),
        (["S2"], "S2"),
        (["T33UVT_20170216_B02", "T33UVT_20170216_B03"], "T33UVT_20170216"),
        (["s1_01", "s1_02"], "s1"),
        (["Sentinel-2 B02", "Sentinel-2 B03"], "Sentinel-2"),
        (["MLBS_1", "OSBS_1"], None),
        (["2021-03", "2021-04"], None),
        (["7"], None),
    ],
)
def test_name_is_what_the_layers_names_begin_with(names, expected):
    assert derived_name(rasters(*names)) == expected


def test_given_names_win_and_derived_ones_step_back():
    given = [
        GivenSensor("A", rasters("image"), ""),
        GivenSensor("B", rasters("image"), "radar"),
        GivenSensor("D", rasters("Radar"), ""),
        GivenSensor("E", rasters("1", "2"), ""),
    ]
    assert names_of(given) == ("image", "radar", "D", "E")


def test_letter_that_is_already_a_name_clashes():
    given = [GivenSensor("A", rasters("1"), ""), GivenSensor("B", rasters("image"), "a")]
    with pytest.raises(JobError, match="SENSOR_A_NAME, SENSOR_B_NAME"):
        names_of(given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("B02,B03", ("B02", "B03")),
        (" near infrared ; red ", ("near infrared", "red")),
        ("1 2 10", ("1", "2", "10")),
        ("3", ("3",)),
        ("near infrared", ("near infrared",)),
    ],
)
def test_bands_by_name_or_number(text, expected):
    assert band_list(text) == expected


def test_relative_files_inside_gdal_sources_become_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a b.gpkg", "rel.nc", "rel.zip", "é.tif"):
        (tmp_path / name).touch()
    here = str(tmp_path)
    assert absolute_source("é.tif") == f"{here}/é.tif"
    assert absolute_source("GPKG:a b.gpkg:layer") == f"GPKG:{here}/a b.gpkg:layer"
    assert absolute_source('NETCDF:"rel.nc":ndvi') == f'NETCDF:"{here}/rel.nc":ndvi'
    assert absolute_source("NETCDF:rel.nc:ndvi") == f"NETCDF:{here}/rel.nc:ndvi"
    assert absolute_source("GTIFF_DIR:2:é.tif") == f"GTIFF_DIR:2:{here}/é.tif"
    assert absolute_source('HDF5:"rel.nc"://a/b') == f'HDF5:"{here}/rel.nc"://a/b'
    assert absolute_source("/vsizip/{rel.zip}/in/a.tif") == f"/vsizip/{{{here}/rel.zip}}/in/a.tif"
    assert (
        absolute_source("SENTINEL2_L2A:/vsizip/rel.zip/MTD.xml:10m:EPSG_32633")
        == f"SENTINEL2_L2A:/vsizip/{here}/rel.zip/MTD.xml:10m:EPSG_32633"
    )
    assert absolute_source("/vsizip/rel.zip/in/side.tif") == f"/vsizip/{here}/rel.zip/in/side.tif"


@pytest.mark.parametrize(
    "source",
    [
        "/data/a.tif",
        "GPKG:/data/a.gpkg:layer",
        "/vsizip//data/a.zip/b.tif",
        "/vsizip/{/data/a.whl}/b.tif",
        "/vsicurl/https://example.org/a.tif",
        "https://example.org/a.tif",
        "C:\\data\\a.tif",
        "<VRTDataset/>",
        "gone.tif",
    ],
)
def test_other_sources_stay_as_they_are(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert absolute_source(source) == source


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Sentinel 2 (May)", "Sentinel 2 (May)"),
        ("S2: May", "S2: May"),
        ("S2:May:2021", "S2:May:2021"),
        ("/vsizip/{/data/a b.whl}/in/T33_B02.jp2", "T33_B02"),
        ("/data/été/x.2021-05.tif", "x.2021-05"),
        ("C:\\data\\S2A.SAFE", "S2A"),
        ("/data/S2A.SAFE/", "S2A"),
        ('NETCDF:"/data/cube.nc":ndvi', "cube ndvi"),
    ],
)
def test_layers_called_by_their_path_have_a_short_name(name, short):
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("source", "local"),
    [
        ("/data/forêt d'été/x.tif", True),
        ("C:\\data\\x.tif", True),
        ("/vsizip/{/data/a.zip}/x.tif", True),
        ('NETCDF:"/data/x.nc":t', True),
        ("/data/x.gpkg|layername=land", True),
        ("/vsicurl/https://h/x.tif", False),
        ("/vsizip//vsicurl/https://h/x.zip/x.tif", False),
        ("/vsis3/bucket/x.tif", False),
        ("https://h/x.tif", False),
        ("WMS:http://h", False),
        ("PG:host=h", False),
        ("\\\\host\\share\\x.tif", False),
        ("//host/share/x.tif", False),
        ("<VRTDataset/>", False),
    ],
)
def test_commands_that_use_the_network_are_distinguished(source, local):
    assert is_local(source) is local
