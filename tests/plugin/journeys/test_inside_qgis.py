"""The main job for real inside QGIS: train, predict, evaluate with the real engine, and cancel it."""

import time
from pathlib import Path

import numpy as np
import processing
import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException, QgsProject, QgsRasterLayer

from deadlines import on_this_machine
from real_runs import END_S, QUICK, band


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
def test_other_scaling_of_a_layer_with_its_own_settings_is_reported(run, world, tmp_path, log):
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
    messages = [line for line in log.warnings if "the file declares the scale 0.0001 and the offset -0.1" in line]
    assert len(messages) == 1
    assert "in training it was the scale 0.0001 and the offset 0" in messages[0]
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
    assert time.monotonic() - cancelled_at[0] < on_this_machine(END_S)
    assert list(tmp_path.iterdir()) == []
