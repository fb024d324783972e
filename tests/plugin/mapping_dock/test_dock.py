"""The dock in QGIS, with an engine that a test chooses."""

import datetime
from dataclasses import replace

from colearn.plugin.mapping_dock import models
from colearn.plugin.mapping_dock.form.map_form import Area
from osgeo import gdal
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsRectangle

from ..manifests import a_manifest, write_model


def test_an_empty_dock_asks_for_a_model(dock):
    assert dock.verdict_label.text() == "Choose a model, or train one."
    assert not dock.map_button.isEnabled()


def test_the_sensor_is_recognized_from_the_layer(dock, model, image, wait):
    dock.open_layers([image], model)
    assert dock.session.form.sensor == "optical"
    assert dock.bands.item(0, 0).text() == "B02"
    assert dock.bands.cellWidget(0, 1).currentText() == "B02"
    wait(lambda: dock.bands.item(0, 2).text() == "as in training")  # values 0 to 2; trained on 0 to 2
    assert dock.verdict_label.text() == "To map: 48 pixels."
    assert "fclass" in dock.choices.card.text()
    assert "optical: balanced accuracy" in dock.choices.card.toolTip()
    assert dock.map_button.isEnabled()
    radar = dock.choices.sensor_box.findData("radar")
    assert not dock.choices.sensor_box.model().item(radar).isEnabled()


def test_rasters_of_a_large_project_are_judged_without_being_shown(dock, model, raster_layer, image):
    """The dock was filled anew for each of them: seconds, in which QGIS stood still."""
    for number in range(12):
        raster_layer(f"other_{number}.tif")
    filled = []
    dock.session.changed.connect(lambda: filled.append(dock.session.form))
    dock.open_model(model)
    assert [raster.key for raster in dock.session.form.rasters] == [image.id()]
    assert len(filled) == 2  # with the model, then with the raster that fits


def test_an_image_of_no_sensor_is_reported(dock, model, raster_layer):
    dock.open_layers([raster_layer("other.tif")], model)
    assert dock.verdict_label.text() == (
        "This image does not match any sensor of the model. Closest, optical: the image has no band B02. "
        "If only the band names differ, assign the bands in the table."
    )
    assert not dock.map_button.isEnabled()


def test_files_of_a_band_each_that_fit_together_are_taken_with_the_model(dock, raster_file, tmp_path):
    """As they were trained on: nobody need gather them again."""
    manifest = a_manifest()
    optical, radar = manifest.sensors
    bands = tuple(replace(optical.bands[0], name=name) for name in ("B02", "B03", "B04"))
    for number, name in enumerate(("B04", "B11", "B02", "B03")):
        path = raster_file(f"{name}_{number}.tif", bands=1)
        dataset = gdal.Open(path, gdal.GA_Update)
        dataset.GetRasterBand(1).SetDescription(name)
        dataset = None
        QgsProject.instance().addMapLayer(QgsRasterLayer(path, name))
    sensors = (replace(optical, bands=bands), replace(radar, bands=(replace(bands[0], name="VV"),)))
    dock.open_model(write_model(tmp_path / "m.colearn", replace(manifest, sensors=sensors)))
    assert dock.session.form.sensor == "optical"
    assert sorted(raster.name for raster in dock.session.form.rasters) == ["B02", "B03", "B04"]
    assert dock.map_button.isEnabled()
    model = dock.session.form.model
    for name, taken in (("B03", ["B02", "B03", "B04"]), ("B11", ["B11"])):  # B11 is of no sensor: it stays alone
        dock.choices.model_box.setCurrentIndex(0)
        dock.session.choose_layers(QgsProject.instance().mapLayersByName(name))
        dock.choices.model_box.setCurrentIndex(dock.choices.model_box.findData(model))
        dock.choices.model_box.activated.emit(dock.choices.model_box.currentIndex())
        assert sorted(raster.name for raster in dock.session.form.rasters) == taken


def test_an_image_is_picked_as_files_where_the_project_has_none(dock, model, image, tmp_path):
    path = image.source()
    QgsProject.instance().removeMapLayer(image)
    dock.open_model(model)
    no_raster = tmp_path / "notes.txt"
    no_raster.write_text("none", encoding="utf-8")
    dock.session.open_files([path, f"{path}.aux.xml", str(no_raster)])
    (layer,) = QgsProject.instance().mapLayers().values()
    assert dock.choices.image_box.currentText() == layer.name() == "scène"
    assert dock.map_button.isEnabled()
    assert dock.message_text() == "No raster: notes"


def test_files_of_a_training_are_the_image_where_no_layer_fits(dock, model, image):
    path = image.source()
    dock.open_model(model, [path])
    assert [raster.key for raster in dock.session.form.rasters] == [image.id()]  # a layer that fits goes first
    QgsProject.instance().removeMapLayer(image)
    dock.open_model(model, [path])
    assert [raster.source for raster in dock.session.form.rasters] == [path]
    assert dock.map_button.isEnabled()


def test_what_is_no_model_is_refused(dock, tmp_path):
    path = tmp_path / "no.colearn"
    path.write_bytes(b"PK")
    dock.open_model(str(path))
    assert "model_unreadable" in dock.message_text()


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


def test_models_used_lately_come_first(settings, tmp_path):
    first, second = write_model(tmp_path / "a.colearn"), write_model(tmp_path / "b.colearn")
    for path in (first, second, str(tmp_path / "gone.colearn"), first):
        models.remember(path)
    assert [known.name for known in models.known_models()][:2] == ["a", "b"]  # what is gone is left out


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


def test_on_a_low_screen_buttons_and_messages_stay_in_sight(dock, model, image):
    dock.open_layers([image], model)
    dock.setFloating(True)
    dock.resize(400, 560)  # what a screen of 768 px leaves of a dock beside toolbars and status bar
    dock.show()
    QgsApplication.processEvents()
    for widget in (dock.map_button, dock.preview_button, dock.click_button, dock.verdict_label):
        assert widget.isVisible()
        corner = widget.mapTo(dock, widget.rect().bottomRight())
        assert corner.y() <= dock.height()
        assert corner.x() <= dock.width()
        assert not widget.visibleRegion().isEmpty()


def test_a_finished_map_is_reported_without_moving_rows(dock, model, image, fake_engine, wait):
    """On a low screen a line in the bar above would push the last row of the form out of sight."""
    fake_engine("succeed")
    dock.open_layers([image], model)
    dock.setFloating(True)
    dock.resize(400, 560)
    QgsApplication.processEvents()
    row = dock.outputs.confidence
    before = row.mapTo(dock, row.rect().topLeft()).y()
    dock.map_button.click()
    wait(lambda: not dock.session.is_running())
    QgsApplication.processEvents()
    assert row.mapTo(dock, row.rect().topLeft()).y() == before
    today = f"{datetime.date.today():%Y-%m-%d}"
    assert dock.verdict_label.text() == dock.message_text() == f"Mapped: modèle_d_été_optical_{today}.tif"
    dock.session.edit(replace(dock.session.form, probabilities=True))  # something else is asked for now
    assert dock.verdict_label.text().startswith("To map: ")


def test_polygons_count_the_pixels_around_them(dock, model, image, memory_labels):
    dock.open_layers([image], model)
    whole = dock.session.pixels()
    polygons = memory_labels()
    dock.session.edit(replace(dock.session.form, area=Area.POLYGONS, mask_key=polygons.id()))
    box = polygons.extent().intersect(image.extent())
    expected = round(box.width() / 10) * round(box.height() / 10) if not box.isEmpty() else 0
    assert dock.session.pixels() == expected
    assert expected <= whole
