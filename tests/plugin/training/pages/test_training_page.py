"""The page of the window with the settings of a training."""

from dataclasses import replace

import pytest
from colearn.engine.contract.job.method import Effort, Method
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest


def type_into(line, text):
    """Replace the text of a line, key by key and with Return, as its validator allows."""
    line.clear()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_effort_and_patch_size_are_settings(filled):
    page = filled.training_page
    page.effort_buttons[Effort.QUICK].click()
    filled.fill()
    assert not page.rows.is_bold("batch_size")
    assert filled.session.parameters()["EFFORT"] == "quick"
    page.patch_slider.setValue(0)
    filled.fill()
    assert filled.session.form.job().context_m == 0
    assert page.patch_label.text() == "pixel alone (optical: 1 × 1 px · radar: 1 × 1 px)"
    epochs = page.rows.field("epochs")
    assert (epochs.text(), epochs.placeholderText()) == ("", "automatic: 25 or fewer")
    type_into(epochs, "03")  # none is no number of epochs
    assert not filled.session.is_running()  # Return ends what is typed, and begins nothing
    filled.fill()
    assert filled.session.form.job().epochs == 3
    assert page.rows.is_bold("epochs")
    type_into(epochs, "")
    filled.fill()
    assert filled.session.form.job().epochs is None
    assert not page.rows.is_bold("epochs")
    type_into(page.rows.field("unlabelled_samples"), "0")
    filled.fill()
    assert page.rows.field("unlabelled_samples").text() == "0"  # none, and not as many as usual
    assert filled.session.form.job().unlabelled_samples == 0
    assert page.effort_buttons[Effort.QUICK].isChecked()


def test_a_patch_size_is_rounded_as_people_write_it(filled):
    """It was 150.1 m, for the CRS's own scale makes pixels of 10 m ones of 10.004 m."""
    sensors = tuple(
        replace(row, rasters=tuple(replace(each, pixel_m=10.04) for each in row.rasters))
        for row in filled.session.form.sensors
    )
    filled.session.edit(replace(filled.session.form, sensors=sensors))
    settings = filled.session.form.settings.having(context_m=150.1)
    filled.session.edit(replace(filled.session.form, settings=settings))
    filled.fill()
    assert filled.training_page.patch_label.text().startswith("150 m (")


def test_a_yes_or_no_is_a_box_to_check(filled):
    box = filled.training_page.rows.field("use_all_labels")
    assert box.isChecked()
    box.click()
    filled.fill()
    assert filled.training_page.rows.is_bold("use_all_labels")
    assert filled.session.parameters()["USE_ALL_LABELS"] is False


def test_a_time_budget_is_a_number_or_none(filled):
    field = filled.training_page.rows.field("time_budget_min")
    for text, minutes in (("5", 5.0), ("0.00005", 0.00005), ("", None)):
        type_into(field, text)
        filled.fill()
        assert field.text() == text
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


def test_decimals_are_shown_without_trailing_zeros(filled):
    rows = filled.training_page.rows
    assert (rows.field("learning_rate").text(), rows.field("split_buffer_m").text()) == ("0.001", "0")
    rows.field("split_buffer_m").setValue(12.5)
    assert rows.field("split_buffer_m").text() == "12.5"
    rows.field("split_buffer_m").setValue(100)
    assert rows.field("split_buffer_m").text() == "100"
