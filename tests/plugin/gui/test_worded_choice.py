"""Dialogs show words where scripts have strings; both mean the same."""

import pytest
from colearn.engine.contract.job.job import TrainJob, default_of
from qgis.core import QgsProcessingContext, QgsProcessingModelAlgorithm, QgsProcessingModelChildAlgorithm
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QGroupBox, QScrollArea, QToolButton

NAMES = ["train", "predict", "evaluate"]


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_has_a_word_of_its_own(algorithm, name):
    for definition in algorithm(name).parameterDefinitions():
        if definition.type() == "enum":
            labels = definition.metadata()["widget_wrapper"]["labels"]
            assert len(set(labels)) == len(definition.options()), definition.name()


@pytest.mark.parametrize("name", NAMES)
def test_the_dialog_opens_with_all_parameters_and_the_defaults(dialog, algorithm, name):
    wrappers = dialog(name).mainWidget().wrappers
    definitions = [each for each in algorithm(name).parameterDefinitions() if not each.isDestination()]
    assert {each.name() for each in definitions} <= set(wrappers)
    for definition in definitions:
        if definition.type() == "enum":
            assert isinstance(wrappers[definition.name()].widget, QComboBox)
            assert wrappers[definition.name()].parameterValue() == definition.defaultValue(), definition.name()


def test_words_are_shown_and_strings_are_given(wrapper):
    method = wrapper("train", "METHOD")
    for at, value in enumerate(method.parameterDefinition().options()):
        method.setParameterValue(value, QgsProcessingContext())
        assert (method.widget.currentIndex(), method.parameterValue()) == (at, value)
    assert method.widget.currentText() == "Each sensor alone"
    assert method.label.text() == "Co-learning method"


def test_what_is_no_choice_changes_nothing(wrapper):
    method = wrapper("train", "METHOD")
    method.setParameterValue("magic", QgsProcessingContext())
    assert method.parameterValue() == default_of(TrainJob, "method").value


def test_a_choice_is_emitted(wrapper):
    emitted = []
    method = wrapper("train", "METHOD")
    method.widgetValueHasChanged.connect(emitted.append)
    method.widget.setCurrentIndex(method.widget.count() - 1)
    assert emitted == [method]


def test_the_model_designer_keeps_its_own_widget(algorithm):
    """There a choice may come from an input of the model."""
    from processing.modeler.ModelerParametersDialog import ModelerParametersDialog

    model = QgsProcessingModelAlgorithm("trains", "tests")
    child = QgsProcessingModelChildAlgorithm("colearn:train")
    child.setChildId("train")
    model.addChildAlgorithm(child)
    chosen = algorithm("train")
    dialog = ModelerParametersDialog(chosen, model, "train")
    method = dialog.widget.widget.wrappers["METHOD"]
    assert type(method).__name__ == "QgsProcessingModelerParameterWidget"
    dialog.deleteLater()


@pytest.mark.parametrize("name", NAMES)
def test_no_field_is_wider_than_the_form_at_its_default_size(dialog, name):
    """Else the buttons at its right end are cut off, which choose files and layers."""
    form = dialog(name)
    form.show()
    advanced = form.mainWidget().findChild(QGroupBox, "grpAdvanced")
    QTest.mouseClick(advanced.findChild(QToolButton, "collapseButton"), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    area = form.mainWidget().findChild(QScrollArea)
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()
    assert area.horizontalScrollBar().maximum() == 0
