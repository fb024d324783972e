"""Styles for every task and kind of raster."""

from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.map_choices import Confidence
from colearn.plugin.styles.raster_styling import Kind, Style, write_sidecar
from osgeo import gdal
from qgis.core import QgsPalettedRasterRenderer, QgsPointXY, QgsRasterLayer, QgsSingleBandPseudoColorRenderer

from ..manifests import a_manifest


@pytest.fixture
def raster(provider, tmp_path):
    path = tmp_path / "Karte ü.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 3, 1, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform((0, 1, 0, 0, 0, -1))
    dataset.GetRasterBand(1).WriteRaster(0, 0, 1, 1, b"\x00\x00\x00\x40")
    dataset = None
    return str(path)


def opened(raster, task, kind=Kind.MAP):
    assert write_sidecar(raster, Style(a_manifest(task), kind))
    return QgsRasterLayer(raster)


def test_regression_runs_over_the_range_of_the_target(raster):
    layer = opened(raster, Task.REGRESSION)
    renderer = layer.renderer()  # the layer must live on: Python does not know that it owns the renderer
    assert isinstance(renderer, QgsSingleBandPseudoColorRenderer)
    assert (renderer.classificationMin(), renderer.classificationMax()) == (2.0, 34.0)
    items = renderer.shader().rasterShaderFunction().colorRampItemList()
    assert [item.value for item in items] == [2.0, 10.0, 18.0, 26.0, 34.0]
    assert renderer.shader().shade(2.0)[1:4] == (0x44, 0x01, 0x54)
    assert renderer.shader().shade(34.0)[1:4] == (0xFD, 0xE7, 0x25)


def test_probabilities_run_from_0_to_1(raster):
    renderer = opened(raster, Task.CLASSIFICATION, Kind.PROBABILITIES).renderer()
    assert (renderer.classificationMin(), renderer.classificationMax()) == (0.0, 1.0)


def with_shares(*shares, optimize="balanced_accuracy"):
    manifest = a_manifest()
    classes = tuple(replace(label, share=share) for label, share in zip(manifest.classes, shares, strict=True))
    return replace(manifest, classes=classes, optimize=optimize)


@pytest.mark.parametrize(
    ("manifest", "measure", "least"),
    [
        (a_manifest(), Confidence.MAXIMUM, 1 / 2),  # the more probable of two has at least half
        (with_shares(0.9, 0.1, optimize="accuracy"), Confidence.MAXIMUM, 1 / 2),
        (with_shares(0.9, 0.1), Confidence.MAXIMUM, 0.1),  # p = (0.9 − ε, 0.1 + ε): 0.1 + ε over 0.1 is the larger
        (a_manifest(), Confidence.MARGIN, 0.0),
        (a_manifest(), Confidence.ENTROPY, 0.0),
        (a_manifest(Task.MULTILABEL), Confidence.MAXIMUM, 0.0),
    ],
)
def test_confidence_runs_from_the_least_that_a_mapped_class_can_have(raster, manifest, measure, least):
    assert write_sidecar(raster, Style(manifest, Kind.CONFIDENCE, measure=measure))
    renderer = QgsRasterLayer(raster).renderer()
    assert (renderer.classificationMin(), renderer.classificationMax()) == (pytest.approx(least), 1.0)


def test_multilabel_shows_the_first_label_and_nothing_where_it_is_absent(raster):
    layer = opened(raster, Task.MULTILABEL)
    renderer = layer.renderer()
    assert isinstance(renderer, QgsPalettedRasterRenderer)
    entries = {entry.value: (entry.label, entry.color.alpha()) for entry in renderer.classes()}
    assert entries == {0: ("not forest", 0), 1: ("forest", 255)}


def test_unsure_pixels_are_a_grey_class_of_their_own(raster):
    manifest = a_manifest()
    assert write_sidecar(raster, Style(manifest, Kind.MAP, has_unsure=True))
    layer = QgsRasterLayer(raster)
    entries = {entry.value: (entry.label, entry.color.name()) for entry in layer.renderer().classes()}
    assert entries == {1: ("forest", "#008000"), 7: ("water", "#0000ff"), 254: ("unsure", "#9e9e9e")}


@pytest.mark.parametrize("dtype", [gdal.GDT_Float32, gdal.GDT_Byte])
def test_probabilities_stored_as_bytes_are_shown_from_0_to_1(provider, tmp_path, dtype):
    path = str(tmp_path / "p.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 1, 1, 1, dtype)
    dataset.SetGeoTransform((0, 1, 0, 0, 0, -1))
    dataset.GetRasterBand(1).Fill(127 if dtype == gdal.GDT_Byte else 0.5)
    if dtype == gdal.GDT_Byte:
        dataset.GetRasterBand(1).SetScale(1 / 254)
        dataset.GetRasterBand(1).SetOffset(0)
    del dataset
    layer = opened(path, Task.CLASSIFICATION, Kind.PROBABILITIES)
    assert layer.dataProvider().sample(QgsPointXY(0.5, -0.5), 1) == (pytest.approx(0.5), True)
    assert (layer.renderer().classificationMin(), layer.renderer().classificationMax()) == (0.0, 1.0)


def test_a_regression_in_whole_numbers_is_shown_in_its_own_values(provider, tmp_path):
    """QGIS applies scale and offset before the renderer: its range is in the target's unit."""
    path = str(tmp_path / "h.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 2, 1, 1, gdal.GDT_Int16)
    dataset.SetGeoTransform((0, 1, 0, 0, 0, -1))
    band = dataset.GetRasterBand(1)
    band.SetNoDataValue(-32768)
    band.SetScale(0.002)
    band.SetOffset(18.0)
    band.WriteRaster(0, 0, 2, 1, (-5000).to_bytes(2, "little", signed=True) + b"\x00\x80")
    del band, dataset
    layer = opened(path, Task.REGRESSION)
    provider = layer.dataProvider()
    assert provider.sample(QgsPointXY(0.5, -0.5), 1) == (pytest.approx(8.0), True)
    assert not provider.sample(QgsPointXY(1.5, -0.5), 1)[1]
    assert (layer.renderer().classificationMin(), layer.renderer().classificationMax()) == (2.0, 34.0)
    statistics = provider.bandStatistics(1)
    assert (statistics.minimumValue, statistics.maximumValue) == (pytest.approx(8.0), pytest.approx(8.0))


def test_the_legend_of_a_regression_has_its_unit(raster):
    manifest = a_manifest(Task.REGRESSION)
    measured = replace(manifest, targets=(replace(manifest.targets[0], unit="t/ha"),))
    assert write_sidecar(raster, Style(measured, Kind.MAP))
    layer = QgsRasterLayer(raster)
    function = layer.renderer().shader().rasterShaderFunction()
    assert function.legendSettings().suffix() == " t/ha"
    assert [item.label for item in function.colorRampItemList()][::4] == ["2 t/ha", "34 t/ha"]


def test_style_of_an_earlier_map_is_replaced(raster):
    opened(raster, Task.REGRESSION)
    layer = opened(raster, Task.CLASSIFICATION)
    assert isinstance(layer.renderer(), QgsPalettedRasterRenderer)


def test_raster_that_does_not_open_gets_no_style(provider, tmp_path):
    assert not write_sidecar(str(tmp_path / "gone.tif"), Style(a_manifest(), Kind.MAP))
    assert list(Path(tmp_path).iterdir()) == []


def test_the_style_of_an_input_of_the_same_name_is_left_alone(raster, tmp_path):
    """QGIS has one name for the styles of S2.tif and S2.jp2."""
    jp2 = str(Path(raster).with_suffix(".jp2"))
    assert not write_sidecar(raster, Style(a_manifest(), Kind.MAP), beside=(jp2,))
    assert not Path(raster).with_suffix(".qml").exists()
    assert write_sidecar(raster, Style(a_manifest(), Kind.MAP), beside=(str(tmp_path / "other.jp2"),))
