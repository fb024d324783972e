"""Digests of what small jobs make, here and at another revision: a change of the layout changes no byte.

    python tools/digests.py                  # print them
    python tools/digests.py --against main~1 # compare with a revision; exit code 1 where something differs

Digests hold for one machine and its versions of torch and ONNX Runtime only, so none is stored: both revisions are run
here, one after the other, on the same files. What tells when or where something was made is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
UNSTABLE = ("created", "versions", "job", "digests")  # of a manifest
SMALL = {"epochs": 3, "max_samples": 300, "context_m": 50.0, "device": "cpu"}

Digests = dict[str, str]


def train_jobs(world: Any) -> dict[str, dict[str, Any]]:
    """What is trained, by name: classes by every method, values, labels with a teacher; images and series."""
    camera, radar, series = (_sensor(path) for path in (world.camera, world.radar, world.series))
    return {
        "images": {"sensors": [camera, radar], "labels": _labels(world, "kind"), "unlabelled_samples": 60},
        "series": {"sensors": [series, camera], "labels": _labels(world, "biomass"), "method": "mdico", "folds": 3},
        "labels": {
            "sensors": [camera, series],
            "labels": _labels(world, "wet", "green"),
            "task": "multilabel",
            "method": "distillation",
            "series_encoder": "ltae",
            "image_encoder": "residual",
        },
    }


def digests_of(checkout: Path, names: tuple[str, ...], **changes: Any) -> Digests:
    """The digests of the jobs ``names``, run by the engine in ``checkout``."""
    from world import make_world

    found: Digests = {}
    with tempfile.TemporaryDirectory(prefix="colearn-digests-") as folder:
        world = make_world(Path(folder) / "world")
        for name in names:
            own = Path(folder) / name
            own.mkdir()
            job = {**SMALL, **train_jobs(world)[name], **changes, "output_report": str(own / "report.html")}
            _run(checkout, "train", {**job, "output_model": str(own / "model.colearn")}, own)
            for sensor in job["sensors"]:
                _predict(checkout, sensor, own, classes=job["labels"]["fields"] == ["kind"])
            found |= {f"{name}/{key}": digest for key, digest in _folder_digests(own, Path(folder))}
    return found


def differences(one: Digests, other: Digests) -> list[str]:
    """What differs, or is only in one of the two."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


@contextmanager
def checkout_of(revision: str) -> Iterator[Path]:
    """The repository at a revision, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="colearn-revision-") as folder:
        path = Path(folder) / "colearn"
        _git("worktree", "add", "--detach", "-q", str(path), revision)
        try:
            yield path
        finally:
            _git("worktree", "remove", "--force", str(path))


def _git(*arguments: str) -> None:
    subprocess.run([shutil.which("git") or "git", *arguments], cwd=ROOT, check=True)


def _sensor(path: Path) -> dict[str, Any]:
    return {"name": path.stem, "rasters": [{"path": str(path), "name": path.stem}]}


def _labels(world: Any, *names: str) -> dict[str, Any]:
    return {"source": {"path": str(world.polygons), "layer": "labels", "name": "fields"}, "fields": list(names)}


def _predict(checkout: Path, sensor: dict[str, Any], own: Path, classes: bool) -> None:
    base = own / sensor["name"]
    outputs = {"output": f"{base}.tif"}
    if classes:
        outputs |= {"output_probabilities": f"{base} probabilities.tif", "output_confidence": f"{base} confidence.tif"}
    job = {"model": str(own / "model.colearn"), "input": sensor["rasters"], "sensor": sensor["name"], "device": "cpu"}
    _run(checkout, "predict", {**job, **outputs}, own)


def _run(checkout: Path, journey: str, job: dict[str, Any], own: Path) -> None:
    """Run one journey as the plugin does, in a process of its own; the last event says why where it fails."""
    path = own / "job.json"
    path.write_text(json.dumps({"colearn_job": 1, "journey": journey, **job}), encoding="utf-8")
    command = [sys.executable, "-I", str(checkout / "engine" / "start.py"), journey, str(path), "--events"]
    environment = {**os.environ, "COLEARN_CACHE": str(own / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{journey} failed: {done.stdout.splitlines()[-1:]} {done.stderr[-2000:]}")


def _folder_digests(own: Path, base: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(own.glob("*.tif*")):
        yield path.name, _digest(path.read_bytes().replace(_model_in(path).encode(), b""))
    with zipfile.ZipFile(own / "model.colearn") as model:
        manifest = json.loads(model.read("manifest.json"))
        for name in model.namelist():
            if name.startswith("sensors/"):
                yield name, _digest(model.read(name))
    report = (own / "report.html").read_text(encoding="utf-8").replace(str(base), "")
    yield "report.html", _digest(report.replace(manifest["created"], "").encode())
    stable = {key: value for key, value in manifest.items() if key not in UNSTABLE}
    yield "manifest.json", _digest(json.dumps(stable, sort_keys=True).encode())


def _model_in(path: Path) -> str:
    """Which model file made a map, as its tags have it: another one whenever a model is trained."""
    from osgeo import gdal

    gdal.UseExceptions()
    return gdal.Open(str(path)).GetMetadataItem("COLEARN_MODEL") or "" if path.suffix == ".tif" else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def main() -> int:
    """Print the digests, or what differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", metavar="REVISION", help="compare with this revision")
    parser.add_argument("--only", nargs="+", default=["images", "series", "labels"], help="jobs to run")
    options = parser.parse_args()
    found = digests_of(ROOT, tuple(options.only))
    for key, digest in found.items():
        sys.stdout.write(f"{digest} {key}\n")
    if not options.against:
        return 0
    with checkout_of(options.against) as checkout:
        different = differences(found, digests_of(checkout, tuple(options.only)))
    sys.stdout.write(
        ("\n".join(f"differs: {key}" for key in different) or f"the same bytes as {options.against}") + "\n"
    )
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
