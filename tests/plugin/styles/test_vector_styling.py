"""Styles of areas of classes and of samples: in the layer, inside a GeoPackage, beside a GeoJSON."""

import pytest
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.plugin.styles.vector_styling import PART_COLORS, PolygonStyle, SampleStyle, store
from osgeo import gdal, ogr
from qgis.core import QgsCategorizedSymbolRenderer, QgsRasterLayer, QgsVectorLayer

from ..manifests import FOREST, WATER

UNSURE = LabelClass(254, "unsure", "#9e9e9e")
STYLE = PolygonStyle((FOREST, WATER, UNSURE))


@pytest.fixture
def areas(provider, tmp_path):
    """Two polygons in a file; its path."""

    def make(name="Flächen ü.gpkg"):
        path = tmp_path / name
        driver = gdal.GetDriverByName("GPKG" if name.endswith("gpkg") else "GeoJSON")
        dataset = driver.Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
        layer = dataset.CreateLayer(path.stem, None, ogr.wkbPolygon)
        layer.CreateField(ogr.FieldDefn("code", ogr.OFTInteger))
        for at, code in enumerate((1, 7)):
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetField("code", code)
            ring = f"({at} 0, {at + 1} 0, {at + 1} 1, {at} 1, {at} 0)"
            feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON ({ring})"))
            layer.CreateFeature(feature)
        del layer, dataset
        return path

    return make


def categories(path):
    layer = QgsVectorLayer(str(path))
    renderer = layer.renderer()  # the layer must live on: Python does not know that it owns the renderer
    assert isinstance(renderer, QgsCategorizedSymbolRenderer)
    assert renderer.classAttribute() == "code"
    return [(each.value(), each.label(), each.symbol().color().name()) for each in renderer.categories()]


@pytest.mark.parametrize("name", ["Flächen ü.gpkg", "areas.geojson"])
def test_whoever_opens_the_file_sees_classes_in_their_colours(areas, name):
    path = areas(name)
    assert store(str(path), STYLE)
    legend = [(str(value), label, color) for value, label, color in categories(path)]
    assert legend == [("1", "forest", "#008000"), ("7", "water", "#0000ff"), ("254", "unsure", "#9e9e9e")]


def test_a_geopackage_holds_its_style_itself(areas, tmp_path):
    store(str(areas()), STYLE)
    assert [path.name for path in tmp_path.iterdir()] == ["Flächen ü.gpkg"]


def test_the_style_of_a_map_of_that_name_is_left_alone(areas, tmp_path):
    path = areas("map.geojson")
    assert not store(str(path), STYLE, beside=(str(tmp_path / "map.tif"), str(path)))
    assert not (tmp_path / "map.qml").exists()
    assert store(str(path), STYLE, beside=(str(tmp_path / "other.tif"), str(path)))


def test_a_layer_of_another_kind_is_not_changed(provider):
    STYLE.apply_style(QgsRasterLayer())


def test_a_file_that_does_not_open_gets_no_style(provider, tmp_path):
    assert not store(str(tmp_path / "gone.gpkg"), STYLE)
    assert list(tmp_path.iterdir()) == []


def test_samples_are_shown_by_their_part_of_the_split(provider, tmp_path):
    path = tmp_path / "samples.gpkg"
    dataset = gdal.GetDriverByName("GPKG").Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    layer = dataset.CreateLayer("samples", None, ogr.wkbPoint)
    layer.CreateField(ogr.FieldDefn("part", ogr.OFTString))
    del layer, dataset
    assert store(str(path), SampleStyle())
    shown = QgsVectorLayer(str(path))
    renderer = shown.renderer()
    assert renderer.classAttribute() == "part"
    assert {each.value(): each.symbol().color().name() for each in renderer.categories()} == PART_COLORS
