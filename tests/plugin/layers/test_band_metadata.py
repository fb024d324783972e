"""All that a file says of its bands survives the settings of its layer."""

import pytest
from colearn.engine.contract.job.sources import RasterSource, SensorSpec
from colearn.engine.input_checks.scaling import declared_scaling
from colearn.engine.raster.files.dataset import look_at
from colearn.engine.raster.sensors.open import open_sensor
from colearn.plugin.layers.band_metadata import file_facts
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRasterRange


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


def metadata_of(path):
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
    found = metadata_of(source.path)
    expected = metadata_of(path)
    if setting == "nodata":  # the second band has one now, that and nothing else
        assert found[0][1][-1] == gdal.GMF_NODATA
        expected = ([expected[0][0], (*expected[0][1][:-1], gdal.GMF_NODATA)], expected[1])
    assert found == expected
    assert found[0][0][:4] == ("heat <1>", 0.01, -273.15, "°C & K")


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
    """What “other scaling” is recognized by: the scale and offset that the engine reads, and the type as stored."""
    layer = numbered(change=with_all_that_bands_can_say)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    source = source_of(layer)
    opened = open_sensor(SensorSpec("heat", (source,)))
    scale, offset = declared_scaling(opened.scenes[0])
    assert (scale.tolist(), offset.tolist()) == ([0.01], [-273.15])  # the second band is a bad one (bbl)
    assert opened.dtype == "uint16"
    assert look_at(source).bands == look_at(RasterSource(layer.source())).bands


def test_names_of_bands_are_read_once_until_the_file_changes(raster_file, monkeypatch):
    """Forms ask at every change, and a file may lie on a slow drive."""
    path, opened = raster_file(bands=1), []
    open_ex = gdal.OpenEx
    monkeypatch.setattr(gdal, "OpenEx", lambda *given, **named: opened.append(given) or open_ex(*given, **named))
    assert [file_facts(path).bands for _time in range(3)] == 3 * [("",)]
    assert len(opened) == 1
    dataset = gdal.Open(path)  # read-only: what is set goes into a file beside it
    dataset.GetRasterBand(1).SetDescription("red")
    dataset = None
    assert file_facts(path).bands == ("red",)
    assert file_facts(f"/vsisubfile/0,{path}").bands == ("",)  # no plain file: asked anew each time
    assert len(opened) == 3
