"""Nothing that a raster, a layer or a CRS refers to but plain files: no memory, no network, no pipe, no code."""

import http.server
import json
import os
import threading
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest
from colearn.engine.contract.job.sources import RasterSource, VectorSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.raster.files.dataset import open_dataset
from osgeo import gdal, osr

from security import hostile_rasters as hostile
from unprivileged import own_folder, run_python

OPENS = """
import json, sys
from engine.contract.wire.errors import CoLearnError
from engine.contract.job.job import PredictJob, RasterSource, VectorSource
from engine.raster.files.dataset import look_at
from engine.raster.files.dataset import open_dataset
from engine.raster.geo.crs import reference
from engine.raster.opening.network import guard_process
from engine.raster.vectors.layer import read_features
guard_process(PredictJob("m", (RasterSource("a.tif"),), "o"))
outcomes = {"file": {}, "name": {}, "crs": {}, "vector": {}}
for kind, names in json.load(open(sys.argv[1])).items():
    for name in names:
        try:
            if kind == "crs":
                reference(name)
            elif kind == "vector":
                read_features(VectorSource(name))
            else:
                dataset = open_dataset(RasterSource(name))
                dataset.ReadAsArray()
                dataset.GetRasterBand(1).GetOverviewCount()
            outcomes[kind][name] = "opened"
        except CoLearnError as error:
            outcomes[kind][name] = error.code.value
        except RuntimeError as error:
            outcomes[kind][name] = "unread"
print(json.dumps(outcomes))
"""


@contextmanager
def counting_server():
    """A web server on this machine that counts what it is asked for, and gives nothing."""
    asked = []

    class Nothing(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_GET  # noqa: N815

        def log_message(self, *_words):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


@pytest.fixture(scope="module")
def ends():
    """How each hostile raster, name, layer and CRS ended, and what was asked of the server."""
    with own_folder() as folder, counting_server() as (port, asked):

        def filled(text):
            return (
                text.replace("{port}", str(port)).replace("{folder}", str(folder)).replace("{{", "{").replace("}}", "}")
            )

        os.mkfifo(folder / "pipe")
        write_plain(folder / "plain.tif")
        for name, text in hostile.RASTERS.items():
            (folder / name).write_text(filled(text))
        with zipfile.ZipFile(folder / "raw.zip", "w") as file:
            file.write(folder / "raw.vrt", "raw.vrt")
        (folder / "overviews.tif").write_bytes((folder / "plain.tif").read_bytes())
        (folder / "overviews.tif.aux.xml").write_text(
            '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">'
            f"/vsicurl/http://127.0.0.1:{port}/o.ovr</MDI></Metadata></PAMDataset>"
        )
        (folder / "schema.gml").write_text(
            '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://ogr.maptools.org/ '
            f'http://127.0.0.1:{port}/schema.xsd"><gml:featureMember><ogr:a fid="1"><ogr:geometryProperty><gml:Point '
            'srsName="EPSG:4326"><gml:coordinates>1,1</gml:coordinates></gml:Point></ogr:geometryProperty></ogr:a>'
            "</gml:featureMember></ogr:FeatureCollection>"
        )
        (folder / "layers.vrt").write_text(
            f'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:{port}/a.json'
            "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
        )
        given = {
            "file": [str(folder / name) for name in (*hostile.RASTERS, "overviews.tif")],
            "name": [filled(name) for name in hostile.NAMES.values()],
            "crs": [filled(name) for name in hostile.CRS],
            "vector": [str(folder / name) for name in ("schema.gml", "layers.vrt", "pipe")],
        }
        (folder / "given.json").write_text(json.dumps(given))
        done = run_python(OPENS, folder / "given.json", folder=folder, timeout_s=100)
        assert done.returncode == 0, f"{done.returncode} {done.stderr[-2000:]}"
        outcomes = json.loads(done.stdout)
        ran = (folder / "run").exists()
        yield (
            {
                kind: {name.replace(f"{folder}/", ""): code for name, code in codes.items()}
                for kind, codes in outcomes.items()
            },
            list(asked),
            ran,
        )


def write_plain(path):
    """Twenty by twenty pixels in UTM."""
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 20, 20, 1, gdal.GDT_Byte)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    dataset.SetSpatialRef(crs)
    dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    dataset.GetRasterBand(1).WriteArray(np.arange(400, dtype=np.uint8).reshape(20, 20))
    return str(path)


@pytest.mark.parametrize("name", [*hostile.RASTERS, "overviews.tif"])
def test_a_raster_that_leads_elsewhere_is_refused(ends, name):
    code = ends[0]["file"][name]
    assert code == (ErrorCode.RASTER_IS_SERVICE if name.startswith("service.") else ErrorCode.INPUT_UNTRUSTED).value


def test_so_is_each_name_that_does(ends):
    codes = set(ends[0]["name"].values())
    assert codes == {ErrorCode.INPUT_UNTRUSTED.value}


def test_a_crs_is_never_an_address_or_a_file(ends):
    assert set(ends[0]["crs"].values()) == {ErrorCode.CRS_UNUSABLE.value}


def test_layers_neither(ends):
    outcomes = ends[0]["vector"]
    assert outcomes["layers.vrt"] == ErrorCode.LABELS_UNREADABLE.value
    assert outcomes["pipe"] == ErrorCode.INPUT_UNTRUSTED.value


def test_no_request_went_over_the_network(ends):
    assert ends[1] == []


def test_no_code_ran(ends):
    assert ends[2] is False


# What must go on working ------------------------------------------------------


@pytest.mark.parametrize("relative", [0, 1])
def test_a_mosaic_of_files_opens(tmp_path, relative):
    plain = write_plain(tmp_path / "plain é.tif")
    name = "plain é.tif" if relative else plain
    (tmp_path / "a").mkdir()
    inner = tmp_path / "inner.vrt"
    links = '<Metadata><MDI key="LICENSE">https://creativecommons.org/licenses/by/4.0/</MDI></Metadata>'
    inner.write_text(hostile.vrt(links + hostile.band(hostile.source(name, relative))), encoding="utf-8")
    outer = tmp_path / "a" / "outer.vrt"
    outer.write_text(hostile.vrt(hostile.band(hostile.source("../inner.vrt", 1))), encoding="utf-8")
    assert (
        open_dataset(RasterSource(str(outer))).ReadAsArray().sum()
        == open_dataset(RasterSource(plain)).ReadAsArray().sum()
    )


def test_what_gdal_writes_opens(tmp_path):
    plain = write_plain(tmp_path / "plain.tif")
    gdal.BuildVRT(str(tmp_path / "mosaic.vrt"), [plain]).FlushCache()
    gdal.Warp(str(tmp_path / "warped.vrt"), plain, format="VRT", dstSRS="EPSG:4326").FlushCache()
    gdal.Translate(str(tmp_path / "cut.vrt"), plain, srcWin=[2, 2, 5, 5], format="VRT").FlushCache()
    for name in ("mosaic", "warped", "cut"):
        assert open_dataset(RasterSource(str(tmp_path / f"{name}.vrt"))).ReadAsArray().any()
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as file:
        for path in (tmp_path / "plain.tif", tmp_path / "cut.vrt"):
            file.write(path, path.name)
    assert open_dataset(RasterSource(f"/vsizip/{tmp_path}/all.zip/cut.vrt")).ReadAsArray().any()


def test_a_layer_with_settings_of_its_own_may_be_remote(tmp_path):
    """The virtual raster that the plugin writes shows what the person opened in QGIS; nothing else afar."""
    from ranges import serving

    write_plain(tmp_path / "scene.tif")
    with serving(tmp_path) as server:
        remote = server.address("scene.tif")
        (tmp_path / "settings.vrt").write_text(hostile.vrt(hostile.band(hostile.source(remote))))
        opened = open_dataset(RasterSource(str(tmp_path / "settings.vrt"), shows=remote))
        assert opened.ReadAsArray().any()
        with pytest.raises(CoLearnError) as caught:
            open_dataset(RasterSource(str(tmp_path / "settings.vrt"), shows=f"{remote}x"))
    assert caught.value.code is ErrorCode.INPUT_UNTRUSTED


def test_a_format_is_added_by_a_variable(tmp_path, monkeypatch):
    name = str(tmp_path / "a.ers")
    plain = gdal.GetDriverByName("MEM").CreateCopy("", gdal.Open(write_plain(tmp_path / "plain.tif")))
    plain.SetProjection("")  # the driver's table of CRSs is not among every system's files
    gdal.GetDriverByName("ERS").CreateCopy(name, plain)
    with pytest.raises(CoLearnError) as caught:
        open_dataset(RasterSource(name))
    assert caught.value.code is ErrorCode.RASTER_UNREADABLE
    assert "COLEARN_GDAL_DRIVERS" in caught.value.remedy
    monkeypatch.setenv("COLEARN_GDAL_DRIVERS", "ERS")
    assert open_dataset(RasterSource(name)).ReadAsArray().any()


@pytest.mark.parametrize("seconds", [0.2])
def test_opening_has_a_time_limit(tmp_path, monkeypatch, seconds):
    import time

    from colearn.engine.raster.opening import door

    monkeypatch.setattr(door, "MOST_OPENING_S", seconds)
    monkeypatch.setattr(door.gdal, "OpenEx", lambda *_a, **_b: time.sleep(3))
    with pytest.raises(CoLearnError) as caught:
        open_dataset(RasterSource(write_plain(tmp_path / "plain.tif")))
    assert "not open after" in caught.value.found


def test_labels_of_a_pipe_and_a_device_are_reported(tmp_path):
    from colearn.engine.raster.vectors.layer import read_features

    os.mkfifo(tmp_path / "labels.gpkg")
    for path in (tmp_path / "labels.gpkg", "/dev/zero"):
        with pytest.raises(CoLearnError) as caught:
            read_features(VectorSource(str(path)))
        assert caught.value.code is ErrorCode.INPUT_UNTRUSTED
