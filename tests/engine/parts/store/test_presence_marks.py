"""A folder of parts in which nothing was finished: who may remove it, and who may not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode, InputError
from colearn.engine.mapping.mapper import Mapper, Pixels, set_up
from colearn.engine.parts.compute.local import compute_parts
from colearn.engine.parts.plan.execution import Execution
from colearn.engine.parts.store.folder import claim, store_of
from colearn.engine.parts.store.presence_marks import presence
from colearn.engine.parts.store.store import PartStore
from colearn.engine.predict import predict
from colearn.engine.process.exit_handlers import act_last
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.geo.grid import Window

from journeys import Listening, predict_job
from runs_in_parts import PART_PX, digests, parts_folders, stages, start

EXECUTION = Execution(part_px=int(PART_PX))


@pytest.fixture
def job(world, small_model, outputs):
    made = predict_job(small_model, world.camera, outputs / "map.tif", block_px=16, threads=1, keep_parts=True)
    return replace(made, precision=Precision.FP32, device=Device.CPU)


@pytest.fixture
def mapper(job) -> Mapper:
    return set_up(job, Reporter(Listening()))


@pytest.fixture
def store(mapper) -> PartStore:
    return store_of(mapper, EXECUTION.part_px)


def finish_one(mapper: Mapper, store: PartStore) -> Path:
    """Compute the first part; returns its file."""
    (_,) = compute_parts(mapper, store, [store.plan.parts[0]], threads=1)
    return store.file_of(store.plan.parts[0], store.layers[0])


def test_a_run_that_finished_no_part_leaves_no_folder(job, outputs) -> None:
    def read(_mapper: Mapper, _window: Window) -> Pixels:
        raise InputError(ErrorCode.RASTER_READ_FAILED, found="no pixels", expected="some", remedy="None.")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(CoLearnError):
        patch.setattr(Mapper, "read", read)
        predict(job, Reporter(Listening()), EXECUTION)
    assert list(outputs.iterdir()) == []


def test_a_plain_run_takes_no_notice_of_a_folder_without_a_part(job, outputs, store) -> None:
    claim(store)
    sink = Listening()
    predict(replace(job, keep_parts=False), Reporter(sink), EXECUTION)
    assert "Finished parts are kept" not in sink.texts()
    assert [path.name for path in outputs.iterdir() if path.name.startswith(".")] == []


def test_a_plain_run_takes_no_notice_of_a_part_it_cannot_use(job, mapper, store) -> None:
    claim(store)
    file = finish_one(mapper, store)
    file.write_bytes(file.read_bytes()[:-100])
    sink = Listening()
    predict(replace(job, keep_parts=False), Reporter(sink), EXECUTION)
    assert "Finished parts are kept" not in sink.texts()


def test_who_leaves_an_empty_folder_removes_it_unless_another_works_there(store) -> None:
    with presence(store):
        with presence(store):
            pass
        assert (store.folder / "plan.json").exists()
    assert not store.folder.exists()


def test_the_mark_of_a_killed_run_keeps_no_folder(store) -> None:
    from colearn.engine.outputs.run_lock import RunLock

    store.folder.mkdir()
    RunLock.take(store.folder / ".at-work-killed").release()
    with presence(store):
        pass
    assert not store.folder.exists()


def test_a_run_elsewhere_keeps_its_folder(store) -> None:
    store.folder.mkdir()
    elsewhere = '{"process": 1, "computer": "another", "since": "now"}\n'
    (store.folder / ".at-work-elsewhere").write_text(elsewhere, encoding="utf-8")
    with presence(store):
        pass
    assert store.folder.is_dir()


def test_a_finished_part_keeps_its_folder_and_nothing_else_of_the_run(mapper, store) -> None:
    with presence(store):
        file = finish_one(mapper, store)
    assert sorted(path.name for path in store.folder.iterdir()) == ["plan.json", file.name]


def test_messages_at_the_end(mapper, store) -> None:
    parts = len(store.plan.parts)
    with presence(store):
        finish_one(mapper, store)
        making = store.begin(store.plan.parts[1])
        message = act_last()
        assert list(store.folder.glob("*.tmp")) == []
        making.discard()
    assert message == [f"1 of {parts} parts are kept in {store.folder}; run the same job again to resume."]
    assert act_last() == []


def test_cancelling_before_the_first_part_leaves_nothing(job, outputs, tmp_path) -> None:
    with start(job, tmp_path, "--attached") as process:
        for line in process.stdout:
            if "parts_kept" in line:
                break
        process.stdin.close()
        assert process.wait(timeout=20) == 3
    for folder in parts_folders(outputs):  # it was quicker
        assert list(folder.glob("* OUTPUT.tif")) != []


def test_a_cancelled_run_says_what_is_kept_as_an_event(job, outputs, tmp_path) -> None:
    with start(job, tmp_path) as process:
        assert any(stage.startswith("Part 2 ") for stage in stages(process))
        process.terminate()
        logged = process.stdout.read()
        assert process.wait(timeout=20) == 3
    (folder,) = parts_folders(outputs)
    assert '"code": "cancelled", "text": "Cancelled."' in logged
    assert (
        f"parts are kept in {folder}".encode("ascii", "backslashreplace").decode().replace("\\xe9", "\\u00e9") in logged
    )
    assert len(digests(folder)) > 2
