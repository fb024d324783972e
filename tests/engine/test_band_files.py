"""Bands as files, one of them a row shorter and one upside down, from training to the map and its score."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import PredictJob
from colearn.engine.contract.job.sources import Layout, RasterLabels, SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from osgeo import gdal

from journeys import EvaluateJob, polygon_labels, read, run_evaluate, run_predict, run_train, source, train_job
from refusals import refused, says
from world import NORTH, PIXEL_M, WEST, write_raster

BANDS = ("B02", "B03", "B04", "B08")


@pytest.fixture(scope="module")
def band_files(world, tmp_path_factory):
    """The camera as a file for each band: B03 lacks the first row, B04 runs from south to north."""
    folder = tmp_path_factory.mktemp("bands")
    values = read(world.camera)
    files = []
    for at, band in enumerate(BANDS):
        path = folder / f"T33_{band}.tif"
        top = 1 if band == "B03" else 0
        write_raster(path, values[at : at + 1, top:], nodata=0, origin=(WEST, NORTH - top * PIXEL_M))
        if band == "B04":
            dataset = gdal.Open(str(path), gdal.GA_Update)
            dataset.SetGeoTransform((WEST, PIXEL_M, 0, NORTH - values.shape[1] * PIXEL_M, 0, PIXEL_M))
            dataset.GetRasterBand(1).WriteArray(values[at, ::-1])
            dataset = None
        files.append(path)
    return files


@pytest.fixture(scope="module")
def trained(world, band_files, tmp_path_factory):
    """A training of these files beside the radar, its model and its log."""
    folder = tmp_path_factory.mktemp("model")
    sensors = (SensorSpec("camera", tuple(map(source, band_files))), SensorSpec("radar", (source(world.radar),)))
    finished, sink = run_train(train_job(world, folder, sensors=sensors))
    return folder / "model.colearn", finished, sink


def mapping(model, files, output, **changes):
    return replace(PredictJob(str(model), tuple(map(source, files)), str(output), sensor="camera"), **changes)


def test_training_says_that_bands_are_cut_and_turned(trained):
    _, _, sink = trained
    assert "camera: image, 1 scene, 4 bands" in sink.texts()
    assert "Their common extent is used: 119 × 120." in sink.texts()
    assert "direction than T33_B02; reordered on reading: T33_B04" in sink.texts()


def test_the_map_of_the_files_is_the_map_of_the_raster_they_were_cut_from(world, trained, band_files, outputs):
    model, _, _ = trained
    whole, parts = outputs / "whole.tif", outputs / "parts.tif"
    one = write_raster(outputs / "one.tif", read(world.camera)[:, 1:], nodata=0, names=BANDS, origin=(WEST, NORTH - 10))
    run_predict(mapping(model, [one], whole))
    _, sink = run_predict(mapping(model, band_files, parts))
    np.testing.assert_array_equal(read(parts), read(whole))
    assert gdal.Open(str(parts)).GetGeoTransform() == (WEST, 10, 0, NORTH - 10, 0, -10)
    assert "Their common extent is used: 119 × 120" in sink.texts()
    assert (read(parts)[0] == world.truth[1:] + 1).mean() > 0.6  # codes in the order of names; 0 % from a wrong band


def test_evaluation_reads_the_files_alike(world, trained, band_files):
    model, _, _ = trained
    job = EvaluateJob(str(model), tuple(map(source, band_files)), polygon_labels(world), sensor="camera")
    finished, sink = run_evaluate(job)
    assert finished.numbers["BALANCED_ACCURACY"] > 0.6
    assert "on 1 scene." in sink.texts()


def test_a_map_from_one_of_the_bands_is_refused(trained, band_files, outputs):
    job = mapping(trained[0], [band_files[1]], outputs / "map.tif")
    says(refused(run_predict, job, ErrorCode.BANDS_DIFFER, outputs), "T33_B03", "B02, B03, B04, B08")


def test_what_is_wrong_with_the_one_sensor_they_could_be_is_reported(trained, band_files, outputs):
    """The sensor is not named; the radar has no band of theirs."""
    job = mapping(trained[0], band_files[:3], outputs / "map.tif", sensor="")
    says(refused(run_predict, job, ErrorCode.BANDS_DIFFER, outputs), "B02, B03, B04", "camera")


class TestRefused:
    @pytest.fixture
    def off(self, world, tmp_path):
        """B03 half a pixel to the east."""
        path = tmp_path / "T33_B03.tif"
        return write_raster(path, read(world.camera)[1:2], nodata=0, origin=(WEST + PIXEL_M / 2, NORTH))

    def test_training_on_bands_half_a_pixel_apart(self, world, band_files, off, outputs):
        files = (band_files[0], off, band_files[3])
        sensors = (SensorSpec("camera", tuple(map(source, files))), SensorSpec("radar", (source(world.radar),)))
        job = train_job(world, outputs, sensors=sensors)
        error = refused(run_train, job, ErrorCode.SENSOR_LAYOUT_UNCLEAR, outputs)
        says(error, "T33_B03 compared with T33_B02", "0.5 pixels to the right", "Warp T33_B03", "SENSOR_X_LAYOUT")

    def test_mapping_from_bands_half_a_pixel_apart(self, trained, band_files, off, outputs):
        job = mapping(trained[0], (band_files[0], off, *band_files[2:]), outputs / "map.tif")
        error = refused(run_predict, job, ErrorCode.SENSOR_GRIDS_DIFFER, outputs)
        says(error, "T33_B03 compared with T33_B02", "0.5 pixels to the right", "Warp T33_B03")

    def test_mapping_from_bands_of_several_days(self, world, trained, outputs, tmp_path):
        """Unless the person says that they are bands of one image."""
        files = [
            write_raster(tmp_path / f"T33_2021060{at + 1}_{band}.tif", read(world.camera)[at : at + 1], nodata=0)
            for at, band in enumerate(BANDS)
        ]
        job = mapping(trained[0], files, outputs / "map.tif")
        error = refused(run_predict, job, ErrorCode.SENSOR_LAYOUT_UNCLEAR, outputs)
        says(error, "several dates", "2021-06-01, 2021-06-02", "INPUT_LAYOUT")
        run_predict(replace(job, input_layout=Layout.BANDS))
        assert read(outputs / "map.tif").shape == (1, 120, 120)

    def test_label_rasters_of_one_area_on_two_dates(self, world, outputs, tmp_path):
        labels = [
            write_raster(tmp_path / f"labels_{year}-06.tif", read(world.label_raster), nodata=0)
            for year in (2019, 2021)
        ]
        job = train_job(world, outputs, labels=RasterLabels(tuple(map(source, labels))))
        error = refused(run_train, job, ErrorCode.SENSOR_LAYOUT_UNCLEAR, outputs)
        says(error, "label rasters", "labels_2019-06 (2019-06) and labels_2021-06 (2021-06)", "single date")

    def test_scenes_of_one_area_declared_as_bands(self, world, band_files, off, outputs):
        sensors = (SensorSpec("camera", (source(band_files[0]), source(off)), Layout.SCENES),)
        job = train_job(world, outputs, sensors=sensors)
        error = refused(run_train, job, ErrorCode.SENSOR_LAYOUT_UNCLEAR, outputs)
        says(error, "different bands (B02, B03)")
