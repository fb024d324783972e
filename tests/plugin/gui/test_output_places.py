"""Where forms over a model propose to write: beside it, and never a temporary file without a word."""

import datetime

import pytest
from qgis.core import QgsProcessing, QgsProcessingOutputLayerDefinition, QgsProject

from ..given_values import give
from ..manifests import write_model


@pytest.fixture
def model(tmp_path):
    return write_model(tmp_path / "forêt d'été.colearn")


def value(form, name):
    found = form[name].parameterValue()
    return found.sink.staticValue() if isinstance(found, QgsProcessingOutputLayerDefinition) else found


def test_an_exported_sensor_lies_beside_its_model_under_both_names(form, model, tmp_path):
    fields = form("exportsensor")
    assert value(fields, "OUTPUT_ONNX") == QgsProcessing.TEMPORARY_OUTPUT  # nothing is known yet
    give(fields, "MODEL", model)
    assert value(fields, "OUTPUT_ONNX") == str(tmp_path / "forêt d'été.onnx")
    give(fields, "SENSOR", "radar")
    assert value(fields, "OUTPUT_ONNX") == str(tmp_path / "forêt d'été_radar.onnx")


def test_a_map_has_a_place_of_its_own_from_the_model_on(form, tmp_path):
    """Beside the model, for the project is not saved; with one date, today's, and not the model's as well."""
    QgsProject.instance().clear()
    model = write_model(tmp_path / "landuse_2026-01-31_2.colearn")
    fields = form("predict")
    assert value(fields, "OUTPUT") == QgsProcessing.TEMPORARY_OUTPUT  # nothing is known yet
    give(fields, "MODEL", model)
    today = f"{datetime.date.today():%Y-%m-%d}"
    assert value(fields, "OUTPUT") == str(tmp_path / f"landuse_map_{today}.tif")
    give(fields, "SENSOR", "radar")
    assert value(fields, "OUTPUT") == str(tmp_path / f"landuse_radar_{today}.tif")
    (tmp_path / f"landuse_optical_{today}.tif").touch()
    give(fields, "SENSOR", "optical")
    assert value(fields, "OUTPUT") == str(tmp_path / f"landuse_optical_{today}_2.tif")


def test_a_map_of_a_saved_project_lies_in_its_folder_of_maps(form, tmp_path, model):
    QgsProject.instance().setFileName(str(tmp_path / "projet" / "été.qgs"))
    try:
        fields = form("predict")
        give(fields, "MODEL", model)
        assert value(fields, "OUTPUT").startswith(str(tmp_path / "projet" / "maps" / "forêt_d_été_map_"))
    finally:
        QgsProject.instance().clear()


def test_the_report_of_an_evaluation_lies_beside_the_model(form, model, tmp_path):
    fields = form("evaluate")
    assert value(fields, "OUTPUT_REPORT") == QgsProcessing.TEMPORARY_OUTPUT
    give(fields, "MODEL", model)
    assert value(fields, "OUTPUT_REPORT") == str(tmp_path / "forêt d'été_evaluation.html")
    (tmp_path / "forêt d'été_radar_evaluation.html").touch()
    give(fields, "SENSOR", "radar")
    assert value(fields, "OUTPUT_REPORT") == str(tmp_path / "forêt d'été_radar_evaluation_2.html")


def test_an_edited_model_lies_beside_the_one_it_is_made_of(form, model, tmp_path):
    (tmp_path / "forêt d'été_edited.colearn").touch()
    fields = form("editclasses")
    fields["MODEL"].widget.setFilePath(model)  # as the person who browses
    assert value(fields, "MODEL") == model
    assert value(fields, "OUTPUT_MODEL") == str(tmp_path / "forêt d'été_edited_2.colearn")


@pytest.mark.parametrize(
    ("name", "output", "message"),
    [
        ("exportsensor", "OUTPUT_ONNX", "ONNX file"),
        ("editclasses", "OUTPUT_MODEL", "Edited model"),
        ("predict", "OUTPUT", "Map"),
    ],
)
def test_a_chosen_path_is_kept_and_a_temporary_one_causes_a_warning(form, model, name, output, message):
    fields = form(name)
    give(fields, output, "/data/mine.x")
    give(fields, "MODEL", model)
    assert value(fields, output) == "/data/mine.x"
    give(fields, output, QgsProcessing.TEMPORARY_OUTPUT)
    wrapper = fields[output]
    assert (wrapper.wrappedLabel() or wrapper.label).text() == f"{message} ⚠ deleted when QGIS closes"


def test_the_model_designer_keeps_its_own_widget_for_the_model(algorithm):
    from processing.modeler.ModelerParametersDialog import ModelerParametersDialog
    from qgis.core import QgsProcessingModelAlgorithm

    designer = ModelerParametersDialog(algorithm("editclasses"), QgsProcessingModelAlgorithm())
    assert type(designer.widget.widget.wrappers["MODEL"]).__name__ == "QgsProcessingModelerParameterWidget"
    designer.deleteLater()


@pytest.mark.parametrize(
    ("name", "given", "output", "message"),
    [
        ("exportsensor", {"SENSOR": "radar"}, "OUTPUT_ONNX", "The ONNX file is a temporary file"),
        ("editclasses", {"CLASSES": ["7", "lake", ""]}, "OUTPUT_MODEL", "The edited model is a temporary file"),
    ],
)
def test_a_run_into_a_temporary_file_says_so(algorithm, log, context, fake_engine, model, name, given, output, message):
    fake_engine("succeed")
    parameters = {"MODEL": model, **given, output: QgsProcessing.TEMPORARY_OUTPUT}
    _results, succeeded = algorithm(name).run(parameters, context, log)
    assert succeeded
    assert [warning for warning in log.warnings if warning.startswith(message)] != []


def test_a_run_into_a_file_logs_no_such_warning(algorithm, log, context, fake_engine, model, tmp_path):
    fake_engine("succeed")
    parameters = {"MODEL": model, "SENSOR": "radar", "OUTPUT_ONNX": str(tmp_path / "r.onnx")}
    assert algorithm("exportsensor").run(parameters, context, log)[1]
    assert [warning for warning in log.warnings if "temporary" in warning] == []
