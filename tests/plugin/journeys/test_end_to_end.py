"""The main job for real: train, predict, evaluate with the real engine, through qgis_process and inside QGIS."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from osgeo import gdal
from qgis.core import QgsRasterLayer, QgsVectorLayer

from deadlines import on_this_machine
from processes import is_alive
from real_runs import END_S, PATIENCE_S, QUICK, ROOT, band, qgis_process

CLASSES = ["bare", "crop", "wöod & heath"]


def test_a_sensor_is_exported_as_an_onnx_file(qgis, trained, tmp_path):
    path = tmp_path / "caméra exportée.onnx"
    model = trained[0] / "model.colearn"
    results = qgis.run("colearn:exportsensor", MODEL=model, SENSOR="camera", TILE_PX=64, OUTPUT_ONNX=path)
    assert results["OUTPUT_ONNX"] == str(path)
    session = onnxruntime.InferenceSession(str(path))
    assert session.get_inputs()[0].shape == [1, 4, 64, 64]
    assert session.get_modelmeta().custom_metadata_map["model_type"] == '"Segmentor"'


def test_nothing_in_the_working_folder_is_run(qgis, trained, world, tmp_path, monkeypatch):
    """A project that came with Python files beside it: neither canExecute nor the engine imports them."""
    folder, mark = tmp_path / "downloaded project", tmp_path / "mark"
    folder.mkdir()
    for name in ("json", "numpy", "torch", "argparse", "runpy", "sitecustomize", "osgeo", "engine"):
        (folder / f"{name}.py").write_text(f"open({str(mark)!r}, 'a').write({name!r})\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    results = qgis.run(
        "colearn:predict", MODEL=trained[0] / "model.colearn", INPUT=world.camera, OUTPUT=tmp_path / "m.tif"
    )
    assert Path(results["OUTPUT"]).exists()
    assert not mark.exists()
    subprocess.run([sys.executable, "-c", "import json"], check=False)  # the trap works
    assert mark.exists()


def test_training_returns_its_files_and_numbers_as_json(trained):
    folder, results = trained
    assert results["OUTPUT_MODEL"] == str(folder / "model.colearn")
    assert sorted(path.name for path in folder.iterdir() if path.suffix in {".colearn", ".html"}) == [
        "model.colearn",
        "report.html",
    ]
    for letter in "AB":
        assert 0 <= results[f"SCORE_{letter}"] <= 1
        gain = results[f"SCORE_{letter}"] - results[f"SCORE_{letter}_ALONE"]
        assert results[f"GAIN_{letter}"] == pytest.approx(gain, abs=1e-6)
    assert "SCORE_C" not in results
    assert results["TEST_SAMPLES"] > 10


@pytest.mark.parametrize("sensor", ["camera", "radar"])
def test_map_from_one_sensor_lies_on_its_grid_and_opens_with_the_classes(qgis, world, trained, sensor, tmp_path):
    source = getattr(world, sensor)
    results = qgis.run("colearn:predict", MODEL=trained[0] / "model.colearn", INPUT=source, OUTPUT=tmp_path / "map.tif")
    assert results == {"OUTPUT": str(tmp_path / "map.tif")}
    made, given = gdal.Open(results["OUTPUT"]), gdal.Open(str(source))
    assert made.GetGeoTransform() == given.GetGeoTransform()
    assert (made.RasterXSize, made.RasterYSize) == (given.RasterXSize, given.RasterYSize)
    layer = QgsRasterLayer(results["OUTPUT"])
    assert [entry.label for entry in layer.renderer().classes()] == CLASSES


def test_map_with_unsure_pixels_and_probabilities_as_bytes(qgis, world, trained, tmp_path):
    results = qgis.run(
        "colearn:predict",
        MODEL=trained[0] / "model.colearn",
        INPUT=world.camera,
        CONFIDENCE="margin",
        MINIMUM_CONFIDENCE=0.9,
        PROBABILITY_TYPE="uint8",
        OVERVIEWS="true",
        OUTPUT=tmp_path / "map.tif",
        OUTPUT_PROBABILITIES=tmp_path / "p.tif",
    )
    assert (band(results["OUTPUT"]) == 254).any()
    layer = QgsRasterLayer(results["OUTPUT"])
    assert [entry.label for entry in layer.renderer().classes()] == [*CLASSES, "unsure"]
    assert band(results["OUTPUT_PROBABILITIES"]).dtype == np.uint8


def test_map_as_cog_with_statistics_and_polygons(qgis, world, trained, tmp_path):
    results = qgis.run(
        "colearn:predict",
        MODEL=trained[0] / "model.colearn",
        INPUT=world.camera,
        STATISTICS="true",
        COG="true",
        LEAST_POLYGON_M2=1000,
        OUTPUT=tmp_path / "map.tif",
        OUTPUT_POLYGONS=tmp_path / "Flächen.gpkg",
    )
    assert results == {"OUTPUT": str(tmp_path / "map.tif"), "OUTPUT_POLYGONS": str(tmp_path / "Flächen.gpkg")}
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"map.tif", "map.tif.aux.xml", "map.qml", "Flächen.gpkg"}
    dataset = gdal.Open(results["OUTPUT"])
    assert dataset.GetMetadata("IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert float(dataset.GetRasterBand(1).GetMetadataItem("STATISTICS_MAXIMUM")) <= 3
    layer = QgsVectorLayer(results["OUTPUT_POLYGONS"])
    assert [each.label() for each in layer.renderer().categories()] == CLASSES
    assert min(feature["area_m2"] for feature in layer.getFeatures()) >= 1000


def test_evaluation_returns_the_numbers_that_apply(qgis, world, trained, tmp_path):
    results = qgis.run(
        "colearn:evaluate",
        MODEL=trained[0] / "model.colearn",
        INPUT=world.camera,
        LABELS=world.polygons,
        LABEL_FIELD="kind",
        OUTPUT_REPORT=tmp_path / "evaluation.html",
    )
    assert set(results) == {"ACCURACY", "BALANCED_ACCURACY", "MACRO_F1", "KAPPA", "N", "OUTPUT_REPORT"}
    assert results["ACCURACY"] > 0.6
    assert Path(results["OUTPUT_REPORT"]).stat().st_size > 1000


def test_saved_job_runs_without_qgis_and_makes_the_same_map(qgis, world, trained, tmp_path):
    job, made = tmp_path / "job.json", tmp_path / "map.tif"
    model = trained[0] / "model.colearn"
    qgis.run("colearn:predict", MODEL=model, INPUT=world.camera, MASK=world.polygons, OUTPUT=made, OUTPUT_JOB=job)
    before = band(made)
    made.unlink()
    command = [sys.executable, "-m", "engine", "predict", str(job)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert np.array_equal(band(made), before)


def test_one_sensor_is_trained_alone_by_the_number_that_the_help_lists(qgis, world, tmp_path):
    """`qgis_process help colearn:train` lists «5: alone» and asks for the number; a second sensor is not needed."""
    results = qgis.run(
        "colearn:train",
        SENSOR_A=world.radar,
        LABELS=world.polygons,
        LABEL_FIELD="kind",
        OUTPUT_MODEL=tmp_path / "alone.colearn",
        **{**QUICK, "METHOD": 5, "EPOCHS": 1, "MAX_SAMPLES": 200},
    )
    assert results["SCORE_A"] == results["SCORE_A_ALONE"]
    assert "GAIN_A" not in results and "SCORE_B" not in results


def test_failure_says_why_and_writes_no_json(qgis, world, tmp_path):
    (tmp_path / "no.colearn").write_text("no model", encoding="utf-8")
    done = qgis.call(
        "--json",
        "run",
        "colearn:predict",
        "--",
        f"MODEL={tmp_path / 'no.colearn'}",
        f"INPUT={world.camera}",
        f"OUTPUT={tmp_path / 'map.tif'}",
    )
    assert done.returncode == 1
    assert done.stdout.strip() == ""
    assert "[model_unreadable]" in done.stderr
    assert not (tmp_path / "map.tif").exists()


def test_failure_of_the_engine_is_a_failure_of_qgis_process(qgis, world, trained, tmp_path):
    with pytest.raises(qgis_process.QgisProcessError, match="extent_outside"):
        qgis.run(
            "colearn:predict",
            MODEL=trained[0] / "model.colearn",
            INPUT=world.camera,
            EXTENT="0,1,0,1 [EPSG:4326]",
            OUTPUT=tmp_path / "map.tif",
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for the engine in /proc")
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_engine_ends_with_qgis_process_and_leaves_nothing(qgis, world, tmp_path, ending):
    parameters = {
        "SENSOR_A": world.camera,
        "SENSOR_B": world.radar,
        "LABELS": world.polygons,
        "LABEL_FIELD": "kind",
        "OUTPUT_MODEL": tmp_path / "out" / "model.colearn",
        **QUICK,
        "EPOCHS": 10_000,
    }
    command = qgis.command("run", "colearn:train", "--", *qgis_process.as_arguments(parameters))
    with subprocess.Popen(
        command, env=qgis.prepare(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert any(b"epoch 1/" in line for line in process.stdout), "the training never began"
        engine = _engine_of(process.pid)
        process.send_signal(ending)
        process.wait(PATIENCE_S)
    ended = time.monotonic()
    _wait_for(lambda: not is_alive(engine))
    assert time.monotonic() - ended < on_this_machine(END_S)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def _engine_of(pid):
    """The process number of the engine below ``pid``."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text(encoding="utf-8").split():
            if b"engine" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    raise AssertionError("there is no engine")


def _wait_for(condition):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


# Inside QGIS ---------------------------------------------------------
