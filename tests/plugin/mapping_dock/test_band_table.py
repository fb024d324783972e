"""The table of bands: which is which, chosen by hand."""

from dataclasses import replace

from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer


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
    assert "assign the bands in the table" in dock.verdict_label.text()
    row = next(at for at in range(dock.bands.rowCount()) if dock.bands.item(at, 0).text() == "B02")
    box = dock.bands.cellWidget(row, 1)
    assert [box.itemText(at) for at in range(box.count())] == [
        "missing",
        "première",
        "deuxième",
        "match all by name",
    ]
    box.activated.emit(box.findText("deuxième"))
    assert dock.session.form.bands == ("deuxième",)
    assert dock.bands.cellWidget(0, 1).currentText() == "deuxième"
    wait(lambda: dock.bands.item(0, 2).text())  # its values are looked at
    dock.map_button.click()
    assert dock.session.run.parameters["INPUT_BANDS"] == "deuxième"
    wait(lambda: not dock.session.is_running())
    assert dock.message_text().startswith("Mapped")
    box = dock.bands.cellWidget(0, 1)
    box.activated.emit(box.findText("match all by name"))
    assert dock.session.form.bands == ()
    assert not dock.map_button.isEnabled()


def test_bands_given_for_one_image_are_forgotten_with_it(dock, model, image):
    dock.open_layers([image], model)
    dock.session.give_band("B02", "B02")
    assert dock.session.form.bands == ("B02",)
    dock.session.choose_layers([image])
    assert dock.session.form.bands == ()


def test_lists_of_bands_before_are_not_seen_any_more(dock, model, image):
    dock.open_layers([image], model)
    before = dock.bands.cellWidget(0, 1)
    dock.bands.fill(replace(dock.session.shown_fit(), offered=("B02", "B03")), {})
    assert dock.bands.cellWidget(0, 1) is not before
    assert before.isHidden()


def test_lists_are_made_anew_only_for_other_bands(dock, model, image):
    """With each layer added to the project, hundreds of bands took QGIS seconds."""
    dock.open_layers([image], model)
    before = dock.bands.cellWidget(0, 1)
    dock.fill()
    assert dock.bands.cellWidget(0, 1) is before
