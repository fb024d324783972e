"""The plugin's windows built, filled, clicked and painted under PyQt6."""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.wire.events import Epoch
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMenu

sys.path.append(str(Path(__file__).resolve().parents[1] / "plugin" / "training" / "form"))
from headers import TEN, TWENTY


def wait(holds, patience_s=20):
    """Let Qt work until something holds."""
    deadline = time.monotonic() + patience_s
    while not holds() and time.monotonic() < deadline:
        QApplication.processEvents()
        time.sleep(0.01)
    assert holds()


def painted(widget):
    """Paint a widget whole."""
    widget.resize(900, 600)
    widget.show()
    QApplication.processEvents()
    image = widget.grab().toImage()
    assert not image.isNull()
    return image


def colors(image):
    """The colours of a picture, looked at in steps of two pixels."""
    return {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


@pytest.fixture
def window():
    from colearn.plugin.training.trainings import Trainings

    trainings = Trainings(None)
    window = trainings.open()
    yield window
    menu = QMenu()
    trainings.fill_menu(menu)
    assert len(menu.actions()) == 1
    trainings.close_all()


@pytest.fixture
def filled(window):
    """Two sensors of four and six bands, whose files nobody opens."""
    window.session.edit(window.session.form.add_grouped((*TEN, *TWENTY)))
    window.fill()
    return window


def test_every_page_of_the_training_window_is_painted(filled):
    for row in range(filled.steps.count()):
        filled.steps.setCurrentRow(row)
        assert filled.pages.currentIndex() == row
        assert len(colors(painted(filled))) > 2


def test_sensors_stand_in_the_tree_and_are_edited_there(filled):
    from colearn.plugin.training.pages.checkable import check_only
    from colearn.plugin.training.pages.sensor_tree import BANDS, LAYOUT, NAME

    tree = filled.sensors_page.tree
    assert [tree.topLevelItem(at).childCount() for at in range(tree.topLevelItemCount())] == [4, 6]
    tree.topLevelItem(0).setText(NAME, "Kamera")
    filled.fill()
    assert filled.session.form.sensors[0].name == "Kamera"
    box = tree.itemWidget(tree.topLevelItem(1), BANDS)
    check_only(box, [box.itemText(0), box.itemText(2)])
    wait(lambda: len(filled.session.form.sensors[1].bands) == 2)
    layouts = tree.itemWidget(tree.topLevelItem(0), LAYOUT)
    layouts.setCurrentIndex(layouts.findData("scenes"))
    assert filled.session.form.sensors[0].layout.value == "scenes"


def test_files_are_dropped_on_the_tree(filled, monkeypatch):
    tree = filled.sensors_page.tree
    taken = []
    monkeypatch.setattr(tree, "take", lambda sources, at: taken.append((sources, at)))
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile("/data/new.tif")])
    tree.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            dropped,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    assert [sources for sources, _at in taken] == [[("", "/data/new.tif")]]


def test_settings_are_shown_and_changed(filled):
    page = filled.training_page
    for button in page.effort_buttons.values():
        button.click()
        filled.fill()
    page.patch_slider.setValue(0)
    filled.fill()
    assert dict(filled.session.form.settings.changed)["context_m"] == 0
    QTest.keyClicks(page.rows.field("epochs"), "3")
    QTest.keyClick(page.rows.field("epochs"), Qt.Key.Key_Return)
    filled.fill()
    assert dict(filled.session.form.settings.changed)["epochs"] == 3
    assert page.rows.is_bold("epochs")


def test_a_yes_or_no_is_a_box_to_check(filled):
    rows = filled.training_page.rows
    assert rows.field("use_all_labels").isChecked()  # as the job has it by default
    rows.field("use_all_labels").click()
    filled.fill()
    assert dict(filled.session.form.settings.changed) == {"use_all_labels": False}
    assert rows.is_bold("use_all_labels") and not rows.field("use_all_labels").isChecked()


def test_classes_are_left_out_by_unchecking_them(filled):
    from colearn.plugin.training.form.labels import ClassFacts, FieldFacts, LabelFacts

    facts = LabelFacts(
        fields=(FieldFacts("kind", True, False, 2, 9),),
        classes=(ClassFacts("a", "a", "#ff0000", 5, 3), ClassFacts("b", "b", "", 4, 3)),
        features=9,
        shape="polygons",
    )
    labels = replace(filled.session.form.labels, label_fields=("kind",))
    filled.session.edit(replace(filled.session.form, labels=labels))
    layers = filled.session._layers
    layers.reading = replace(layers.reading, facts=facts)
    filled.labels_page.fill()
    table = filled.labels_page.table
    assert table.rowCount() == 2
    table.item(1, 0).setCheckState(Qt.CheckState.Unchecked)
    assert filled.session.form.labels.left_out == ("b",)


def test_curves_are_drawn_in_their_colours():
    from colearn.plugin.training.form.progress.curves import Curves
    from colearn.plugin.training.pages.curve_view import COLORS, CurveView

    curves = Curves()
    for epoch in range(1, 6):
        curves = curves.having(Epoch("mdico", epoch, 5, 1 / epoch, 1.2 / epoch, epoch / 6))
        curves = curves.having(Epoch("alone: camera", epoch, 5, 1 / epoch, 1.5 / epoch, epoch / 8))
    view = CurveView()
    view.show_curves(curves, True)
    view.show_references({"camera": 0.5})
    drawn = colors(painted(view))
    assert any(f"{pixel & 0xFFFFFF:06X}" == color[1:] for pixel in drawn for color in COLORS)


def test_map_dock_is_painted_and_closed():
    from colearn.plugin.mapping_dock.dock import MapDock
    from qgis.gui import QgsMapCanvas

    dock = MapDock(QgsMapCanvas())
    assert len(colors(painted(dock))) > 2
    dock.release()


def test_set_up_window_is_painted():
    from colearn.plugin.setup.window import SetUpWindow

    assert len(colors(painted(SetUpWindow()))) > 2


def test_steps_of_the_set_up_run_one_after_the_other_and_are_logged():
    from colearn.plugin.process.installation import Step
    from colearn.plugin.setup.step_runner import StepRunner

    lines, ended = [], []
    commands = [(sys.executable, "-c", f"print('step {number}')") for number in (1, 2)]
    runner = StepRunner([Step("Saying", command) for command in commands], dict(os.environ), None)
    runner.line.connect(lambda *given: lines.append(given[-1]))
    runner.finished.connect(lambda *given: ended.append(given))
    runner.start()
    wait(lambda: ended)
    assert [line for line in lines if line.startswith("step")] == ["step 1", "step 2"]


def test_choices_in_words_give_the_values_of_scripts():
    from colearn.plugin.gui.worded_choice import WordedChoice
    from qgis.core import QgsProcessingParameterEnum

    parameter = QgsProcessingParameterEnum("METHOD", "Method", options=["auto", "mdico"])
    choice = WordedChoice(parameter, None, labels=["automatic", "MDiCo"], explanations=["a", "b"])
    choice.setValue("mdico")
    assert (choice.value(), choice.widget.currentText()) == ("mdico", "MDiCo")
    assert choice.widget.itemData(1, Qt.ItemDataRole.ToolTipRole) == "b (mdico)"
    painted(choice.widget)


def test_menu_of_the_plugin_is_added_and_taken_away():
    import colearn
    from PyQt6.QtWidgets import QMainWindow

    main = QMainWindow()
    added, removed = [], []

    class Iface:
        def mainWindow(self):  # noqa: N802
            return main

        def addPluginToMenu(self, _menu, action):  # noqa: N802
            added.append(action.text())

        def removePluginMenu(self, _menu, action):  # noqa: N802
            removed.append(action.text())

        def __getattr__(self, _name):
            from qgis.anything import nothing

            return nothing

    plugin = colearn.classFactory(Iface())
    plugin.initGui()
    assert "Train a model…" in added
    plugin.unload()
    assert sorted(removed) == sorted(added)
