"""A map shared by several processes, which know nothing of each other."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from journeys import predict_job
from runs_in_parts import ROOT, digests, finished, parts_folders, start, texts


@pytest.fixture
def job(world, small_model, outputs):
    return predict_job(
        small_model,
        world.camera,
        outputs / "map.tif",
        output_probabilities=str(outputs / "p.tif"),
        block_px=8,
        threads=1,
        cog=True,
        statistics=True,
    )


def test_shards_one_after_the_other_in_any_order(job, outputs, undisturbed, tmp_path) -> None:
    for number in (3, 1, 2):
        logged = finished(start(job, tmp_path, "--shard", f"{number}/3"))
        assert logged[-1]["outputs"] == {}
        assert "run the same command without --shard" in texts(logged)
        assert [path.name for path in outputs.iterdir()] == [folder.name for folder in parts_folders(outputs)]
    logged = finished(start(job, tmp_path))
    assert "15 of 15 parts were finished earlier" in texts(logged)
    assert digests(outputs) == undisturbed


def test_shards_at_the_same_time(job, outputs, undisturbed, tmp_path) -> None:
    for process in [start(job, tmp_path, "--shard", f"{number}/3") for number in (1, 2, 3)]:
        finished(process)
    assert "15 of 15 parts were finished earlier" in texts(finished(start(job, tmp_path)))
    assert digests(outputs) == undisturbed


def test_the_same_shard_twice_by_mistake(job, outputs, undisturbed, tmp_path) -> None:
    for process in [start(job, tmp_path, "--shard", "1/1") for _ in range(3)]:
        finished(process)
    (folder,) = parts_folders(outputs)
    assert list(folder.glob("*.tmp")) == []
    finished(start(job, tmp_path))
    assert digests(outputs) == undisturbed


def test_a_missing_shard_is_computed_by_the_last_run(job, outputs, undisturbed, tmp_path) -> None:
    finished(start(job, tmp_path, "--shard", "2/3"))
    assert "5 of 15 parts were finished earlier" in texts(finished(start(job, tmp_path)))
    assert digests(outputs) == undisturbed


def test_more_shards_than_parts(job, outputs, tmp_path) -> None:
    counts = [finished(start(job, tmp_path, "--shard", f"{number}/40"))[-1]["numbers"]["parts"] for number in (1, 40)]
    assert sorted(counts) == [0, 1]


def test_shards_into_a_folder_that_is_not_there_yet(job, outputs, undisturbed, tmp_path) -> None:
    outputs.rmdir()
    finished(start(job, tmp_path, "--shard", "1/2"))
    finished(start(job, tmp_path))
    assert digests(outputs) == undisturbed


def test_a_shard_of_a_country_takes_no_longer_than_its_parts(small_model, world, outputs, tmp_path) -> None:
    """A sparse virtual raster of 200,000 × 200,000 pixels, of which the first and the last 1,024 are looked at."""
    place, bands = '<SrcRect xSize="120" ySize="120"/><DstRect xSize="120" ySize="120"/>', ("B02", "B03", "B04", "B08")
    lines = "".join(
        f'<VRTRasterBand dataType="UInt16" band="{number}"><Description>{name}</Description>'
        f"<NoDataValue>0</NoDataValue><SimpleSource><SourceFilename>{world.camera}</SourceFilename><SourceBand>{number}</SourceBand>{place}"
        "</SimpleSource></VRTRasterBand>"
        for number, name in enumerate(bands, start=1)
    )
    frame = "<SRS>EPSG:32633</SRS><GeoTransform>400000, 10, 0, 5800000, 0, -10</GeoTransform>"
    country = tmp_path / "country.vrt"
    size = 'rasterXSize="200000" rasterYSize="200000"'
    country.write_text(f"<VRTDataset {size}>{frame}{lines}</VRTDataset>", encoding="utf-8")
    job = predict_job(small_model, country, outputs / "map.tif", threads=1)
    for number in (2, 38416):
        logged = finished(start(job, tmp_path, "--part-px", "1024", "--shard", f"{number}/38416"))
        assert "1 of 38416 parts" in texts(logged)
    (folder,) = parts_folders(outputs)
    names = {path.name for path in folder.glob("*.tif")}
    assert names == {"row 0 col 1024 OUTPUT.tif", "row 199680 col 199680 OUTPUT.tif"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", "job.json", "--shard", "4/3"], "shard 4 of 3"),
        (["predict", "job.json", "--shard", "third"], "expected i/n"),
        (["predict", "job.json", "--shard", "1/0"], "found shard 1 of 0, expected 1 to n of n, with n from 1"),
        (
            ["predict", "job.json", "--dask", "local:0"],
            "found 'local:0', expected local, local:N with N processes from 1",
        ),
        (["predict", "job.json", "--dask", "local:-1"], "found 'local:-1'"),
        (["predict", "job.json", "--dask", "local:two"], "found 'local:two'"),
        (["predict", "job.json", "--dask", "local:"], "found 'local:'"),
        (["predict", "job.json", "--dask", ""], "found ''"),
        (["predict", "job.json", "--shard", "1/2", "--dask", "local"], "not allowed with"),
        (["predict", "job.json", "--part-px", "0"], "a number of pixels from 1"),
        (["train", "job.json", "--shard", "1/2"], "can be used with predict only"),
        (["evaluate", "job.json", "--dask", "local"], "can be used with predict only"),
    ],
)
def test_a_wrong_command_line_is_answered_with_the_right_one(arguments, words) -> None:
    command = [sys.executable, "-m", "engine", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())


def test_the_parts_of_a_map_are_reported_by_their_place(job, outputs, tmp_path) -> None:
    finished(start(job, tmp_path, "--shard", "1/1"))
    (folder,) = parts_folders(outputs)
    layers = ("OUTPUT", "OUTPUT_PROBABILITIES")
    names = {f"row {row} col 0 {layer}.tif" for row, layer in itertools.product(range(0, 120, 8), layers)}
    assert {path.name for path in Path(folder).iterdir()} == {"plan.json", *names}
