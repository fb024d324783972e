"""The main job for real: train, predict, evaluate with the real engine, through qgis_process and inside QGIS."""

import importlib.util
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import processing
import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException, QgsProject, QgsRasterLayer, QgsVectorLayer

from delivered import NEW_OFFSETS, make_safe, zipped
from processes import is_alive
from world import write_raster

ROOT = Path(__file__).resolve().parents[2]
CLASSES = ["bare", "crop", "wöod & heath"]
PATIENCE_S = 120
END_S = 2.0

QUICK = {"CONTEXT_M": 50, "METHOD": "mdico", "EPOCHS": 3, "MAX_SAMPLES": 400, "DEVICE": "cpu"}


def _tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


qgis_process = _tool("qgis_process")


@pytest.fixture(scope="session")
def qgis(tmp_path_factory):
    """qgis_process with this checkout linked under a name, and in a path, with spaces and accents."""
    return qgis_process.QgisProcess(ROOT, tmp_path_factory.mktemp("qgis à côté"), plugin_name="Mon plügin 2")


@pytest.fixture(scope="session")
def trained(qgis, world, tmp_path_factory):
    """A model trained through qgis_process: its folder and the results."""
    folder = tmp_path_factory.mktemp("modèle et carte")
    results = qgis.run(
        "colearn:train",
        SENSOR_A=world.camera,
        SENSOR_A_NAME="camera",
        SENSOR_B=world.radar,
        LABELS=world.polygons,
        LABEL_FIELD="kind",
        SPLIT_BUFFER_M=1,
        OUTPUT_MODEL=folder / "model.colearn",
        OUTPUT_REPORT=folder / "report.html",
        **QUICK,
    )
    return folder, results


def band(path):
    dataset = gdal.Open(str(path))
    return dataset.GetRasterBand(1).ReadAsArray()


# qgis_process --------------------------------------------------------


def _safe_of(world, folder):
    """The camera as a product of a newer baseline, with a cloud."""
    camera, scl = gdal.Open(str(world.camera)).ReadAsArray(), np.full((60, 60), 4)
    scl[10:20, 30:50] = 9
    bands = dict(zip(("B02", "B03", "B04", "B08"), np.where(camera > 0, camera + 1000, 0)))
    return make_safe(folder, bands, scl, baseline="05.00", offsets=NEW_OFFSETS)


@pytest.mark.slow
def test_a_product_is_mapped_as_it_was_delivered(qgis, trained, world, tmp_path):
    """The same reflectance as in the plain raster: the same map, from the folder and from the zip; clouds if asked."""
    model = trained[0] / "model.colearn"
    safe = _safe_of(world, tmp_path / "à l'origine")
    qgis.run("colearn:predict", MODEL=model, INPUT=world.camera, OUTPUT=tmp_path / "plain.tif")
    qgis.run("colearn:predict", MODEL=model, INPUT=safe, OUTPUT=tmp_path / "safe.tif")
    archive = zipped(safe, tmp_path / "le produit.zip")
    masked = {"INPUT_MASK": "sentinel2_scl", "OUTPUT": tmp_path / "zip.tif"}
    qgis.run("colearn:predict", MODEL=model, INPUT=archive, SENSOR="camera", **masked)
    np.testing.assert_array_equal(band(tmp_path / "safe.tif"), band(tmp_path / "plain.tif"))
    cloudy = band(tmp_path / "zip.tif")
    assert (cloudy[20:40, 60:100] == 255).all()
    away = np.ones((120, 120), bool)
    away[18:42, 58:102] = False  # pixels 20 m from the cloud see it: their patches have 50 m
    np.testing.assert_array_equal(cloudy[away], band(tmp_path / "plain.tif")[away])


def test_what_only_gdal_opens_is_mapped(qgis, trained, world, tmp_path):
    """A raster in a zip, and two variables of a NetCDF file as the two bands of the radar."""
    model = trained[0] / "model.colearn"
    with zipfile.ZipFile(tmp_path / "à lire.zip", "w") as file:
        file.write(world.camera, "dedans/image.tif")
    inside = f"/vsizip/{tmp_path}/à lire.zip/dedans/image.tif"
    qgis.run("colearn:predict", MODEL=model, INPUT=inside, OUTPUT=tmp_path / "inside.tif")
    qgis.run("colearn:predict", MODEL=model, INPUT=world.camera, OUTPUT=tmp_path / "plain.tif")
    np.testing.assert_array_equal(band(tmp_path / "inside.tif"), band(tmp_path / "plain.tif"))
    radar = gdal.GetDriverByName("MEM").CreateCopy("", gdal.Open(str(world.radar)))
    for number, name in enumerate(("VV", "VH"), 1):
        radar.GetRasterBand(number).SetMetadataItem("NETCDF_VARNAME", name)
    net_cdf = tmp_path / "radar.nc"
    gdal.GetDriverByName("netCDF").CreateCopy(str(net_cdf), radar)
    # GDAL numbers what it writes (VV1, VH2); names are stored with their length, filled up to four bytes.
    plain_names = net_cdf.read_bytes().replace(b"\0\0\0\3VV1\0", b"\0\0\0\2VV\0\0")
    net_cdf.write_bytes(plain_names.replace(b"\0\0\0\3VH2\0", b"\0\0\0\2VH\0\0"))
    variables = [f'NETCDF:"{net_cdf}":{name}' for name in ("VV", "VH")]
    qgis.run("colearn:predict", MODEL=model, INPUT=variables, OUTPUT=tmp_path / "variables.tif")
    qgis.run("colearn:predict", MODEL=model, INPUT=world.radar, OUTPUT=tmp_path / "radar.tif")
    np.testing.assert_array_equal(band(tmp_path / "variables.tif"), band(tmp_path / "radar.tif"))


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


@pytest.mark.slow
def test_values_that_no_file_declares_as_nodata_are_declared_by_hand(qgis, world, tmp_path):
    """The camera without a nodata value, every eighth row -9999; labels in the second band, 0 where there are none."""
    values = gdal.Open(str(world.camera)).ReadAsArray().astype(np.float32)
    values[:, ::8] = -9999
    camera = write_raster(tmp_path / "filled.tif", values, names=("B02", "B03", "B04", "B08"))
    labels = np.where(np.arange(120)[:, np.newaxis] % 3, 0, world.truth + 1)
    truth = write_raster(tmp_path / "truth.tif", np.stack([labels * 0 + 7, labels]).astype(np.uint8))
    model, predict = tmp_path / "model.colearn", {"MODEL": tmp_path / "model.colearn", "INPUT": camera}
    sensors = {"SENSOR_A": camera, "SENSOR_A_NAME": "camera", "SENSOR_A_NODATA": "0; -9999", "SENSOR_B": world.radar}
    given = {"LABEL_RASTER": truth, "LABEL_BAND": 2, "LABEL_NODATA": 0}
    qgis.run("colearn:train", OUTPUT_MODEL=model, **sensors, **given, **QUICK)
    qgis.run("colearn:predict", OUTPUT=tmp_path / "map.tif", **predict)
    qgis.run("colearn:predict", OUTPUT=tmp_path / "all.tif", NODATA="none", **predict)
    assert (band(tmp_path / "map.tif")[::8] == 255).all()
    assert (band(tmp_path / "map.tif")[4::8, 20:] != 255).all()
    assert set(np.unique(band(tmp_path / "all.tif"))) <= {1, 2, 3}
    own = {"LABEL_RASTER": tmp_path / "map.tif", "MAP": tmp_path / "map.tif", "MAP_BAND": 1, "NODATA": "-9999"}
    scores = qgis.run("colearn:evaluate", MAX_SAMPLES=500, **predict, **own)
    assert scores["ACCURACY"] == 1.0


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


def test_band_files_are_aligned_or_refused_through_qgis_process(qgis, world, trained, tmp_path):
    """The camera as a file for each band, of which B03 lacks the first row, or lies half a pixel to the east."""
    whole = gdal.Open(str(world.camera))
    x, _, _, y, _, _ = whole.GetGeoTransform()

    def cut(number, name, row=0, east_m=0.0):
        window = {"srcWin": [0, row, whole.RasterXSize, whole.RasterYSize - row], "bandList": [number]}
        made = gdal.Translate(str(tmp_path / name), whole, **window)
        made.GetRasterBand(1).SetDescription("")
        made.SetGeoTransform((x + east_m, 10, 0, y - 10 * row, 0, -10))
        return tmp_path / name

    bands = {name: cut(number, f"T33_{name}.tif") for number, name in enumerate(("B02", "B03", "B04", "B08"), start=1)}
    files = [bands["B02"], cut(2, "T32_B03.tif", row=1), bands["B04"], bands["B08"]]
    given = {"MODEL": trained[0] / "model.colearn", "SENSOR": "camera"}
    qgis.run("colearn:predict", INPUT=files, OUTPUT=tmp_path / "map.tif", **given)
    one = gdal.Translate(str(tmp_path / "one.tif"), whole, srcWin=[0, 1, whole.RasterXSize, whole.RasterYSize - 1])
    one = one.GetDescription()
    qgis.run("colearn:predict", INPUT=one, OUTPUT=tmp_path / "map of one.tif", **given)
    np.testing.assert_array_equal(band(tmp_path / "map.tif"), band(tmp_path / "map of one.tif"))
    off = [bands["B02"], cut(2, "T31_B03.tif", east_m=5.0), bands["B04"]]
    with pytest.raises(qgis_process.QgisProcessError, match=r"T31_B03[\s\S]*0\.5 pixels[\s\S]*sensor_layout_unclear"):
        qgis.run(
            "colearn:train",
            SENSOR_A=off,
            SENSOR_B=world.radar,
            LABELS=world.polygons,
            LABEL_FIELD="kind",
            OUTPUT_MODEL=tmp_path / "model.colearn",
        )


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
    assert time.monotonic() - ended < END_S
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


@pytest.fixture
def run(context, log, monkeypatch):
    monkeypatch.delenv("COLEARN_ENGINE_PYTHON", raising=False)

    def run(name, **parameters):
        texts = {key: str(value) if isinstance(value, Path) else value for key, value in parameters.items()}
        return processing.run(f"colearn:{name}", texts, feedback=log, context=context)

    return run


@pytest.mark.slow
def test_train_predict_evaluate_inside_qgis(run, world, tmp_path, log):
    trained = run(
        "train",
        SENSOR_A=str(world.camera),
        SENSOR_B=str(world.radar),
        LABELS=world.polygons,
        LABEL_FIELD=["kind"],
        OUTPUT_MODEL=tmp_path / "model.colearn",
        **{**QUICK, "METHOD": "alone"},
    )
    assert set(trained) >= {"OUTPUT_MODEL", "SCORE_A_ALONE", "SCORE_B_ALONE", "TEST_SAMPLES"}
    assert any("epoch 1/3" in line for line in log.lines)
    mapped = run("predict", MODEL=trained["OUTPUT_MODEL"], INPUT=str(world.camera), OUTPUT=tmp_path / "map.tif")
    scores = run(
        "evaluate",
        MODEL=trained["OUTPUT_MODEL"],
        INPUT=str(world.camera),
        LABELS=world.points,
        MAP=mapped["OUTPUT"],
    )
    assert set(np.unique(band(mapped["OUTPUT"]))) <= {1, 2, 3, 255}
    assert scores["N"] > 10
    assert scores["AREA_ACCURACY_LOW"] < scores["AREA_ACCURACY"] < scores["AREA_ACCURACY_HIGH"]
    assert not any(":" in name for name in scores)
    assert any("overall accuracy" in line for line in log.lines)


@pytest.mark.slow
def test_other_scaling_is_told_of_a_layer_with_settings_of_its_own(run, world, tmp_path, log):
    """Trained on reflectance with a scale; mapped from a layer whose file also has an offset, and whose CRS was set."""

    def scaled(name, offset):
        made = gdal.Translate(str(tmp_path / name), str(world.camera))
        for number in range(1, 5):
            made.GetRasterBand(number).SetScale(0.0001)
            made.GetRasterBand(number).SetOffset(offset)
        return str(tmp_path / name)

    trained = run(
        "train",
        SENSOR_A=scaled("trained.tif", 0.0),
        SENSOR_A_NAME="camera",
        SENSOR_B=str(world.radar),
        LABELS=world.polygons,
        LABEL_FIELD=["kind"],
        OUTPUT_MODEL=tmp_path / "model.colearn",
        **{**QUICK, "METHOD": "alone", "EPOCHS": 1},
    )
    layer = QgsRasterLayer(scaled("mapped.tif", -0.1), "my layer")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:25833"))
    QgsProject.instance().addMapLayer(layer)
    log.warnings.clear()
    run("predict", MODEL=trained["OUTPUT_MODEL"], INPUT=layer, SENSOR="camera", OUTPUT=tmp_path / "map.tif")
    told = [line for line in log.warnings if "the file declares the scale 0.0001 and the offset -0.1" in line]
    assert len(told) == 1
    assert "in training it was the scale 0.0001 and the offset 0" in told[0]
    crs = gdal.Open(str(tmp_path / "map.tif")).GetSpatialRef()
    assert crs.GetAuthorityCode(None) == "25833"


def test_cancel_inside_qgis_ends_within_two_seconds_and_leaves_nothing(run, world, tmp_path, log, monkeypatch):
    cancelled_at = []

    def cancel_in_the_first_epoch(line):
        if "epoch 1/" in line:
            cancelled_at.append(time.monotonic())
            log.cancel()

    monkeypatch.setattr(log, "pushInfo", cancel_in_the_first_epoch)
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run(
            "train",
            SENSOR_A=str(world.camera),
            SENSOR_B=str(world.radar),
            LABELS=world.polygons,
            LABEL_FIELD=["kind"],
            OUTPUT_MODEL=tmp_path / "model.colearn",
            **{**QUICK, "EPOCHS": 10_000},
        )
    assert time.monotonic() - cancelled_at[0] < END_S
    assert list(tmp_path.iterdir()) == []
