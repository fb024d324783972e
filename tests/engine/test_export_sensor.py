"""A sensor as a plain ONNX file: the scores of maps, tile by tile, and what the file says of itself."""

import json
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime
import pytest
from colearn.engine.contract import ErrorCode, ExportSensorJob, Precision, SensorKind
from colearn.engine.export_sensor import export_sensor, overlap_percent
from colearn.engine.model_file import ModelFile
from colearn.engine.process.reporting import Reporter
from osgeo import gdal

from journeys import Listening, predict_job, run_predict
from refusals import refused, says

TILE_PX = 64
DEEPNESS_KEYS = {
    "model_type", "class_names", "resolution", "tiles_size", "tiles_overlap", "standardization_mean",
    "standardization_std",
}  # fmt: skip


def export(job):
    sink = Listening()
    return export_sensor(job, Reporter(sink)), sink


def exported(model, folder, sensor, **changes):
    """The opened file, and what it says of itself."""
    job = ExportSensorJob(str(model), str(folder / "sensor é.onnx"), sensor, TILE_PX, **changes)
    finished, _ = export(job)
    assert finished.outputs == {"OUTPUT_ONNX": job.output_onnx}
    session = onnxruntime.InferenceSession(job.output_onnx)
    says_itself = {key: json.loads(text) for key, text in session.get_modelmeta().custom_metadata_map.items()}
    return session, says_itself


def as_deepness(session, metadata, tile):
    """What Deepness computes of a tile (channel, row, col) of a layer's values, nodata as the file has it."""
    given = np.float32(tile.transpose(1, 2, 0) * 1.0 / 255.0)
    given = (given - np.float32(metadata["standardization_mean"])) / np.float32(metadata["standardization_std"])
    (found,) = session.run(None, {session.get_inputs()[0].name: given.transpose(2, 0, 1)[np.newaxis]})
    return found[0]


def tile_of(path, row, col):
    """Values of a square of a raster, NaN where the raster declares nodata."""
    dataset = gdal.Open(str(path))
    values = dataset.ReadAsArray(col, row, TILE_PX, TILE_PX).astype(np.float32)
    values = values if values.ndim == 3 else values[np.newaxis]
    nodata = dataset.GetRasterBand(1).GetNoDataValue()
    return values if nodata is None else np.where(values == nodata, np.float32(np.nan), values)


def test_a_tile_has_the_classes_and_probabilities_of_the_map(small_model, world, tmp_path):
    map_path, shares_path = tmp_path / "map.tif", tmp_path / "p.tif"
    job = predict_job(small_model, world.camera, map_path, sensor="camera", precision=Precision.FP32)
    job = replace(job, output_probabilities=str(shares_path))
    run_predict(job)
    session, metadata = exported(small_model, tmp_path, "camera")
    manifest = ModelFile.open(small_model).manifest
    halo = manifest.sensor("camera").halo_px
    assert halo > 0
    seen = set()
    for row, col in ((0, 0), (30, 47), (56, 56)):
        found = as_deepness(session, metadata, tile_of(world.camera, row, col))
        assert found.shape == (1 + len(manifest.classes), TILE_PX, TILE_PX)
        inside = (slice(halo, TILE_PX - halo),) * 2
        square = col + halo, row + halo, TILE_PX - 2 * halo, TILE_PX - 2 * halo
        classes = gdal.Open(str(map_path)).ReadAsArray(*square)
        codes = np.array([int(manifest.nodata), *(label.code for label in manifest.classes)])
        assert np.array_equal(codes[found.argmax(axis=0)][inside], classes)
        shares = gdal.Open(str(shares_path)).ReadAsArray(*square)
        weights = np.float32(manifest.decision or [1] * len(codes[1:])).reshape(-1, 1, 1)
        expected = np.where(classes == manifest.nodata, 0, shares * weights)
        assert np.allclose(found[1:][:, inside[0], inside[1]], expected, atol=1e-4)
        seen |= set(np.unique(classes).tolist())
    assert int(manifest.nodata) in seen  # the corner of the world's camera
    assert len(seen) > 2


def test_a_series_has_the_values_of_the_map(small_series_model, world, tmp_path):
    job = predict_job(small_series_model, world.series, tmp_path / "map.tif", sensor="series")
    run_predict(replace(job, precision=Precision.FP32))
    session, metadata = exported(small_series_model, tmp_path, "series")
    assert metadata["model_type"] == "Regressor"
    assert metadata["tiles_overlap"] == 0
    manifest = ModelFile.open(small_series_model).manifest
    sensor = manifest.sensor("series")
    assert sensor.kind is SensorKind.SERIES
    found = as_deepness(session, metadata, by_date(tile_of(world.series, 20, 20), world.series, sensor))
    expected = gdal.Open(str(tmp_path / "map.tif")).ReadAsArray(20, 20, TILE_PX, TILE_PX)
    assert np.allclose(np.nan_to_num(found[0], nan=manifest.nodata), expected, atol=1e-3 * manifest.targets[0].sd)


def by_date(values, path, sensor):
    """The raster's bands in the order of the file's channels: all bands of a date, then of the next."""
    dataset = gdal.Open(str(path))
    names = [dataset.GetRasterBand(number).GetDescription() for number in range(1, dataset.RasterCount + 1)]
    wanted = [(band, date) for date in sensor.dates for band in sensor.band_names()]
    order = [next(at for at, name in enumerate(names) if band in name and date in name) for band, date in wanted]
    return values[order]


def read_as_deepness(session):
    """What Deepness reads of a file, in the steps of its model classes: one JSON value a key, and shapes."""
    raw = session.get_modelmeta().custom_metadata_map
    (image,), (scores,) = session.get_inputs(), session.get_outputs()  # it takes one of each
    by_channel = sorted(json.loads(raw["class_names"]).items(), key=lambda pair: int(pair[0]))
    assert [int(channel) for channel, _name in by_channel] == list(range(len(by_channel)))
    assert len(image.shape) == len(scores.shape) == 4 and scores.shape[2] == scores.shape[3]
    assert len(by_channel) == scores.shape[-3]
    standardization = [[float(x) for x in json.loads(raw[f"standardization_{each}"])] for each in ("mean", "std")]
    assert [len(each) for each in standardization] == [image.shape[-3]] * 2
    return {
        "type": str(json.loads(raw["model_type"])).capitalize(),
        "names": [name for _channel, name in by_channel],
        "batch": image.shape[0],
        "size": image.shape[-2:],
        "resolution": float(json.loads(raw["resolution"])),
        "tile": int(json.loads(raw["tile_size"])),
        "overlap": int(json.loads(raw["tiles_overlap"])),
        "std": standardization[1],
        "own": {name: json.loads(raw[name]) for name in raw if name.startswith(("seg_", "reg_", "det_"))},
    }


def test_deepness_reads_a_classification_as_one(small_model, tmp_path):
    session, _ = exported(small_model, tmp_path, "camera")
    assert read_as_deepness(session) == {
        "type": "Segmentor",
        "names": ["_background", "bare", "crop", "wöod & heath"],
        "batch": 1,
        "size": [TILE_PX, TILE_PX],
        "resolution": 1000.0,
        "tile": TILE_PX,
        "overlap": 7,
        "std": [1 / 255] * 4,
        "own": {"seg_thresh": 0.0, "seg_small_segment": 0},
    }


def test_deepness_reads_a_regression_as_one(small_series_model, tmp_path):
    session, metadata = exported(small_series_model, tmp_path, "series")
    found = read_as_deepness(session)
    assert (found["type"], found["tile"], found["overlap"]) == ("Regressor", TILE_PX, 0)
    assert len(found["std"]) == len(metadata["colearn_dates"]) * len(metadata["colearn_bands"])
    assert found["own"] == {"reg_output_scaling": 1.0}


def test_the_file_says_what_deepness_asks_for(small_model, tmp_path):
    session, metadata = exported(small_model, tmp_path, "camera", license="CC-BY-4.0", attribution="Müller & Söhne")
    assert metadata.keys() >= DEEPNESS_KEYS
    assert metadata["model_type"] == "Segmentor"
    assert metadata["class_names"] == {"0": "_background", "1": "bare", "2": "crop", "3": "wöod & heath"}
    assert metadata["resolution"] == 1000.0  # centimetres: pixels of 10 m
    assert metadata["tiles_size"] == TILE_PX
    assert metadata["tiles_overlap"] == 7  # per cent: two halos of 2 pixels in 64 are 6.25
    assert metadata["standardization_mean"] == [0.0] * 4
    assert metadata["license"] == "CC-BY-4.0"
    assert metadata["attribution"] == "Müller & Söhne"
    assert metadata["colearn_bands"] == ["B02", "B03", "B04", "B08"]
    assert session.get_inputs()[0].shape == [1, 4, TILE_PX, TILE_PX]
    assert [output.shape for output in session.get_outputs()] == [[1, 4, TILE_PX, TILE_PX]]


def test_the_same_model_gives_the_same_bytes(small_model, tmp_path):
    contents = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        exported(small_model, tmp_path / name, "radar")
        contents.append((tmp_path / name / "sensor é.onnx").read_bytes())
    assert contents[0] == contents[1]


def test_values_that_were_nodata_in_training_are_nodata_in_the_file(small_model, tmp_path, monkeypatch):
    from colearn.engine import export_sensor as journey

    found_sensor = journey._sensor_of
    monkeypatch.setattr(journey, "_sensor_of", lambda *given: replace(found_sensor(*given), nodata=(-1.0, 7.0)))
    session, _ = exported(small_model, tmp_path, "camera")
    tile = np.full((1, 4, TILE_PX, TILE_PX), 500, np.float32)
    tile[0, 2, 30, 30], tile[0, 0, 40, 41], tile[0, 1, 10, 10] = -1, 7, 8
    (scores,) = session.run(None, {"image": tile})
    assert {(row, col) for row, col in np.argwhere(scores[0, 0] == 1)} == {(30, 30), (40, 41)}
    assert set(np.unique(scores[0, 0])) == {0, 1}


def test_no_node_is_left_that_nothing_needs(small_model, tmp_path):
    exported(small_model, tmp_path, "camera")
    graph = onnx.load(str(tmp_path / "sensor é.onnx")).graph
    used = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    assert all(used.intersection(node.output) for node in graph.node)
    assert {each.name for each in graph.initializer} <= used


@pytest.mark.parametrize(("tile_px", "percent"), [(512, 1), (64, 7), (16, 25), (8, 50)])
def test_tiles_overlap_by_two_halos(small_model, tile_px, percent):
    sensor = ModelFile.open(small_model).manifest.sensor("camera")
    assert sensor.halo_px == 2
    assert overlap_percent(sensor, tile_px) == percent


# Refusals -------------------------------------------------------------


def test_a_sensor_must_be_chosen_where_there_are_several(small_model, tmp_path):
    outputs = tmp_path / "outputs"
    job = ExportSensorJob(str(small_model), str(outputs / "x.onnx"))
    outputs.mkdir()
    says(refused(export, job, ErrorCode.JOB_INVALID, outputs), "camera", "radar", "SENSOR")


def test_a_sensor_that_the_model_lacks(small_model, tmp_path):
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    job = ExportSensorJob(str(small_model), str(outputs / "x.onnx"), "lidar")
    says(refused(export, job, ErrorCode.MODEL_OTHER_SENSOR, outputs), "lidar", "camera")


def test_tiles_too_small_for_the_patch(small_model, tmp_path, monkeypatch):
    from colearn.engine import export_sensor as journey

    monkeypatch.setattr(journey, "HALOS_IN_A_TILE", 10)
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    job = ExportSensorJob(str(small_model), str(outputs / "x.onnx"), "camera", 16)
    says(refused(export, job, ErrorCode.JOB_INVALID, outputs), "16 pixels", "at least 20 pixels", "TILE_PX")


def test_the_model_itself_is_not_overwritten(small_model, tmp_path):
    model = tmp_path / "model.colearn"
    model.write_bytes(small_model.read_bytes())
    job = ExportSensorJob(str(model), str(model), "camera", 32)
    refused(export, job, ErrorCode.OUTPUT_IS_INPUT, tmp_path)


def test_a_file_that_would_differ_from_the_model_is_not_written(small_model, tmp_path, monkeypatch):
    from colearn.engine import export_sensor as journey

    right = journey._scores_of
    monkeypatch.setattr(journey, "_scores_of", lambda manifest: replace(right(manifest), weights=(9.0, 1.0, 1.0)))
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    job = ExportSensorJob(str(small_model), str(outputs / "x.onnx"), "camera", 32)
    refused(export, job, ErrorCode.MODEL_EXPORT_DIFFERS, outputs)
