"""What a quality mask calls cloud is nodata in a training, in its statistics, in maps and in scores alike."""

import re
from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.model_file.archive import ModelFile

from journeys import polygon_labels, predict_job, read, run_evaluate, run_predict, run_train, source, train_job
from refusals import refused, says
from world import write_raster

NAMES = ("B02", "B03", "B04", "B08")
MASK = "SCL values 0,1,3,8-10"


@pytest.fixture(scope="module")
def cloudy(world, tmp_path_factory):
    """The camera's bands, white under two clouds, with SCL as fifth; and the same with the clouds as nodata."""
    folder = tmp_path_factory.mktemp("cloudy")
    bands = read(world.camera)
    scl = np.full(bands.shape[1:], 4, np.uint16)
    scl[20:60, 30:80] = 9
    scl[90:110, 90:120] = 3
    clouds = scl != 4
    white = np.where(clouds, 9500, bands).astype(np.uint16)
    return (
        write_raster(folder / "cloudy.tif", np.concatenate([white, scl[np.newaxis]]), names=(*NAMES, "SCL"), nodata=0),
        write_raster(folder / "holes.tif", np.where(clouds, 0, bands).astype(np.uint16), names=NAMES, nodata=0),
        clouds,
    )


def trained(world, folder, camera, **options):
    sensors = (SensorSpec("camera", (source(camera),), **options), SensorSpec("radar", (source(world.radar),)))
    _, sink = run_train(train_job(world, folder, sensors=sensors, epochs=1, max_samples=300))
    return folder / "model.colearn", sink


@pytest.fixture(scope="module")
def masked_model(world, cloudy, tmp_path_factory):
    return trained(world, tmp_path_factory.mktemp("masked"), cloudy[0], mask="sentinel2_scl")


def test_masked_is_as_if_it_were_nodata(world, cloudy, masked_model, tmp_path) -> None:
    """The same samples, statistics and weights: the maps agree in every byte, and are nodata under the clouds."""
    image, holes, clouds = cloudy
    model, sink = masked_model
    assert f"Quality mask: {MASK}" in sink.texts(Level.INFO)
    assert re.search(r"camera has no data at \d+ of \d+ samples, at \d+ of them by its quality mask", sink.texts())
    (tmp_path / "holes").mkdir()
    other, _ = trained(world, tmp_path / "holes", holes)
    masked, empty = (ModelFile.open(str(path)).manifest for path in (model, other))
    assert masked.sensors[0].mask == MASK
    assert masked.sensors[0].bands == empty.sensors[0].bands
    assert max(band.maximum for band in masked.sensors[0].bands) < 9500
    assert masked.samples == empty.samples
    _, sink = run_predict(predict_job(model, image, tmp_path / "masked.tif"))
    assert f"Quality mask: {MASK}" in sink.texts(Level.INFO)
    run_predict(predict_job(other, holes, tmp_path / "empty.tif"))
    mapped = read(tmp_path / "masked.tif")[0]
    np.testing.assert_array_equal(mapped, read(tmp_path / "empty.tif")[0])
    nodata = int(masked.nodata)
    assert (mapped[clouds] == nodata).all()
    assert (mapped[~clouds] != nodata).mean() > 0.95


def test_blocks_and_threads_change_no_bit(cloudy, masked_model, tmp_path) -> None:
    run_predict(predict_job(masked_model[0], cloudy[0], tmp_path / "one.tif"))
    run_predict(predict_job(masked_model[0], cloudy[0], tmp_path / "other.tif", block_px=48, threads=3))
    np.testing.assert_array_equal(read(tmp_path / "one.tif"), read(tmp_path / "other.tif"))


def test_a_raster_without_the_mask_is_mapped_with_a_warning(world, cloudy, masked_model, tmp_path) -> None:
    _, sink = run_predict(predict_job(masked_model[0], world.camera, tmp_path / "map.tif"))
    assert MASK in sink.texts(Level.WARNING)
    assert "Clouds, shadows and fill are mapped like any other pixel" in sink.texts(Level.WARNING)
    job = predict_job(masked_model[0], world.camera, tmp_path / "sure.tif", input_mask="none")
    assert "quality mask" not in run_predict(job)[1].texts(Level.WARNING)


def test_a_mask_of_20_m_for_bands_of_10_m(world, cloudy, masked_model, tmp_path) -> None:
    """Every other pixel of the mask: the clouds' borders are even, so nothing is lost."""
    scl = write_raster(tmp_path / "scl 20 m.tif", read(cloudy[0])[4:, ::2, ::2].astype(np.uint8), 20.0)
    job = predict_job(masked_model[0], world.camera, tmp_path / "map.tif", input_mask_rasters=(source(scl),))
    run_predict(job)
    mapped, nodata = read(tmp_path / "map.tif")[0], 255
    assert (mapped[cloudy[2]] == nodata).all()
    assert (mapped[~cloudy[2]] != nodata).mean() > 0.95


def test_scores_leave_masked_labels_out(world, cloudy, masked_model) -> None:
    job = EvaluateJob(str(masked_model[0]), (source(cloudy[0]),), polygon_labels(world), sensor="camera")
    seen, _ = run_evaluate(job)
    all_of_them, _ = run_evaluate(replace(job, input_mask="none"))
    assert 0 < seen.numbers["N"] < all_of_them.numbers["N"]


def test_a_model_that_knows_no_mask_takes_one(cloudy, small_model, tmp_path) -> None:
    run_predict(predict_job(small_model, cloudy[0], tmp_path / "map.tif", sensor="camera", input_mask="sentinel2_scl"))
    assert (read(tmp_path / "map.tif")[0][cloudy[2]] == 255).all()


class TestRefused:
    def test_a_mask_that_is_not_there(self, world, cloudy, tmp_path) -> None:
        sensors = (
            SensorSpec("camera", (source(cloudy[0]),), mask="landsat_qa_pixel"),
            SensorSpec("radar", (source(world.radar),)),
        )
        job = train_job(world, tmp_path, sensors=sensors)
        error = refused(run_train, job, ErrorCode.QUALITY_MASK_MISSING, tmp_path)
        says(error, "B02, B03, B04, B08, SCL", "a band QA_PIXEL", "SENSOR_X_MASK")

    def test_masks_of_which_none_can_be_reported(self, world, masked_model, tmp_path) -> None:
        scl = [
            write_raster(tmp_path / f"{name} scl.tif", np.full((1, 120, 120), 4, np.uint8)) for name in ("one", "other")
        ]
        (tmp_path / "out").mkdir()
        job = predict_job(masked_model[0], world.camera, tmp_path / "out" / "map.tif")
        job = replace(job, input_mask_rasters=tuple(source(path) for path in scl))
        error = refused(run_predict, job, ErrorCode.QUALITY_MASK_UNCLEAR, tmp_path / "out")
        says(error, "one scl", "other scl", "date")

    def test_mask_rasters_without_a_known_mask(self, cloudy, world, small_model, tmp_path) -> None:
        job = predict_job(small_model, world.camera, tmp_path / "map.tif", input_mask_rasters=(source(cloudy[0]),))
        error = refused(run_predict, job, ErrorCode.QUALITY_MASK_MISSING, tmp_path)
        says(error, "trained without one", "INPUT_MASK")
