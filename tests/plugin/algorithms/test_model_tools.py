"""Inspecting a model, and editing its classes: nothing of the model is run, and the engine still takes it."""

import zipfile
from pathlib import Path

import pytest
from colearn.engine.contract.manifest.manifest import MANIFEST_ENTRY
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.model_file.archive import write_model as write_real_model
from colearn.plugin.model_card import read_manifest
from qgis.core import QgsProcessingContext, QgsProcessingException

from ..manifests import a_manifest, write_model


@pytest.fixture
def model(tmp_path):
    return write_model(tmp_path / "modèle d'été.colearn")


@pytest.fixture
def run(algorithm, log):
    """Run an algorithm's own part with parameters; returns its results."""

    def call(name, **parameters):
        chosen, context = algorithm(name), QgsProcessingContext()
        accepted, reason = chosen.checkParameterValues(parameters, context)
        assert accepted, reason
        return chosen.processAlgorithm(parameters, context, log)

    return call


def test_a_model_tells_its_card(run, log, model, tmp_path):
    page = tmp_path / "carte d'été" / "card.html"
    results = run("inspectmodel", MODEL=model, OUTPUT=str(page))
    assert results["TASK"] == "classification"
    assert results["SENSORS"] == "optical, radar"
    assert results["CLASSES"] == "forest, water"
    assert results["TEST_SAMPLES"] == 2
    assert results["IDENTITY"] == read_manifest(model).identity
    assert any("optical: bands B02; pixel size 10 m; patch 15 × 15 px" in line for line in log.lines)
    assert "forest" not in page.read_text(encoding="utf-8").partition("<h1>")[0]
    assert "optical" in page.read_text(encoding="utf-8")


def test_what_is_no_model_is_refused(algorithm, tmp_path):
    path = tmp_path / "x.colearn"
    path.write_bytes(b"PK")
    for name in ("inspectmodel", "editclasses"):
        accepted, reason = algorithm(name).checkParameterValues({"MODEL": str(path)}, QgsProcessingContext())
        assert not accepted
        assert "model_unreadable" in reason


def test_names_and_colours_change_and_nothing_else(run, model, tmp_path):
    copy = str(tmp_path / "copie" / "édité.colearn")
    run("editclasses", MODEL=model, CLASSES=["7", "lake", "#112233", "1", "", "#445566"], OUTPUT_MODEL=copy)
    before, after = read_manifest(model), read_manifest(copy)
    forest, water = after.classes
    assert (forest.code, forest.name, forest.color, forest.value) == (1, "forest", "#445566", "")
    assert (water.code, water.name, water.color, water.value) == (7, "lake", "#112233", "water")  # labels say water
    assert after.identity == before.identity
    assert after.sensors == before.sensors
    assert [entry.name for entry in Path(copy).parent.iterdir()] == ["édité.colearn"]


def test_the_engine_takes_the_copy(run, tmp_path):
    """Every entry but the manifest is the same, byte by byte, and fits its digest."""
    source, copy = tmp_path / "a.colearn", tmp_path / "b.colearn"
    manifest = a_manifest()
    graphs = {sensor.graph: sensor.name.encode() for sensor in manifest.sensors}
    write_real_model(source, manifest, graphs, "report")
    run("editclasses", MODEL=str(source), CLASSES=["1", "Wald", ""], OUTPUT_MODEL=str(copy))
    assert [label.name for label in ModelFile.open(copy).manifest.classes] == ["Wald", "water"]
    with zipfile.ZipFile(source) as one, zipfile.ZipFile(copy) as other:
        assert one.namelist() == other.namelist()
        for name in set(one.namelist()) - {MANIFEST_ENTRY}:
            assert one.read(name) == other.read(name)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["5", "x", ""], "1, 7"),  # no such code
        (["1", "x", "", "1", "y", ""], "each once"),
        (["1", "water", ""], "a name of its own"),
        (["1", "", "green"], "#1e8449"),
        (["one", "x", ""], "code (a number)"),
        (["1", "x"], "rows of code"),
    ],
)
def test_a_wrong_table_is_refused_and_nothing_is_written(run, model, tmp_path, cells, message):
    copy = tmp_path / "copy.colearn"
    with pytest.raises(QgsProcessingException, match="job_invalid") as error:
        run("editclasses", MODEL=model, CLASSES=cells, OUTPUT_MODEL=str(copy))
    assert message in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["modèle d'été.colearn"]


def test_a_model_is_not_written_over(run, model):
    before = Path(model).read_bytes()
    with pytest.raises(QgsProcessingException, match="output_is_input"):
        run("editclasses", MODEL=model, CLASSES=["1", "x", ""], OUTPUT_MODEL=model)
    assert Path(model).read_bytes() == before


def test_a_copy_that_cannot_be_written_is_reported(run, model, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(QgsProcessingException, match="output_unwritable"):
        run("editclasses", MODEL=model, CLASSES=["1", "x", ""], OUTPUT_MODEL=str(tmp_path / "file" / "m.colearn"))
