"""Layers that are no files: noted while QGIS waits, written by the thread of the run."""

import threading
from pathlib import Path

import pytest
from colearn.engine.contract.job.job_file import job_from_text
from colearn.plugin.layers import feature_export
from colearn.plugin.layers.feature_export import FeatureExport, Narrowing
from osgeo import ogr
from qgis.core import QgsFeedback, QgsProcessingException, QgsProject

from ..training_values import training_values


@pytest.fixture
def train(raster_layer, memory_labels, tmp_path):
    values = training_values(raster_layer, memory_labels, tmp_path / "out" / "out.colearn")
    return {**values, "OUTPUT_JOB": str(tmp_path / "jobs" / "job.json")}


class CancelledAfter(QgsFeedback):
    """Feedback of somebody who cancels while features are read."""

    def __init__(self, questions):
        super().__init__()
        self._left = questions

    def isCanceled(self):  # noqa: N802
        self._left -= 1
        return self._left < 0


def values_in(path, field):
    dataset = ogr.Open(str(path))
    return [feature.GetField(field) for feature in dataset.GetLayer(0)]


def test_qgis_waits_for_no_export_and_the_run_writes_the_layer_as_it_was(algorithm, context, train, fake_engine, log):
    """The layer loses its features, and is deleted, between the dialog's click and the start of the run's thread."""
    fake_engine()
    chosen = algorithm("train")
    exported = Path(train["OUTPUT_JOB"]).with_name("job.labels.gpkg")
    assert chosen.prepare(train, context, log)
    assert not exported.exists() and not Path(train["OUTPUT_JOB"]).exists()
    layer = train.pop("LABELS")
    assert layer.dataProvider().truncate()
    QgsProject.instance().removeMapLayer(layer.id())
    chosen.runPrepared({**train, "LABELS": None}, context, log)
    job = job_from_text(Path(train["OUTPUT_JOB"]).read_text(encoding="utf-8"), "train")
    assert job.labels.source.path == str(exported)
    assert values_in(exported, "fclass") == ["forest", "meadow", "forest"]
    assert "Exporting what grows" in log.steps


def test_the_thread_of_the_run_writes(algorithm, context, train, fake_engine, log, monkeypatch):
    fake_engine()
    wrote = []
    write = FeatureExport.write
    monkeypatch.setattr(
        FeatureExport, "write", lambda *given: wrote.append(threading.current_thread()) or write(*given)
    )
    chosen = algorithm("train")
    assert chosen.prepare(train, context, log)
    running = threading.Thread(target=lambda: chosen.runPrepared(train, context, log))
    running.start()
    while running.is_alive():
        running.join(0.05)
    assert wrote == [running]


def test_a_run_cancelled_while_exporting_starts_no_engine_and_leaves_nothing(
    algorithm, context, train, monkeypatch, log, tmp_path
):
    monkeypatch.setattr(feature_export.FeatureExport, "write", lambda *_given: log.cancel())
    monkeypatch.setattr("colearn.plugin.algorithms.engine_run.run_engine", lambda *_given: pytest.fail("started"))
    before = sorted(tmp_path.rglob("*"))
    chosen = algorithm("train")
    assert chosen.prepare(train, context, log)
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        chosen.runPrepared(train, context, log)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_refused_run_leaves_what_an_earlier_job_exported(algorithm, context, train, fake_engine, log):
    fake_engine()
    earlier = Path(train["OUTPUT_JOB"]).with_name("job.labels.gpkg")
    earlier.parent.mkdir()
    earlier.write_bytes(b"labels of an earlier job")
    chosen, refused = algorithm("train"), {**train, "LEARNING_RATE": 5}
    assert chosen.prepare(refused, context, log)
    with pytest.raises(QgsProcessingException, match="Learning rate"):
        chosen.runPrepared(refused, context, log)
    assert earlier.read_bytes() == b"labels of an earlier job"


def test_an_export_stops_where_it_is_cancelled(memory_labels, context, tmp_path):
    """Asked before each feature: the third is no longer written."""
    path = tmp_path / "some.gpkg"
    FeatureExport(memory_labels(), ["level"], None, str(path), context).write(CancelledAfter(2), str(path))
    assert values_in(path, "level") == [0, 1]


@pytest.mark.parametrize(
    ("narrowing", "levels"),
    [
        (Narrowing(), [0, 1, 2]),
        (Narrowing(limit=0), []),
        (Narrowing(limit=2), [0, 1]),
        (Narrowing(expression="fclass = 'forest'"), [0, 2]),
        (Narrowing(expression="fclass = 'forest'", limit=1), [0]),
        (Narrowing(ids=frozenset({2, 3})), [1, 2]),  # memory layers count from 1
        (Narrowing(ids=frozenset({2, 3}), expression="fclass = 'forest'"), [2]),
        (Narrowing(ids=frozenset({2, 3}), limit=1), [1]),
        (Narrowing(expression="@layer_name = 'what grows' and level > 1"), [2]),
    ],
)
def test_selection_expression_and_limit_choose_features_together(memory_labels, context, tmp_path, narrowing, levels):
    path = tmp_path / "some.gpkg"
    FeatureExport(memory_labels(), ["level"], narrowing, str(path), context).write(QgsFeedback(), str(path))
    assert values_in(path, "level") == levels
