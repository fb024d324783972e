"""The slider that covers what is unsure."""

from pathlib import Path

import pytest
from colearn.plugin.mapping_dock import unsure
from colearn.plugin.mapping_dock.unsure import PROVIDER_ID, THRESHOLD, UnsureSlider, cover_unsure
from osgeo import gdal
from qgis.core import QgsLayerTree, QgsLayerTreeModel, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.gui import QgsLayerTreeView
from qgis.PyQt import sip

from ..waiting import work_until


def test_a_map_is_loaded_into_a_group_with_its_slider(dock, model, image, fake_engine, wait):
    fake_engine("succeed")
    dock.open_layers([image], model)
    output = dock.session.form.output
    dock.map_button.click()
    wait(lambda: not dock.session.is_running())
    assert Path(output).is_file()
    (group,) = [each for each in QgsProject.instance().layerTreeRoot().findGroups() if "optical" in each.name()]
    assert group.name().startswith("modèle d'été · optical · 20")
    layers = {node.layer().source(): node.layer() for node in group.findLayers()}
    assert list(layers) == [output.replace(".tif", "_confidence.tif"), output]  # the cover lies above the map
    confidence = layers[output.replace(".tif", "_confidence.tif")]
    assert set(confidence.styleManager().styles()) == {"confidence", "unsure"}  # the ramp is a click away
    assert confidence.customProperty("embeddedWidgets/0/id") == PROVIDER_ID
    assert all(node.isExpanded() for node in group.findLayers())  # the colours are explained at once
    assert [node.name() for node in group.findLayers()] == ["confidence", "map"]  # the group has model and sensor
    assert {layer.name() for layer in layers.values()} == {
        "modèle d'été · optical",
        "modèle d'été · optical · confidence",
    }
    assert dock.session.form.output != output  # the next map replaces none
    assert dock.message_text() == f"Mapped: {Path(output).name}"


def test_the_slider_is_in_the_layer_tree_at_once(confidence, qgis_app):
    """QGIS looks for widgets when the legend is made, and again when the renderer changes."""
    provider = unsure.register()
    view = QgsLayerTreeView()
    root = QgsLayerTree()
    model = QgsLayerTreeModel(root)
    model.setFlag(QgsLayerTreeModel.Flag.ShowLegend)
    model.setFlag(QgsLayerTreeModel.Flag.UseEmbeddedWidgets)
    view.setModel(model)
    node = root.addLayer(confidence)
    try:
        assert view.findChildren(UnsureSlider) == []
        unsure.give_slider(confidence)
        work_until(lambda: view.findChildren(UnsureSlider))
    finally:
        root.removeChildNode(node)
        for each in (view, model, root):  # in this order: each knows the next
            sip.delete(each)
        unsure.unregister()
    assert provider.id() == PROVIDER_ID


@pytest.fixture
def confidence(tmp_path, provider):
    """Four pixels: 0.2, 0.5, 0.8 and nodata."""
    import numpy as np

    path = str(tmp_path / "confidence.tif")
    dataset = gdal.GetDriverByName("GTiff").Create(path, 4, 1, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform((0, 1, 0, 1, 0, -1))
    dataset.GetRasterBand(1).SetNoDataValue(-1)
    dataset.GetRasterBand(1).WriteArray(np.array([[0.2, 0.5, 0.8, -1]], np.float32))
    dataset = None
    layer = QgsRasterLayer(path, "confidence")
    yield layer
    sip.delete(layer)  # after the last test it would outlive QGIS: a crash


def covered(layer):
    """Which pixels the layer's renderer draws."""
    block = layer.renderer().block(1, QgsRectangle(0, 0, 4, 1), 4, 1)
    return [block.color(0, col) >> 24 > 0 for col in range(4)]


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (0.0, [False, False, False, False]),
        (0.5, [True, False, False, False]),  # exactly as sure as asked for is sure enough
        (0.6, [True, True, False, False]),
        (1.0, [True, True, True, False]),
    ],
)
def test_what_is_less_sure_is_covered_and_nodata_is_not(confidence, threshold, expected):
    cover_unsure(confidence, threshold)
    assert covered(confidence) == expected


def test_the_legend_names_what_is_covered_and_nothing_where_nothing_is(confidence):
    legend = lambda: [label for label, _color in confidence.renderer().legendSymbologyItems()]  # noqa: E731
    cover_unsure(confidence, 0.0)
    assert legend() == ["no pixel is covered"]
    cover_unsure(confidence, 0.6)
    assert legend() == ["unsure (below 60 %)", "above the threshold"]


def test_the_slider_covers_the_layer_and_remembers(confidence):
    slider = UnsureSlider(confidence)
    slider.slider.setValue(60)
    assert covered(confidence) == [True, True, False, False]
    assert float(confidence.customProperty(THRESHOLD)) == 0.6
    assert slider.label.text() == "below 60 %"
    assert "confidence is below this value" in slider.toolTip()
    assert slider.sizeHint().width() <= 198  # of a Layers panel of 260 pixels, after its indent
    assert UnsureSlider(confidence).slider.value() == 60


def test_the_slider_is_known_to_qgis(confidence):
    from qgis.gui import QgsGui

    provider = unsure.register()
    try:
        registry = QgsGui.layerTreeEmbeddedWidgetRegistry()
        assert registry.provider(PROVIDER_ID) is provider
        assert provider.supportsLayer(confidence)
    finally:
        unsure.unregister()
