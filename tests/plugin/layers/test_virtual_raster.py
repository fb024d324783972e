"""What was set on a raster layer in QGIS reaches the engine: read back with GDAL, as the engine reads it."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from colearn.engine.contract.wire.errors import InputError
from colearn.engine.raster.files.dataset import look_at
from colearn.plugin.layers.layer_files import raster_source
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRasterRange

from numbered_pixels import VALUES

from ..manifests import write_model


@pytest.fixture
def refused(refusal, tmp_path):
    def refuse(layer):
        model = write_model(tmp_path / "m.colearn")
        return refusal("predict", {"MODEL": model, "INPUT": [layer], "OUTPUT": str(tmp_path / "map.tif")})

    return refuse


def two_named_bands(dataset):
    for band, name in ((1, "red & blue"), (2, "nir")):
        dataset.GetRasterBand(band).SetDescription(name)
        dataset.GetRasterBand(band).SetNoDataValue(5)


def invalid_of(source, band=1):
    """The file's values where the band's mask is 0."""
    dataset = gdal.Open(source.path)  # must live as long as its bands
    invalid = dataset.GetRasterBand(band).GetMaskBand().ReadAsArray() == 0
    return set(VALUES[invalid].tolist())


def test_layer_as_its_file_stays_the_file(numbered, source_of):
    layer = numbered(change=two_named_bands)
    source = source_of(layer)
    assert (source.path, source.name) == (layer.source(), "what I call it")


def test_crs_set_on_the_layer_counts(numbered, source_of):
    layer = numbered(change=two_named_bands, epsg=None)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    source = source_of(layer)
    opened = gdal.Open(source.path)
    assert opened.GetSpatialRef().GetAuthorityCode(None) == "32632"
    assert opened.GetGeoTransform() == (500000, 10, 0, 5800000, 0, -10)
    assert [band.name for band in look_at(source).bands] == ["red & blue", "nir"]
    assert (opened.ReadAsArray() == VALUES).all()
    assert opened.GetRasterBand(1).DataType == gdal.GDT_UInt16
    assert invalid_of(source) == {5}
    assert source.name == "what I call it"
    assert Path(source.path).name == "S2_20200304_B02.vrt"  # dates and bands are read from it


def test_other_crs_than_the_files_counts_in_degrees_too(numbered, source_of):
    layer = numbered(change=lambda dataset: dataset.SetGeoTransform((15, 0.1, 0, 52, 0, -0.1)))
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    facts = look_at(source_of(layer))
    assert facts.grid.transform == pytest.approx((15, 0.1, 0, 52, 0, -0.1), abs=1e-12)
    assert facts.grid.pixel_m() == pytest.approx(9000, rel=0.1)


def test_crs_without_a_number_is_passed_on(numbered, source_of):
    layer = numbered()
    crs = QgsCoordinateReferenceSystem.fromProj("+proj=laea +lat_0=10 +lon_0=20 +datum=WGS84 +units=m")
    layer.setCrs(crs)
    assert "Lambert_Azimuthal_Equal_Area" in gdal.Open(source_of(layer).path).GetProjection()


def test_no_data_value_added_in_qgis_counts_beside_the_files_own(numbered, source_of):
    layer = numbered(change=two_named_bands)
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(7, 7)])
    source = source_of(layer)
    assert invalid_of(source) == {5, 7}
    assert invalid_of(source, 2) == {5}


def test_no_data_value_added_where_the_file_has_none(numbered, source_of):
    layer = numbered()
    layer.dataProvider().setUserNoDataValue(2, [QgsRasterRange(0, 0)])
    source = source_of(layer)
    assert (invalid_of(source), invalid_of(source, 2)) == (set(), {0})


def test_files_no_data_value_switched_off_is_a_value(numbered, source_of):
    layer = numbered(change=two_named_bands)
    layer.dataProvider().setUseSourceNoDataValue(1, False)
    source = source_of(layer)
    assert (invalid_of(source), invalid_of(source, 2)) == (set(), {5})


def test_files_own_value_added_again_changes_nothing(numbered, source_of):
    layer = numbered(change=two_named_bands)
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(5, 5)])
    assert source_of(layer).path == layer.source()


def test_open_options_are_passed_on(numbered, source_of):
    layer = numbered(options="|option:NUM_THREADS=2|option:IGNORE_COG_LAYOUT_BREAK=YES")
    source = source_of(layer)
    options = ElementTree.parse(source.path).findall(".//VRTRasterBand[@band='1']//OOI")
    assert [(each.get("key"), each.text) for each in options] == [
        ("NUM_THREADS", "2"),
        ("IGNORE_COG_LAYOUT_BREAK", "YES"),
    ]
    assert (gdal.Open(source.path).ReadAsArray() == VALUES).all()


def with_mask(dataset):
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    dataset.GetRasterBand(1).GetMaskBand().WriteArray((VALUES > 9).astype(np.uint8) * 255)


def test_mask_of_the_file_stays_a_mask(numbered, source_of):
    layer = numbered(change=with_mask)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    source = source_of(layer)
    assert gdal.Open(source.path).RasterCount == 2
    assert invalid_of(source) == set(range(10))


def test_alpha_of_the_file_stays_a_band(numbered, source_of):
    layer = numbered(
        change=lambda dataset: dataset.GetRasterBand(3).SetColorInterpretation(gdal.GCI_AlphaBand), bands=3
    )
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    facts = look_at(source_of(layer))
    assert (facts.alpha, len(facts.bands)) == (3, 2)


def test_mask_of_each_band_stays_its_own(numbered, source_of):
    def own_masks(dataset):
        for number, above in ((1, 9), (2, 19)):
            band = dataset.GetRasterBand(number)
            band.CreateMaskBand(0)
            band.GetMaskBand().WriteArray((above < VALUES).astype(np.uint8) * 255)

    layer = numbered(change=own_masks)
    assert gdal.Open(layer.source()).GetRasterBand(2).GetMaskFlags() == 0
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    source = source_of(layer)
    assert invalid_of(source) == set(range(10))
    assert invalid_of(source, 2) == set(range(20))


def test_a_raster_without_georeference_does_not_get_one(provider, source_of, tmp_path):
    gdal.GetDriverByName("GTiff").Create(str(tmp_path / "nowhere.tif"), 8, 6).FlushCache()
    layer = QgsRasterLayer(str(tmp_path / "nowhere.tif"), "nowhere")
    QgsProject.instance().addMapLayer(layer)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    assert gdal.Open(source_of(layer).path).GetGeoTransform(can_return_null=True) is None


def test_sensors_and_label_rasters_are_passed_on_alike(build_job, numbered, raster_layer, tmp_path):
    odd = [numbered(name) for name in ("a/S2.tif", "b/S2.tif", "c/truth.tif")]
    for layer in odd:
        layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    saved = tmp_path / "saved" / "job.json"
    given = {"SENSOR_A": odd[:2], "SENSOR_B": [raster_layer("radar.tif")], "LABEL_RASTER": odd[2:]}
    given.update(OUTPUT_MODEL=str(tmp_path / "m.colearn"), OUTPUT_JOB=str(saved))
    job = build_job("train", given)
    written = [raster.path for raster in (*job.sensors[0].rasters, *job.labels.rasters)]
    beside = saved.parent / "job.layers"
    assert written == [
        str(beside / "sensor_a_1" / "S2.vrt"),
        str(beside / "sensor_a_2" / "S2.vrt"),
        str(beside / "label_raster_1" / "truth.vrt"),
    ]
    assert all(gdal.Open(path) is not None for path in written)


def test_checking_writes_nothing(algorithm, context, numbered, tmp_path):
    layer = numbered()
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    before = sorted(tmp_path.rglob("*"))
    given = {"SENSOR_A": [layer], "SENSOR_B": [layer], "LABEL_RASTER": [layer]}
    given.update(OUTPUT_MODEL=str(tmp_path / "m.colearn"), OUTPUT_JOB=str(tmp_path / "saved" / "job.json"))
    assert algorithm("train").checkParameterValues(given, context)[0]
    assert sorted(tmp_path.rglob("*")) == before


def test_range_of_no_data_values_is_refused(numbered, refused):
    layer = numbered()
    layer.dataProvider().setUserNoDataValue(2, [QgsRasterRange(3, 9)])
    reason = refused(layer)
    assert "what I call it" in reason and "3 … 9" in reason and "band 2" in reason and "[raster_settings]" in reason


def test_more_no_data_values_than_a_virtual_raster_holds_are_refused(numbered, refused):
    layer = numbered(change=two_named_bands)
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(7, 7), QgsRasterRange(8, 8)])
    assert "5, 7, 8 in band 1" in refused(layer)


def test_no_data_value_of_a_scaled_band_is_refused(numbered, refused):
    layer = numbered(change=lambda dataset: dataset.GetRasterBand(1).SetScale(0.1))
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(0.7, 0.7)])
    assert "scaled" in refused(layer)


@pytest.mark.parametrize("place", [(500000, 8, 3, 5800000, 3, -8), (500000, 10, 0, 5800000, 0, 10)])
def test_rotated_and_upside_down_rasters_are_refused_only_with_settings(numbered, source_of, refused, place):
    layer = numbered(change=lambda dataset: dataset.SetGeoTransform(place))
    assert source_of(layer).path == layer.source()
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    assert "Warp it" in refused(layer)


def test_raster_read_with_qgis_passwords_is_refused(numbered, monkeypatch):
    layer = numbered()
    monkeypatch.setattr(layer, "source", lambda: "/vsicurl/https://example.org/a.tif authcfg='abc1234'")
    with pytest.raises(InputError, match="requires a QGIS login"):
        raster_source(layer)
