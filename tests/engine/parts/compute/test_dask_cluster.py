"""A map computed by a Dask cluster of processes on this machine."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.wire.errors import CoLearnError, ErrorCode
from colearn.engine.parts.plan.execution import Execution
from colearn.engine.predict import predict
from colearn.engine.process.reporting import Reporter
from osgeo import gdal

from dask_clusters import cluster
from journeys import Listening, predict_job, source
from processes import is_alive
from runs_in_parts import digests, events, finished, parts_folders, stages, start, texts

pytest.importorskip("distributed")


@pytest.fixture
def job(world, small_model, outputs):
    return predict_job(small_model, world.camera, outputs / "map.tif", block_px=8, threads=1)


def workers_of(process: int) -> list[int]:
    """The processes that a local cluster has started."""
    children = psutil.Process(process).children(recursive=True)
    return [child.pid for child in children if any("spawn_main" in word for word in child.cmdline())]


def gone(processes: list[int], patience_s: float = 10.0) -> bool:
    deadline = time.monotonic() + patience_s
    while any(map(is_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(is_alive, processes))


def test_two_workers_make_the_map_that_one_process_makes(job, outputs, undisturbed, tmp_path) -> None:
    logged = finished(start(job, tmp_path, "--dask", "local:2"))
    assert [event["stage"] for event in logged if event["event"] == "progress"].count("Part 15 of 15") == 1
    assert "2 workers, 2 threads." in texts(logged)
    assert digests(outputs) == undisturbed


def test_workers_that_come_and_go_are_reported_once_each() -> None:
    from colearn.engine.parts.compute.dask_cluster import _Room

    class Cluster:
        scheduler = SimpleNamespace(address="tcp://here:1")

        def nthreads(self) -> dict[str, int]:
            return counts.pop(0)

    counts = [{"a": 2}, {"a": 2}, {"a": 2, "b": 1}, {}]
    sink = Listening()
    room = _Room(Cluster(), Reporter(sink))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colearn.engine.parts.compute.dask_cluster._COUNT_EVERY_S", -1.0)
        assert [room.count() for _ in range(4)] == [4, 4, 6, 1]
    at = "Dask at tcp://here:1:"
    logged = [f"{at} 1 worker, 2 threads.", f"{at} now 2 workers, 3 threads.", f"{at} now 0 workers, 0 threads."]
    assert sink.texts().splitlines() == logged


def test_a_killed_worker_loses_its_part_only(job, world, outputs, tmp_path) -> None:
    """The map of a larger world, so that there is much left to do when one of two is killed."""
    large = tmp_path / "large.tif"
    gdal.Translate(str(large), str(world.camera), width=300, height=300)
    job = replace(job, input=(source(large),), block_px=16, any_resolution=True)
    with start(job, tmp_path, "--dask", "local:2") as process:
        assert "Part 2 of 19" in stages(process)
        os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        logged = finished(process)
    assert "Part 19 of 19" in [event["stage"] for event in logged if event["event"] == "progress"]
    of_two = digests(outputs)
    finished(start(job, tmp_path))
    assert digests(outputs) == of_two


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_the_process_that_started_them(job, outputs, undisturbed, tmp_path, how) -> None:
    with start(job, tmp_path, "--dask", "local:2") as process:
        assert "Part 2 of 15" in stages(process)
        workers = workers_of(process.pid)
        assert len(workers) == 2
        process.send_signal(how)
        process.wait(timeout=20)
    assert gone(workers)
    assert len(parts_folders(outputs)) == 1
    assert "parts were finished earlier" in texts(finished(start(job, tmp_path)))
    assert digests(outputs) == undisturbed


@pytest.fixture
def scheduler(tmp_path):
    with cluster(tmp_path) as address:
        yield address


def test_a_cluster_without_the_engine(job, outputs, undisturbed, tmp_path, scheduler) -> None:
    """Neither scheduler nor worker can import it: the order brings what finds it."""
    finished(start(job, tmp_path, "--dask", scheduler))
    assert digests(outputs) == undisturbed


def test_a_part_that_fails_again_and_again_is_named(job, outputs, tmp_path) -> None:
    """The folder is gone for a file of that name: every worker fails at the same part."""
    finished(start(job, tmp_path, "--shard", "1/15"))
    (folder,) = parts_folders(outputs)
    (folder / "row 64 col 0 OUTPUT.tif").mkdir()
    logged = events(start(job, tmp_path, "--dask", "local:2"))
    assert logged[-1]["code"] == "output_unwritable"
    assert "the part in rows 65 to 72, columns 1 to 120 failed 3 times" in logged[-1]["found"]


def test_a_cluster_that_is_not_there(job, outputs) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CoLearnError) as caught:
        patch.setattr("colearn.engine.parts.compute.dask_cluster._PATIENCE_S", 0.5)
        predict(job, Reporter(Listening()), Execution(cluster=f"tcp://127.0.0.1:{port}"))
    assert caught.value.code is ErrorCode.CLUSTER_FAILED
    assert f"no cluster at tcp://127.0.0.1:{port}" in caught.value.found
    assert list(outputs.iterdir()) == []


def test_without_dask_the_error_says_what_to_install(job) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CoLearnError) as caught:
        patch.setitem(sys.modules, "distributed", None)
        predict(job, Reporter(Listening()), Execution(cluster="local"))
    assert caught.value.code is ErrorCode.DEPENDENCY_MISSING
    assert "scale-requirements.txt" in caught.value.remedy


class TestWorker:
    """What a worker does with an order, in this process."""

    @pytest.fixture
    def order(self, job):
        from colearn.engine.mapping.mapper import set_up
        from colearn.engine.parts.compute.worker import Order
        from colearn.engine.parts.store.folder import claim, store_of

        job = replace(job, device=Device.CPU, precision=Precision.FP32)
        store = store_of(set_up(job, Reporter(Listening())), 32)
        claim(store)
        return Order(job, 32, store.identity, store.plan.parts[3]), store

    def test_it_computes_the_part(self, order) -> None:
        from colearn.engine.parts.compute.worker import carry_out

        ordered, store = order
        assert carry_out(ordered.to_text()) == ""
        assert store.look_over(store.plan.parts, 1) == ({ordered.part}, [])

    def test_it_refuses_to_compute_another_map(self, order, job) -> None:
        """An input that lies elsewhere or was changed, another version, another precision."""
        from colearn.engine.contract.wire.events import from_line
        from colearn.engine.parts.compute.worker import carry_out

        ordered, store = order
        failed = from_line(carry_out(replace(ordered, run=replace(ordered.run, inputs="other")).to_text()))
        assert failed.code is ErrorCode.INPUT_CHANGED
        assert "other inputs" in failed.found
        assert store.look_over(store.plan.parts, 1) == (set(), [])

    def test_it_answers_with_what_went_wrong(self, order) -> None:
        from colearn.engine.contract.wire.events import from_line
        from colearn.engine.parts.compute.worker import carry_out

        ordered, _ = order
        lost = replace(ordered, job=replace(ordered.job, model="/nowhere.colearn"), run=replace(ordered.run, model="x"))
        assert from_line(carry_out(lost.to_text())).code is ErrorCode.MODEL_UNREADABLE
