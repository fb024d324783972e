"""The context menu of layers, and models in QGIS's browser."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from colearn.engine.contract.manifest.manifest import Band
from colearn.plugin.mapping_dock import models
from colearn.plugin.mapping_dock.browser import ModelDrop, ModelItem, ModelItems
from colearn.plugin.mapping_dock.layer_menu import LayerActions, LayerMenu
from colearn.plugin.mapping_dock.layers.project_rasters import sources_of
from colearn.plugin.mapping_dock.layers.raster_reading import RasterReading
from osgeo import gdal
from qgis.core import QgsApplication, QgsDirectoryItem, QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QMenu

from ..manifests import a_manifest, write_model


def entries(layers, actions):
    menu, shown = QMenu(), LayerMenu(actions)
    shown.fill(menu, layers)
    shown.leave()
    return [(action.text(), action.isEnabled()) for action in menu.actions() if action.text()], menu


def test_models_that_fit_come_first_and_others_say_why_not(provider, settings, context, model, image, raster_layer):
    models.remember(model)
    actions = LayerActions(*[lambda *given: None] * 4)
    labels, _menu = entries([image], actions)
    assert labels == [
        ("Map with modèle d'été – optical (10 m)…", True),
        ("Map with another model…", True),
    ]
    labels, _menu = entries([raster_layer("other.tif")], actions)
    assert labels[0] == ("modèle d'été – optical (10 m): the image has no band B02", False)


def test_without_any_model_there_is_no_other_one(provider, settings, context, image):
    labels, _menu = entries([image], LayerActions(*[lambda *given: None] * 4))
    assert labels == [("Map with a model…", True)]


def test_a_single_band_is_offered_with_the_other_bands_of_its_image(
    provider, settings, context, tmp_path, raster_layer
):

    manifest = a_manifest()
    bands = tuple(Band(name, 1.0, 1.0, 0.0, 2.0) for name in ("B02", "B03"))
    camera = replace(manifest.sensors[0], bands=bands)
    models.remember(write_model(tmp_path / "m.colearn", replace(manifest, sensors=(camera,))))
    layers = [raster_layer(f"{name}.tif", bands=1) for name in ("S2_B02", "S2_B03", "S1_VV")]
    asked = []
    labels, menu = entries(layers[:1], LayerActions(lambda *given: asked.append(given), None, None, None))
    assert labels[0] == ("Map with m – optical (10 m), 2 layers…", True)
    menu.actions()[0].trigger()
    assert [layer.name() for layer in asked[0][0]] == ["S2_B02", "S2_B03"]


def test_the_menu_opens_the_dock_with_the_layer(provider, settings, context, model, image):
    models.remember(model)
    asked = []
    _labels, menu = entries([image], LayerActions(lambda *given: asked.append(given), None, None, None))
    menu.actions()[0].trigger()
    assert asked == [([image], model, "optical")]


def test_layers_that_go_while_the_menu_is_open_are_not_mapped(provider, settings, context, model, image):
    models.remember(model)
    asked = []
    _labels, menu = entries([image], LayerActions(lambda *given: asked.append(given), None, None, None))
    QgsProject.instance().removeMapLayer(image.id())
    menu.actions()[0].trigger()
    assert asked == [([], model, "optical")]


def test_a_map_of_colearn_offers_what_can_be_done_with_it(provider, settings, context, model, image):
    from colearn.plugin.model_card import read_manifest

    models.remember(model)
    dataset = gdal.Open(image.source(), gdal.GA_Update)
    dataset.SetMetadataItem("COLEARN_MODEL", read_manifest(model).identity)
    dataset.SetMetadataItem("COLEARN_SENSOR", "optical")
    dataset = None
    asked = []
    actions = LayerActions(None, asked.append, lambda *given: asked.append(given), lambda *given: asked.append(given))
    labels, menu = entries([image], actions)
    assert labels == [("Open report", False), ("Assess accuracy…", True), ("Map another scene…", True)]
    menu.actions()[1].trigger()
    menu.actions()[2].trigger()
    assert asked == [(image, model, "optical"), (model, "optical")]
    Path(model).with_suffix(".html").write_text("report", encoding="utf-8")
    labels, _menu = entries([image], actions)
    assert labels[0] == ("Open report", True)


def test_the_image_that_a_map_lies_on_is_proposed_for_its_assessment(provider, context, model, image, raster_file):
    """Unless another one of the place could be meant as well; one of other bands, or of another place, is not."""
    drawn = QgsRasterLayer(raster_file("map.tif", bands=1), "map")
    elsewhere = gdal.Translate(raster_file("elsewhere.tif"), image.source(), outputBounds=[0, 60, 80, 0])
    elsewhere.FlushCache()
    others = [QgsRasterLayer(elsewhere.GetDescription(), "elsewhere"), QgsRasterLayer(raster_file("o.tif"), "no B02")]
    QgsProject.instance().addMapLayers([drawn, *others])
    reading, found = RasterReading(), []
    reading.read_project(found.append)
    assert sources_of(drawn.id(), model, "optical", found[0]) == [image.id()]
    assert sources_of(drawn.id(), model, "radar", found[0]) == []
    assert sources_of(drawn.id(), "gone.colearn", "optical", found[0]) == []
    QgsProject.instance().addMapLayer(QgsRasterLayer(image.source(), "of another day"))
    reading.read_project(found.append)
    assert sources_of(drawn.id(), model, "optical", found[1]) == []
    reading.leave()


def test_vector_layers_get_no_entry(provider, settings, context, memory_labels):
    assert entries([memory_labels()], None)[0] == []
    assert entries([], None)[0] == []


def test_a_model_is_an_item_of_the_browser_with_its_card(provider, model, tmp_path):
    opened = []
    items = ModelItems(opened.append)
    item = items.createDataItem(model, None)
    assert isinstance(item, ModelItem)
    assert "fclass" in item.toolTip()
    assert item.handleDoubleClick()
    assert opened == [model]
    assert items.createDataItem(str(tmp_path / "image.tif"), None) is None
    drop = ModelDrop(opened.append)
    drop.handleCustomUriDrop(item.mimeUri())
    assert drop.handleFileDrop(model)
    assert not drop.handleFileDrop("image.tif")
    assert opened == [model, model, model]


def test_a_damaged_model_is_marked_in_its_tooltip(provider, tmp_path):
    path = tmp_path / "bad.colearn"
    path.write_bytes(b"not a zip")
    assert "model_unreadable" in ModelItems(print).createDataItem(str(path), None).toolTip()


def test_qgis_itself_lists_models_among_the_files_of_a_folder(provider, model):
    registry = QgsApplication.dataItemProviderRegistry()
    items = ModelItems(print)
    registry.addProvider(items)
    try:
        folder = QgsDirectoryItem(None, "folder", str(Path(model).parent))
        children = folder.createChildren()
        assert [child.name() for child in children] == ["modèle d'été.colearn"]
        assert "fclass" in children[0].toolTip()
    finally:
        registry.removeProvider(items)


def test_a_model_in_the_browser_offers_what_can_be_done_with_it(provider, settings, model, monkeypatch):
    opened, forms = [], []
    shown = SimpleNamespace(show=lambda: None)
    monkeypatch.setattr("processing.createAlgorithmDialog", lambda *given: forms.append(given) or shown)
    menu = QMenu()
    actions = ModelItem(None, model, opened.append).actions(menu)
    assert [action.text() for action in actions] == [
        *("Map with this model…", "Inspect…", "Edit the classes…", "Export a sensor to ONNX…")
    ]
    for action in actions:
        action.trigger()
    assert opened == [model]
    names = ("inspectmodel", "editclasses", "exportsensor")
    assert forms == [(f"colearn:{name}", {"MODEL": model}) for name in names]
    registry = QgsApplication.processingRegistry()
    assert all(registry.algorithmById(f"colearn:{name}") is not None for name in names)
