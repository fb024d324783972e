"""A map that is killed, cancelled or damaged on its way, and gone on with."""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.map_choices import Precision, ValueType
from colearn.engine.contract.job.sources import Extent, VectorSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode, InputError
from colearn.engine.contract.wire.events import Level, Progress
from colearn.engine.mapping.mapper import Mapper, Pixels
from colearn.engine.parts.plan.execution import Execution
from colearn.engine.predict import predict
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.geo.grid import Window
from osgeo import gdal

from journeys import Listening, predict_job
from layers import square, write_layer
from runs_in_parts import PART_PX, digests, finished, parts_folders, stages, start, texts
from world import EPSG, NORTH, WEST

EXECUTION = Execution(part_px=int(PART_PX))
MIDDLE = Extent(WEST + 100, NORTH - 900, WEST + 900, NORTH - 100, f"EPSG:{EPSG}")


class Interrupted(BaseException):
    """The end of a process, as far as it can be had without one."""


class Interrupting(Listening):
    """A sink that ends the run when so many parts are done."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts = parts

    def send(self, event) -> None:
        super().send(event)
        if isinstance(event, Progress) and event.stage.startswith(f"Part {self.parts} "):
            raise Interrupted


def run(job, execution: Execution = EXECUTION) -> Listening:
    sink = Listening()
    predict(job, Reporter(sink), execution)
    return sink


def interrupt(job, parts: int) -> Path:
    """Run a job until so many parts are done; returns their folder."""
    with pytest.raises(Interrupted):
        predict(job, Reporter(Interrupting(parts)), EXECUTION)
    (folder,) = parts_folders(Path(job.output).parent)
    return folder


@pytest.fixture
def job(world, small_model, outputs):
    """Two layers in blocks of 16 px, 16 parts of 4 blocks; kept."""
    tiled = outputs.parent / "tiled.tif"
    gdal.Translate(str(tiled), str(world.camera), creationOptions=["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"])
    files = {"output_probabilities": str(outputs / "p.tif"), "output_confidence": str(outputs / "c.tif")}
    made = predict_job(small_model, tiled, outputs / "map.tif", block_px=16, threads=2, keep_parts=True)
    return replace(made, precision=Precision.FP32, device=Device.CPU, **files)


@pytest.fixture
def undisturbed(job, outputs) -> dict[str, str]:
    """What the same job writes without parts; the folder is empty again."""
    run(replace(job, keep_parts=False))
    whole = digests(outputs)
    for path in outputs.iterdir():
        path.unlink()
    return whole


def test_a_map_in_parts_is_the_map_and_nothing_stays_behind(job, outputs, undisturbed) -> None:
    assert {"map.tif", "map.tif.aux.xml", "p.tif", "c.tif"} <= set(undisturbed)
    run(job)
    assert digests(outputs) == undisturbed


@pytest.mark.parametrize("stage", ["Part 1 of 16", "Part 7 of 16", "Part 16 of 16", "Assembling the map"])
def test_a_killed_run_is_gone_on_with_to_the_same_bytes(job, outputs, undisturbed, tmp_path, stage) -> None:
    with start(job, tmp_path) as process:
        assert any(logged.startswith(stage) for logged in stages(process))
        process.send_signal(signal.SIGKILL)
    (folder,) = parts_folders(outputs)
    assert not (outputs / "map.tif").exists()
    there = len(list(folder.glob("* OUTPUT.tif")))
    logged = finished(start(job, tmp_path))
    assert there >= (int(stage.split()[1]) if stage.startswith("Part") else 16)
    assert f"{there} of 16 parts were finished before" in texts(logged)
    assert digests(outputs) == undisturbed


def test_a_cancelled_run_keeps_its_parts_and_nothing_else(job, outputs, undisturbed, tmp_path) -> None:
    with start(job, tmp_path, "--attached") as process:
        assert "Part 3 of 16" in stages(process)
        process.stdin.close()
        assert process.wait(timeout=20) == 3
    (folder,) = parts_folders(outputs)
    assert [path.name for path in outputs.iterdir()] == [folder.name]
    finished(start(job, tmp_path))
    assert digests(outputs) == undisturbed


def test_a_cancelled_run_that_shall_keep_nothing_leaves_nothing(job, outputs, tmp_path) -> None:
    with start(replace(job, keep_parts=False), tmp_path, "--attached") as process:
        assert "Mapping: block 3 of 64" in stages(process)
        process.stdin.close()
        assert process.wait(timeout=20) == 3
    assert list(outputs.iterdir()) == []


def test_an_interruption_between_two_layers_of_a_part(job, outputs, undisturbed) -> None:
    folder = interrupt(job, 3)
    main = sorted(folder.glob("* OUTPUT.tif"))[0]
    main.unlink()
    assert "2 of 16 parts were finished" in run(job).texts()
    assert digests(outputs) == undisturbed


def damage_cut_off(file: Path, _other: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def damage_emptied(file: Path, _other: Path) -> None:
    os.truncate(file, 0)


def damage_one_byte(file: Path, _other: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def damage_another_part(file: Path, other: Path) -> None:
    shutil.copy(other, file)


@pytest.mark.parametrize(
    "damage", [damage_cut_off, damage_emptied, damage_one_byte, damage_another_part], ids=lambda each: each.__name__
)
@pytest.mark.parametrize("layer", ["OUTPUT", "OUTPUT_PROBABILITIES"])
def test_a_damaged_part_is_computed_again_and_reported(job, outputs, undisturbed, damage, layer) -> None:
    folder = interrupt(job, 5)
    damaged, other = sorted(folder.glob(f"* {layer}.tif"))[:2]
    damage(damaged, other)
    sink = run(job)
    assert f"{damaged.name} cannot be used" in sink.texts(Level.WARNING)
    assert "4 of 16 parts were finished" in sink.texts()
    assert digests(outputs) == undisturbed


def test_a_part_of_another_run_under_the_right_name_is_not_taken(job, outputs, undisturbed) -> None:
    other = interrupt(replace(job, minimum_confidence=0.9), 5)
    elsewhere = Path(shutil.move(other, outputs.parent / "elsewhere"))
    folder = interrupt(job, 2)
    for file in elsewhere.glob("*.tif"):
        shutil.copy(file, folder / file.name)
    sink = run(job)
    assert "a raster of another run" in sink.texts(Level.WARNING)
    assert digests(outputs) == undisturbed


def test_progress_counts_what_was_found(job) -> None:
    interrupt(job, 8)
    fractions = [event.fraction for event in run(job).events if isinstance(event, Progress)]
    assert fractions[0] >= 0.4
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


@pytest.mark.parametrize("change", ["time", "content"])
def test_parts_of_an_input_that_was_changed_since_are_not_used(job, outputs, change) -> None:
    old = interrupt(job, 5)
    raster = Path(job.input[0].path)
    if change == "time":
        os.utime(raster, ns=(1, 1))
    else:
        with open(raster, "ab") as file:
            file.write(b"\0")
    sink = run(job)
    assert f"The parts in {old.name} are of an earlier run" in sink.texts(Level.WARNING)
    assert "inputs that were changed" in sink.texts(Level.WARNING)
    assert "were finished before" not in sink.texts()
    assert f"Removed {old.name}" in sink.texts()
    assert parts_folders(outputs) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minimum_confidence": 0.5}, "other parameters"),
        ({"output_confidence": None}, "other parameters, outputs"),
        ({"block_px": 8}, "another size"),
        (
            {"extent": Extent(WEST + 100, NORTH - 900, WEST + 900, NORTH - 100, f"EPSG:{EPSG}")},
            "another grid or extent",
        ),
    ],
)
def test_parts_of_another_job_at_the_same_output_are_not_used(job, outputs, changes, words) -> None:
    interrupt(job, 3)
    sink = run(replace(job, **changes))
    assert words in sink.texts(Level.WARNING)
    assert parts_folders(outputs) == []


def test_what_changes_no_pixel_uses_the_parts(job, outputs) -> None:
    interrupt(job, 5)
    sink = run(replace(job, threads=1, overviews=True, statistics=True, run_id="a20", any_resolution=True))
    assert "5 of 16 parts were finished before" in sink.texts()


def test_a_virtual_raster_and_a_mask_that_qgis_writes_anew_are_the_same(job, outputs, world, tmp_path) -> None:
    """Both lie in a temporary folder, another one at every run, and a GeoPackage holds the time it was written."""

    def exported(name: str):
        folder = tmp_path / name
        folder.mkdir()
        gdal.Translate(str(folder / "scene.vrt"), job.input[0].path, format="VRT").FlushCache()
        mask = write_layer(folder / "mask.gpkg", [(square(20, 20, 60), {"kind": name})])
        virtual = predict_job(job.model, folder / "scene.vrt", Path(job.output), block_px=16, keep_parts=True)
        return replace(virtual, mask=VectorSource(str(mask), "stands"))

    interrupt(exported("first"), 4)
    assert "4 of 8 parts were finished before" in run(exported("second")).texts()
    assert parts_folders(outputs) == []


def test_parts_inside_another_mask_are_not_used(job, outputs, tmp_path) -> None:
    """Neither where a polygon of the same file was moved, nor where there is a mask now and was none."""
    file = tmp_path / "mask.gpkg"
    masked = replace(job, mask=VectorSource(str(write_layer(file, [(square(20, 20, 60), {})])), "stands"))
    for before, then in ((masked, masked), (job, masked)):
        interrupt(before, 3)
        file.unlink()
        write_layer(file, [(square(24, 20, 60), {})])
        sink = run(then)
        assert "another mask" in sink.texts(Level.WARNING)
        assert "were finished before" not in sink.texts()
        assert parts_folders(outputs) == []


def test_parts_by_another_model_are_not_used(world, outputs, small_model, small_series_model) -> None:
    jobs = [
        predict_job(model, world.camera, outputs / "map.tif", block_px=16, keep_parts=True)
        for model in (small_model, small_series_model)
    ]
    interrupt(jobs[0], 1)
    assert "another model" in run(jobs[1]).texts(Level.WARNING)
    assert parts_folders(outputs) == []


def test_a_raster_that_a_virtual_one_shows_is_an_input(job, tmp_path) -> None:
    gdal.Translate(str(tmp_path / "scene.vrt"), job.input[0].path, format="VRT").FlushCache()
    virtual = predict_job(job.model, tmp_path / "scene.vrt", Path(job.output), block_px=16, keep_parts=True)
    interrupt(virtual, 4)
    os.utime(job.input[0].path, ns=(1, 1))
    assert "inputs that were changed" in run(virtual).texts(Level.WARNING)


def test_a_plain_run_finishes_what_was_begun_in_parts(job, outputs, undisturbed) -> None:
    interrupt(job, 6)
    assert "6 of 16 parts were finished before" in run(replace(job, keep_parts=False)).texts()
    assert digests(outputs) == undisturbed


def test_parts_of_another_output_in_the_same_folder_are_left_alone(job, outputs) -> None:
    """Names that begin with the same sixty characters share the beginning of their folders' names."""
    long = "a" * 60
    other = interrupt(replace(job, output=str(outputs / f"{long}b.tif")), 3)
    run(replace(job, output=str(outputs / f"{long}c.tif"), minimum_confidence=0.3))
    assert parts_folders(outputs) == [other]


def test_parts_in_another_precision_are_neither_mixed_nor_forgotten(job, outputs) -> None:
    """Chosen by itself on machines that differ: then one of them must be asked for."""
    interrupt(replace(job, precision=Precision.FP32), 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.inference.precision.has_fast_int8", lambda: True)
        patch.setattr("colearn.engine.inference.precision._why_not", lambda *_: "")
        with pytest.raises(CoLearnError) as caught:
            run(replace(job, precision=Precision.AUTO))
        assert caught.value.code is ErrorCode.JOB_INVALID
        assert (
            "int8 on cpu, quality best here, but parts of the same map in fp32 on cpu, quality best"
            in caught.value.found
        )
        assert "3 of 16 parts were finished" in run(replace(job, precision=Precision.FP32)).texts()


def test_a_folder_that_says_nothing_of_its_run_is_not_written_into(job, outputs) -> None:
    folder = interrupt(job, 3)
    (folder / "plan.json").write_text("{}")
    with pytest.raises(CoLearnError) as caught:
        run(job)
    assert caught.value.code is ErrorCode.OUTPUT_UNWRITABLE
    assert f"Remove {folder}" in caught.value.remedy


def test_a_block_that_cannot_be_read_ends_the_run_and_what_is_finished_is_kept(job, outputs, undisturbed) -> None:
    def read(mapper: Mapper, window: Window) -> Pixels:
        if (window.row, window.col) == (96, 96):
            raise InputError(ErrorCode.RASTER_READ_FAILED, found="no pixels", expected="some", remedy="None.")
        return whole_read(mapper, window)

    whole_read = Mapper.read
    with pytest.MonkeyPatch.context() as patch, pytest.raises(InputError):
        patch.setattr(Mapper, "read", read)
        run(job)
    (folder,) = parts_folders(outputs)
    done = len(list(folder.glob("* OUTPUT.tif")))
    assert done == 15
    assert list(folder.glob("*.tmp")) == []
    assert f"{done} of 16 parts were finished" in run(job).texts()
    assert digests(outputs) == undisturbed


@pytest.mark.parametrize("value_type", list(ValueType))
def test_a_regression_from_a_series_in_parts(world, small_series_model, outputs, value_type) -> None:
    """Parts hold the values as they were computed; they are packed when they are put together."""
    job = predict_job(small_series_model, world.series, outputs / "map.tif", block_px=8, value_type=value_type)
    run(job)
    whole = digests(outputs)
    interrupt(replace(job, keep_parts=True), 3)
    run(replace(job, keep_parts=True))
    assert digests(outputs) == whole


def test_a_map_of_nothing_has_parts_of_nothing(job, outputs, undisturbed) -> None:
    corner = Extent(WEST, NORTH - 60, WEST + 80, NORTH, f"EPSG:{EPSG}")
    direct = replace(job, extent=corner, keep_parts=False)
    run(direct)
    whole = digests(outputs)
    sink = run(replace(direct, keep_parts=True))
    assert "Every pixel of the map is nodata" in sink.texts(Level.WARNING)
    assert digests(outputs) == whole


def test_a_mask_beside_every_pixel_is_an_error_in_parts_too(job, tmp_path) -> None:
    mask = write_layer(tmp_path / "mask.gpkg", [(square(20.1, 20.1, 0.2), {})])
    with pytest.raises(CoLearnError) as caught:
        run(replace(job, mask=VectorSource(str(mask), "stands")))
    assert caught.value.code is ErrorCode.MASK_EMPTY
