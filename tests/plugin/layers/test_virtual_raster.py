"""What was set on a raster layer in QGIS reaches the engine: read back with GDAL, as the engine reads it."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from colearn.engine.contract.job.sources import RasterSource, SensorSpec
from colearn.engine.contract.wire.errors import InputError
from colearn.engine.input_checks.scaling import declared_scaling
from colearn.engine.raster.files.dataset import look_at
from colearn.engine.raster.sensors.open import open_sensor
from colearn.plugin.layers.layer_files import raster_source
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRasterRange

from ..manifests import write_model

VALUES = np.arange(48, dtype=np.uint16).reshape(6, 8)


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


def with_all_that_bands_can_say(dataset):
    """Scaled temperatures with a name, a unit and a wavelength; and classes with names, colours and a table."""
    first, second = (dataset.GetRasterBand(number) for number in (1, 2))
    dataset.SetMetadataItem("bbl", "{1,0}", "ENVI")
    first.SetDescription("heat <1>")
    first.SetScale(0.01)
    first.SetOffset(-273.15)
    first.SetUnitType("°C & K")
    first.SetNoDataValue(5)
    first.SetMetadataItem("CENTRAL_WAVELENGTH_UM", "0.665", "IMAGERY")
    first.SetMetadataItem("wavelength", "665")
    first.SetMetadataItem("STATISTICS_MEAN", "7")
    second.SetCategoryNames(["none", "wood & heath"])
    table = gdal.RasterAttributeTable()
    table.SetTableType(gdal.GRTT_THEMATIC)
    table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_MinMax)
    table.CreateColumn("Class", gdal.GFT_String, gdal.GFU_Name)
    table.SetRowCount(1)
    table.SetValueAsInt(0, 0, 7)
    table.SetValueAsString(0, 1, "crop")
    second.SetDefaultRAT(table)


def said_of(path):
    """All that GDAL reads of a raster's bands, and the domains of the raster itself."""
    dataset = gdal.Open(path)
    dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
    bands = [dataset.GetRasterBand(number + 1) for number in range(dataset.RasterCount)]
    tables = [band.GetDefaultRAT() for band in bands]
    return [
        (
            band.GetDescription(),
            1.0 if band.GetScale() is None else band.GetScale(),  # what GDAL 3.10 says of a virtual raster without one
            band.GetOffset() or 0.0,
            band.GetUnitType(),
            band.DataType,
            band.GetColorInterpretation(),
            band.GetCategoryNames(),
            {key: value for key, value in band.GetMetadata().items() if not key.startswith("STATISTICS")},
            band.GetMetadata("IMAGERY"),
            table and [(table.GetNameOfCol(at), table.GetValueAsString(0, at)) for at in range(table.GetColumnCount())],
            [band.GetColorTable().GetColorEntry(at) for at in range(3)] if band.GetColorTable() else None,
            band.GetMaskFlags(),
        )
        for band, table in zip(bands, tables)
    ], dataset.GetMetadata("ENVI")


@pytest.mark.parametrize("setting", ["crs", "nodata", "options"])
def test_all_that_a_file_says_of_its_bands_survives(numbered, source_of, setting):
    layer = numbered(
        change=with_all_that_bands_can_say, options="|option:NUM_THREADS=1" if setting == "options" else ""
    )
    path = layer.source().split("|")[0]
    if setting == "crs":
        layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    if setting == "nodata":
        layer.dataProvider().setUserNoDataValue(2, [QgsRasterRange(7, 7)])
    source = source_of(layer)
    assert source.path != path
    told = said_of(source.path)
    expected = said_of(path)
    if setting == "nodata":  # the second band has one now, that and nothing else
        assert told[0][1][-1] == gdal.GMF_NODATA
        expected = ([expected[0][0], (*expected[0][1][:-1], gdal.GMF_NODATA)], expected[1])
    assert told == expected
    assert told[0][0][:4] == ("heat <1>", 0.01, -273.15, "°C & K")


def test_colours_of_a_palette_survive(raster_file, source_of):
    path = raster_file(bands=1)
    copy, table = gdal.Translate("", path, format="MEM"), gdal.ColorTable()
    table.SetColorEntry(1, (10, 20, 30, 255))
    copy.GetRasterBand(1).SetColorTable(table)  # of a file that is being written GDAL 3.10 does not change it
    gdal.GetDriverByName("GTiff").CreateCopy(path, copy)
    layer = QgsRasterLayer(path, "colours")
    QgsProject.instance().addMapLayer(layer)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    dataset = gdal.Open(source_of(layer).path)
    assert dataset.GetRasterBand(1).GetColorTable().GetColorEntry(1) == (10, 20, 30, 255)
    assert dataset.GetRasterBand(1).GetColorInterpretation() == gdal.GCI_PaletteIndex


def test_scaling_is_compared_with_the_models_for_layers_with_settings(numbered, source_of):
    """What “other scaling” is told from: the scale and offset that the engine reads, and the type as it is stored."""
    layer = numbered(change=with_all_that_bands_can_say)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    source = source_of(layer)
    opened = open_sensor(SensorSpec("heat", (source,)))
    scale, offset = declared_scaling(opened.scenes[0])
    assert (scale.tolist(), offset.tolist()) == ([0.01], [-273.15])  # the second band is a bad one (bbl)
    assert opened.dtype == "uint16"
    assert look_at(source).bands == look_at(RasterSource(layer.source())).bands


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


def test_raster_without_a_place_does_not_get_one(provider, source_of, tmp_path):
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


# Refusals ------------------------------------------------------------


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
    with pytest.raises(InputError, match="signs in"):
        raster_source(layer)
