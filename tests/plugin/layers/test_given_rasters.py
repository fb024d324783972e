"""Rasters given as text: what only GDAL opens, products as delivered, and the error for all else."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.naming.products import delivery_at
from osgeo import gdal, ogr
from qgis.core import QgsProject

from delivered import make_safe, zipped
from layers import square, write_layer

from ..manifests import write_model


@pytest.fixture
def parameters(raster_layer, memory_labels, tmp_path):
    """The least a training needs."""
    rasters = {"SENSOR_A": [raster_layer("camera.tif")], "SENSOR_B": [raster_layer("radar.tif")]}
    labels = {"LABELS": memory_labels(), "LABEL_FIELD": ["fclass"]}
    return {**rasters, **labels, "OUTPUT_MODEL": str(tmp_path / "out.colearn")}


@pytest.fixture
def predict(tmp_path):
    """The least a map needs, but the raster."""
    return {"MODEL": write_model(tmp_path / "m.colearn"), "OUTPUT": str(tmp_path / "map.tif")}


@pytest.fixture
def safe(tmp_path):
    image = np.arange(1, 145, dtype=np.uint16).reshape(12, 12)
    return make_safe(tmp_path, {"B02": image, "B11": image[:6, :6]}, np.full((6, 6), 4))


@pytest.fixture
def net_cdf(raster_file, tmp_path):
    path = tmp_path / "two.nc"
    gdal.Translate(str(path), raster_file("for net cdf.tif", bands=2), format="netCDF")
    return path


def test_what_only_gdal_opens_reaches_the_job_as_it_is(build_job, predict, raster_file, net_cdf, tmp_path):
    plain = raster_file("plain.tif")
    archive = tmp_path / "in a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(plain, "below/plain.tif")
    for text in (f"/vsizip/{archive}/below/plain.tif", f'NETCDF:"{net_cdf}":Band2', f"GTIFF_DIR:1:{plain}"):
        for given in (text, [text]):
            job = build_job("predict", {**predict, "INPUT": given})
            assert [raster.path for raster in job.input] == [text]
    assert not QgsProject.instance().mapLayersByName(text)


def test_relative_ones_are_found_from_another_folder(build_job, predict, net_cdf, monkeypatch):
    monkeypatch.chdir(net_cdf.parent)
    job = build_job("predict", {**predict, "INPUT": ['NETCDF:"two.nc":Band2']})
    assert [raster.path for raster in job.input] == [f'NETCDF:"{net_cdf}":Band2']


def test_many_keep_their_order(build_job, predict, net_cdf):
    texts = [f'NETCDF:"{net_cdf}":Band{number}' for number in (2, 1)]
    assert [raster.path for raster in build_job("predict", {**predict, "INPUT": texts}).input] == texts


def test_a_file_of_several_data_sets_names_them(refusal, predict, net_cdf):
    reason = refusal("predict", {**predict, "INPUT": [str(net_cdf)]})
    assert "2 subdatasets" in reason
    assert f'NETCDF:"{net_cdf}":Band1' in reason
    assert "load it as a layer" in reason


@pytest.mark.parametrize("text", ["/vsizip/gone.zip/a.tif", 'NETCDF:"gone.nc":x', "gone.tif", "gone.SAFE"])
def test_what_cannot_be_opened_says_what_could(refusal, predict, text):
    reason = refusal("predict", {**predict, "INPUT": [text]})
    assert text in reason
    assert "/vsizip/" in reason
    assert "load it as a layer in QGIS" in reason


def test_a_product_reaches_the_job_as_it_is(build_job, parameters, safe, tmp_path):
    archive = zipped(safe, tmp_path / f"{safe.stem}.zip")
    for text, root in ((safe, safe), (safe / "MTD_MSIL2A.xml", safe), (archive, archive)):
        job = build_job(
            "train", {**parameters, "SENSOR_A": [str(text)], "SENSOR_B": str(text), "SENSOR_B_BANDS": "20m"}
        )
        assert [raster.path for sensor in job.sensors for raster in sensor.rasters] == [str(root)] * 2
        assert job.sensors[0].rasters[0].name == safe.stem
        assert [sensor.name for sensor in job.sensors] == ["A", "B"]
        assert job.sensors[1].bands == ("20m",)


def test_the_extent_is_in_the_products_crs(build_job, predict, safe):
    job = build_job("predict", {**predict, "INPUT": [str(safe)], "EXTENT": "400000,400050,5799900,5800000"})
    assert job.extent.crs == "EPSG:32633"


def test_a_folder_that_is_no_product_is_refused(refusal, predict, tmp_path):
    assert delivery_at(str(tmp_path)) is None
    assert str(tmp_path) in refusal("predict", {**predict, "INPUT": [str(tmp_path)]})


class TestFilesOfSeveralLayers:
    @pytest.fixture
    def two_layers(self, tmp_path):
        path = write_layer(tmp_path / "two.gpkg", [(square(1, 1), {"kind": "crop"})], fields={"kind": str})
        _add_layer(path, "others", ogr.wkbPolygon)
        return path

    def test_labels_of_several_layers_are_refused_with_the_layers_names(self, refusal, parameters, two_layers):
        reason = refusal("train", {**parameters, "LABELS": str(two_layers), "LABEL_FIELD": ["kind"]})
        assert "stands, others" in reason
        assert f"{two_layers}|layername=stands" in reason

    def test_the_named_one_is_taken(self, build_job, parameters, two_layers):
        for name in ("stands", "others"):
            given = {**parameters, "LABELS": f"{two_layers}|layername={name}", "LABEL_FIELD": ["kind"]}
            job = build_job("train", given)
            assert (Path(job.labels.source.path), job.labels.source.layer) == (two_layers, name)

    def test_a_mask_too(self, refusal, predict, two_layers):
        assert "|layername=" in refusal("predict", {**predict, "MASK": str(two_layers)})

    def test_a_table_beside_the_one_layer_is_no_second(self, build_job, parameters, tmp_path):
        path = write_layer(tmp_path / "one.gpkg", [(square(1, 1), {"kind": "crop"})], fields={"kind": str})
        _add_layer(path, "notes", ogr.wkbNone)
        build_job("train", {**parameters, "LABELS": str(path), "LABEL_FIELD": ["kind"]})


def _add_layer(path, name, kind):
    dataset = ogr.Open(str(path), 1)
    crs = dataset.GetLayer(0).GetSpatialRef()
    layer = dataset.CreateLayer(name, None if kind == ogr.wkbNone else crs, kind)
    layer.CreateField(ogr.FieldDefn("kind", ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature["kind"] = "crop"
    if kind != ogr.wkbNone:
        feature.SetGeometry(ogr.CreateGeometryFromWkt(square(3, 3)))
    layer.CreateFeature(feature)
    del feature, layer, dataset
