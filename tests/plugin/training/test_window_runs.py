"""Trainings that the window starts: what it shows of them, how they end."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from colearn.engine.contract import Effort
from colearn.plugin.algorithms.engine_run import EngineRun
from colearn.plugin.training import window as window_module
from colearn.plugin.training.form.effort import with_effort
from colearn.plugin.training.form.problems import Page, Problem
from colearn.plugin.training.trainings import Trainings
from qgis.core import QgsProject
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtGui import QCloseEvent
from qgis.PyQt.QtWidgets import QMenu, QPushButton

from .verdicts import problems


def test_a_training_ends_in_cards_and_a_model_to_map_with(filled, fake_engine, wait):
    fake_engine("succeed")
    filled.train_button.click()
    assert filled.run_page.bar.maximum() == 0  # busy: the engine starts
    assert filled.session.is_running()
    assert filled.pages.currentIndex() == Page.RUN.value
    assert not filled.sensors_page.isEnabled()
    wait(lambda: not filled.session.is_running())
    assert filled.run_page.bar.value() == filled.run_page.bar.maximum() == 1000
    model = filled.session.form.output_model
    assert filled.session.model == model
    assert Path(model).is_file()
    cards = " ".join(filled.run_page.cards.texts)
    assert "<b>optical</b>" in cards  # the fake model's two sensors, scored alone: 0.5 [0.4, 0.6]
    assert "Trained alone" in cards
    assert "<b>50.0&nbsp;%</b> [40.0,&nbsp;60.0]" in cards
    assert [curve.training for curve in filled.session.training.curves.trainings] == ["co-learned"]
    assert "the log says so" in filled.run_page.log_text()
    assert filled.run_page.log_box.title() == "Log: 1 warning"  # the log is folded
    asked = []
    filled.map_wanted.connect(lambda *given: asked.append(given))
    filled.show()
    filled.run_page.buttons["map"].click()
    assert asked == [(model, [])]  # its rasters are layers of the project
    assert not filled.isVisible()  # it would hide the dock on a small screen


def test_a_map_after_a_training_on_files_is_of_the_first_sensors_file(
    window, fake_engine, wait, raster_file, memory_labels, tmp_path
):
    """The dock opened without an image, for the project had none."""
    fake_engine("succeed")
    paths = [raster_file("optical.tif"), raster_file("radar.tif")]
    window.session.add_files(paths)
    labels = memory_labels()
    window.session.set_labels(labels.id(), labels.name())
    window.session.set_model(str(tmp_path / "land.colearn"))
    window.fill()
    wait(lambda: window.session.verdict().is_ready)
    window.train()
    wait(lambda: not window.session.is_running())
    asked = []
    window.map_wanted.connect(lambda *given: asked.append(given))
    window.run_page.buttons["map"].click()
    assert asked == [(window.session.model, paths[:1])]


@pytest.mark.parametrize(("effort", "words"), [(Effort.QUICK, "Only networks have"), (Effort.STANDARD, "Scores of")])
def test_curves_are_announced_only_if_there_will_be_some(filled, fake_engine, wait, effort, words):
    """The effort “quick” grows forests, and its user waited for curves to the end."""
    fake_engine("succeed")
    filled.session.edit(replace(filled.session.form, settings=with_effort(filled.session.form.settings, effort)))
    filled.train()
    assert filled.run_page.curves.empty_text().startswith(words)
    wait(lambda: not filled.session.is_running())


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


def test_a_window_that_gave_way_to_the_map_offers_the_way_back(provider, settings, monkeypatch):
    bar = QgsMessageBar()
    monkeypatch.setattr(window_module, "show_test_errors", lambda *_given: "layer")
    trainings = Trainings(SimpleNamespace(messageBar=lambda: bar))
    window = trainings.open()
    for _time in range(2):  # once more after the trainings menu had shown the window
        window.show()
        window.run_page.errors_wanted.emit()
    assert not window.isVisible()
    assert "are on the map" in bar.currentItem().text()
    bar.currentItem().findChild(QPushButton).click()
    assert window.isVisible()
    assert bar.currentItem() is None
    window.run_page.errors_wanted.emit()
    trainings.close_all()
    assert bar.currentItem() is None


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


def test_an_unforeseen_error_is_a_sentence_with_the_traceback_under_details(filled, fake_engine, wait, monkeypatch):
    """The title of the message was “Traceback (most recent call last):”."""
    fake_engine("succeed")
    monkeypatch.setattr(EngineRun, "_write_inputs", lambda *_given: {}["fclass"])
    filled.train()
    wait(lambda: not filled.session.is_running())
    title, *details = filled.message_text().splitlines()
    assert title == "An unexpected error occurred."
    assert "Found: KeyError: 'fclass'." in details and "Traceback (most recent call last):" in details
    assert "Details" in {each.text() for each in filled.messages.bar.currentItem().findChildren(QPushButton)}
    assert "Traceback" not in filled.run_page.stage_label.text()
    assert "Traceback" in filled.run_page.log_text()


def test_a_failure_opens_the_page_where_it_can_be_corrected(filled, fake_engine, wait):
    fake_engine("fail")  # labels_empty
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert filled.pages.currentIndex() == Page.RUN.value
    buttons = {each.text(): each for each in filled.messages.bar.currentItem().findChildren(QPushButton)}
    assert set(buttons) >= {"Go to Labels", "Details"}
    buttons["Go to Labels"].click()
    assert filled.pages.currentIndex() == Page.LABELS.value
    assert "labels_empty" in filled.steps.item(Page.LABELS.value).toolTip()


def test_the_mark_of_a_failure_stays_until_its_page_is_edited_or_a_training_begins(filled, fake_engine, wait):
    """It went with the next refresh, which any edit causes."""
    fake_engine("fail")  # labels_empty
    item, session = filled.steps.item(Page.LABELS.value), filled.session

    def fail():
        filled.train()
        assert "labels_empty" not in item.toolTip()
        wait(lambda: not session.is_running())
        filled.fill()
        assert "labels_empty" in item.toolTip()

    fail()
    session.edit(replace(session.form, settings=session.form.settings.having(epochs=9)))
    filled.fill()
    assert "labels_empty" in item.toolTip()
    fail()
    session.edit(replace(session.form, labels=replace(session.form.labels, group_field="name")))
    filled.fill()
    assert "labels_empty" not in item.toolTip()


def test_cancelling_ends_the_engine_and_explains_how_to_resume(filled, fake_engine, wait):
    fake_engine("polite")
    filled.train()
    wait(lambda: "fake" in filled.run_page.log_text() or filled.session.training.run.elapsed_s() > 2)
    filled.cancel_button.click()
    wait(lambda: not filled.session.is_running())
    assert "Cancelled" in filled.message_text()
    assert filled.run_page.stage_label.text() == "Cancelled."
    assert not list(Path(filled.session.form.output_model).parent.glob(".*.colearn-*"))


def test_a_second_training_at_once_proposes_a_model_of_its_own(filled, trainings, fake_engine, wait):
    """The first one's model is not there yet, and its name was proposed again, and refused."""
    fake_engine("polite")
    filled.session.set_model("")  # the window's own proposal
    first = filled.session.form.output_model
    filled.train()
    other = trainings.new()
    other.session.edit(filled.session.form)
    assert other.session.form.output_model == first.replace(".colearn", "_2.colearn")
    assert Problem.MODEL_BUSY not in problems(other)
    assert filled.session.form.output_model == first
    trainings.close_all()
    wait(lambda: not filled.session.is_running())


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


def test_a_closed_window_is_hidden_and_its_training_continues(filled, trainings, fake_engine, wait):
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
