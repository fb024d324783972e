"""A map that is killed, cancelled or damaged on its way, and gone on with."""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.map_choices import ValueType
from colearn.engine.contract.job.sources import Extent, VectorSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode, InputError
from colearn.engine.contract.wire.events import Level, Progress
from colearn.engine.mapping.mapper import Mapper, Pixels
from colearn.engine.raster.geo.grid import Window

from interrupted_maps import interrupt, run
from journeys import predict_job
from layers import square, write_layer
from runs_in_parts import digests, finished, parts_folders, stages, start, texts
from world import EPSG, NORTH, WEST


def test_a_map_in_parts_is_the_map_and_nothing_stays_behind(job, outputs, undisturbed) -> None:
    assert {"map.tif", "map.tif.aux.xml", "p.tif", "c.tif"} <= set(undisturbed)
    run(job)
    assert digests(outputs) == undisturbed


@pytest.mark.parametrize("stage", ["Part 1 of 16", "Part 7 of 16", "Part 16 of 16", "Assembling the map"])
def test_a_killed_run_resumes_and_gives_the_same_bytes(job, outputs, undisturbed, tmp_path, stage) -> None:
    with start(job, tmp_path) as process:
        assert any(logged.startswith(stage) for logged in stages(process))
        process.send_signal(signal.SIGKILL)
    (folder,) = parts_folders(outputs)
    assert not (outputs / "map.tif").exists()
    there = len(list(folder.glob("* OUTPUT.tif")))
    logged = finished(start(job, tmp_path))
    assert there >= (int(stage.split()[1]) if stage.startswith("Part") else 16)
    assert f"{there} of 16 parts were finished earlier" in texts(logged)
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
    assert "All pixels of the map are nodata" in sink.texts(Level.WARNING)
    assert digests(outputs) == whole


def test_a_mask_outside_the_raster_is_an_error_in_parts_too(job, tmp_path) -> None:
    mask = write_layer(tmp_path / "mask.gpkg", [(square(20.1, 20.1, 0.2), {})])
    with pytest.raises(CoLearnError) as caught:
        run(replace(job, mask=VectorSource(str(mask), "stands")))
    assert caught.value.code is ErrorCode.MASK_EMPTY
