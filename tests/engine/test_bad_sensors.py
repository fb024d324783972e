"""Rasters a training cannot use: each is named, with what was found and the command to run."""

import numpy as np
import pytest
from colearn.engine.contract.job.method import SplitBy
from colearn.engine.contract.job.sources import Layout, RasterLabels, SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from osgeo import gdal

from journeys import read, run_train, source, train_job
from radar_trainings import refused_radar, with_radar
from refusals import refused, says
from world import NORTH, PIXEL_M, RADAR_BANDS, WEST, write_raster


class TestPlace:
    def test_labels_outside_all_sensors_are_reported_with_both_extents(self, world, outputs, tmp_path) -> None:
        there = (WEST + 50_000, NORTH)
        names = ("B02", "B03", "B04", "B08")
        camera = write_raster(tmp_path / "far camera.tif", read(world.camera), names=names, origin=there)
        radar = write_raster(tmp_path / "far radar.tif", read(world.radar), 20.0, names=RADAR_BANDS, origin=there)
        error = refused_radar(world, outputs, ErrorCode.LABELS_OUTSIDE_SENSOR, radar, camera=camera)
        says(error, "fields", "camera", "the labels are at 13.532", "52.341° N", "camera covers 14.26", "CRS")

    def test_raster_labels_outside_the_sensors_are_reported_with_both_extents(self, world, outputs, tmp_path) -> None:
        labels = write_raster(tmp_path / "labels there.tif", read(world.label_raster), origin=(WEST, NORTH - 50_000))
        job = with_radar(world, outputs, world.radar, labels=RasterLabels((source(labels),)))
        error = refused(run_train, job, ErrorCode.LABELS_OUTSIDE_SENSOR, outputs)
        says(error, "labels there", "camera and radar", "51.8", "52.341° N")

    def test_sensors_that_do_not_overlap_name_the_one_beside(self, world, outputs, tmp_path) -> None:
        radar = write_raster(
            tmp_path / "far.tif", read(world.radar), 20.0, names=RADAR_BANDS, origin=(WEST, NORTH - 80_000)
        )
        error = refused_radar(world, outputs, ErrorCode.LABELS_OUTSIDE_SENSOR, radar)
        says(error, "inside the rasters of radar:", "fields and radar", "camera covers", "radar covers", "51.6")

    def test_sensors_that_each_show_other_labels_are_expected_to_learn_little(self, world, outputs, tmp_path) -> None:
        camera = write_raster(
            tmp_path / "west.tif", read(world.camera)[:, :, :60], nodata=0, names=("B02", "B03", "B04", "B08")
        )
        east = (WEST + 60 * PIXEL_M, NORTH)
        radar = write_raster(tmp_path / "east.tif", read(world.radar)[:, :, 30:], 20.0, names=RADAR_BANDS, origin=east)
        _, sink = run_train(with_radar(world, outputs, radar, camera=camera))
        assert "No sample is covered by two sensors" in sink.texts(Level.WARNING)
        assert "labelled locations are outside radar" in sink.texts(Level.WARNING)

    def test_sensors_that_do_not_overlap_have_no_positions_without_labels(self, world, outputs, tmp_path) -> None:
        camera = write_raster(
            tmp_path / "west.tif", read(world.camera)[:, :, :60], nodata=0, names=("B02", "B03", "B04", "B08")
        )
        east = (WEST + 60 * PIXEL_M, NORTH)
        radar = write_raster(tmp_path / "east.tif", read(world.radar)[:, :, 30:], 20.0, names=RADAR_BANDS, origin=east)
        _, sink = run_train(with_radar(world, outputs, radar, camera=camera, unlabelled_samples=40))
        logged = "40 unlabelled samples were requested; training continues without them"
        assert logged in sink.texts(Level.WARNING)

    def test_a_sensor_that_shows_too_little_to_be_tested_is_named(self, world, outputs, tmp_path) -> None:
        """One field: its polygon is trained on, or tested on, not both."""
        radar = write_raster(
            tmp_path / "one field.tif",
            read(world.radar)[:, :6, 6:12],
            20.0,
            names=RADAR_BANDS,
            origin=(WEST + 120, NORTH),
        )
        error = refused_radar(world, outputs, ErrorCode.TOO_FEW_SAMPLES, radar)
        says(error, "fields and radar", "0 samples covered by radar in the", "in every part", "remove the sensor")

    def test_a_raster_without_crs(self, world, outputs, tmp_path) -> None:
        radar = write_raster(tmp_path / "no crs.tif", read(world.radar), 20.0, names=RADAR_BANDS, epsg=None)
        error = refused_radar(world, outputs, ErrorCode.RASTER_WITHOUT_CRS, radar)
        says(error, "no crs", "coordinate reference system", "Assign")

    def test_a_raster_without_geotransform(self, world, outputs, tmp_path) -> None:
        path = tmp_path / "scan.tif"
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), 60, 60, 2)
        dataset.SetProjection(gdal.Open(str(world.radar)).GetProjection())
        del dataset
        error = refused_radar(world, outputs, ErrorCode.RASTER_WITHOUT_GEOTRANSFORM, path)
        says(error, "scan", "no geotransform", "Georeference")


class TestFiles:
    def test_a_file_that_is_not_there(self, world, outputs, tmp_path) -> None:
        error = refused_radar(world, outputs, ErrorCode.RASTER_UNREADABLE, tmp_path / "gone.tif")
        says(error, "gone", "No such file", "Check that the file exists")

    def test_a_vector_layer_is_no_sensor(self, world, outputs) -> None:
        error = refused_radar(world, outputs, ErrorCode.RASTER_UNREADABLE, world.polygons)
        says(error, "polygones été", "not recognized")

    def test_complex_numbers(self, world, outputs, tmp_path) -> None:
        path = tmp_path / "single look complex.tif"
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), 60, 60, 2, gdal.GDT_CFloat32)
        dataset.SetProjection(gdal.Open(str(world.radar)).GetProjection())
        dataset.SetGeoTransform((WEST, 20, 0, NORTH, 0, -20))
        del dataset
        says(refused_radar(world, outputs, ErrorCode.RASTER_UNREADABLE, path), "single look complex", "CFloat32")

    def test_a_file_that_is_cut_off_is_reported_when_its_end_is_read(self, world, outputs, tmp_path) -> None:
        whole = world.camera.read_bytes()
        (tmp_path / "cut.tif").write_bytes(whole[: len(whole) * 2 // 3])
        error = refused_radar(world, outputs, ErrorCode.RASTER_READ_FAILED, world.radar, camera=tmp_path / "cut.tif")
        says(error, "cut", "rows 1 to 120", "copy or download it again")
        assert len(error.found) < 400

    def test_a_virtual_raster_whose_source_is_gone_names_the_source(self, world, outputs, tmp_path) -> None:
        part = write_raster(tmp_path / "part.tif", read(world.radar), 20.0)
        gdal.BuildVRT(str(tmp_path / "mosaic.vrt"), [str(part)]).FlushCache()
        part.unlink()
        error = refused_radar(world, outputs, ErrorCode.RASTER_READ_FAILED, tmp_path / "mosaic.vrt")
        says(error, "mosaic", "part.tif", "virtual raster")

    def test_a_virtual_raster_is_used(self, world, outputs, tmp_path) -> None:
        gdal.BuildVRT(str(tmp_path / "mosaic.vrt"), [str(world.radar)]).FlushCache()
        finished, _ = run_train(with_radar(world, outputs, tmp_path / "mosaic.vrt"))
        assert finished.numbers["TEST_SAMPLES"] > 10


class TestBelongingTogether:
    def test_one_layer_as_two_sensors(self, world, outputs) -> None:
        error = refused_radar(world, outputs, ErrorCode.SENSOR_TWICE, world.camera)
        says(error, "camera and radar", "same bands", "SENSOR_X_BANDS")

    def test_other_bands_of_one_layer_are_two_sensors(self, world, outputs) -> None:
        camera = (source(world.camera),)
        sensors = (SensorSpec("colours", camera, bands=("B02", "B03")), SensorSpec("infrared", camera, bands=("B08",)))
        finished, _ = run_train(train_job(world, outputs, sensors=sensors, epochs=1, max_samples=150))
        assert "SCORE:infrared" in finished.numbers

    def test_labels_among_the_bands(self, world, outputs) -> None:
        labels = RasterLabels((source(world.label_raster),))
        error = refused_radar(world, outputs, ErrorCode.SENSOR_TWICE, world.label_raster, labels=labels)
        says(error, "radar and the labels", "label raster")

    def test_two_sensors_of_one_name(self, world, outputs) -> None:
        sensors = (SensorSpec("Camera", (source(world.camera),)), SensorSpec("camera", (source(world.radar),)))
        error = refused(run_train, train_job(world, outputs, sensors=sensors), ErrorCode.SENSOR_NAMES_CLASH, outputs)
        says(error, "Camera, camera", "SENSOR_A_NAME")

    def test_one_raster_twice_in_a_sensor(self, world, outputs) -> None:
        error = refused_radar(world, outputs, ErrorCode.SENSOR_LAYOUT_UNCLEAR, world.radar, world.radar)
        says(error, "radar", "listed twice", "Remove one of the two")

    def test_bands_of_two_pixel_sizes_are_named_by_size(self, world, outputs, tmp_path) -> None:
        fine = write_raster(tmp_path / "B02.tif", read(world.camera)[:1])
        coarse = write_raster(tmp_path / "B05.tif", read(world.radar)[:1], 20.0)
        sensors = (
            SensorSpec("camera", (source(fine), source(coarse)), Layout.BANDS),
            SensorSpec("radar", (source(world.radar),)),
        )
        job = train_job(world, outputs, sensors=sensors)
        error = refused(run_train, job, ErrorCode.SENSOR_GRIDS_DIFFER, outputs)
        says(
            error,
            "camera",
            "pixels of 10 m (B02) and pixels of 20 m (B05)",
            "Put the 20 m rasters into a separate sensor",
        )

    def test_bands_that_are_not_there_name_those_that_are(self, world, outputs) -> None:
        sensors = (SensorSpec("camera", (source(world.camera),), bands=("B02", "B99")),)
        error = refused(run_train, train_job(world, outputs, sensors=sensors), ErrorCode.BANDS_UNKNOWN, outputs)
        says(error, "caméra 10 m", "B99", "B02, B03, B04, B08")

    def test_dates_that_do_not_divide_the_bands(self, world, outputs) -> None:
        sensors = (SensorSpec("camera", (source(world.camera),), Layout.STACK, dates=3),)
        error = refused(run_train, train_job(world, outputs, sensors=sensors), ErrorCode.DATES_DIFFER, outputs)
        says(error, "4 bands", "3 dates", "SENSOR_X_DATES")


class TestValues:
    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_a_sensor_without_a_single_value_at_the_labels(self, world, outputs, tmp_path, value) -> None:
        radar = write_raster(tmp_path / "void.tif", np.full((2, 60, 60), value, np.float32), 20.0, names=RADAR_BANDS)
        error = refused_radar(world, outputs, ErrorCode.TOO_FEW_SAMPLES, radar)
        says(error, "fields", "radar covers 0", "camera covers 1", "nodata")

    def test_a_band_without_a_single_value_at_the_labels(self, world, outputs, tmp_path) -> None:
        values = read(world.radar)
        values[1] = np.nan
        radar = write_raster(tmp_path / "half.tif", values, 20.0, names=RADAR_BANDS)
        says(refused_radar(world, outputs, ErrorCode.BANDS_EMPTY, radar), "radar", "fields", "VH", "SENSOR_X_BANDS")

    def test_a_band_without_a_single_value_anywhere_ends_a_series_too(self, world, outputs, tmp_path) -> None:
        values = read(world.series)
        values[1::2] = -9999  # nir on every date
        names = tuple(f"{band}_2021-0{month}" for month in range(3, 9) for band in ("red", "nir"))
        series = write_raster(tmp_path / "series.tif", values, nodata=-9999, names=names)
        sensors = (SensorSpec("camera", (source(world.camera),)), SensorSpec("series", (source(series),)))
        job = train_job(world, outputs, sensors=sensors, epochs=1, max_samples=150)
        says(refused(run_train, job, ErrorCode.BANDS_EMPTY, outputs), "series", "fields", "nir", "SENSOR_X_BANDS")

    def test_a_band_of_one_value_is_reported(self, world, outputs, tmp_path) -> None:
        values = read(world.radar)
        values[1] = 0
        radar = write_raster(tmp_path / "flat.tif", values, 20.0, names=RADAR_BANDS)
        _, sink = run_train(with_radar(world, outputs, radar))
        assert "radar: bands with the same value in every sample carry no information: VH." in sink.texts(Level.WARNING)

    def test_infinities_are_nodata_and_counted(self, world, outputs, tmp_path) -> None:
        values = read(world.radar)
        values[0, :30] = np.inf
        values[1, :, :20] = np.nan
        radar = write_raster(tmp_path / "holes.tif", values, 20.0, names=RADAR_BANDS)
        _, sink = run_train(with_radar(world, outputs, radar))
        warnings = sink.texts(Level.WARNING)
        assert "radar has no data at" in warnings
        assert "radar: infinite values (or values" in warnings
        assert "of 150 samples" in warnings
        assert "° E" in warnings


class TestContext:
    def test_samples_that_do_not_fit_in_memory(self, world, outputs) -> None:
        job = with_radar(world, outputs, world.radar, context_m=50_000.0)
        error = refused(run_train, job, ErrorCode.CONTEXT_TOO_LARGE, outputs)
        says(
            error, "camera", "150 samples of 4 × 4999 × 4999", "60.0 GB", "with all sensors", "CONTEXT_M", "MAX_SAMPLES"
        )

    def test_a_context_beyond_the_raster_is_reflected(self, world, outputs, tmp_path) -> None:
        corner = write_raster(tmp_path / "corner.tif", read(world.radar)[:, :30, :30], 20.0, names=RADAR_BANDS)
        sensors = (SensorSpec("radar", (source(corner),)),)
        job = train_job(  # every patch shows every pixel: only a split at random lets such samples stand apart
            world, outputs, sensors=sensors, context_m=640.0, epochs=1, max_samples=24, split_by=SplitBy.RANDOM
        )
        finished, sink = run_train(job)
        assert "radar 33 × 33 px" in sink.texts()
        assert finished.numbers["TEST_SAMPLES"] >= 2
