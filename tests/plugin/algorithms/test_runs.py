"""Whole runs of the algorithms with the fake engine: results, failures, batch, models, styles."""

import threading
import time
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import TrainJob
from colearn.engine.contract.job.job_file import job_from_text
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
)


def test_training_returns_files_and_the_numbers_of_each_sensor_by_letter(run, train, raster_layer, fake_engine):
    fake_engine()
    results = run("train", {**train, "SENSOR_D": [raster_layer("height.tif")]})
    assert results["OUTPUT_MODEL"] == train["OUTPUT_MODEL"]
    assert Path(results["OUTPUT_MODEL"]).exists()
    del results["OUTPUT_MODEL"]
    kinds = ("SCORE_{}", "SCORE_{}_ALONE", "SCORE_{}_FOREST", "SCORE_{}_NETWORK", "SCORE_{}_SHIPPED", "GAIN_{}")
    kinds += ("GAIN_{}_OVER_NETWORK",)
    assert results == {
        **{kind.format("A"): 0.5 for kind in kinds},
        **{kind.format("B"): 1.5 for kind in kinds},
        **{kind.format("D"): 2.5 for kind in kinds},
        "SCORE_FUSED": 0.9,
        "TEST_SAMPLES": 7.0,
    }


def test_training_each_sensor_alone_returns_no_gain(run, train, fake_engine):
    fake_engine()
    results = run("train", {**train, "METHOD": "alone"})
    assert (results["SCORE_A"], results["SCORE_A_ALONE"]) == (0.5, 0.5)
    assert not any(name.startswith("GAIN") for name in results)


def test_the_models_accuracy_is_logged_when_it_is_trained_and_when_it_is_used(run, train, predict, fake_engine, log):
    fake_engine()
    run("train", train)
    lines = ["optical: balanced accuracy 50.0 %", "radar: balanced accuracy 50.0 %"]
    assert [line.split(" [")[0] for line in log.lines if "trained alone" in line] == lines
    log.lines.clear()
    run("predict", {**predict, "SENSOR": "radar"})
    assert [line.split(" [")[0] for line in log.lines if "trained alone" in line] == lines[1:]


def test_of_a_recognized_sensor_only_its_own_card_is_shown(run, predict, fake_engine, log):
    """The engine says which it was; the other sensors of the model are not what this map was made from."""
    fake_engine()
    run("predict", predict)
    assert [line.split(":")[0] for line in log.lines if "trained alone" in line] == ["optical"]


def test_the_count_of_blocks_is_progress_and_no_line_of_the_log(run, predict, fake_engine, log):
    """Dialogs append every text of a step to their log: a map of 18 blocks had 18 lines."""
    fake_engine("blocks")
    run("predict", predict)
    assert log.steps == ["Mapping", "Assembling the map", "Training co-learned"]


def test_events_reach_the_feedback(run, train, fake_engine, log):
    fake_engine()
    run("train", train)
    assert log.warnings == ["the log says so"]
    assert "co-learned, epoch 1/2: training loss 1.500, validation loss 1.250, validation score 0.500" in log.lines
    assert "learning" in log.steps


def test_numbers_that_do_not_apply_are_absent(run, predict, memory_labels, fake_engine, tmp_path):
    fake_engine()
    given = {"MODEL": predict["MODEL"], "INPUT": predict["INPUT"], "LABELS": memory_labels()}
    assert run("evaluate", {**given, "OUTPUT_REPORT": str(tmp_path / "r.html")}) == {
        "ACCURACY": 0.75,
        "OUTPUT_REPORT": str(tmp_path / "r.html"),
    }


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("fail", ["There are no labels: fields.", "Draw some.", "[labels_empty]"]),
        ("crash", ["exit code 7", "the GPU has left the building", "[engine_died]"]),
        ("killed", ["SIGKILL", "memory"]),
        ("silent", ["exit code 0", "[engine_died]"]),
        ("lie", ["öut.colearn", "[engine_died]"]),
    ],
)
def test_every_failure_is_a_processing_exception_with_a_sentence(run, train, fake_engine, scenario, words):
    fake_engine(scenario)
    with pytest.raises(QgsProcessingException) as caught:
        run("train", train)
    for word in words:
        assert word in str(caught.value)


def test_details_of_a_failure_go_to_the_log(run, train, fake_engine, log):
    fake_engine("fail")
    with pytest.raises(QgsProcessingException):
        run("train", train)
    assert "line one\nline two" in log.lines


def test_cancel_from_another_thread_ends_the_run(run, train, fake_engine, log):
    fake_engine("deaf")
    threading.Timer(0.5, log.cancel).start()
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run("train", train)
    assert not Path(train["OUTPUT_MODEL"]).parent.exists()  # the engine made it


def with_layers_to_store(train, folder):
    """Labels and a sensor that must be written beside the saved job; outputs in folders that are not there yet."""
    train["SENSOR_A"][0].setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    return {**train, "OUTPUT_JOB": str(folder / "new" / "jobs" / "job.json"), "OUTPUT_MODEL": str(folder / "a/b/m.zip")}


def test_cancelled_run_leaves_no_file_and_no_folder(run, train, fake_engine, log, tmp_path):
    fake_engine("deaf")
    before = sorted(tmp_path.rglob("*"))
    threading.Timer(0.5, log.cancel).start()
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run("train", with_layers_to_store(train, tmp_path))
    assert sorted(tmp_path.rglob("*")) == before


def test_failed_run_keeps_the_saved_job_and_its_layers_and_says_so(run, train, fake_engine, log, tmp_path):
    fake_engine("crash")
    given = with_layers_to_store(train, tmp_path)
    with pytest.raises(QgsProcessingException):
        run("train", given)
    job = job_from_text(Path(given["OUTPUT_JOB"]).read_text(encoding="utf-8"), "train")
    assert Path(job.labels.source.path).exists() and Path(job.sensors[0].rasters[0].path).suffix == ".vrt"
    assert Path(job.sensors[0].rasters[0].path).exists()
    assert not (tmp_path / "a").exists()
    assert any(f"engine train {given['OUTPUT_JOB']}" in line for line in log.lines)


def test_a_refused_run_leaves_the_job_that_was_saved_before_it_whole(run, train, fake_engine, tmp_path):
    fake_engine("crash")
    given = with_layers_to_store(train, tmp_path)
    with pytest.raises(QgsProcessingException):
        run("train", given)
    saved = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path.suffix for path in saved} >= {".json", ".vrt", ".gpkg"}
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("colearn:train")
    with pytest.raises(QgsProcessingException, match="Learning rate"):
        algorithm.run({**given, "LEARNING_RATE": 5}, QgsProcessingContext(), QgsProcessingFeedback(), {}, False)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == saved


def test_job_that_cannot_be_built_leaves_nothing(run, train, fake_engine, tmp_path):
    """The layers are noted before the last parameter turns out to be one no job may hold."""
    fake_engine()
    given = {**train, "OUTPUT_JOB": str(tmp_path / "jobs" / "job.json"), "LEARNING_RATE": 5}
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(QgsProcessingException):
        algorithm = QgsApplication.processingRegistry().createAlgorithmById("colearn:train")
        algorithm.run(given, QgsProcessingContext(), QgsProcessingFeedback(), {}, False)
    assert sorted(tmp_path.rglob("*")) == before


def test_exported_layers_go_with_the_run_where_no_job_is_saved(algorithm, context, log, train, fake_engine):
    fake_engine()
    chosen = algorithm("train")
    assert chosen.prepare(train, context, log)
    exported = Path(chosen._run.prepared.labels.source.path)
    there = set()
    log.on_event = lambda _event: there.add(exported.exists())
    chosen.processAlgorithm(train, context, log)
    assert there == {True} and not exported.exists()


def test_values_no_job_may_hold_fail_with_the_parameter(algorithm, context, log, train):
    chosen = algorithm("train")
    results, succeeded = chosen.run({**train, "MAX_SAMPLES": 3}, context, log)
    assert not succeeded and results == {}


def test_failure_while_reading_layers_reaches_the_caller(algorithm, context, log, train):
    """Models do not call checkParameterValues: the same sentence must come from the run."""
    chosen = algorithm("train")
    with pytest.raises(QgsProcessingException, match="label_field_missing"):
        chosen.run({**train, "LABEL_FIELD": ["nothing"]}, context, log, {}, False)


def test_saved_job_is_the_one_that_ran(run, train, fake_engine, tmp_path):
    fake_engine()
    saved = tmp_path / "jobs" / "job.json"
    results = run("train", {**train, "OUTPUT_JOB": str(saved)})
    assert results["OUTPUT_JOB"] == str(saved)
    job = job_from_text(saved.read_text(encoding="utf-8"), "train")
    assert isinstance(job, TrainJob)
    assert job.output_model == train["OUTPUT_MODEL"]
    assert Path(job.labels.source.path).parent == saved.parent


def test_job_that_cannot_be_saved_fails(run, train, fake_engine, tmp_path):
    fake_engine()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="output_unwritable"):
        run("train", {**train, "OUTPUT_JOB": str(tmp_path / "file" / "job.json")})


def test_task_in_the_background_runs_it(train, algorithm, context, fake_engine):
    fake_engine()
    feedback = QgsProcessingFeedback()
    task = QgsProcessingAlgRunnerTask(algorithm("train"), train, context, feedback)
    outcome = []
    task.executed.connect(lambda succeeded, results: outcome.append((succeeded, results)))
    QgsApplication.taskManager().addTask(task)
    deadline = time.monotonic() + 20
    while not outcome and time.monotonic() < deadline:
        QgsApplication.processEvents()
        time.sleep(0.01)
    succeeded, results = outcome[0]
    assert succeeded
    assert results["SCORE_B"] == 1.5


def test_a_temporary_map_cannot_be_gone_on_with_and_the_log_says_so(run, predict, fake_engine, log):
    fake_engine()
    run("predict", {**predict, "KEEP_PARTS": True, "OUTPUT": QgsProcessing.TEMPORARY_OUTPUT})
    assert any("KEEP_PARTS" in warning and "temporary" in warning for warning in log.warnings)
    log.warnings.clear()
    run("predict", {**predict, "KEEP_PARTS": True})
    run("predict", {**predict, "OUTPUT": QgsProcessing.TEMPORARY_OUTPUT})
    assert not any("KEEP_PARTS" in warning for warning in log.warnings)


@pytest.mark.parametrize(("keep", "words"), [(True, "to resume from them"), (False, "Nothing was written")])
def test_a_cancelled_map_says_what_is_left_of_it(run, predict, fake_engine, log, keep, words):
    fake_engine("deaf")
    threading.Timer(0.5, log.cancel).start()
    with pytest.raises(QgsProcessingException, match=words):
        run("predict", {**predict, "KEEP_PARTS": keep})


@pytest.mark.parametrize(("epochs", "words"), [(1, "Nothing was written"), (2, "with the same parameters to resume")])
def test_a_cancelled_training_says_that_its_progress_was_kept(run, train, fake_engine, log, monkeypatch, epochs, words):
    """A checkpoint is written after the first epoch; when the second is over it is surely there."""
    monkeypatch.setenv("FAKE_EPOCHS", str(epochs))
    fake_engine("epochs")
    threading.Timer(1.0, log.cancel).start()
    with pytest.raises(QgsProcessingException, match=words):
        run("train", train)


def test_a_temporary_model_is_warned_of(run, train, fake_engine, log):
    fake_engine()
    run("train", {**train, "OUTPUT_MODEL": QgsProcessing.TEMPORARY_OUTPUT})
    assert any("deleted when QGIS closes" in warning for warning in log.warnings)
    log.warnings.clear()
    run("train", train)
    assert not any("deleted when QGIS closes" in warning for warning in log.warnings)


def test_missing_engine_is_explained_before_anything_runs(algorithm, monkeypatch, tmp_path):
    monkeypatch.setenv("COLEARN_ENGINE_PYTHON", str(tmp_path / "no python"))
    ready, reason = algorithm("train").canExecute()
    assert not ready
    assert "no python" in reason and "COLEARN_ENGINE_PYTHON" in reason and "[dependency_missing]" in reason
