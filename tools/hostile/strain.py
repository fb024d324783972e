"""File size limits, full and read-only drives, vanishing inputs, two writers, cancels, very many maps."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile.journeys import files, in_child, predict, prediction, renew
from hostile.kills import OWN, Row

ROOT = Path(__file__).resolve().parents[2]
MOST_CANCEL_S = 2.0
RUN_S = 2.5  # approximate duration of a small map, so that cancels are spread over all of it
_OLD = {"map.tif": b"old", "probabilities.tif": b"old"}


def limited(work: Path, scene: Path) -> Row:
    """A file size limit reached at various points: reported as a full disk, and earlier files are kept."""
    row = Row("limits of file size (RLIMIT_FSIZE)")
    for size in (*range(0, 1000, 50), *range(1000, 6000, 250)):
        renew(work / "out", _OLD)
        limit = lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
        end = _end_of(_engine(work, prediction(work, scene), preexec_fn=limit))
        row.tried += 1
        held = end.get("event") == "finished" or (end.get("code") == "disk_full" and files(work / "out") == _OLD)
        if not held:
            row.faults.append(f"{size} bytes: {end} {sorted(files(work / 'out'))}")
    return row


def full(work: Path, scene: Path) -> Row:
    """A drive of a few megabytes, filled up to various sizes."""
    row, small = Row("drives that are full (tmpfs)"), Path(os.environ["COLEARN_SMALL"])
    for free in (0, *(4096 * each for each in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32))):
        for path in small.iterdir():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
        left = shutil.disk_usage(small).free - free
        (small / "filler").write_bytes(b"x" * max(left, 0))
        end = _end_of(_engine(work, prediction(work, scene, str(small / "out"), cog=True, overviews=True)))
        row.tried += 1
        known = ("filler", "out", "map.tif", "map.tif.aux.xml")
        left_over = [path.name for path in small.rglob("*") if path.name not in known]
        if end.get("event") != "finished" and (end.get("code") != "disk_full" or left_over):
            row.faults.append(f"{free} bytes: {end} {left_over}")
    return row


def read_only(work: Path, scene: Path) -> Row:
    """Read-only folders."""
    row, closed = Row("folders that cannot be written"), work / "closed"
    closed.mkdir(exist_ok=True)
    closed.chmod(0o555)
    for folder in ("/usr/share", "/etc", "/", "/var/lib", str(ROOT), str(closed), str(closed / "deeper")):
        end = _end_of(_engine(work, prediction(work, scene, folder)))
        row.tried += 1
        if end.get("code") != "output_unwritable":
            row.faults.append(f"{folder}: {end}")
    return row


def vanishing(work: Path, scene: Path) -> Row:
    """The scene or the model is removed or changed just before the n-th file operation of a run."""
    row, out, spare = Row("inputs that vanish, shrink or change amid a run"), work / "out", work / "spare"
    job = prediction(work, scene, output_probabilities=str(out / "probabilities.tif"))
    renew(out, _OLD)
    in_child(lambda: predict(job))
    new = files(out)
    for victim in (scene, work / "model.colearn"):
        whole = victim.read_bytes()
        for name, harm in _HARMS.items():
            operation, is_reached = 0, True
            while is_reached:
                renew(out, _OLD)
                shutil.copy2(victim, spare)
                end = _harmed(job, lambda harm=harm, victim=victim: harm(victim), operation, work / "end")
                os.replace(spare, victim)
                is_reached = end != "never"
                row.tried += is_reached
                there = files(out)
                if is_reached and (end == "unforeseen" or there != (new if end == "finished" else _OLD)):
                    row.faults.append(f"{victim.name} {name} at {operation}: {end}, {sorted(there)}")
                operation += 1
        victim.write_bytes(whole)
    return row


_HARMS: dict[str, Callable[[Path], object]] = {
    "is removed": lambda path: path.unlink(),
    "is cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "is another": lambda path: path.write_bytes(b"II*\0" + bytes(5000)),
}


def _harmed(job: Any, harm: Callable[[], object], operation: int, told: Path) -> str:
    """How a run ends whose input is damaged at an operation: ``finished``, an error code, or ``never`` (too few)."""

    def run() -> None:
        from engine.contract import CoLearnError
        from engine.process import unexpected_error
        from killed import before_each_operation

        left = [operation]

        def count() -> None:
            left[0] -= 1
            if left[0] == -1:
                harm()

        before_each_operation(count)
        try:
            predict(job)
            end = "finished"
        except CoLearnError as error:
            end = error.code.value
        except Exception as error:  # noqa: BLE001  (as the engine's own command line does)
            end = unexpected_error(error, "predict").code.value
        reached = left[0] < 0
        left[0] = sys.maxsize
        told.write_text(end if reached else "never")

    return told.read_text() if in_child(run) == 0 else "unforeseen"


def two_writers(work: Path, scene: Path, other: Path, count: int) -> Row:
    """Two runs with the same outputs, started at various intervals: one of them succeeds, or both in sequence."""
    row, out = Row("two runs that write the same outputs"), work / "out"
    beside = {"output_probabilities": str(out / "probabilities.tif"), "output_polygons": str(out / "areas.gpkg")}
    jobs = [prediction(work, each, **beside) for each in (scene, other)]
    sets = []
    for job in jobs:
        renew(out, _OLD)
        in_child(lambda job=job: predict(job))
        sets.append(files(out))
    for number in range(count):
        renew(out, _OLD)
        second = _in_background(lambda number=number: (time.sleep(0.004 * number), predict(jobs[1])))
        first = _in_background(lambda: predict(jobs[0]))
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in (first, second)]
        row.tried += 1
        there = files(out)
        whole = [made for end, made in zip(ends, sets, strict=True) if end == 0] or [_OLD]
        if there not in whole:
            row.faults.append(f"{number}: ends {ends}, {sorted(there)}")
    return row


def _in_background(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            work()
        except BaseException:  # noqa: BLE001  (told by the exit code)
            os._exit(1)
        os._exit(0)
    return child


def cancelled(work: Path, scene: Path, count: int) -> Row:
    """Cancel as the plugin does: standard input closes at random times."""
    row, slowest = Row(f"cancels within {MOST_CANCEL_S:g} s"), 0.0
    for number in range(count):
        renew(work / "out", _OLD)
        process = _engine(work, prediction(work, scene), more=["--attached"])
        time.sleep(RUN_S * number / max(count, 1))
        began = time.monotonic()
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        process.communicate(timeout=60)
        took = time.monotonic() - began
        slowest, row.tried = max(slowest, took), row.tried + 1
        left = [name for name in files(work / "out") if OWN in name]
        if took > MOST_CANCEL_S or left:
            row.faults.append(f"after {RUN_S * number / count:.2f} s: {took:.1f} s, left {left}")
    row.note = f"slowest {slowest:.1f} s"
    return row


def soak(work: Path, scene: Path, count: int) -> Row:
    """Many maps in one process: the number of open files and the memory stay constant."""
    row, place = Row("maps in one process"), work / "soak.json"

    def maps() -> None:
        seen = []
        for _ in range(count):
            predict(prediction(work, scene))
            seen.append((len(os.listdir("/proc/self/fd")), int(Path("/proc/self/statm").read_text().split()[1]) * 4))
        place.write_text(json.dumps(seen))

    shutil.rmtree(work / "out", ignore_errors=True)
    if in_child(maps):
        row.faults.append("a map failed")
        return row
    seen = json.loads(place.read_text())
    row.tried = len(seen)
    early, late = seen[len(seen) // 10], seen[-1]
    row.note = f"open files {early[0]} → {late[0]}, memory {early[1] // 1024} → {late[1] // 1024} MB (tenth part → end)"
    if late[0] > early[0] + 2 or late[1] > early[1] * 1.1 + 10_240:
        row.faults.append(row.note)
    return row


def _engine(work: Path, job: Any, **options: Any) -> subprocess.Popen[str]:
    from engine.contract import job_to_text

    path = work / "job.json"
    path.write_text(job_to_text(job), encoding="utf-8")
    command = [sys.executable, "-I", str(ROOT / "engine" / "start.py"), "predict", str(path), "--events"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "stdin": subprocess.PIPE}
    return subprocess.Popen([*command, *options.pop("more", [])], **pipes, **options)  # type: ignore[call-overload,no-any-return]


def _end_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _err = process.communicate(timeout=120)
    last: dict[str, Any] = json.loads(out.splitlines()[-1]) if out.strip() else {}
    return last
