"""Parts on the disk: whole or not there."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.wire.errors import OutputError
from colearn.engine.mapping.mapper import set_up
from colearn.engine.parts.compute.local import compute_parts
from colearn.engine.parts.store.atomic_write import put_in_place, temporary_name, write_durably
from colearn.engine.parts.store.checksum import checksum_matches, write_checksum
from colearn.engine.parts.store.folder import claim, store_of
from colearn.engine.process.reporting import Reporter

from journeys import Listening, predict_job


@pytest.fixture
def mapper(world, small_model, outputs):
    job = predict_job(small_model, world.camera, outputs / "map.tif", block_px=16, threads=1)
    return set_up(replace(job, output_confidence=str(outputs / "c.tif")), Reporter(Listening()))


@pytest.fixture
def store(mapper):
    made = store_of(mapper, 32)
    claim(made)
    return made


def test_a_part_is_done_when_all_its_layers_have_their_names(mapper, store) -> None:
    parts = store.plan.parts
    assert list(compute_parts(mapper, store, parts[2:4], 1)) == parts[2:4]
    assert store.look_over(parts, 2) == (set(parts[2:4]), [])
    store.file_of(parts[2], store.layers[1]).unlink()
    assert store.look_over(parts, 2) == ({parts[3]}, [])


def test_what_is_being_written_has_no_name_yet_and_leaves_nothing_when_it_is_given_up(mapper, store) -> None:
    part = store.plan.parts[0]
    block = store.plan.blocks_of(part)[0]
    making = store.begin(part)
    making.write(block, mapper.map(mapper.read(block)))
    assert store.look_over([part], 1) == (set(), [])
    assert len(list(store.folder.glob("*.tmp"))) == 2
    making.discard()
    assert [path.name for path in store.folder.iterdir()] == ["plan.json"]


def test_a_folder_removed_by_another_run_is_an_error_with_a_message(mapper, store) -> None:
    """A straggler: the map was finished by another run meanwhile."""
    shutil.rmtree(store.folder)
    with pytest.raises(OutputError) as caught:
        list(compute_parts(mapper, store, store.plan.parts[:1], 1))
    assert f"a missing folder {store.folder}" in caught.value.found
    assert "Another run has finished the map" in caught.value.remedy


def test_names_while_writing_are_nobody_elses(tmp_path) -> None:
    names: list[Path] = []

    def name() -> None:
        names.extend(temporary_name(tmp_path / "part.tif") for _ in range(10))

    threads = [threading.Thread(target=name) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 40
    assert {each.parent for each in names} == {tmp_path}


def test_a_file_put_in_place_replaces_what_is_there(tmp_path) -> None:
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    put_in_place(tmp_path / "new", tmp_path / "old")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"old": "new"}


def test_a_text_that_cannot_be_put_in_place_leaves_nothing(tmp_path) -> None:
    (tmp_path / "plan.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_durably(tmp_path / "plan.json", "{}")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_checksum_fails_at_any_bit_and_any_length(tmp_path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 3)
    assert not checksum_matches(file)
    write_checksum(file)
    assert checksum_matches(file)
    whole = file.read_bytes()
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert not checksum_matches(file), at
        file.write_bytes(whole[:at])
        assert not checksum_matches(file), at
    file.write_bytes(whole + b"\0")
    assert not checksum_matches(file)


def test_a_raster_with_a_checksum_is_a_raster_like_any_other(mapper, store) -> None:
    from osgeo import gdal

    (part,) = compute_parts(mapper, store, store.plan.parts[:1], 1)
    dataset = gdal.Open(str(store.file_of(part, store.layers[0])))
    assert (dataset.RasterYSize, dataset.RasterXSize) == part.shape
    assert dataset.GetRasterBand(1).Checksum() > 0
