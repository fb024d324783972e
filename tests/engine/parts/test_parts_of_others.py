"""Parts of another job, input, mask, model or precision are not used; those that are the same are."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.job.sources import Extent, VectorSource
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.contract.wire.events import Level
from osgeo import gdal

from interrupted_maps import interrupt, run
from journeys import predict_job
from layers import square, write_layer
from runs_in_parts import digests, parts_folders
from world import EPSG, NORTH, WEST


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
    assert f"The parts in {old.name} belong to an earlier run" in sink.texts(Level.WARNING)
    assert "inputs changed" in sink.texts(Level.WARNING)
    assert "were finished earlier" not in sink.texts()
    assert f"Removed {old.name}" in sink.texts()
    assert parts_folders(outputs) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minimum_confidence": 0.5}, "other parameters"),
        ({"output_confidence": None}, "other parameters, outputs"),
        ({"block_px": 8}, "another block or part size"),
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
    assert "5 of 16 parts were finished earlier" in sink.texts()


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
    assert "4 of 8 parts were finished earlier" in run(exported("second")).texts()
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
        assert "were finished earlier" not in sink.texts()
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
    assert "inputs changed" in run(virtual).texts(Level.WARNING)


def test_a_plain_run_finishes_what_was_begun_in_parts(job, outputs, undisturbed) -> None:
    interrupt(job, 6)
    assert "6 of 16 parts were finished earlier" in run(replace(job, keep_parts=False)).texts()
    assert digests(outputs) == undisturbed


def test_parts_of_another_output_in_the_same_folder_are_not_touched(job, outputs) -> None:
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


def test_a_folder_without_a_description_of_its_run_is_not_written_into(job, outputs) -> None:
    folder = interrupt(job, 3)
    (folder / "plan.json").write_text("{}")
    with pytest.raises(CoLearnError) as caught:
        run(job)
    assert caught.value.code is ErrorCode.OUTPUT_UNWRITABLE
    assert f"Remove {folder}" in caught.value.remedy
