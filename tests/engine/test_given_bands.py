"""Bands given by hand: a raster whose bands have other names, or another order, than in training."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract import ErrorCode, EvaluateJob, Level, RasterSource
from osgeo import gdal

from journeys import polygon_labels, predict_job, read, run_evaluate, run_predict, source
from refusals import refused, says
from world import write_raster

STRANGE = ("green", "infra", "blue", "red")  # B03, B08, B02, B04
IN_ORDER = ("blue", "green", "red", "infra")


@pytest.fixture
def strange(world, tmp_path):
    """The camera's bands in another order, under names that tell nothing."""
    dataset = gdal.Open(str(world.camera))
    nodata = dataset.GetRasterBand(1).GetNoDataValue()
    return write_raster(tmp_path / "strange.tif", dataset.ReadAsArray()[[1, 3, 0, 2]], nodata=nodata, names=STRANGE)


@pytest.fixture
def expected(small_model, world, tmp_path):
    job = predict_job(small_model, world.camera, tmp_path / "plain.tif", sensor="camera")
    run_predict(job)
    return read(tmp_path / "plain.tif")


@pytest.mark.parametrize("bands", [IN_ORDER, ("3", "1", "4", "2"), ("blue", "1", "red", "2")])
def test_the_map_is_that_of_the_bands_in_their_order(small_model, strange, outputs, expected, bands):
    job = predict_job(small_model, strange, outputs / "map.tif", sensor="camera", input_bands=bands)
    _, log = run_predict(job)
    np.testing.assert_array_equal(read(outputs / "map.tif"), expected)
    pairs = f"B02 from {bands[0]}, B03 from {bands[1]}, B04 from {bands[2]}, B08 from {bands[3]}"
    assert f"The bands were assigned manually (INPUT_BANDS): {pairs}." in log.texts(Level.WARNING)


def test_files_of_a_band_each_are_given_by_name_and_by_number(small_model, strange, tmp_path, outputs, expected):
    values = read(strange)
    files = []
    for name, band in zip(STRANGE, values):
        files.append(write_raster(tmp_path / f"{name}.tif", band[np.newaxis], nodata=0))
    inputs = tuple(RasterSource(str(file), file.stem) for file in files)
    for bands in (IN_ORDER, ("3", "1", "4", "2")):
        job = replace(predict_job(small_model, files[0], outputs / "map.tif", sensor="camera"), input=inputs)
        run_predict(replace(job, input_bands=bands))
        np.testing.assert_array_equal(read(outputs / "map.tif"), expected)


def test_names_that_fit_are_overruled(small_model, world, outputs, expected):
    """The person knows better than the names: blue and red are changed back and forth."""
    values = read(world.camera)[[2, 1, 0, 3]]
    raster = write_raster(outputs / "swapped.tif", values, nodata=0, names=("B02", "B03", "B04", "B08"))
    bands = ("B04", "B03", "B02", "B08")
    run_predict(predict_job(small_model, raster, outputs / "map.tif", sensor="camera", input_bands=bands))
    np.testing.assert_array_equal(read(outputs / "map.tif"), expected)


def test_scores_take_them_too(small_model, world, strange, tmp_path):
    job = EvaluateJob(str(small_model), (source(world.camera),), polygon_labels(world), sensor="camera")
    by_name = run_evaluate(job)[0].numbers
    assert run_evaluate(replace(job, input=(source(strange),), input_bands=IN_ORDER))[0].numbers == by_name


@pytest.mark.parametrize(
    ("bands", "code", "words"),
    [
        (("blue", "green"), ErrorCode.BANDS_DIFFER, ("2 bands: blue, green", "B02, B03, B04, B08")),
        (("blue", "green", "red", "purple"), ErrorCode.BANDS_UNKNOWN, ("purple in INPUT_BANDS", "infra")),
        (("blue", "green", "red", "5"), ErrorCode.BANDS_UNKNOWN, ("5 in INPUT_BANDS", "from 1 to 4")),
        (("blue", "green", "red", "3"), ErrorCode.BANDS_UNKNOWN, ("one of them twice",)),
    ],
)
def test_bands_that_cannot_be_meant_are_refused(small_model, strange, outputs, bands, code, words):
    job = predict_job(small_model, strange, outputs / "map.tif", sensor="camera", input_bands=bands)
    says(refused(run_predict, job, code, outputs), *words)


def test_the_sensor_must_be_named_with_them(small_model, strange, outputs):
    job = predict_job(small_model, strange, outputs / "map.tif", input_bands=IN_ORDER)
    says(refused(run_predict, job, ErrorCode.JOB_INVALID, outputs), "SENSOR", "camera, radar")
