"""The toolbox's own forms, opened as QGIS opens them: what a person sees before anything is run."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.plugin.gui import form_guide
from colearn.plugin.process import background
from qgis.core import QgsApplication, QgsProcessing, QgsProject
from qgis.PyQt.QtWidgets import QAbstractSpinBox, QLineEdit

from ..given_values import give
from ..manifests import a_manifest, write_model
from ..waiting import Gate

TODAY = f"{datetime.date.today():%Y-%m-%d}"


def label(form, name):
    wrapper = form[name]
    return (wrapper.wrappedLabel() or wrapper.label).text()


def test_only_what_has_no_default_is_called_optional(form):
    train = form("train")
    assert [label(train, name) for name in ("METHOD", "MAX_SAMPLES", "OUTPUT_MODEL")] == [
        *("Co-learning method", "Maximum number of samples", "Model")
    ]
    assert label(train, "EPOCHS") == "Epochs [optional]"
    assert label(train, "SENSOR_B") == "Sensor B: rasters [optional]"
    assert form("predict")["COG"].wrappedWidget().text() == "Cloud Optimized GeoTIFF"


def shown(form, name):
    """The text in a number's box."""
    widget = form[name].wrappedWidget()
    boxes = [each for each in (widget, *widget.findChildren(QAbstractSpinBox)) if isinstance(each, QAbstractSpinBox)]
    return boxes[0].text()


def test_an_empty_number_says_what_is_used_then(form):
    train = form("train")
    assert [
        shown(train, name) for name in ("EPOCHS", "CONTEXT_M", "TIME_BUDGET_MIN", "FOLDS", "UNLABELLED_SAMPLES")
    ] == [*("automatic: 25 or fewer", "automatic: 15 pixels", "no limit", "automatic", "automatic")]
    assert train["EPOCHS"].parameterValue() is None
    give(train, "EPOCHS", 7)
    assert (shown(train, "EPOCHS"), train["EPOCHS"].parameterValue()) == ("7", 7)


def test_classes_to_edit_are_those_of_the_model_until_they_are_edited(form, tmp_path):
    manifest = a_manifest()
    first, *others = manifest.classes
    renamed = replace(manifest, classes=(replace(first, name="lake"), *others))
    models = [write_model(tmp_path / "a.colearn", manifest), write_model(tmp_path / "b.colearn", renamed)]
    edit = form("editclasses")
    for model, name in zip(models, (first.name, "lake")):
        give(edit, "MODEL", model)
        cells = edit["CLASSES"].parameterValue()
        assert len(cells) == 3 * len(manifest.classes)
        assert cells[:3] == [str(first.code), name, first.color]
    edited = [str(first.code), "pond", "#000000"]
    give(edit, "CLASSES", edited)
    give(edit, "MODEL", models[0])
    assert edit["CLASSES"].parameterValue() == edited


def test_only_a_model_of_one_sensor_needs_no_choice_of_it(form):
    assert label(form("exportsensor"), "SENSOR") == "Sensor"


def test_labels_are_marked_as_needed_one_way_or_the_other(form):
    for name in ("train", "evaluate"):
        fields = form(name)
        assert label(fields, "LABELS") == "Labels (points or polygons), required"
        assert label(fields, "LABEL_RASTER") == "Or label raster, instead of these labels"
    assert label(form("train"), "LABEL_FIELD") == "Label field, required"
    assert label(form("evaluate"), "LABEL_FIELD") == "Label field (empty: as in training)"


def test_the_likeliest_field_is_chosen_and_named(form, memory_labels):
    """fclass is text with a telling name and two values of three features; site has a value for each."""
    train = form("train")
    assert train["LABEL_FIELD"].parameterValue() in ([], None, "")
    give(train, "LABELS", memory_labels().id())
    assert train["LABEL_FIELD"].parameterValue() == ["fclass"]
    assert label(train, "LABEL_FIELD") == "Label field: fclass"


def test_the_field_of_a_file_is_guessed_without_waiting_for_the_file(form, file_labels, monkeypatch, wait):
    layer = file_labels()
    path = layer.source()
    QgsProject.instance().removeMapLayer(layer.id())
    gate = Gate()
    monkeypatch.setattr(background, "PATIENCE_S", 0)
    monkeypatch.setattr(form_guide, "open_vector", gate.before(form_guide.open_vector))
    train = form("train")
    give(train, "LABELS", path)
    assert not train["LABEL_FIELD"].parameterValue()
    gate.open()
    wait(lambda: train["LABEL_FIELD"].parameterValue() == ["fclass"])


def test_a_field_chosen_by_the_user_is_kept(form, memory_labels):
    train = form("train")
    give(train, "LABELS", memory_labels().id())
    give(train, "LABEL_FIELD", ["level"])
    give(train, "EPOCHS", 7)
    assert train["LABEL_FIELD"].parameterValue() == ["level"]


def test_the_model_is_kept_beside_the_project_under_the_fields_name(form, memory_labels, tmp_path):
    project = QgsProject.instance()
    assert project.write(str(tmp_path / "été.qgz"))
    train = form("train")
    give(train, "LABELS", memory_labels().id())
    models = tmp_path / "models"
    assert train["OUTPUT_MODEL"].parameterValue() == str(models / f"fclass_{TODAY}.colearn")
    models.mkdir()
    (models / f"fclass_{TODAY}.colearn").touch()
    again = form("train")
    give(again, "LABELS", memory_labels().id())
    assert again["OUTPUT_MODEL"].parameterValue() == str(models / f"fclass_{TODAY}_2.colearn")


def test_without_a_project_the_model_is_kept_in_the_profile(form, memory_labels):
    QgsProject.instance().clear()
    train = form("train")
    give(train, "LABELS", memory_labels().id())
    folder = Path(QgsApplication.qgisSettingsDirPath()) / "colearn" / "models"
    assert Path(train["OUTPUT_MODEL"].parameterValue()).parent == folder


def test_a_users_path_is_kept_and_a_temporary_one_causes_a_warning(form, memory_labels):
    train = form("train")
    give(train, "OUTPUT_MODEL", "/data/mine.colearn")
    give(train, "LABELS", memory_labels().id())
    assert train["OUTPUT_MODEL"].parameterValue() == "/data/mine.colearn"
    assert label(train, "OUTPUT_MODEL") == "Model"
    give(train, "OUTPUT_MODEL", QgsProcessing.TEMPORARY_OUTPUT)
    assert label(train, "OUTPUT_MODEL") == "Model ⚠ deleted when QGIS closes"
    give(train, "LABEL_FIELD", ["level"])
    assert train["OUTPUT_MODEL"].parameterValue() == QgsProcessing.TEMPORARY_OUTPUT


def test_a_folder_that_a_person_chose_is_remembered_for_this_project(form, memory_labels, tmp_path):
    project = QgsProject.instance()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "one").mkdir()
    assert project.write(str(tmp_path / "one" / "p.qgz"))
    give(form("train"), "OUTPUT_MODEL", str(tmp_path / "elsewhere" / "mine.colearn"))
    again = form("train")
    give(again, "LABELS", memory_labels().id())
    assert again["OUTPUT_MODEL"].parameterValue() == str(tmp_path / "elsewhere" / f"fclass_{TODAY}.colearn")
    (tmp_path / "two").mkdir()
    assert project.write(str(tmp_path / "two" / "p.qgz"))
    assert Path(form("train")["OUTPUT_MODEL"].parameterValue()).parent == tmp_path / "two" / "models"


def test_a_folder_chosen_in_a_project_without_a_file_is_forgotten_with_it(form, memory_labels, tmp_path):
    """It was proposed in every project without a file from then on."""
    QgsProject.instance().clear()
    (tmp_path / "elsewhere").mkdir()
    give(form("train"), "OUTPUT_MODEL", str(tmp_path / "elsewhere" / "mine.colearn"))
    proposed = lambda: Path(form("train")["OUTPUT_MODEL"].parameterValue()).parent  # noqa: E731
    assert proposed() == tmp_path / "elsewhere"
    assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
    assert proposed() == tmp_path / "elsewhere"
    QgsProject.instance().clear()
    assert proposed() == Path(QgsApplication.qgisSettingsDirPath()) / "colearn" / "models"


@pytest.mark.parametrize("name", ["predict", "evaluate"])
def test_the_sensors_of_the_chosen_model_are_offered_with_its_card(form, tmp_path, name):
    fields = form(name)
    sensor = fields["SENSOR"]
    assert (sensor._box.count(), sensor.parameterValue(), sensor._card.text()) == (1, "", "")
    give(fields, "MODEL", write_model(tmp_path / "m.colearn"))
    offered = [sensor._box.itemText(at) for at in range(sensor._box.count())]
    assert offered == ["Recognize from the bands", "optical", "radar"]
    assert sensor._card.text() == (
        "fclass: 2 classes, 2 sensors, trained 2025-01-01\n"
        "• optical: balanced accuracy 50.0 % [40.0, 60.0]\n• radar: balanced accuracy 50.0 % [40.0, 60.0]"
    )
    give(fields, "SENSOR", "radar")
    assert sensor.parameterValue() == "radar"
    assert "optical" not in sensor._card.text()


def test_where_no_raster_is_given_no_sensor_is_recognized_from_bands(form, tmp_path):
    """An export has a model only."""
    fields = form("exportsensor")
    give(fields, "MODEL", write_model(tmp_path / "m.colearn"))
    box = fields["SENSOR"]._box
    assert [box.itemText(at) for at in range(box.count())] == ["Choose a sensor", "optical", "radar"]
    assert fields["SENSOR"].parameterValue() == ""


def test_another_model_has_other_sensors_and_what_is_no_model_says_so(form, tmp_path):
    fields = form("predict")
    give(fields, "MODEL", write_model(tmp_path / "m.colearn"))
    give(fields, "SENSOR", "radar")
    manifest = a_manifest()
    lidar = replace(manifest, sensors=(replace(manifest.sensors[0], name="lidar"),))
    give(fields, "MODEL", write_model(tmp_path / "other.colearn", lidar))
    sensor = fields["SENSOR"]
    assert [sensor._box.itemData(at) for at in range(sensor._box.count())] == ["", "lidar"]
    assert sensor.parameterValue() == ""
    (tmp_path / "no.colearn").write_text("no model", encoding="utf-8")
    give(fields, "MODEL", str(tmp_path / "no.colearn"))
    assert "model_unreadable" in sensor._card.text()


def test_a_sensor_given_by_a_script_or_the_history_is_kept_until_the_model_is_known(form, tmp_path):
    """QGIS's history sets parameters one after the other, in their order."""
    fields = form("predict")
    give(fields, "SENSOR", "radar")
    give(fields, "MODEL", write_model(tmp_path / "m.colearn"))
    assert fields["SENSOR"].parameterValue() == "radar"


def test_the_model_designer_keeps_its_own_widget_for_the_sensor(algorithm):
    from processing.modeler.ModelerParametersDialog import ModelerParametersDialog
    from qgis.core import QgsProcessingModelAlgorithm, QgsProcessingModelChildAlgorithm

    model = QgsProcessingModelAlgorithm("maps", "tests")
    child = QgsProcessingModelChildAlgorithm("colearn:predict")
    child.setChildId("map")
    model.addChildAlgorithm(child)
    shown = ModelerParametersDialog(algorithm("predict"), model, "map")
    assert type(shown.widget.widget.wrappers["SENSOR"]).__name__ == "QgsProcessingModelerParameterWidget"
    shown.deleteLater()


def test_a_batch_has_the_sensors_without_the_card(algorithm, monkeypatch):
    from processing.gui import BatchPanel
    from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog

    monkeypatch.setattr(BatchPanel, "iface", None)
    batch = BatchAlgorithmDialog(algorithm("predict"))
    sensor = batch.mainWidget().wrappers[0][
        [each.name() for each in batch.algorithm().parameterDefinitions() if not each.isDestination()].index("SENSOR")
    ]
    assert (type(sensor).__name__, sensor._card.parent()) == ("SensorChoice", None)
    batch.deleteLater()


def test_a_folder_is_remembered_when_it_is_typed_not_while(form, settings, tmp_path):
    """On the way to models/a.colearn the text says tmp_path/models, whose folder is there as well."""
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "project").mkdir()
    assert QgsProject.instance().write(str(tmp_path / "project" / "p.qgz"))
    line = form("train")["OUTPUT_MODEL"].wrappedWidget().findChild(QLineEdit)
    remembered = lambda: [settings.value(key) for key in settings.allKeys() if "models_folder" in key]  # noqa: E731
    line.hasFocus = lambda: True
    line.setText(str(folder))
    assert remembered() == []
    line.setText(str(folder / "a.colearn"))
    assert remembered() == []
    line.editingFinished.emit()
    assert remembered() == [str(folder)]
