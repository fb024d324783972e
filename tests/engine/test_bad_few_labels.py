"""Quick averages of labels or rasters that show hardly anything: an error in words, or a fallback that is reported."""

from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import TrainJob
from colearn.engine.contract.job.method import Effort, Method
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.manifest.scores import Verdict
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile

from journeys import read, run_train, source, train_job
from layers import ALL_OVER, square, stands, write_layer
from refusals import refused, says
from world import DATES, World, write_raster


def quick(world: World, folder: Path, **changes) -> TrainJob:
    outputs = folder / "outputs"
    outputs.mkdir()
    usual = {"method": Method.AUTO, "effort": Effort.QUICK, "max_samples": 150, "context_m": 30.0}
    return train_job(world, outputs, **{**usual, **changes})


def squares(folder: Path, kinds: list[str], side_px: float = 8):
    """Squares all over the world, of these kinds, one after the other."""
    features = [(square(*at, side_px), {"kind": kind}) for at, kind in zip(ALL_OVER, kinds, strict=False)]
    return stands(write_layer(folder / "stands.gpkg", features), "kind")


def without_labels(sink) -> str:
    """What the log says of positions without labels."""
    (text,) = [event.text for event in sink.events if getattr(event, "code", "") == "unlabelled"]
    return text


@pytest.mark.parametrize(("folds", "where"), [(1, "left for validation"), (3, "in the training part of fold 1 of 3")])
def test_a_class_at_one_location_cannot_be_split(world, tmp_path, folds, where) -> None:
    job = quick(world, tmp_path, labels=squares(tmp_path, [*19 * ["wheat"], "rye"]), folds=folds)
    error = refused(run_train, job, ErrorCode.TOO_FEW_SAMPLES, tmp_path / "outputs")
    says(error, "my stands", f"only one class {where}", "at least three groups", "Add labels")


def test_ten_labels_give_a_model_that_warns(world, tmp_path) -> None:
    """Squares of one pixel, each a group: 60, 20 and 20 % of ten are 6, 2 and 2."""
    _, sink = run_train(quick(world, tmp_path, labels=squares(tmp_path, 5 * ["wheat", "rye"], 1)), report=True)
    counts = ModelFile.open(str(tmp_path / "outputs" / "model.colearn")).manifest.samples
    assert (counts.train, counts.validation, counts.test, counts.refit) == (6, 2, 2, 10)
    warned = sink.texts(Level.WARNING)
    assert "camera covers only 10 samples: too few for training" in warned
    assert "Few groups: 6 training, 2 validation, 2 test" in sink.texts()


def test_a_sensor_of_thirty_samples_is_trained_and_the_log_says_what_cannot_be_known(world, tmp_path) -> None:
    """The radar shows a strip: 29 samples of 300, of which about a fifth validates, and another fifth tests."""
    radar = read(world.radar).copy()
    radar[..., 6:] = np.nan
    sensors = (
        SensorSpec("camera", (source(world.camera),)),
        SensorSpec("radar", (source(write_raster(tmp_path / "strip.tif", radar, 20.0)),)),
    )
    finished, sink = run_train(quick(world, tmp_path, sensors=sensors, max_samples=300))
    assert "camera covers 299, radar covers 29" in sink.texts(Level.INFO)
    assert "radar: importance of bands was not measured: it covers 6 test and 6" in sink.texts(Level.INFO)
    score = ModelFile.open(str(tmp_path / "outputs" / "model.colearn")).manifest.sensor("radar").score
    assert score.of_shipped.low is None  # too few groups for an interval
    assert score.verdict is not Verdict.HELPED
    assert finished.numbers["TEST_SAMPLES"] > 50


def test_a_series_without_any_date_is_named(world, tmp_path) -> None:
    empty = np.full(read(world.series).shape, -9999, np.int16)
    names = tuple(f"{band}_{date}" for date in DATES for band in ("red", "nir"))
    series = write_raster(tmp_path / "series.tif", empty, nodata=-9999, names=names)
    sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(series),)))
    job = quick(world, tmp_path, sensors=sensors)
    error = refused(run_train, job, ErrorCode.TOO_FEW_SAMPLES, tmp_path / "outputs")
    says(error, "series covers 0", "nodata values", "remove the sensor")


def heights(folder: Path, values: list[float], side_px: float = 8):
    """Squares all over the world, of these heights, from west to east."""
    features = [(square(*at, side_px), {"height": value}) for at, value in zip(ALL_OVER, values, strict=True)]
    return stands(write_layer(folder / "heights.gpkg", features, fields={"height": float}), "height")


def test_a_sensor_whose_training_samples_have_one_value_is_refused(world, tmp_path) -> None:
    """The radar shows the western half, where all stands are equally high."""
    radar = read(world.radar).copy()
    radar[..., radar.shape[-1] // 2 :] = np.nan
    sensors = (
        SensorSpec("camera", (source(world.camera),)),
        SensorSpec("radar", (source(write_raster(tmp_path / "west.tif", radar, 20.0)),)),
    )
    labels = heights(tmp_path, [7.5 if col < 60 else 7.5 + row for col, row in ALL_OVER])
    job = quick(world, tmp_path, sensors=sensors, labels=labels)
    error = refused(run_train, job, ErrorCode.TOO_FEW_SAMPLES, tmp_path / "outputs")
    says(error, "my stands and radar", "the same value in all", "covered by radar", "two different values")


def test_one_higher_stand_is_trained_on_and_its_score_is_reported_as_meaningless(world, tmp_path) -> None:
    """Of one group it can be in the training part only, so that test samples are all of one value."""
    job = quick(world, tmp_path, labels=heights(tmp_path, [*19 * [7.5], 9.0]))
    _, sink = run_train(job)
    warned = sink.texts(Level.WARNING)
    assert "All test samples covered by camera have the same value of height, so its R² is meaningless" in warned
    assert "covered by radar have the same value" in warned
    assert "cannot learn" not in warned
    (target,) = ModelFile.open(str(tmp_path / "outputs" / "model.colearn")).manifest.targets
    assert (target.minimum, target.maximum) == (7.5, 9.0)


def test_sensors_without_overlap_learn_from_labels_and_that_is_logged(world, tmp_path) -> None:
    """One shows the western half, the other the eastern: nobody asked for overlap, and there is none."""
    camera, radar = read(world.camera).copy(), read(world.radar).copy()
    camera[..., camera.shape[-1] // 2 :] = 0
    radar[..., : radar.shape[-1] // 2] = np.nan
    west = write_raster(tmp_path / "west.tif", camera, nodata=0)
    east = write_raster(tmp_path / "east.tif", radar, 20.0)
    sensors = (SensorSpec("camera", (source(west),)), SensorSpec("radar", (source(east),)))
    _, sink = run_train(quick(world, tmp_path, sensors=sensors), report=True)
    assert without_labels(sink).endswith("training uses labelled samples only.")
    assert "No sample is covered by two sensors" in sink.texts(Level.WARNING)
    manifest = ModelFile.open(str(tmp_path / "outputs" / "model.colearn")).manifest
    assert [sensor.name for sensor in manifest.sensors] == ["camera", "radar"]


def test_where_all_sensors_teach_worse_than_one_its_own_teacher_teaches(world, tmp_path) -> None:
    """Among 300 bands of noise a forest that sees all sensors hardly finds the two of the radar."""
    noise = np.random.default_rng(1).normal(size=(300, 60, 60)).astype(np.float32)
    sensors = (
        SensorSpec("radar", (source(world.radar),)),
        SensorSpec("noise", (source(write_raster(tmp_path / "noise.tif", noise, 20.0)),)),
    )
    finished, sink = run_train(quick(world, tmp_path, sensors=sensors))
    assert "radar: out of fold, a forest on all sensors scores lower" in sink.texts(Level.INFO)
    assert "So the latter is the teacher of radar." in sink.texts(Level.INFO)
    assert finished.numbers["GAIN:radar"] == 0.0  # the same trees as without the noise
