"""The split on the map before training: drawn by the engine, shown by part, in place of the last one."""

from dataclasses import replace
from pathlib import Path

import pytest
from colearn.plugin.training.form.problems import Page
from qgis.core import QgsApplication, QgsCategorizedSymbolRenderer, QgsProject

NAME = "land · split"


def shown():
    return QgsProject.instance().mapLayersByName(NAME)


def press(filled, wait):
    filled.labels_page.split_button.click()
    wait(lambda: not filled.session.split.is_running())


def test_the_split_is_shown_by_its_parts_before_training(filled, fake_engine, wait):
    fake_engine("succeed")
    filled.labels_page.split_button.click()
    assert filled.labels_page.split_button.text() == "Cancel"
    wait(lambda: not filled.session.split.is_running())
    (layer,) = shown()
    assert isinstance(layer.renderer(), QgsCategorizedSymbolRenderer)
    assert layer.renderer().classAttribute() == "part"
    assert QgsProject.instance().layerTreeRoot().findLayer(layer.id()).isExpanded()
    assert filled.labels_page.split_label.text() == "3 samples to train, 1 to validate, 1 to test."
    assert not Path(filled.session.form.output_model).exists()
    assert filled.session.model == ""
    assert filled.message_text() == ""


def test_the_next_split_takes_the_place_of_the_last(filled, fake_engine, wait):
    fake_engine("succeed")
    press(filled, wait)
    (first,) = [layer.id() for layer in shown()]
    press(filled, wait)
    (second,) = [layer.id() for layer in shown()]
    assert second != first


def test_a_layer_that_the_person_removed_is_not_missed(filled, fake_engine, wait):
    fake_engine("succeed")
    press(filled, wait)
    QgsProject.instance().removeMapLayers([layer.id() for layer in shown()])
    press(filled, wait)
    assert len(shown()) == 1


def test_the_samples_of_the_training_take_its_place(filled, fake_engine, wait):
    fake_engine("succeed")
    press(filled, wait)
    assert len(shown()) == 1
    filled.session.edit(replace(filled.session.form, samples=True))
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert shown() == []
    assert len(QgsProject.instance().mapLayersByName("land · samples")) == 1


def test_the_split_stays_where_a_training_fails_or_writes_no_samples(filled, fake_engine, wait):
    fake_engine("succeed")
    press(filled, wait)
    filled.session.edit(replace(filled.session.form, samples=False))
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert len(shown()) == 1
    fake_engine("fail")
    filled.session.edit(replace(filled.session.form, samples=True))
    filled.train()
    wait(lambda: not filled.session.is_running())
    assert len(shown()) == 1


@pytest.mark.parametrize(("scenario", "message"), [("fail", "labels_empty"), ("crash", "engine_died")])
def test_why_it_failed_is_reported(filled, fake_engine, wait, scenario, message):
    fake_engine(scenario)
    press(filled, wait)
    assert message in filled.message_text()
    assert shown() == []
    assert filled.labels_page.split_button.isEnabled()


def test_a_preview_that_succeeds_removes_the_signs_of_one_that_failed(filled, fake_engine, wait):
    fake_engine("fail")
    press(filled, wait)
    mark = filled.steps.item(Page.LABELS.value)
    assert "labels_empty" in mark.toolTip()
    fake_engine("polite")
    filled.labels_page.split_button.click()
    filled.labels_page.split_button.click()
    wait(lambda: not filled.session.split.is_running())
    assert "labels_empty" in mark.toolTip()  # cancelled: nothing is known
    fake_engine("succeed")
    press(filled, wait)
    assert "labels_empty" not in mark.toolTip()
    assert filled.message_text() == ""


def test_a_preview_leaves_the_signs_of_a_training_that_failed(filled, fake_engine, wait):
    fake_engine("fail")
    filled.train()
    wait(lambda: not filled.session.is_running())
    fake_engine("succeed")
    press(filled, wait)
    assert "labels_empty" in filled.steps.item(Page.LABELS.value).toolTip()
    assert "labels_empty" in filled.message_text()


def test_cancelling_it_is_silent_and_leaves_the_map_unchanged(filled, fake_engine, wait):
    fake_engine("succeed")
    press(filled, wait)
    before = [layer.id() for layer in shown()]
    fake_engine("polite")
    filled.labels_page.split_button.click()
    filled.labels_page.split_button.click()
    wait(lambda: not filled.session.split.is_running())
    assert filled.message_text() == ""
    assert [layer.id() for layer in shown()] == before


def test_nothing_is_shown_in_another_project(filled, fake_engine, wait):
    fake_engine("succeed")
    filled.labels_page.split_button.click()
    QgsProject.instance().clear()
    wait(lambda: not filled.session.split.is_running())
    assert shown() == []


def test_without_sensors_there_is_nothing_to_split(window):
    assert not window.labels_page.split_button.isEnabled()


def test_a_greyed_button_says_what_is_missing(window):
    """Nothing is given yet: the first thing that a split needs are sensors."""
    page = window.labels_page
    window.fill()
    assert not page.split_button.isEnabled()
    assert page.split_label.text() == page.split_button.toolTip() == "First: Add at least two sensors."


def test_what_is_missing_is_shown_once_on_the_page_below_the_fields(window, raster_layer):
    window.session.add_layers([raster_layer("optical.tif"), raster_layer("radar.tif")])
    window.steps.setCurrentRow(1)
    window.show()
    window.fill()
    QgsApplication.processEvents()
    page = window.labels_page
    advice = "Choose the labels: points, polygons or a raster of classes."
    assert advice in page._count_label.text()
    assert (page.split_label.text(), page.split_button.toolTip()) == ("", advice)
    below = page._count_label.mapTo(page, page._count_label.rect().topLeft()).y() - page.group_box.geometry().bottom()
    assert 0 <= below < 20  # and not in the middle of an empty page


def test_a_split_waits_for_the_training_and_says_so(filled, fake_engine, wait):
    fake_engine("polite")
    filled.train()
    filled.fill()
    page = filled.labels_page
    assert (page.split_button.isEnabled(), page.split_label.text()) == (False, "Available after the current training.")
    filled.session.cancel()
    wait(lambda: not filled.session.is_running())
    filled.fill()
    assert (page.split_button.isEnabled(), page.split_label.text()) == (True, "")
    assert page.split_button.toolTip().startswith("Draws the samples")
