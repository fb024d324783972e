"""Inputs that break or change in the middle of a run: an error in words, nothing half there, earlier maps untouched."""

import os
import shutil

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.mapping import mapper
from colearn.engine.raster.files import changes as file_stamp
from osgeo import gdal

from journeys import polygon_labels, predict_job, run_evaluate, run_predict, run_train, source, train_job
from refusals import refused, says
from world import CAMERA_BANDS, write_raster


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "outputs"
    folder.mkdir()
    (folder / "map.tif").write_bytes(b"the map of last year")
    return folder


@pytest.fixture
def scene(tmp_path):
    """A compressed scene of 70 × 1200 pixels in 2 × 19 blocks of 64; the first look at the values spares most."""
    values = np.random.default_rng(0).integers(1, 4000, (4, 70, 1200)).astype(np.uint16)
    plain = write_raster(tmp_path / "plain.tif", values, names=CAMERA_BANDS)
    options = ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64", "COMPRESS=DEFLATE"]
    gdal.Translate(str(tmp_path / "scène 1.tif"), str(plain), creationOptions=options).FlushCache()
    return tmp_path / "scène 1.tif"


@pytest.fixture
def after_blocks(monkeypatch):
    """Do something in the middle of a map: once some of its blocks have been read."""

    def patch(blocks, change):
        read, left = mapper.Mapper.read, [blocks]

        def counted(self, window):
            left[0] -= 1
            if left[0] == 0:
                change()
            return read(self, window)

        monkeypatch.setattr(mapper.Mapper, "read", counted)

    return patch


@pytest.fixture
def always(monkeypatch):
    """Look at the inputs before every block, and not every few seconds."""
    monkeypatch.setattr(file_stamp, "_LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(file_stamp, "_LEAST_REST", 0.0)


def middle_of(path):
    """Where a block in the middle of the scene lies in its file: start and length in bytes."""
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    return tuple(int(band.GetMetadataItem(f"BLOCK_{what}_9_0", "TIFF")) for what in ("OFFSET", "SIZE"))


class TestDamage:
    """The header is whole; what is wrong shows when the block is read."""

    def test_a_file_cut_off_in_the_middle(self, scene, small_model, outputs) -> None:
        os.truncate(scene, sum(middle_of(scene)) - 10)
        job = predict_job(small_model, scene, outputs / "map.tif", block_px=64)
        error = refused(run_predict, job, ErrorCode.RASTER_READ_FAILED, outputs)
        says(error, "scène 1", "rows", "copy or download it again")

    @pytest.mark.parametrize("filling", [b"\0", b"\xa5"])
    def test_a_block_in_the_middle_that_was_never_downloaded(self, scene, small_model, outputs, filling) -> None:
        start, length = middle_of(scene)
        with scene.open("r+b") as file:
            file.seek(start)
            file.write(filling * length)
        job = predict_job(small_model, scene, outputs / "map.tif", block_px=64)
        error = refused(run_predict, job, ErrorCode.RASTER_READ_FAILED, outputs)
        says(error, "scène 1", "in rows 1 to ", "copy or download it again")

    def test_a_training_and_an_evaluation(self, world, small_model, outputs, tmp_path) -> None:
        cut = tmp_path / "cut.tif"
        shutil.copy(world.camera, cut)
        os.truncate(cut, cut.stat().st_size // 2)
        job = train_job(world, outputs, sensors=(*train_job(world, outputs).sensors[1:], camera_of(cut)))
        refused(run_train, job, ErrorCode.RASTER_READ_FAILED, outputs)
        job = EvaluateJob(str(small_model), (source(cut),), polygon_labels(world), str(outputs / "report.html"))
        refused(run_evaluate, job, ErrorCode.RASTER_READ_FAILED, outputs)


def camera_of(path):
    return SensorSpec("camera", (source(path),))


def append(path):
    with path.open("ab") as file:
        file.write(b"more")


def rewrite(path):
    """The bytes are the same; only the time tells."""
    data = path.read_bytes()
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


def rename_over(path):
    shutil.copy2(path, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


class TestChange:
    @pytest.mark.parametrize(
        ("change", "logged"),
        [
            (append, "bytes"),
            (rewrite, "modified at"),
            (rename_over, "a different file at"),
            (os.remove, "no longer exists"),
        ],
    )
    def test_during_the_map(self, scene, small_model, outputs, after_blocks, always, change, logged) -> None:
        after_blocks(8, lambda: change(scene))
        job = predict_job(small_model, scene, outputs / "map.tif", block_px=64, threads=1)
        error = refused(run_predict, job, ErrorCode.INPUT_CHANGED, outputs)
        says(error, "scène 1", logged, str(scene), "run it again")

    def test_at_the_very_last_block(self, scene, small_model, outputs, after_blocks) -> None:
        """Nothing is read after it: only a look before the map is kept can tell."""
        after_blocks(38, lambda: append(scene))
        job = predict_job(small_model, scene, outputs / "map.tif", block_px=64, threads=1)
        refused(run_predict, job, ErrorCode.INPUT_CHANGED, outputs)

    def test_of_one_of_many_files(self, scene, small_model, outputs, after_blocks, always, tmp_path) -> None:
        view = tmp_path / "view.vrt"
        gdal.BuildVRT(str(view), [str(scene)]).FlushCache()
        dataset = gdal.Open(str(view), gdal.GA_Update)
        for number, name in enumerate(CAMERA_BANDS, start=1):
            dataset.GetRasterBand(number).SetDescription(name)
        dataset = None
        after_blocks(8, lambda: append(scene))
        job = predict_job(small_model, view, outputs / "map.tif", block_px=64, threads=1)
        says(refused(run_predict, job, ErrorCode.INPUT_CHANGED, outputs), "view", str(scene))

    def test_during_a_training(self, world, outputs, tmp_path, monkeypatch) -> None:
        from colearn.engine.experiment.steps import samples

        camera = tmp_path / "camera.tif"
        shutil.copy(world.camera, camera)
        plan = samples.plan_splits
        monkeypatch.setattr(samples, "plan_splits", lambda *arguments: (append(camera), plan(*arguments))[1])
        job = train_job(world, outputs, sensors=(camera_of(camera), *train_job(world, outputs).sensors[1:]))
        says(refused(run_train, job, ErrorCode.INPUT_CHANGED, outputs), "camera", str(camera))

    def test_during_an_evaluation(self, world, small_model, outputs, tmp_path, monkeypatch) -> None:
        from colearn.engine import evaluate

        camera = tmp_path / "camera.tif"
        shutil.copy(world.camera, camera)
        gather = evaluate.gather
        monkeypatch.setattr(evaluate, "gather", lambda *arguments: (gather(*arguments), append(camera))[0])
        job = EvaluateJob(str(small_model), (source(camera),), polygon_labels(world), str(outputs / "report.html"))
        refused(run_evaluate, job, ErrorCode.INPUT_CHANGED, outputs)
