"""From layers to a map through the windows, with the real engine: in this process, and in a real QGIS on Xvfb."""

import json
import shutil
import subprocess
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.method import Method
from colearn.engine.contract.manifest.scores import Verdict
from colearn.plugin.mapping_dock.dock import MapDock
from colearn.plugin.model_card import read_manifest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer

from deadlines import on_this_machine
from processes import is_alive
from real_runs import qgis_process

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 240
pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("in_real_qgis.py")
QUICK = {"epochs": 2, "max_samples": 300, "context_m": 50.0, "method": Method.MDICO, "device": Device.CPU}


@pytest.fixture
def wait(wait):
    """With the patience that whole trainings need."""
    return partial(wait, patience_s=PATIENCE_S)


def test_layers_become_a_model_and_a_map_on_their_grid(trainings, wait, world, tmp_path):
    project = QgsProject.instance()
    camera, radar = QgsRasterLayer(str(world.camera), "caméra"), QgsRasterLayer(str(world.radar), "radar")
    labels = QgsVectorLayer(str(world.polygons), "été")
    project.addMapLayers([camera, radar, labels])
    window = trainings.open()
    window.session.add_layers([camera, radar, labels])
    window.session.set_model(str(tmp_path / "modèle d'été" / "kind.colearn"))
    window.session.edit(replace(window.session.form, settings=window.session.form.settings.having(**QUICK)))
    window.fill()
    assert window.session.form.labels.label_fields == ("kind",)
    window.labels_page.split_button.click()
    wait(lambda: not window.session.split.is_running())
    assert window.message_text() == ""
    (split,) = project.mapLayersByName("kind · split")
    parts = parts_of(split)
    assert {part for part, *_ in parts} >= {"train", "validation", "test"}
    window.train_button.click()
    wait(lambda: not window.session.is_running())
    assert window.message_text() == ""
    manifest = read_manifest(window.session.model)
    assert [sensor.name for sensor in manifest.sensors] == ["caméra", "radar"]
    assert [label.name for label in manifest.classes] == ["bare", "crop", "wöod & heath"]
    verdicts = {
        Verdict.HELPED: "The other sensors helped",
        Verdict.NO_DIFFERENCE: "No clear difference",
        Verdict.HARMED: "The other sensors reduced the score",
    }
    cards = " ".join(window.run_page.cards.texts)
    for sensor in manifest.sensors:
        assert sensor.name in cards
        assert verdicts[sensor.score.verdict] in cards
    # Two epochs each: MDiCo, each sensor alone, all sensors fused.
    trained = {curve.training: len(curve.score) for curve in window.session.training.curves.trainings}
    assert trained == {"mdico": 2, "alone: caméra": 2, "alone: radar": 2, "all sensors": 2}
    (samples,) = project.mapLayersByName("kind · samples")
    assert parts_of(samples) == parts  # what was shown before is what was done
    window.run_page.errors_wanted.emit()
    assert not window.isVisible()  # it lay over the map
    (errors,) = [layer for layer in project.mapLayers().values() if "test errors" in layer.name()]
    assert all(feature["part"] == "test" for feature in errors.getFeatures())
    dock = MapDock(None)
    dock.open_layers([camera], window.session.model)
    assert dock.session.form.sensor == "caméra"
    output = dock.session.form.output
    dock.map()
    wait(lambda: not dock.session.is_running())
    assert dock.message_text().startswith("Mapped")
    made, source = gdal.Open(output), gdal.Open(str(world.camera))
    assert (made.RasterXSize, made.RasterYSize) == (source.RasterXSize, source.RasterYSize)
    assert made.GetGeoTransform() == source.GetGeoTransform()
    assert (made.ReadAsArray()[:7, :9] == 255).all()  # the camera's corner of nodata
    dock.release()


def parts_of(layer):
    rows = [(each["part"], each["group"], each["class"], each.geometry().asWkt(6)) for each in layer.getFeatures()]
    return sorted(rows)


@pytest.fixture
def in_real_qgis(world, tmp_path):
    """Have a real QGIS with a window on a display do something and leave; returns what it says."""
    if shutil.which("xvfb-run") is None:
        pytest.skip("needs xvfb-run")
    process = qgis_process.QgisProcess(ROOT, tmp_path / "qgis à côté", plugin_name="colearn_test")
    result = tmp_path / "résultat.json"
    files = {name: str(getattr(world, name)) for name in ("camera", "radar", "polygons")}
    environment = {
        **process.prepare(),
        "COLEARN_TEST_WORLD": json.dumps(files),
        "COLEARN_TEST_RESULT": str(result),
        "COLEARN_TEST_FOLDER": str(tmp_path / "forêt d'été"),
    }
    environment.pop("QT_QPA_PLATFORM", None)
    program = shutil.which("qgis.bin") or "qgis"
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1366x768x24"]

    def run(scenario):
        done = subprocess.run(
            [*screen, program, "--nologo", "--noversioncheck", "--code", str(SCRIPT)],
            env={**environment, "COLEARN_TEST_SCENARIO": scenario},
            timeout=900,
            capture_output=True,
            text=True,
            check=False,
        )
        outcome = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {"error": done.stderr[-3000:]}
        assert "error" not in outcome, outcome["error"]
        assert done.returncode == 0, done.stderr[-3000:]
        return outcome

    return run


def test_a_real_qgis_trains_and_maps_and_leaves_in_peace(in_real_qgis):
    """Plugin loaded by QGIS, menu, window, training, dock, map, context menu, end."""
    outcome = in_real_qgis("train and map")
    assert outcome["menu"][:3] == ["Train a model…", "Map from a layer…", "Trainings"]
    assert outcome["message"] == ""
    assert outcome["sensors"] == ["caméra", "radar"]
    assert outcome["groups"] == 1
    assert Path(outcome["map"]).is_file()
    assert outcome["entries"][0].startswith("Map with kind")
    assert outcome["slider"] is True


def test_identify_shows_the_class_of_a_map(in_real_qgis):
    """“1 (bare)” instead of “1” in versions that do not read the map's attribute table."""
    outcome = in_real_qgis("identify")
    (band,) = [value for name, value in outcome["values"].items() if name.startswith("Band")]
    number, _blank, name = band.partition(" ")
    if not outcome["knows_names"]:
        label = outcome["legend"][f"{float(number):g}"]
        assert name == f"({label})"
        assert label in {"bare", "crop", "wöod & heath"}


@pytest.mark.parametrize("scenario", ["leave in the middle", "leave in a map"])
def test_a_qgis_that_is_left_in_the_middle_takes_the_engine_along(in_real_qgis, scenario):
    """In a training or a full map: nothing half written, no process left over, and QGIS ends in peace."""
    outcome = in_real_qgis(scenario)
    assert outcome["engine"]
    deadline = time.monotonic() + on_this_machine(10)
    while any(is_alive(process) for process in outcome["engine"]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(is_alive(process) for process in outcome["engine"])
    output = Path(outcome["output"])
    assert not output.exists()
    assert list(output.parent.glob(".*")) == []
