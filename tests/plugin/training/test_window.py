"""The training window itself: what it shows, what its buttons do, how trainings end."""

import gc
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import TrainJob
from colearn.engine.contract.job.job_file import job_from_text
from colearn.engine.contract.job.method import Effort, Method
from colearn.plugin.training import window as window_module
from colearn.plugin.training.form.problems import Page, Problem
from colearn.plugin.training.layers import form_layers
from colearn.plugin.training.pages import class_table
from colearn.plugin.training.pages.checkable import check_only
from colearn.plugin.training.pages.sensor_tree import BANDS, LAYOUT, NAME, dropped_sources
from qgis.core import QgsApplication, QgsMimeDataUtils, QgsProject
from qgis.PyQt.QtCore import QMimeData, Qt, QUrl
from qgis.PyQt.QtGui import QCloseEvent, QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMenu, QPushButton


def problems(window):
    return [issue.problem for issue in window.session.verdict().issues]


# Filling the form ----------------------------------------------------


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
    assert filled.foot.verdict_label.text() == "Ready: 2 sensors, 2 classes, 3 polygons (1 warning)"
    assert problems(filled) == [Problem.FEW_GROUPS]
    assert filled.train_button.isEnabled()
    assert filled.labels_page.table.rowCount() == 2


def test_a_file_is_opened_once_however_often_the_form_is_checked(window, raster_layer, monkeypatch):
    from colearn.plugin.training.layers import header_reading

    opened = []
    read = header_reading.band_descriptions
    monkeypatch.setattr(header_reading, "band_descriptions", lambda *given: opened.append(given[0]) or read(*given))
    layers = [raster_layer(f"S_B{number:02}.tif", bands=1) for number in range(1, 25)]
    window.session.add_layers(layers)
    window.session.edit(window.session.form.group_all())
    window.fill()
    assert sorted(opened) == sorted(layer.source() for layer in layers)


def test_a_problem_sits_on_its_row_with_a_button_that_mends_it(window, raster_layer, raster_file):
    window.session.add_layers([raster_layer("optical.tif"), raster_layer("radar.tif")])
    form = window.session.form
    window.session.edit(form.put(form.sensors[1].rasters, 0))
    again = window.session.headers_of_files([raster_file("optical.tif")])
    window.session.edit(window.session.form.put(again, 0))
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


def test_classes_are_left_out_by_unchecking_them(filled):
    table = filled.labels_page.table
    assert table.item(1, 0).text() == "meadow"
    table.item(1, 0).setCheckState(Qt.CheckState.Unchecked)
    assert filled.session.form.labels.left_out == ("meadow",)
    assert Problem.ONE_CLASS in problems(filled)


def test_a_colour_chosen_in_the_table_is_the_models(filled, wait, monkeypatch):
    """The job that is run has it; the table shows it; nothing of the layer is read again for it."""
    table = filled.labels_page.table
    monkeypatch.setattr(class_table.QgsColorDialog, "getColor", lambda *_given: QColor("#a1b2c3"))
    monkeypatch.setattr(form_layers, "read_label_layer", lambda *_given: pytest.fail("read again"))
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


def test_effort_and_patch_size_are_settings(filled):
    page = filled.training_page
    page.effort_buttons[Effort.QUICK].click()
    filled.fill()
    assert not page.rows.is_bold("batch_size")
    assert filled.session.parameters()["EFFORT"] == "quick"
    page.patch_slider.setValue(0)
    filled.fill()
    assert filled.session.form.job().context_m == 0
    assert page.patch_label.text() == "pixel alone: optical 1 × 1 px · radar 1 × 1 px"
    page.rows.field("epochs").setValue(3)
    filled.fill()
    assert filled.session.form.job().epochs == 3
    assert page.effort_buttons[Effort.QUICK].isChecked()


def test_a_yes_or_no_is_a_box_to_check(filled):
    box = filled.training_page.rows.field("use_all_labels")
    assert box.isChecked()
    box.click()
    filled.fill()
    assert filled.training_page.rows.is_bold("use_all_labels")
    assert filled.session.parameters()["USE_ALL_LABELS"] is False


def test_a_time_budget_is_a_number_or_none(filled):
    field = filled.training_page.rows.field("time_budget_min")
    for text, minutes in (("5", 5.0), ("", None)):
        field.setText(text)
        field.editingFinished.emit()
        filled.fill()
        assert filled.session.form.job().time_budget_min == minutes


def test_a_count_is_an_integer_and_empty_says_what_happens(filled):
    field = filled.training_page.rows.field("unlabelled_samples")
    assert field.placeholderText() == "automatic"
    assert filled.training_page.rows.field("time_budget_min").placeholderText() == "no limit"
    field.setText("500")
    field.editingFinished.emit()
    filled.fill()
    assert field.text() == "500"
    assert isinstance(filled.session.form.job().unlabelled_samples, int)
    field.clear()
    QTest.keyClicks(field, "1.5")
    assert field.text() == "15"  # a count has no decimals to type


def test_what_is_chosen_above_is_no_row_below(filled):
    """Two places for one value read as two values."""
    with pytest.raises(KeyError):
        filled.training_page.rows.field("effort")


def test_a_method_of_its_own_has_no_effort(filled):
    """Quick trains no network, which a method of networks cannot: the job is one that runs."""
    page = filled.training_page
    page.effort_buttons[Effort.QUICK].click()
    page.rows.edited.emit("method", Method.MDICO)
    filled.fill()
    assert not any(button.isChecked() for button in page.effort_buttons.values())
    assert (filled.session.form.job().method, filled.session.form.job().effort) == (Method.MDICO, Effort.STANDARD)


# Running -------------------------------------------------------------


def test_a_training_ends_in_cards_and_a_model_to_map_with(filled, fake_engine, wait):
    fake_engine("succeed")
    filled.train_button.click()
    assert filled.session.is_running()
    assert filled.pages.currentIndex() == Page.RUN.value
    assert not filled.sensors_page.isEnabled()
    wait(lambda: not filled.session.is_running())
    model = filled.session.form.output_model
    assert filled.session.model == model
    assert Path(model).is_file()
    cards = " ".join(filled.run_page.cards.texts)
    assert "<b>optical</b>" in cards  # the fake model's two sensors, scored alone: 0.5 [0.4, 0.6]
    assert "Trained alone" in cards
    assert "<b>50.0&nbsp;%</b> [40.0,&nbsp;60.0]" in cards
    assert [curve.training for curve in filled.session.training.curves.trainings] == ["co-learned"]
    assert "the log says so" in filled.run_page.log_text()
    asked = []
    filled.map_wanted.connect(asked.append)
    filled.show()
    filled.run_page.buttons["map"].click()
    assert asked == [model]
    assert not filled.isVisible()  # it would hide the dock on a small screen


def test_what_a_training_wrote_is_opened_whatever_the_form_says_by_then(filled, fake_engine, wait, monkeypatch):
    """Who has renamed the next model still opens the report of the last."""
    fake_engine("succeed")
    model = filled.session.form.output_model
    filled.train()
    wait(lambda: not filled.session.is_running())
    filled.session.set_model(model.replace("land", "next"))
    opened = []
    monkeypatch.setattr(window_module.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    filled.run_page.buttons["report"].click()
    assert opened == [model.replace(".colearn", ".html")]
    assert filled.title() == "land"  # what was trained, not what is next
    assert not filled.run_page.buttons["errors"].isEnabled()  # no samples were written


def test_a_model_named_by_the_window_is_not_replaced_by_the_next(filled, fake_engine, wait):
    fake_engine("succeed")
    filled.session.set_model("")  # the window's own proposal
    first = filled.session.form.output_model
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert filled.session.model == first
    assert filled.session.form.output_model == first.replace(".colearn", "_2.colearn")
    assert Problem.MODEL_REPLACED not in problems(filled)
    Path(first).unlink()


def test_what_is_trained_so_far_has_a_card_and_may_be_used(filled, fake_engine, wait):
    """The engine has finished a predictor and trains on; asked to finish, it writes a whole model."""
    fake_engine("unfinished")
    filled.train()
    button = filled.run_page.finish_button
    assert button.isHidden()
    wait(lambda: not button.isHidden())
    cards = " ".join(filled.run_page.cards.texts)
    assert "<b>optical</b>" in cards
    assert "average of 2 forests" in cards
    assert "validation score <b>50.0&nbsp;%</b>" in cards
    button.click()
    assert button.isHidden()
    assert "finishing" in filled.run_page.stage_label.text()
    wait(lambda: not filled.session.is_running())
    assert filled.message_text() == ""
    assert filled.session.model == filled.session.form.output_model
    assert "Trained alone" in " ".join(filled.run_page.cards.texts)  # the model's own cards


def test_time_of_the_next_training_is_estimated_from_the_last(filled, fake_engine, wait):
    fake_engine("succeed")
    assert filled.session.verdict().minutes is None
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert filled.session.verdict().minutes > 0


@pytest.mark.parametrize(
    ("scenario", "message"),
    [("fail", "labels_empty"), ("crash", "engine_died"), ("silent", "engine_died")],
)
def test_a_failure_is_a_line_in_the_message_bar(filled, fake_engine, wait, scenario, message):
    fake_engine(scenario)
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert message in filled.message_text()
    assert filled.session.model == ""
    assert filled.train_button.isEnabled()  # and it can be tried again


def test_a_failure_leads_to_the_page_on_which_it_is_mended(filled, fake_engine, wait):
    fake_engine("fail")  # labels_empty
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert filled.pages.currentIndex() == Page.RUN.value
    buttons = {each.text(): each for each in filled.messages.bar.currentItem().findChildren(QPushButton)}
    assert set(buttons) >= {"Go to Labels", "Details"}
    buttons["Go to Labels"].click()
    assert filled.pages.currentIndex() == Page.LABELS.value
    assert "labels_empty" in filled.steps.item(Page.LABELS.value).toolTip()


def test_cancelling_ends_the_engine_and_says_how_to_go_on(filled, fake_engine, wait):
    fake_engine("polite")
    filled.train()
    wait(lambda: "fake" in filled.run_page.log_text() or filled.session.training.run.elapsed_s() > 2)
    filled.cancel_button.click()
    wait(lambda: not filled.session.is_running())
    assert "Cancelled" in filled.message_text()
    assert filled.run_page.stage_label.text() == "Cancelled."
    assert not list(Path(filled.session.form.output_model).parent.glob(".*.colearn-*"))


def test_two_trainings_at_once_may_not_write_one_model(filled, trainings, fake_engine, wait):
    fake_engine("polite")
    filled.train()
    other = trainings.new()
    other.session.edit(filled.session.form)
    other.session.set_model(filled.session.form.output_model)
    assert Problem.MODEL_BUSY in problems(other)
    other.session.set_model(filled.session.form.output_model.replace("land", "other"))
    other.train()
    assert other.session.is_running()
    menu = QMenu()
    trainings.fill_menu(menu)
    assert [action.text() for action in menu.actions()] == ["land – 0 %", "other – 0 %"]
    trainings.close_all()
    wait(lambda: not filled.session.is_running() and not other.session.is_running())


def test_a_closed_window_is_hidden_and_its_training_goes_on(filled, trainings, fake_engine, wait):
    fake_engine("succeed")
    filled.train()
    filled.closeEvent(QCloseEvent())
    assert not filled.isVisible()
    wait(lambda: not filled.session.is_running())
    menu = QMenu()
    trainings.fill_menu(menu)
    (action,) = menu.actions()
    assert action.text() == "land – done"
    action.trigger()
    assert filled.isVisible()


def test_nothing_is_loaded_into_another_project(filled, fake_engine, wait):
    fake_engine("succeed")
    filled.session.edit(replace(filled.session.form, samples=True))
    filled.train()
    QgsProject.instance().clear()
    wait(lambda: not filled.session.is_running())
    assert QgsProject.instance().mapLayers() == {}
    assert Path(filled.session.form.output_model).is_file()


def test_the_samples_are_shown_in_the_project_it_began_in(filled, fake_engine, wait):
    fake_engine("succeed")
    filled.session.edit(replace(filled.session.form, samples=True))
    before = set(QgsProject.instance().mapLayers())
    filled.train()
    wait(lambda: not filled.session.is_running())
    (new,) = set(QgsProject.instance().mapLayers()) - before
    assert QgsProject.instance().mapLayer(new).source().startswith(filled.session.form.beside_model("_samples.gpkg"))


def test_a_training_is_in_the_history_of_processing(filled, fake_engine, wait, monkeypatch):
    from colearn.plugin.training.runs import run

    noted = []
    monkeypatch.setattr(run, "add_to_history", lambda *given: noted.append(given[0].asPythonCommand(*given[1:])))
    fake_engine("succeed")
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert noted[0].startswith('processing.run("colearn:train"')
    assert noted[0] == filled.session.python_command()


# Jobs, projects, layers ----------------------------------------------


def test_a_job_saved_here_runs_elsewhere_and_opens_here_again(filled, trainings, tmp_path):
    path = tmp_path / "le travail.json"
    filled.save_job(str(path))
    job = job_from_text(path.read_text(encoding="utf-8"), "train")
    assert isinstance(job, TrainJob)
    assert all(os.path.exists(raster.path) for sensor in job.sensors for raster in sensor.rasters)
    assert os.path.exists(job.labels.source.path)  # the memory layer, exported beside the job
    other = trainings.new()
    other.open_job(str(path))
    again = tmp_path / "again.json"
    other.save_job(str(again))
    assert json.loads(again.read_text()) == json.loads(path.read_text())


def test_names_that_a_job_gives_its_rasters_are_kept(trainings, raster_file, file_labels, tmp_path):
    """They may tell dates and bands that the files' names do not."""
    labels = file_labels()
    rasters = [{"path": raster_file(f"{name}.tif"), "name": f"{name} 2021-05-01"} for name in ("a1", "b1")]
    job = {
        "colearn_job": 1,
        "journey": "train",
        "sensors": [{"name": raster["name"][:2], "rasters": [raster]} for raster in rasters],
        "labels": {"source": {"path": labels.source().split("|")[0], "layer": "training"}, "fields": ["fclass"]},
        "output_model": str(tmp_path / "m.colearn"),
    }
    path = tmp_path / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    window = trainings.new()
    window.open_job(str(path))
    assert window.message_text() == ""
    window.save_job(str(tmp_path / "again.json"))
    again = job_from_text((tmp_path / "again.json").read_text(encoding="utf-8"), "train")
    assert [sensor.rasters[0].name for sensor in again.sensors] == ["a1 2021-05-01", "b1 2021-05-01"]


def test_what_is_no_job_is_refused_in_the_message_bar(window, tmp_path):
    path = tmp_path / "no job.json"
    path.write_text("{}", encoding="utf-8")
    window.open_job(str(path))
    assert "job_invalid" in window.message_text()
    window.open_job(str(tmp_path / "gone.json"))
    assert "gone.json" in window.message_text()


def test_what_is_set_is_kept_in_the_project(filled, trainings, tmp_path):
    form = filled.session.form
    filled.session.edit(replace(form, settings=form.settings.having(epochs=9)))
    path = str(tmp_path / "projet d'été.qgs")
    assert QgsProject.instance().write(path)
    trainings.close_all()
    QgsProject.instance().clear()
    trainings.__init__(None)
    assert QgsProject.instance().read(path)
    again = trainings.open().session.form
    assert [sensor.name for sensor in again.sensors] == ["optical", "radar"]
    assert again.settings.get("epochs") == 9
    assert again.output_model == form.output_model


def test_a_layer_taken_out_of_the_project_stays_with_the_form(filled):
    key = filled.session.form.sensors[0].rasters[0].key
    QgsProject.instance().removeMapLayer(key)
    filled.fill()
    assert problems(filled) == [Problem.FEW_GROUPS]
    moved = filled.session.form.sensors[0].rasters[0].key
    assert moved.endswith("optical.tif")
    assert filled.session.store.find(moved).isValid()


def test_labels_that_go_with_the_project_are_asked_for_again(filled):
    QgsProject.instance().removeMapLayer(filled.session.form.labels.key)  # a memory layer: nothing is left of it
    filled.fill()
    assert problems(filled) == [Problem.LABELS_GONE]
    assert "what grows" in filled.foot.verdict_label.text()
    assert not filled.train_button.isEnabled()


def test_an_untrusted_project_does_no_harm(trainings):
    for text in ("{", '{"sensors": 5}', '{"settings": {"epochs": -1}}', '{"labels": {"key": "/etc/passwd"}}'):
        QgsProject.instance().writeEntry("CoLearn", "training", text)
        window = trainings.new()
        assert window.session.form.sensors == ()
        assert not window.session.verdict().is_ready


EVIL = '<img src="\\\\host\\share">'


def test_untrusted_names_are_plain_text_everywhere(filled, raster_layer, raster_file):
    from qgis.PyQt.QtWidgets import QLabel, QTreeWidgetItemIterator

    layer = raster_layer("evil.tif")
    layer.setName(EVIL)
    filled.session.add_layers([layer])
    form = filled.session.form
    twice = filled.session.headers_of_files([layer.source()])
    filled.session.edit(form.put((*form.sensors[-1].rasters, *(replace(each, name=EVIL) for each in twice)), 2))
    filled.fill()
    assert Problem.TWICE in problems(filled)
    for label in filled.findChildren(QLabel):
        if "host" in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText or not Qt.mightBeRichText(label.text())
    items = QTreeWidgetItemIterator(filled.sensors_page.tree)
    texts = []
    while items.value() is not None:
        texts += [items.value().toolTip(column) for column in range(8)]
        items += 1
    texts += [filled.foot.verdict_label.toolTip(), *(filled.steps.item(row).toolTip() for row in range(4))]
    assert any("host" in text for text in texts)
    assert not any(Qt.mightBeRichText(text) for text in texts)


@pytest.mark.parametrize(
    "source", ["/vsicurl/http://127.0.0.1:9/x.tif", "http://127.0.0.1:9/x.tif", "\\\\host\\share\\x.tif", "<GDAL_WMS/>"]
)
def test_what_a_project_names_on_the_network_is_not_opened(trainings, monkeypatch, source):
    from colearn.plugin.training.layers import layer_store

    opened = []
    monkeypatch.setattr(layer_store, "QgsRasterLayer", lambda *given: opened.append(given))
    kept = {"sensors": [{"name": "x", "rasters": [{"path": source, "name": "x"}]}]}
    QgsProject.instance().writeEntry("CoLearn", "training", json.dumps(kept))
    window = trainings.new()
    assert opened == []
    assert Problem.REMOTE in problems(window)


def test_without_an_engine_the_window_offers_to_set_it_up(trainings, monkeypatch):
    from colearn.engine.contract.wire.errors import EngineError, ErrorCode
    from colearn.plugin.process import environment

    def missing():
        raise EngineError(ErrorCode.DEPENDENCY_MISSING, found="no Python", expected="one", remedy="Make one.")

    monkeypatch.setattr(environment, "find_python", missing)
    window = trainings.new()
    asked = []
    window.engine_wanted.connect(lambda: asked.append(True))
    item = window.messages.bar.currentItem()
    next(button for button in item.findChildren(QPushButton) if button.text() == "Set up…").click()
    assert asked == [True]


def test_copy_as_python_is_what_runs(filled):
    filled.python_button.click()
    command = QgsApplication.clipboard().text()
    assert command.startswith('processing.run("colearn:train"')
    assert "SENSOR_B_NAME" in command
