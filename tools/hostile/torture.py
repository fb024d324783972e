"""Kills at every file operation, cancels, full and read-only drives, limits of file size, many maps; a table.

    python tools/hostile/torture.py [MAPS] [CANCELS] [kills|rest]

Runs in the sandbox. What did not hold is printed, and the exit code is then 1.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]

from hostile.sandbox import run_inside, work_folder  # noqa: E402

SIDE_PX = 48
MOST_CANCEL_S = 2.0


@dataclass
class Row:
    """One line of the table: what was tried, how often, what did not hold."""

    name: str
    tried: int = 0
    faults: list[str] = field(default_factory=list)
    note: str = ""

    def __str__(self) -> str:
        return f"| {self.name} | {self.tried:,} | {self.tried - len(self.faults):,} | {self.note} |"


def main() -> int:
    """Run in the sandbox, or enter it."""
    work = work_folder()
    if work is None:
        return run_inside(Path(__file__), sys.argv[1:])
    maps, cancels = (int(each) for each in (*sys.argv[1:3], *("1000", "100")[len(sys.argv) - 1 :]))
    scene = _prepare(work)
    kills = [partial(_killed, work, scene, name, job) for name, job in _journeys(work, scene).items()]
    rest = [partial(each, work, scene) for each in (_limited, _full, _read_only)]
    rest += [partial(_cancelled, work, scene, cancels), partial(_soak, work, scene, maps)]
    chosen = {"kills": kills, "rest": rest}.get("".join(sys.argv[3:4]), [*kills, *rest])
    sys.stdout.write("| what | tried | held | |\n|---|---|---|---|\n")
    rows = []
    for work_off in chosen:
        rows.append(work_off())
        sys.stdout.write(f"{rows[-1]}\n")
        sys.stdout.flush()
    faults = [f"{row.name}: {fault}" for row in rows for fault in row.faults]
    sys.stdout.writelines(f"  {fault}\n" for fault in faults[:20])
    return 1 if faults else 0


def _prepare(work: Path) -> Path:
    """A model and a scene that it maps."""
    import numpy as np
    from osgeo import gdal, osr

    from hostile.seeds import a_model

    (work / "model.colearn").write_bytes(a_model())
    dataset = gdal.GetDriverByName("GTiff").Create(str(work / "scene.tif"), SIDE_PX, SIDE_PX, 1, gdal.GDT_UInt16)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    dataset.SetSpatialRef(crs)
    dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    band = dataset.GetRasterBand(1)
    band.SetDescription("B02")
    band.WriteArray(np.arange(SIDE_PX**2, dtype=np.uint16).reshape(SIDE_PX, SIDE_PX))
    del band, dataset
    _predict(_job(work, work / "scene.tif", "warm"))  # all modules are loaded before anything is counted
    return work / "scene.tif"


def _job(work: Path, scene: Path, folder: str = "out", **changes: Any) -> Any:
    from engine.contract import PredictJob, RasterSource

    output = str(work / folder / "map.tif")
    source = (RasterSource(str(scene), "scene"),)
    return replace(PredictJob(str(work / "model.colearn"), source, output, threads=1, block_px=16), **changes)


def _journeys(work: Path, scene: Path) -> dict[str, Any]:
    all_outputs = {
        "output_probabilities": str(work / "out" / "probabilities.tif"),
        "output_confidence": str(work / "out" / "deep" / "confidence.tif"),
        "output_polygons": str(work / "out" / "areas.gpkg"),
    }
    return {
        "kills of a map with probabilities, confidence, polygons": _job(work, scene, **all_outputs),
        "kills of a map in parts": _job(work, scene, keep_parts=True),
        "kills of Cloud Optimized GeoTIFFs with overviews and statistics": _job(
            work, scene, cog=True, overviews=True, statistics=True, output_confidence=all_outputs["output_confidence"]
        ),
    }


def _predict(job: Any) -> None:
    from engine.predict import predict
    from engine.process import NullSink, Reporter

    predict(job, Reporter(NullSink()))


def _in_child(work: Callable[[], object]) -> int:
    """Run in a child of its own, for ONNX Runtime's threads do not outlive a fork; returns the exit code."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  (told by the exit code)
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _killed(work: Path, scene: Path, name: str, job: Any) -> Row:
    """Kill at each operation in turn; then all old or all new, and nothing left after the next run."""
    from killed import is_killed

    row, out = Row(name), work / "out"
    old = {"map.tif": b"old map", "map.tif.ovr": b"old", "areas.gpkg": b"old areas", "probabilities.tif": b"old"}
    _renew(out, {})
    if _in_child(lambda: _predict(job)):
        row.faults.append("the run itself failed")
        return row
    new = _files(out)
    operation = 0
    while True:
        _renew(out, old)
        if not is_killed(lambda: _predict(job), operation):
            break
        row.tried += 1
        at_once = {each: content for each, content in _files(out).items() if "colearn" not in each}
        if _in_child(lambda: _predict(job)):
            row.faults.append(f"operation {operation}: the next run failed")
        after = _files(out)
        expected = {**new, **{each: content for each, content in old.items() if each in after and each not in new}}
        if {each for each in after if "colearn" in each}:
            row.faults.append(f"operation {operation}: left {[each for each in after if 'colearn' in each][:3]}")
        elif any(after.get(each) is None for each in new) or expected.keys() != after.keys():
            row.faults.append(f"operation {operation}: {sorted(after)} instead of {sorted(expected)}")
        elif any(len(at_once.get(each, b"x")) == 0 for each in at_once):
            row.faults.append(f"operation {operation}: an empty file")
        operation += 1
    return row


def _renew(folder: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


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


def _limited(work: Path, scene: Path) -> Row:
    """A limit of file size that strikes somewhere: the disk is full, and what was there is there."""
    row = Row("limits of file size (RLIMIT_FSIZE)")
    for size in (1, 100, 400, 700, 1000, 1500, 2000, 3000, 5000):
        _renew(work / "out", {"map.tif": b"old"})
        limit = lambda size=size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
        end = _end_of(_engine(work, _job(work, scene), preexec_fn=limit))
        row.tried += 1
        held = end.get("event") == "finished" or (
            end.get("code") == "disk_full" and _files(work / "out") == {"map.tif": b"old"}
        )
        if not held:
            row.faults.append(f"{size} bytes: {end} {sorted(_files(work / 'out'))}")
    return row


def _full(work: Path, scene: Path) -> Row:
    """A drive of a few megabytes, filled up to so many bytes."""
    row, small = Row("drives that are full (tmpfs)"), Path(os.environ["COLEARN_SMALL"])
    for free in (0, 4096, 8192, 16_384, 65_536):
        for path in small.iterdir():
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
        left = shutil.disk_usage(small).free - free
        (small / "filler").write_bytes(b"x" * max(left, 0))
        end = _end_of(_engine(work, _job(work, scene, str(small / "out"), cog=True, overviews=True)))
        row.tried += 1
        left_over = [
            path.name for path in small.rglob("*") if path.name not in ("filler", "out", "map.tif", "map.tif.aux.xml")
        ]
        if end.get("event") != "finished" and (end.get("code") != "disk_full" or left_over):
            row.faults.append(f"{free} bytes: {end} {left_over}")
    return row


def _read_only(work: Path, scene: Path) -> Row:
    row = Row("folders that cannot be written")
    for folder in ("/usr/share", "/etc", "/", "/var/lib", str(ROOT)):
        end = _end_of(_engine(work, _job(work, scene, folder)))
        row.tried += 1
        if end.get("code") != "output_unwritable":
            row.faults.append(f"{folder}: {end}")
    return row


def _cancelled(work: Path, scene: Path, count: int) -> Row:
    """The plugin's way: standard input closes at any moment of a run."""
    row, slowest = Row(f"cancels within {MOST_CANCEL_S:g} s"), 0.0
    for number in range(count):
        _renew(work / "out", {"map.tif": b"old"})
        process = _engine(work, _job(work, scene), more=["--attached"])
        time.sleep(2.5 * number / max(count, 1))
        began = time.monotonic()
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        process.communicate(timeout=60)
        took = time.monotonic() - began
        slowest, row.tried = max(slowest, took), row.tried + 1
        left = [name for name in _files(work / "out") if "colearn" in name]
        if took > MOST_CANCEL_S or left:
            row.faults.append(f"after {2.5 * number / count:.2f} s: {took:.1f} s, left {left}")
    row.note = f"slowest {slowest:.1f} s"
    return row


def _soak(work: Path, scene: Path, count: int) -> Row:
    """Many maps in one process: open files and memory stay flat."""
    row, place = Row("maps in one process"), work / "soak.json"

    def maps() -> None:
        seen = []
        for _ in range(count):
            _predict(_job(work, scene))
            seen.append((len(os.listdir("/proc/self/fd")), int(Path("/proc/self/statm").read_text().split()[1]) * 4))
        place.write_text(json.dumps(seen))

    shutil.rmtree(work / "out", ignore_errors=True)
    if _in_child(maps):
        row.faults.append("a map failed")
        return row
    seen = json.loads(place.read_text())
    row.tried = len(seen)
    early, late = seen[len(seen) // 10], seen[-1]
    row.note = f"open files {early[0]} → {late[0]}, memory {early[1] // 1024} → {late[1] // 1024} MB (tenth part → end)"
    if late[0] > early[0] + 2 or late[1] > early[1] * 1.1 + 10_240:
        row.faults.append(row.note)
    return row


if __name__ == "__main__":
    sys.exit(main())
