"""The dock, the context menu, models in the browser, the unsure slider: in QGIS, with an engine that a test chooses."""

from pathlib import Path

import pytest
from colearn.engine.contract.manifest.manifest import Band
from colearn.plugin.mapping_dock import models, unsure
from colearn.plugin.mapping_dock.browser import ModelDrop, ModelItem, ModelItems
from colearn.plugin.mapping_dock.dock import MapDock
from colearn.plugin.mapping_dock.form.map_form import Area
from colearn.plugin.mapping_dock.layer_menu import LayerActions, fill_layer_menu
from colearn.plugin.mapping_dock.unsure import PROVIDER_ID, THRESHOLD, UnsureSlider, cover_unsure
from osgeo import gdal
from qgis.core import QgsApplication, QgsDirectoryItem, QgsPointXY, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtWidgets import QMenu

from ..manifests import a_manifest, write_model


@pytest.fixture
def canvas(qgis_app):
    canvas = QgsMapCanvas()
    yield canvas
    canvas.deleteLater()


@pytest.fixture
def dock(provider, settings, canvas):
    dock = MapDock(canvas)
    yield dock
    dock.release()
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QgsProject.instance().clear()


@pytest.fixture
def model(tmp_path):
    """A model of two sensors with one named band each: B02 of the camera, VV of the radar."""
    from dataclasses import replace

    manifest = a_manifest()
    optical, radar = manifest.sensors
    radar = replace(radar, bands=(Band("VV", 1.0, 1.0, 0.0, 2.0),), pixel_m=20.0)
    return write_model(tmp_path / "modèle d'été.colearn", replace(manifest, sensors=(optical, radar)))


@pytest.fixture
def image(raster_file):
    """A raster layer of the project whose one band is called B02."""
    path = raster_file("scène.tif", bands=1)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetDescription("B02")
    dataset = None
    layer = QgsRasterLayer(path, "scène")
    QgsProject.instance().addMapLayer(layer)
    return layer


# The dock ------------------------------------------------------------


def test_an_empty_dock_asks_for_a_model(dock):
    assert dock.told.text() == "Choose a model, or train one."
    assert not dock.map_button.isEnabled()


def test_the_sensor_is_recognized_from_the_layer(dock, model, image):
    dock.open_layers([image], model)
    assert dock.session.form.sensor == "optical"
    assert dock.bands.item(0, 0).text() == "B02"
    assert dock.bands.cellWidget(0, 1).currentText() == "B02"
    assert dock.bands.item(0, 2).text() == "as in training"  # values 0 to 2; trained on 0 to 2
    assert dock.told.text() == "To map: 48 pixels."
    assert "fclass" in dock.choices.card.text()
    assert dock.map_button.isEnabled()
    radar = dock.choices.sensor_box.findData("radar")
    assert not dock.choices.sensor_box.model().item(radar).isEnabled()


def test_an_image_of_no_sensor_is_told(dock, model, raster_layer):
    dock.open_layers([raster_layer("other.tif")], model)
    assert dock.told.text() == (
        "This image is not of the model's sensors. Nearest, optical: the image lacks B02. "
        "Where its bands have other names, choose them in the table."
    )
    assert not dock.map_button.isEnabled()


def test_what_is_no_model_is_refused(dock, tmp_path):
    path = tmp_path / "no.colearn"
    path.write_bytes(b"PK")
    dock.open_model(str(path))
    assert "model_unreadable" in dock.message_text()


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
    assert dock.session.form.output != output  # the next map replaces none
    assert dock.message_text().startswith("Mapped: modèle d'été")


def test_a_map_is_grouped_as_it_was_asked_for_whatever_is_chosen_meanwhile(dock, model, image, fake_engine, wait):
    fake_engine("succeed")
    dock.open_layers([image], model)
    dock.map_button.click()
    dock.session.choose_layers([])  # the person goes on to the next image
    wait(lambda: not dock.session.is_running())
    group = QgsProject.instance().layerTreeRoot().children()[0]
    assert group.name().startswith("modèle d'été · optical · 20")
    confidence, _map = (node.layer() for node in group.findLayers())
    assert confidence.customProperty("embeddedWidgets/0/id") == PROVIDER_ID


@pytest.mark.parametrize(("scenario", "told"), [("fail", "labels_empty"), ("crash", "engine_died")])
def test_a_failure_is_told_in_the_dock(dock, model, image, fake_engine, wait, scenario, told):
    fake_engine(scenario)
    dock.open_layers([image], model)
    dock.map_button.click()
    wait(lambda: not dock.session.is_running())
    assert told in dock.message_text()
    assert dock.map_button.isEnabled()


def test_a_preview_is_the_window_around_the_canvas_centre(dock, model, image, canvas, fake_engine, wait):
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    for _again in range(2):  # the second takes the first one's place
        dock.preview_button.click()
        given = dock.session.run.parameters
        assert given["EXTENT"] == "500000.0,500080.0,5799940.0,5800000.0 [EPSG:32633]"
        assert "OUTPUT_CONFIDENCE" not in given
        wait(lambda: not dock.session.is_running())
    root = QgsProject.instance().layerTreeRoot()
    assert [node.name() for node in root.findGroup("CoLearn preview").findLayers()] == ["modèle d'été · optical"]


def test_an_engine_that_dies_in_a_preview_is_told_and_the_next_preview_has_another(
    dock, model, image, canvas, fake_engine, wait
):
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    for scenario, told in (("crash", "engine_died"), ("succeed", "")):
        fake_engine(scenario)
        dock.preview_button.click()
        wait(lambda: not dock.session.is_running())
        assert told in dock.message_text()
    assert QgsProject.instance().layerTreeRoot().findGroup("CoLearn preview") is not None


def test_a_preview_under_way_ends_with_the_dock(provider, settings, model, image, canvas, fake_engine, wait):
    fake_engine("deaf")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    closed = MapDock(canvas)
    closed.open_layers([image], model)
    closed.preview_button.click()
    run = closed.session.run
    wait(lambda: closed.bar.value() == 10)  # per cent: the engine is at work
    closed.release()  # as when QGIS is quit
    wait(lambda: run.is_over, patience_s=5)
    assert run.is_cancelled
    QgsApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert list(QgsProject.instance().mapLayers()) == [image.id()]
    QgsProject.instance().clear()


def test_a_preview_of_a_layer_that_has_gone_meanwhile_is_not_shown(dock, model, image, canvas, fake_engine, wait):
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(image.extent())
    dock.open_layers([image], model)
    dock.preview_button.click()
    QgsProject.instance().clear()  # another project is opened
    wait(lambda: not dock.session.is_running())
    assert QgsProject.instance().mapLayers() == {}


def test_a_preview_at_a_click_is_around_it_and_gives_the_tool_back(dock, model, image, canvas, fake_engine, wait):
    fake_engine("succeed")
    canvas.setDestinationCrs(image.crs())
    dock.open_layers([image], model)
    before = QgsMapToolPan(canvas)
    canvas.setMapTool(before)
    dock.click_button.click()
    tool = canvas.mapTool()
    assert tool is not before
    tool.canvasClicked.emit(QgsPointXY(500_010, 5_799_990), Qt.MouseButton.LeftButton)
    assert canvas.mapTool() is before
    assert dock.session.is_running()
    wait(lambda: not dock.session.is_running())
    canvas.unsetMapTool(before)


def test_a_preview_outside_the_image_is_told(dock, model, image, canvas):
    canvas.setDestinationCrs(image.crs())
    canvas.setExtent(QgsRectangle(0, 0, 10, 10))
    dock.open_layers([image], model)
    dock.preview_button.click()
    assert "outside the image" in dock.message_text()
    assert not dock.session.is_running()


def test_the_area_is_the_canvas_or_polygons(dock, model, image, canvas, memory_labels):
    canvas.setDestinationCrs(image.crs())
    dock.open_layers([image], model)
    canvas.setExtent(QgsRectangle(500_000, 5_799_980, 500_020, 5_800_000))
    dock.choices.area_box.setCurrentIndex(dock.choices.area_box.findData(Area.CANVAS.value))
    dock.choices.area_box.activated.emit(dock.choices.area_box.currentIndex())
    assert dock.session.form.frame is not None
    assert dock.session.pixels() <= 48
    polygons = memory_labels()
    dock.choices.area_box.setCurrentIndex(dock.choices.area_box.findData(Area.POLYGONS.value))
    dock.choices.area_box.activated.emit(dock.choices.area_box.currentIndex())
    dock.choices.polygon_box.setCurrentIndex(dock.choices.polygon_box.findData(polygons.id()))
    dock.choices.polygon_box.activated.emit(dock.choices.polygon_box.currentIndex())
    assert dock.session.form.job().mask.path == polygons.id()


def test_a_layer_that_is_deleted_is_chosen_no_more(dock, model, image):
    dock.open_layers([image], model)
    QgsProject.instance().removeMapLayer(image.id())
    assert dock.session.form.rasters == ()
    assert not dock.map_button.isEnabled()


def test_models_used_lately_come_first(settings, tmp_path):
    first, second = write_model(tmp_path / "a.colearn"), write_model(tmp_path / "b.colearn")
    for path in (first, second, str(tmp_path / "gone.colearn"), first):
        models.remember(path)
    assert [known.name for known in models.known_models()][:2] == ["a", "b"]  # what is gone is left out


# The context menu ----------------------------------------------------


def entries(layers, actions):
    menu = QMenu()
    fill_layer_menu(menu, layers, actions)
    return [(action.text(), action.isEnabled()) for action in menu.actions() if action.text()], menu


def test_models_that_fit_come_first_and_others_say_why_not(provider, settings, context, model, image, raster_layer):
    models.remember(model)
    actions = LayerActions(*[lambda *given: None] * 4)
    told, _menu = entries([image], actions)
    assert told == [
        ("Map with modèle d'été – optical (10 m)…", True),
        ("Map with another model…", True),
    ]
    told, _menu = entries([raster_layer("other.tif")], actions)
    assert told[0] == ("modèle d'été – optical (10 m): the image lacks B02", False)


def test_a_single_band_is_offered_with_the_other_bands_of_its_image(
    provider, settings, context, tmp_path, raster_layer
):
    from dataclasses import replace

    manifest = a_manifest()
    bands = tuple(Band(name, 1.0, 1.0, 0.0, 2.0) for name in ("B02", "B03"))
    camera = replace(manifest.sensors[0], bands=bands)
    models.remember(write_model(tmp_path / "m.colearn", replace(manifest, sensors=(camera,))))
    layers = [raster_layer(f"{name}.tif", bands=1) for name in ("S2_B02", "S2_B03", "S1_VV")]
    asked = []
    told, menu = entries(layers[:1], LayerActions(lambda *given: asked.append(given), None, None, None))
    assert told[0] == ("Map with m – optical (10 m), 2 layers…", True)
    menu.actions()[0].trigger()
    assert [layer.name() for layer in asked[0][0]] == ["S2_B02", "S2_B03"]


def test_the_menu_opens_the_dock_with_the_layer(provider, settings, context, model, image):
    models.remember(model)
    asked = []
    _told, menu = entries([image], LayerActions(lambda *given: asked.append(given), None, None, None))
    menu.actions()[0].trigger()
    assert asked == [([image], model, "optical")]


def test_a_map_of_colearn_offers_what_can_be_done_with_it(provider, settings, context, model, image):
    from colearn.plugin.model_card import read_manifest

    models.remember(model)
    dataset = gdal.Open(image.source(), gdal.GA_Update)
    dataset.SetMetadataItem("COLEARN_MODEL", read_manifest(model).identity)
    dataset.SetMetadataItem("COLEARN_SENSOR", "optical")
    dataset = None
    asked = []
    actions = LayerActions(None, asked.append, lambda *given: asked.append(given), lambda *given: asked.append(given))
    told, menu = entries([image], actions)
    assert told == [("Open report", False), ("Assess accuracy…", True), ("Map another scene…", True)]
    menu.actions()[1].trigger()
    menu.actions()[2].trigger()
    assert asked == [(image, model, "optical"), (model, "optical")]
    Path(model).with_suffix(".html").write_text("report", encoding="utf-8")
    told, _menu = entries([image], actions)
    assert told[0] == ("Open report", True)


def test_vector_layers_get_no_entry(provider, settings, context, memory_labels):
    assert entries([memory_labels()], None)[0] == []
    assert entries([], None)[0] == []


# Models as items -----------------------------------------------------


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


def test_a_damaged_model_says_so_in_its_tooltip(provider, tmp_path):
    path = tmp_path / "bad.colearn"
    path.write_bytes(b"not a zip")
    assert "model_unreadable" in ModelItems(print).createDataItem(str(path), None).toolTip()


# The slider ----------------------------------------------------------


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
    return QgsRasterLayer(path, "confidence")


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


def test_the_slider_covers_the_layer_and_remembers(confidence):
    slider = UnsureSlider(confidence)
    slider.slider.setValue(60)
    assert covered(confidence) == [True, True, False, False]
    assert float(confidence.customProperty(THRESHOLD)) == 0.6
    assert slider.told.text() == "unsure below 60 %"
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
    monkeypatch.setattr("processing.execAlgorithmDialog", lambda *given: forms.append(given))
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


def test_the_quality_is_offered_where_a_model_has_both_and_reaches_the_run(dock, model, image, tmp_path):
    from dataclasses import replace

    from colearn.engine.contract import Estimate, FastCopy, Quality
    from colearn.plugin.mapping_dock.form.map_form import parameters_of

    manifest = a_manifest()
    fast = FastCopy("sensors/1.fast.onnx", 0.95, Estimate(0.8), Estimate(-0.01, -0.02, 0.0), 50, "validation")
    both = write_model(tmp_path / "both.colearn", replace(manifest, sensors=(replace(manifest.sensors[0], fast=fast),)))
    dock.session.choose_layers([image])
    dock.session.choose_model(str(model))
    box = dock.outputs.quality_box
    assert box.isHidden()
    dock.session.choose_model(str(both))
    assert not box.isHidden()
    assert "QUALITY" not in parameters_of(dock.session.form.job())
    box.setCurrentIndex(box.findData("fast"))
    box.activated.emit(box.currentIndex())
    assert dock.session.form.quality is Quality.FAST
    assert parameters_of(dock.session.form.job())["QUALITY"] == "fast"
    dock.session.choose_model(str(model))
    assert box.isHidden()
    assert "QUALITY" not in parameters_of(dock.session.form.job())


def test_a_band_of_another_name_is_chosen_in_the_table_and_reaches_the_job(dock, model, raster_file, fake_engine, wait):
    fake_engine("succeed")
    path = raster_file("étrange.tif", bands=2)
    dataset = gdal.Open(path, gdal.GA_Update)
    for number, name in enumerate(("première", "deuxième"), 1):
        dataset.GetRasterBand(number).SetDescription(name)
    dataset = None
    layer = QgsRasterLayer(path, "étrange")
    QgsProject.instance().addMapLayer(layer)
    dock.open_layers([layer], model)
    assert not dock.map_button.isEnabled()
    assert "choose them in the table" in dock.told.text()
    row = next(at for at in range(dock.bands.rowCount()) if dock.bands.item(at, 0).text() == "B02")
    box = dock.bands.cellWidget(row, 1)
    assert [box.itemText(at) for at in range(box.count())] == ["missing", "première", "deuxième", "all by name"]
    box.activated.emit(box.findText("deuxième"))
    assert dock.session.form.bands == ("deuxième",)
    assert dock.bands.cellWidget(0, 1).currentText() == "deuxième"
    assert dock.bands.item(0, 2).text()  # its values are looked at
    dock.map_button.click()
    assert dock.session.run.parameters["INPUT_BANDS"] == "deuxième"
    wait(lambda: not dock.session.is_running())
    assert dock.message_text().startswith("Mapped")
    box = dock.bands.cellWidget(0, 1)
    box.activated.emit(box.findText("all by name"))
    assert dock.session.form.bands == ()
    assert not dock.map_button.isEnabled()


def test_bands_given_for_one_image_are_forgotten_with_it(dock, model, image):
    dock.open_layers([image], model)
    dock.session.give_band("B02", "B02")
    assert dock.session.form.bands == ("B02",)
    dock.session.choose_layers([image])
    assert dock.session.form.bands == ()


def test_on_a_low_screen_the_buttons_and_what_is_told_stay_in_sight(dock, model, image):
    dock.open_layers([image], model)
    dock.setFloating(True)
    dock.resize(400, 560)  # what a screen of 768 px leaves of a dock beside toolbars and status bar
    dock.show()
    QgsApplication.processEvents()
    for widget in (dock.map_button, dock.preview_button, dock.click_button, dock.told):
        assert widget.isVisible()
        corner = widget.mapTo(dock, widget.rect().bottomRight())
        assert corner.y() <= dock.height()
        assert corner.x() <= dock.width()
        assert not widget.visibleRegion().isEmpty()


def test_lists_of_bands_before_are_not_seen_any_more(dock, model, image):
    dock.open_layers([image], model)
    before = dock.bands.cellWidget(0, 1)
    dock.fill()
    assert dock.bands.cellWidget(0, 1) is not before
    assert before.isHidden()
