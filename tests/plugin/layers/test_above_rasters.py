"""Where new points stand in a project, and which CRS an empty project takes from them."""

import pytest
from colearn.plugin.layers.above_rasters import CRS_BEHAVIOR, PRESET, add_below_vectors, points_of
from qgis.core import QgsProject, QgsRasterLayer, QgsSettings, QgsVectorLayer
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas


@pytest.fixture
def project(qgis_app, settings):
    """An empty project, which takes the CRS of its first layer as in QGIS's window."""
    project = QgsProject.instance()
    project.clear()
    canvas = QgsMapCanvas()
    bridge = QgsLayerTreeMapCanvasBridge(project.layerTreeRoot(), canvas)
    yield project
    project.clear()
    bridge.deleteLater()
    canvas.deleteLater()


def points():
    return QgsVectorLayer("Point?crs=EPSG:4326&field=part:string", "land · samples", "memory")


def names(group):
    return [child.name() for child in group.children()]


def load(project, raster):
    layer = project.addMapLayer(points())
    points_of(raster)(layer)
    return layer


def test_points_stand_above_the_rasters_that_hid_them(project, raster_layer, wait):
    for name in ("first", "second"):
        raster_layer(f"{name}.tif")
    root = project.layerTreeRoot()
    layer = points()
    project.addMapLayer(layer, False)
    root.addLayer(layer)
    assert names(root)[-1] == "land · samples"
    points_of("")(layer)
    wait(lambda: names(root)[0] == "land · samples")
    assert len(names(root)) == 3 and project.mapLayer(layer.id()) is layer


def test_rasters_that_are_added_do_not_hide_points_and_polygons(project, raster_layer, raster_file):
    """A training on files leaves samples and their errors in the project; then the dock adds the image to map."""
    root = project.layerTreeRoot()
    raster_layer("base.tif")
    for name in ("samples", "test errors"):
        layer = points()
        layer.setName(name)
        project.addMapLayer(layer, False)
        root.insertLayer(0, layer)
    added = [QgsRasterLayer(raster_file(f"{band}.tif"), band) for band in ("B02", "B03")]
    add_below_vectors(added)
    assert names(root)[:2] == ["test errors", "samples"]
    assert sorted(names(root)[2:4]) == ["B02", "B03"] and names(root)[4] == "base"


def test_an_empty_project_takes_the_crs_of_the_raster(project, raster_file, wait):
    """In degrees, as the points are stored, the map looked skewed."""
    load(project, raster_file("optical.tif"))
    wait(lambda: project.crs().authid() == "EPSG:32633")


@pytest.mark.parametrize("others", ["a raster", "a preset CRS", "no such file"])
def test_other_projects_keep_their_crs(project, raster_file, raster_layer, wait, others):
    if others == "a raster":
        raster_layer("other.tif")
    elif others == "a preset CRS":
        QgsSettings().setValue(CRS_BEHAVIOR, PRESET, QgsSettings.Section.App)
    before = project.crs().authid()
    layer = load(project, raster_file("optical.tif") if others != "no such file" else "/no/such/file.tif")
    turns = []
    wait(lambda: len(turns) > 20 or turns.append(1))
    expected = {"a raster": ("EPSG:32633", before), "a preset CRS": (before,), "no such file": ("EPSG:4326",)}[others]
    assert project.crs().authid() in expected
    assert project.mapLayer(layer.id()) is not None
