"""What tells that an input is the one it was."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace

import pytest
from colearn.engine.raster.files.identity import FileIdentity, identities, identity_of


@pytest.fixture
def raster(tmp_path):
    path = tmp_path / "scène 1.tif"
    path.write_bytes(b"II*\0 some pixels")
    os.utime(path, ns=(10, 2_000_000_007))
    return path


def test_a_file_is_its_path_its_size_and_the_time_it_was_written(raster, tmp_path) -> None:
    first = identity_of(str(raster))
    assert first == FileIdentity(str(raster), 16, 2_000_000_007)
    os.utime(raster, ns=(10, 2_000_000_008))
    assert identity_of(str(raster)) == replace(first, mtime_ns=2_000_000_008)
    os.rename(raster, tmp_path / "scene 2.tif")
    assert identity_of(str(tmp_path / "scene 2.tif")).path != first.path


def test_a_virtual_raster_is_what_is_in_it(tmp_path) -> None:
    files = [tmp_path / "a.vrt", tmp_path / "b.tmp", tmp_path / "c.vrt"]
    for file, text in zip(files, ("one", "one", "two")):
        file.write_text(f"<VRTDataset>{text}</VRTDataset>")
    same, other_name, other = (identity_of(str(file)) for file in files)
    assert same == other_name
    assert same != other
    assert identity_of("<VRTDataset>one</VRTDataset>") == same


def test_a_file_in_an_archive_changes_with_the_archive(tmp_path) -> None:
    archive = tmp_path / "scenes.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.tif", b"pixels")
    name = f"/vsizip/{archive}/a.tif"
    before = identity_of(name)
    assert before.size == archive.stat().st_size
    os.utime(archive, ns=(1, 1))
    assert identity_of(name) != before


def test_what_is_no_file_is_its_name(tmp_path) -> None:
    assert identity_of("/vsimem/nothing.tif") == FileIdentity("/vsimem/nothing.tif")
    assert identity_of(str(tmp_path / "gone.tif")) == FileIdentity(str(tmp_path / "gone.tif"))


def test_sidecars_that_hold_no_pixels_do_not_count_and_nor_does_the_order(raster, tmp_path) -> None:
    other = tmp_path / "b.tif"
    other.write_bytes(b"more")
    names = (str(raster), str(other))
    beside = (f"{raster}.aux.xml", f"{raster}.ovr")
    assert identities((*beside, *names)) == identities(names[::-1])
