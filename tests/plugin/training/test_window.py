"""The training window being filled: what it shows, what its rows and buttons do."""

import gc
import re
from dataclasses import replace

import pytest
from colearn.plugin.training.form.labels import ClassFacts
from colearn.plugin.training.form.problems import Problem
from colearn.plugin.training.layers import form_layers
from colearn.plugin.training.pages import class_table
from colearn.plugin.training.pages.checkable import add_items, check_only
from colearn.plugin.training.pages.sensor_tree import BANDS, LAYOUT, NAME, dropped_sources
from qgis.core import QgsMimeDataUtils
from qgis.gui import QgsCheckableComboBox
from qgis.PyQt.QtCore import QMimeData, QPointF, Qt, QUrl
from qgis.PyQt.QtGui import QColor, QDropEvent
from qgis.PyQt.QtWidgets import QFileDialog, QPushButton

from .verdicts import problems


def test_a_click_into_qgis_does_not_hide_the_window(window):
    """What is dragged from the Layers panel needs something to be dropped on."""
    kind = window.windowFlags() & Qt.WindowType.WindowType_Mask
    assert (kind, window.isModal()) == (Qt.WindowType.Dialog, False)
    assert window.windowFlags() & Qt.WindowType.WindowMaximizeButtonHint


def test_an_empty_window_says_what_is_needed(window):
    assert problems(window)[:2] == [Problem.ONE_SENSOR, Problem.NO_LABELS]
    assert "at least two sensors" in window.foot.verdict_label.text()
    assert not window.train_button.isEnabled()


def test_layers_of_a_project_make_a_form_that_is_ready(filled):
    # Three polygons: two of forest, one of meadow; the field fclass is the likeliest.
    assert [sensor.name for sensor in filled.session.form.sensors] == ["optical", "radar"]
    assert filled.session.form.labels.label_fields == ("fclass",)
    text = filled.foot.verdict_label.text()
    assert re.fullmatch(r"Ready: 2 sensors, 2 classes, 3 polygons, about [\d.]+ (s|min) \(1 warning\)", text)
    assert problems(filled) == [Problem.FEW_GROUPS]
    assert filled.train_button.isEnabled()
    assert filled.labels_page.table.rowCount() == 2


def test_a_file_is_opened_once_however_often_the_form_is_checked(window, raster_layer, monkeypatch):
    from colearn.plugin.training.layers import header_reading

    opened = []
    read = header_reading.file_facts
    monkeypatch.setattr(header_reading, "file_facts", lambda *given: opened.append(given[0]) or read(*given))
    layers = [raster_layer(f"S_B{number:02}.tif", bands=1) for number in range(1, 25)]
    window.session.add_layers(layers)
    window.session.edit(window.session.form.group_all())
    window.fill()
    assert sorted(opened) == sorted(layer.source() for layer in layers)


def test_a_problem_is_shown_on_its_row_with_a_button_that_corrects_it(window, raster_layer, raster_file):
    window.session.add_layers([raster_layer("optical.tif"), raster_layer("radar.tif")])
    form = window.session.form
    window.session.edit(form.put(form.sensors[1].rasters, 0))
    window.session.add_to_sensor([], [raster_file("optical.tif")], 0)
    window.fill()
    tree = window.sensors_page.tree
    assert problems(window)[0] is Problem.TWICE
    button = tree.itemWidget(tree.topLevelItem(0).child(0), NAME).findChild(QPushButton, "mend")
    button.click()
    assert [raster.name for raster in window.session.form.sensors[0].rasters] == ["radar", "optical"] or [
        raster.name for raster in window.session.form.sensors[0].rasters
    ] == ["optical", "radar"]


def test_bands_layout_and_name_are_chosen_in_the_row(filled):
    tree = filled.sensors_page.tree
    item = tree.topLevelItem(0)
    check_only(tree.itemWidget(item, BANDS), ["2"])
    assert filled.session.form.sensors[0].bands == ("2",)
    layouts = tree.itemWidget(item, LAYOUT)
    layouts.setCurrentIndex(layouts.findData("scenes"))
    filled.fill()
    tree.topLevelItem(0).setText(NAME, "Kamera")
    job = filled.session.form.job()
    assert (job.sensors[0].name, job.sensors[0].layout.value) == ("Kamera", "scenes")


def test_a_collection_of_garbage_leaves_the_bands_readable_from_their_start(filled):
    tree = filled.sensors_page.tree
    box = tree.itemWidget(tree.topLevelItem(0), BANDS)
    gc.collect()
    box.lineEdit().setText("a long list of bands, of which the end would be shown")
    assert box.lineEdit().cursorPosition() == 0


def test_the_bands_of_a_sensor_are_listed_at_once(qgis_app):
    """One by one, 369 bands took most of a second, each time the form was shown."""
    box, inserted = QgsCheckableComboBox(), []
    box.model().rowsInserted.connect(lambda *_where: inserted.append(box.count()))
    add_items(box, [str(band) for band in range(369)], {"0", "7"})
    assert inserted == [369]
    assert list(box.checkedItems()) == ["0", "7"]
    assert box.lineEdit().text() == "0, 7"


def test_what_is_dropped_is_taken_wherever_it_comes_from(window, raster_layer, raster_file):
    layer, path = raster_layer("optical.tif"), raster_file("radar.tif")
    from_panel = QgsMimeDataUtils.encodeUriList([QgsMimeDataUtils.Uri(layer)])
    from_files = QMimeData()
    from_files.setUrls([QUrl.fromLocalFile(path)])
    assert dropped_sources(from_panel) == [(layer.id(), "")]
    assert dropped_sources(from_files) == [("", path)]
    tree = window.sensors_page.tree
    tree.take(dropped_sources(from_panel), None)
    tree.take(dropped_sources(from_files), None)
    assert [sensor.name for sensor in window.session.form.sensors] == ["optical", "radar"]
    tree.take([("", raster_file("radar2.tif"))], 1)
    assert [len(sensor.rasters) for sensor in window.session.form.sensors] == [1, 2]


def test_a_layer_dragged_from_the_panel_stays_in_the_project(window, raster_layer):
    """The panel proposes to move it, and would remove from the project what was moved."""
    layer = raster_layer("optical.tif")
    dragged = QgsMimeDataUtils.encodeUriList([QgsMimeDataUtils.Uri(layer)])
    move, copy = Qt.DropAction.MoveAction, Qt.DropAction.CopyAction
    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier  # which proposes a move
    event = QDropEvent(QPointF(5, 5), move | copy, dragged, left, shift)
    assert event.proposedAction() == move
    window.sensors_page.tree.dropEvent(event)
    assert (event.isAccepted(), event.dropAction()) == (True, copy)
    assert [raster.key for raster in window.session.form.rasters()] == [layer.id()]


def test_without_a_raster_selected_all_layers_are_offered(window, raster_layer, memory_labels):
    """QGIS always has a current layer: labels alone are no sensor, and it would look as if nothing had happened."""
    raster_layer("optical.tif"), raster_layer("radar.tif")
    labels = memory_labels()
    for selected in ([], [labels]):
        window.messages.clear()
        window.sensors_page._selected_layers = lambda selected=selected: selected
        window.sensors_page._add_selected.click()
        assert "No raster layer is selected" in window.message_text()
    window.messages.bar.currentItem().findChild(QPushButton).click()
    assert sorted(sensor.name for sensor in window.session.form.sensors) == ["optical", "radar"]
    window.fill()  # as soon as the form has settled
    assert window.message_text() == ""


def test_files_are_offered_where_the_project_has_no_raster(window, raster_file, memory_labels, monkeypatch):
    memory_labels()
    path = raster_file("optical.tif")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_given: ([path], ""))
    window.sensors_page._add_selected.click()
    assert "The project has no raster layer" in window.message_text()
    window.messages.bar.currentItem().findChild(QPushButton).click()
    assert [sensor.name for sensor in window.session.form.sensors] == ["optical"]


def test_classes_are_left_out_by_unchecking_them(filled):
    table = filled.labels_page.table
    assert table.item(1, 0).text() == "meadow"
    table.item(1, 0).setCheckState(Qt.CheckState.Unchecked)
    assert filled.session.form.labels.left_out == ("meadow",)
    assert Problem.ONE_CLASS in problems(filled)


def test_a_class_called_unknown_is_out_with_the_reason(filled):
    """The window said three classes, and two were trained."""
    names = ("forest", "meadow", "unknown")
    facts = replace(filled.session.reading.facts, classes=tuple(ClassFacts(name, name, "", 4, 4) for name in names))
    filled.session._layers.reading = replace(filled.session.reading, facts=facts)
    filled.fill()
    item = filled.labels_page.table.item(2, class_table.NAME)
    assert item.checkState() == Qt.CheckState.Unchecked and not item.flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert "means “no class”" in item.toolTip()
    assert "unknown: excluded" in filled.labels_page._count_label.text()
    assert "2 classes" in filled.foot.verdict_label.text()


def test_a_field_of_many_values_fills_the_table_bit_by_bit(filled, wait, monkeypatch):
    """2,000 rows at once held QGIS up for a third of a second, and again with every edit."""
    table = filled.labels_page.table
    filled_rows = []
    fill_row = table._fill_row
    monkeypatch.setattr(table, "_fill_row", lambda row, *given: filled_rows.append(row) or fill_row(row, *given))
    classes = tuple(ClassFacts(f"site {at}", f"site {at}", "", 1, 1) for at in range(250))
    facts = replace(filled.session.reading.facts, classes=classes)
    filled.session._layers.reading = replace(filled.session.reading, facts=facts)
    filled.fill()
    assert table.rowCount() == 250 and filled_rows == list(range(100))
    wait(lambda: len(filled_rows) == 250)
    assert filled_rows == list(range(250)) and table.item(249, class_table.NAME).text() == "site 249"
    filled.session.edit(replace(filled.session.form, samples=True))
    filled.fill()
    assert len(filled_rows) == 250  # nothing of it changed
    table.item(249, class_table.NAME).setCheckState(Qt.CheckState.Unchecked)
    assert filled.session.form.labels.left_out == ("site 249",)
    filled.fill()
    wait(lambda: len(filled_rows) == 500)


def test_a_colour_chosen_in_the_table_is_the_models(filled, wait, monkeypatch):
    """The job that is run has it; the table shows it; nothing of the layer is read again for it."""
    table = filled.labels_page.table
    monkeypatch.setattr(class_table.QgsColorDialog, "getColor", lambda *_given: QColor("#a1b2c3"))
    monkeypatch.setattr(form_layers, "LabelReader", lambda *_given: pytest.fail("read again"))
    table.cellClicked.emit(0, class_table.COLOR)
    filled.fill()
    shown = table.item(0, class_table.COLOR).icon().pixmap(16, 16).toImage().pixelColor(8, 8).name()
    assert (table.item(0, class_table.NAME).text(), shown) == ("forest", "#a1b2c3")
    assert filled.session.parameters()["CLASS_COLORS"] == ["forest", "#a1b2c3", ""]


def test_classes_that_are_numbers_may_be_named(filled):
    """level is 0, 1 and 2; texts are their own names."""
    table = filled.labels_page.table
    assert not table.item(0, class_table.NAME).flags() & Qt.ItemFlag.ItemIsEditable
    labels = replace(filled.session.form.labels, label_fields=("level",))
    filled.session.edit(replace(filled.session.form, labels=labels))
    filled.fill()
    table.item(1, class_table.NAME).setText("meadow")
    (color,) = filled.session.form.labels.colors
    assert (color.value, color.name) == ("1", "meadow")
    filled.fill()
    assert [table.item(row, class_table.NAME).text() for row in range(3)] == ["0", "meadow", "2"]
