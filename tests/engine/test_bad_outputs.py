"""Outputs that cannot be written: reported before the work where that is possible, and never half there."""

import contextlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import EvaluateJob
from colearn.engine.contract.job.job_file import job_to_text
from colearn.engine.contract.job.sources import Extent, VectorSource
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.mapping.mapper import Mapper
from colearn.engine.mapping.output_files import MapFiles
from colearn.engine.outputs.output_set import OutputSet
from colearn.engine.train import write_model
from osgeo import gdal

from journeys import polygon_labels, predict_job, read, run_evaluate, run_predict, run_train, source, train_job
from layers import square, write_layer
from refusals import everything_in, refused, says
from world import CAMERA_BANDS, NORTH, WEST, write_raster

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """A camera scene of 700 × 700 pixels: 490 kB of classes."""
    values = np.random.default_rng(0).integers(1, 4000, (4, 700, 700)).astype(np.uint16)
    return write_raster(tmp_path_factory.mktemp("noisy") / "noisy.tif", values, names=CAMERA_BANDS)


class TestPlace:
    """The parent is a file: root, who runs these tests, may write into any folder."""

    def test_a_model(self, world, outputs) -> None:
        (outputs / "file").touch()
        job = train_job(world, outputs, output_model=str(outputs / "file" / "model.colearn"))
        error = refused(run_train, job, ErrorCode.OUTPUT_UNWRITABLE, outputs)
        says(error, "model.colearn", str(outputs / "file"), "Choose another path")

    def test_a_map(self, world, outputs, small_model) -> None:
        (outputs / "file").touch()
        job = predict_job(small_model, world.camera, outputs / "file" / "map.tif")
        says(refused(run_predict, job, ErrorCode.OUTPUT_UNWRITABLE, outputs), "map.tif", "cannot be written")

    def test_a_report(self, world, outputs, small_model) -> None:
        (outputs / "file").touch()
        report = str(outputs / "file" / "report.html")
        job = EvaluateJob(str(small_model), (source(world.camera),), polygon_labels(world), report)
        says(refused(run_evaluate, job, ErrorCode.OUTPUT_UNWRITABLE, outputs), "report.html")

    def test_one_of_two_maps_leaves_no_new_folder_for_the_other(self, world, outputs, small_model) -> None:
        (outputs / "file").touch()
        job = predict_job(small_model, world.camera, outputs / "new" / "folder" / "map.tif")
        job = replace(job, output_confidence=str(outputs / "file" / "confidence.tif"))
        refused(run_predict, job, ErrorCode.OUTPUT_UNWRITABLE, outputs)

    def test_a_folder(self, world, outputs, small_model) -> None:
        error = refused(
            run_predict, predict_job(small_model, world.camera, outputs), ErrorCode.OUTPUT_UNWRITABLE, outputs
        )
        says(error, "a folder at", "another file name")

    def test_two_outputs_in_one_file(self, world, outputs, small_model) -> None:
        job = predict_job(small_model, world.camera, outputs / "map.tif", output_confidence=str(outputs / "map.tif"))
        error = refused(run_predict, job, ErrorCode.OUTPUT_UNWRITABLE, outputs)
        says(error, "two outputs of this run", "another file name")


class TestInputs:
    """Nothing a run reads is ever replaced by what it writes."""

    @pytest.mark.parametrize("input_name", ["camera", "polygons"])
    def test_training(self, world, outputs, input_name) -> None:
        taken = shutil.copy(getattr(world, input_name), outputs / "taken.gpkg")
        copied = replace(world, **{input_name: Path(taken)})
        job = train_job(copied, outputs, output_report=taken)
        says(refused(run_train, job, ErrorCode.OUTPUT_IS_INPUT, outputs), "taken.gpkg", "input of this run")

    def test_mapping_over_the_raster_by_another_name(self, world, outputs, small_model) -> None:
        taken = Path(shutil.copy(world.camera, outputs / "scene.tif"))
        (outputs / "link.tif").symlink_to(taken)
        job = predict_job(small_model, taken, outputs / "link.tif")
        says(refused(run_predict, job, ErrorCode.OUTPUT_IS_INPUT, outputs), "link.tif")

    def test_mapping_over_the_model(self, world, outputs, small_model) -> None:
        model = shutil.copy(small_model, outputs / "model.colearn")
        refused(run_predict, predict_job(model, world.camera, Path(model)), ErrorCode.OUTPUT_IS_INPUT, outputs)

    def test_mapping_over_the_mask(self, world, outputs, small_model) -> None:
        mask = write_layer(outputs / "mask.gpkg", [(square(20, 20), {})])
        job = predict_job(small_model, world.camera, mask, mask=VectorSource(str(mask), "stands"))
        refused(run_predict, job, ErrorCode.OUTPUT_IS_INPUT, outputs)

    def test_mapping_over_a_file_that_a_virtual_raster_shows(self, world, outputs, small_model) -> None:
        scene = outputs / "scene.tif"
        shutil.copy(world.camera, scene)
        gdal.Translate(str(outputs / "view.vrt"), str(scene), format="VRT").FlushCache()
        job = predict_job(small_model, outputs / "view.vrt", scene)
        refused(run_predict, job, ErrorCode.OUTPUT_IS_INPUT, outputs)


@pytest.fixture
def small_drive(tmp_path):
    """A drive of one megabyte."""
    folder = tmp_path / "drive"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("this system has no mount")
    if mounted.returncode:
        pytest.skip(f"a small drive cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # GDAL may still hold what failed open


class TestFullDrive:
    def fill(self, folder: Path, left_bytes: int) -> None:
        (folder / "filler").write_bytes(bytes(shutil.disk_usage(folder).free - left_bytes))

    def test_a_model_is_refused_before_the_training(self, world, small_drive) -> None:
        self.fill(small_drive, 150_000)
        job = train_job(world, small_drive, output_report=None, epochs=10**6)
        says(refused(run_train, job, ErrorCode.DISK_FULL, small_drive), "model.colearn", "0.1 MB free", "1.0 MB")

    def test_a_model_that_turns_out_too_large(self, world, small_drive, monkeypatch) -> None:
        shrink = partial(subprocess.run, ["mount", "-o", "remount,size=500k", str(small_drive)], check=True)
        monkeypatch.setattr("colearn.engine.train.write_model", lambda *model: shrink() and write_model(*model))
        job = train_job(world, small_drive, output_report=None, epochs=1, max_samples=150)
        error = refused(partial(run_train, report=True), job, ErrorCode.DISK_FULL, small_drive)
        says(error, "model.colearn", "No space left", "Free some space")

    def test_a_report_beside_a_model_on_another_drive(self, world, small_drive, outputs) -> None:
        self.fill(small_drive, 8192)
        job = train_job(world, outputs, output_report=str(small_drive / "report.html"), epochs=1, max_samples=150)
        error = refused(partial(run_train, report=True), job, ErrorCode.DISK_FULL, small_drive)
        says(error, "report.html", "no space left")
        assert everything_in(outputs) == {}

    def test_a_report_of_an_evaluation(self, world, small_drive, small_model) -> None:
        self.fill(small_drive, 8192)
        report = str(small_drive / "report.html")
        job = EvaluateJob(str(small_model), (source(world.camera),), polygon_labels(world), report)
        says(refused(run_evaluate, job, ErrorCode.DISK_FULL, small_drive), "report.html", "no space left")

    def test_a_map_is_refused_before_the_mapping(self, noisy, small_drive, small_model) -> None:
        self.fill(small_drive, 300_000)
        error = refused(
            run_predict, predict_job(small_model, noisy, small_drive / "map.tif"), ErrorCode.DISK_FULL, small_drive
        )
        says(error, "map.tif", "0.2 MB free", "0.5 MB")

    @pytest.mark.parametrize("name", ["areas.gpkg", "areas.geojson"])
    def test_polygons_that_turn_out_too_many(self, world, small_drive, small_model, tmp_path, name) -> None:
        values = np.tile(read(world.camera), (1, 5, 5))
        scene = write_raster(tmp_path / "scene.tif", values, nodata=0, names=CAMERA_BANDS)
        self.fill(small_drive, 500_000)  # enough for the map
        job = predict_job(small_model, scene, small_drive / "map.tif", output_polygons=str(small_drive / name))
        error = refused(run_predict, job, ErrorCode.DISK_FULL, small_drive)
        says(error, name, "Free some space")

    def test_maps_that_fit_one_by_one_but_not_together(self, world, small_drive, small_model) -> None:
        self.fill(small_drive, 200_000)
        job = predict_job(
            small_model,
            world.camera,
            small_drive / "map.tif",
            output_probabilities=str(small_drive / "probabilities.tif"),
            output_confidence=str(small_drive / "confidence.tif"),
        )
        error = refused(run_predict, job, ErrorCode.DISK_FULL, small_drive)
        says(error, "confidence.tif", "0.3 MB for the outputs")


class TestDriveThatFills:
    """There was room enough when the run began; then others took it."""

    @pytest.fixture
    def beside(self, small_drive):
        """A folder on the small drive with last year's map."""
        folder = small_drive / "outputs"
        folder.mkdir()
        (folder / "map.tif").write_bytes(b"the map of last year")
        (folder / "map.tif.aux.xml").write_bytes(b"its names")
        return folder

    def fill(self, drive: Path, left_bytes: int = 0) -> None:
        with contextlib.suppress(OSError), (drive / "others").open("wb", buffering=0) as file:
            file.write(bytes(max(0, shutil.disk_usage(drive).free - left_bytes)))

    def test_while_blocks_are_written(self, noisy, small_model, small_drive, beside, monkeypatch) -> None:
        read, left = Mapper.read, [4]

        def filling(mapper, window):
            left[0] -= 1
            if not left[0]:
                self.fill(small_drive)
            return read(mapper, window)

        monkeypatch.setattr(Mapper, "read", filling)
        job = predict_job(small_model, noisy, beside / "map.tif", output_confidence=str(beside / "c.tif"))
        job = replace(job, extent=Extent(WEST, NORTH - 3000, WEST + 3500, NORTH, "EPSG:32633"), block_px=64)
        says(refused(run_predict, job, ErrorCode.DISK_FULL, beside), "no space left", "Free some space")

    @pytest.mark.parametrize(
        ("finish", "left_bytes"),
        [
            ({}, 0),
            ({"overviews": True}, 12_288),
            ({"statistics": True}, 0),
            ({"cog": True}, 12_288),
            ({"output_polygons": "polygons.gpkg"}, 12_288),
        ],
        ids=["closing", "overviews", "statistics", "cog", "polygons"],
    )
    def test_while_the_map_is_finished(
        self, noisy, small_model, small_drive, beside, monkeypatch, finish, left_bytes
    ) -> None:
        close = MapFiles.close

        def filling(files, reporter):
            self.fill(small_drive, left_bytes)
            close(files, reporter)

        monkeypatch.setattr(MapFiles, "close", filling)
        finish = {name: str(beside / value) if isinstance(value, str) else value for name, value in finish.items()}
        refused(run_predict, predict_job(small_model, noisy, beside / "map.tif", **finish), ErrorCode.DISK_FULL, beside)

    def test_while_outputs_take_their_places(self, world, small_model, small_drive, beside, monkeypatch) -> None:
        """Keeping what was there before needs a folder, and the drive has no room for one."""
        commit = OutputSet.commit

        def filling(outputs):
            self.fill(small_drive)
            commit(outputs)

        monkeypatch.setattr(OutputSet, "commit", filling)
        job = predict_job(small_model, world.camera, beside / "map.tif")
        refused(run_predict, job, ErrorCode.DISK_FULL, beside)


LIMITED = """
import resource, runpy, sys
limit, journey, job = int(sys.argv[1]), *sys.argv[2:]
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv = ["engine", journey, job, "--events"]
runpy.run_module("engine", run_name="__main__")
"""


def run_limited(journey: str, job, limit_bytes: int, folder: Path) -> dict:
    """Run a job in a process whose files may not grow beyond a limit; returns its last event."""
    pytest.importorskip("resource")
    file = folder / "job.json"
    file.write_text(job_to_text(job), encoding="utf-8")
    command = [sys.executable, "-c", LIMITED, str(limit_bytes), journey, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class TestNoMoreBytes:
    """The system refuses bytes in the middle of writing, as a quota does."""

    def test_a_map_in_its_first_blocks(self, noisy, small_model, outputs, tmp_path) -> None:
        (outputs / "map.tif").write_bytes(b"the map of last year")
        event = run_limited("predict", predict_job(small_model, noisy, outputs / "map.tif"), 2_000, tmp_path)
        assert (event["code"], event["subject"]) == ("disk_full", "map.tif")
        assert "no space left" in event["found"]
        assert everything_in(outputs) == {str(outputs / "map.tif"): b"the map of last year"}

    def test_probabilities_after_the_map_was_whole(self, noisy, small_model, outputs, tmp_path) -> None:
        job = predict_job(small_model, noisy, outputs / "map.tif", output_probabilities=str(outputs / "p.tif"))
        event = run_limited("predict", job, 1_000_000, tmp_path)
        assert (event["code"], event["subject"]) == ("disk_full", "p.tif")
        assert everything_in(outputs) == {}

    def test_a_cog_and_polygons_when_the_map_was_whole(self, noisy, small_model, outputs, tmp_path) -> None:
        job = predict_job(small_model, noisy, outputs / "map.tif", output_polygons=str(outputs / "p.gpkg"), cog=True)
        for limit_bytes, subject in ((3_000, "map.tif"), (50_000, "p.gpkg")):
            event = run_limited("predict", job, limit_bytes, tmp_path)
            assert (event["code"], event["subject"]) == ("disk_full", subject)
            assert everything_in(outputs) == {}

    def test_a_model(self, world, outputs, tmp_path) -> None:
        job = train_job(world, outputs, epochs=1, max_samples=150)
        event = run_limited("train", job, 600_000, tmp_path)  # its graphs one by one would fit
        assert (event["code"], event["subject"]) == ("disk_full", "model.colearn")
        assert everything_in(outputs) == {}
