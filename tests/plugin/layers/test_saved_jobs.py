"""Jobs that are saved with their layers: never in part, and an earlier job of that name is lost to no other's end."""

import threading
from pathlib import Path

import pytest
from colearn.engine.contract.job.job_file import job_from_text
from colearn.plugin.layers.feature_export import FeatureExport
from osgeo import gdal, ogr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)


@pytest.fixture
def train(raster_layer, memory_labels, tmp_path):
    """A training with a layer and a sensor that are no files, to be saved as a job."""
    given = {
        "SENSOR_A": [raster_layer("optical.tif")],
        "SENSOR_B": [raster_layer("radar.tif")],
        "LABELS": memory_labels(),
        "LABEL_FIELD": ["fclass"],
        "OUTPUT_MODEL": str(tmp_path / "out" / "out.colearn"),
        "OUTPUT_JOB": str(tmp_path / "jobs" / "job.json"),
    }
    given["SENSOR_A"][0].setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    return given


@pytest.fixture
def runs(algorithm, context, log, fake_engine):
    """Runs a training as Processing does; by a new algorithm each time."""

    def run(given, feedback=log):
        chosen = algorithm("train")
        assert chosen.prepare(given, context, feedback)
        chosen.runPrepared(given, context, feedback)

    fake_engine()
    return run


@pytest.fixture
def earlier(runs, train, tmp_path):
    """The files of a job that was saved before; then the layers are changed."""
    runs(train)
    saved = files_of(tmp_path / "jobs")
    assert {Path(name).suffix for name in saved} == {".json", ".gpkg", ".vrt"}
    assert train["LABELS"].dataProvider().deleteFeatures([1])
    train["SENSOR_A"][0].setCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    return saved


def files_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def values_in(path, field="fclass"):
    dataset = ogr.Open(str(path))
    return [feature.GetField(field) for feature in dataset.GetLayer(0)]


def layers_of(path):
    dataset = ogr.Open(str(path))
    return {layer.GetName(): [each.GetField("fclass") for each in layer] for layer in map(dataset.GetLayer, range(2))}


def test_a_run_cancelled_after_its_job_was_saved_puts_the_earlier_one_back(
    earlier, runs, train, fake_engine, log, tmp_path
):
    fake_engine("deaf")
    log.on_event = lambda _event: None
    threading.Timer(0.5, log.cancel).start()
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        runs(train)
    assert files_of(tmp_path / "jobs") == earlier


@pytest.mark.parametrize("ending", ["cancelled", "failed"])
def test_a_run_that_ends_while_it_exports_leaves_the_earlier_job(
    earlier, runs, train, monkeypatch, log, tmp_path, ending
):
    """A part of the labels is written by then."""

    def write(export, feedback, path):
        Path(path).write_bytes(b"half of the labels")
        Path(f"{path}-journal").write_bytes(b"SQLite's")
        if ending == "failed":
            raise OSError(28, "No space left on device", path)
        feedback.cancel()

    monkeypatch.setattr(FeatureExport, "write", write)
    with pytest.raises(QgsProcessingException, match=r"Cancelled|No space left"):
        runs(train)
    assert files_of(tmp_path / "jobs") == earlier


def test_a_run_whose_engine_fails_keeps_the_new_job_whole(earlier, runs, train, fake_engine, tmp_path):
    fake_engine("crash")
    with pytest.raises(QgsProcessingException):
        runs(train)
    now = files_of(tmp_path / "jobs")
    assert set(now) == set(earlier)
    assert values_in(tmp_path / "jobs" / "job.labels.gpkg") == ["meadow", "forest"]
    assert b"32631" in now["job.layers/sensor_a_1/optical.vrt"]


def test_a_run_that_succeeds_keeps_the_new_job_and_nothing_else(earlier, runs, train, tmp_path):
    runs(train)
    assert set(files_of(tmp_path / "jobs")) == set(earlier)
    assert values_in(tmp_path / "jobs" / "job.labels.gpkg") == ["meadow", "forest"]


def test_labels_of_the_earlier_job_may_be_exported_over_themselves(earlier, runs, train, tmp_path):
    """A saved job is opened again, its labels are filtered: they are read from the file that they replace."""
    path = tmp_path / "jobs" / "job.labels.gpkg"
    layer = QgsVectorLayer(f"{path}|layername=labels", "again", "ogr")
    assert layer.setSubsetString("fclass = 'forest'")
    QgsProject.instance().addMapLayer(layer)
    runs({**train, "LABELS": layer})
    assert values_in(path) == ["forest", "forest"]


@pytest.mark.parametrize("taken", [1, 2])
def test_a_file_of_the_users_own_is_not_exported_over(runs, train, file_labels, tmp_path, taken):
    """The labels lie in a file that has by chance the name of the export, with another layer in it."""
    names = ("job.labels.gpkg", "job.labels_2.gpkg")
    (tmp_path / "jobs").mkdir()
    own = [Path(file_labels(name).source().partition("|")[0]) for name in names[:taken]]
    own = [path.rename(tmp_path / "jobs" / path.name) for path in own]
    before = [layers_of(path) for path in own]
    layer = QgsVectorLayer(f"{own[0]}|layername=training", "own", "ogr")
    assert layer.setSubsetString("fclass = 'forest'")
    QgsProject.instance().addMapLayer(layer)
    given = {**train, "LABELS": layer}
    for _again in range(2):  # the export of the first run may be replaced by that of the second
        runs(given)
        job = job_from_text((tmp_path / "jobs" / "job.json").read_text(encoding="utf-8"), "train")
        assert Path(job.labels.source.path).name == f"job.labels_{taken + 1}.gpkg"
        assert values_in(job.labels.source.path) == ["forest", "forest"]
        assert [layers_of(path) for path in own] == before  # QGIS itself touches a GeoPackage that it opens


def test_a_virtual_raster_of_the_earlier_job_is_not_made_to_refer_to_itself(earlier, runs, train, tmp_path):
    """Opened again, its layer got another CRS, twice."""
    seen = set()
    for crs in ("EPSG:32633", "EPSG:32634"):
        job = job_from_text((tmp_path / "jobs" / "job.json").read_text(encoding="utf-8"), "train")
        path = job.sensors[0].rasters[0].path
        assert path not in seen
        seen.add(path)
        layer = QgsRasterLayer(path, "again")
        QgsProject.instance().addMapLayer(layer)
        layer.setCrs(QgsCoordinateReferenceSystem(crs))
        runs({**train, "SENSOR_A": [layer]})
        job = job_from_text((tmp_path / "jobs" / "job.json").read_text(encoding="utf-8"), "train")
        dataset = gdal.Open(job.sensors[0].rasters[0].path)
        assert dataset.GetSpatialRef().GetAuthorityCode(None) == crs[5:]
        assert dataset.ReadAsArray().shape[-2:] == gdal.Open(train["SENSOR_B"][0].source()).ReadAsArray().shape[-2:]


def test_nothing_is_written_before_the_run(algorithm, context, train, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    assert algorithm("train").prepare(train, context, QgsProcessingFeedback())
    assert sorted(tmp_path.rglob("*")) == before
