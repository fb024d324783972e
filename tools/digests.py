"""Digests of the outputs of small jobs, here and at another revision: refactoring must not change a byte.

    python tools/digests.py                             # print those of the working tree
    python tools/digests.py --against main~1            # compare with a revision; exit code 1 if something differs
    python tools/digests.py --at REV --against OLDER    # compare two revisions
    python tools/digests.py --only quick split --keep D # some jobs; keep their outputs in the folder D

The jobs are defined in `small_jobs.py`: all tasks, kinds of labels and sensors; networks, averages and forests; maps
with all additional outputs, evaluations, exported sensors. Digests are valid for one machine with its versions of torch
and ONNX Runtime, so none is stored: both revisions are run here on the same files. Time stamps and locations are
excluded. A job that one revision does not support is named, and counts as different.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from small_jobs import SMALL, jobs_after, train_jobs

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
UNSTABLE = ("created", "versions", "job", "digests")  # keys of a manifest that are excluded
REFUSED = "not run: "  # followed by the reason, instead of a digest
MAPPED = (".tif", ".xml", ".geojson", ".onnx")

Digests = dict[str, str]


def digests_of(checkout: Path, names: Sequence[str], keep: Path | None = None, **changes: Any) -> Digests:
    """Digests of the jobs ``names``, run by the engine in ``checkout``; their outputs are copied to ``keep``."""
    from world import make_world

    found: Digests = {}
    with tempfile.TemporaryDirectory(prefix="colearn-digests-") as folder:
        world = make_world(Path(folder) / "world")
        for name in names:
            own = Path(folder) / name
            own.mkdir()
            try:
                _run_all(checkout, name, {**SMALL, **train_jobs(world)[name], **changes}, world, own)
            except RuntimeError as error:
                found[f"{name}/"] = f"{REFUSED}{error}"
            found |= {f"{name}/{key}": digest for key, digest in _folder_digests(own, Path(folder))}
        if keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
    return found


def differences(one: Digests, other: Digests) -> list[str]:
    """The names whose digests differ, or exist on one side only."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


@contextmanager
def checkout_of(revision: str) -> Iterator[Path]:
    """The repository at a revision, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="colearn-revision-") as folder:
        path = Path(folder) / "colearn"
        _git("worktree", "add", "--detach", "-q", str(path), revision)
        try:
            yield path
        finally:
            _git("worktree", "remove", "--force", str(path))


def _git(*arguments: str) -> None:
    subprocess.run([shutil.which("git") or "git", *arguments], cwd=ROOT, check=True)


def _run_all(checkout: Path, name: str, train: dict[str, Any], world: Any, own: Path) -> None:
    outputs = {"output_model": str(own / "model.colearn"), "output_samples": str(own / "samples.geojson")}
    if not train.get("split_only"):
        outputs["output_report"] = str(own / "report.html")
    _run(checkout, "train", {**train, **outputs}, own)
    for journey, job in jobs_after(name, train, world, own).values():
        _run(checkout, journey, job, own)


def _run(checkout: Path, journey: str, job: dict[str, Any], own: Path) -> None:
    """Run one journey in a separate process, as the plugin does; a failure is described by the last event."""
    path = own / "job.json"
    path.write_text(json.dumps({"colearn_job": 1, "journey": journey, **job}), encoding="utf-8")
    command = [sys.executable, "-I", str(checkout / "engine" / "start.py"), journey, str(path), "--events"]
    environment = {**os.environ, "COLEARN_CACHE": str(own / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{journey} ended with {done.stdout.splitlines()[-1:]} {done.stderr[-2000:]}")


def _folder_digests(own: Path, base: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(each for each in own.iterdir() if each.suffix in MAPPED):
        yield path.name, _digest(_without_model(path))
    model = own / "model.colearn"
    created = ""
    if model.exists():
        with zipfile.ZipFile(model) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            for name in archive.namelist():
                if name.startswith("sensors/"):
                    yield name, _digest(archive.read(name))
        created = manifest["created"]
        for key in sorted(manifest.keys() - {*UNSTABLE}):
            yield f"manifest.json: {key}", _digest(json.dumps(manifest[key], sort_keys=True).encode())
    for path in sorted(own.glob("*.html")):
        text = path.read_text(encoding="utf-8").replace(str(base), "").replace(created or "\0", "")
        yield path.name, _digest(_TIME.sub("", text).encode())


_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")


def _without_model(path: Path) -> bytes:
    """A file's bytes without the model's identifier in tags and metadata, which differs between trainings."""
    content = path.read_bytes()
    if path.suffix == ".onnx":
        return _without_origin(content)
    if path.suffix != ".tif":
        return content
    from osgeo import gdal

    gdal.UseExceptions()
    return content.replace((gdal.Open(str(path)).GetMetadataItem("COLEARN_MODEL") or "\0").encode(), b"")


def _without_origin(graph: bytes) -> bytes:
    import onnx

    model = onnx.load_from_string(graph)
    kept = [each for each in model.metadata_props if each.key not in ("colearn_model", "created")]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    return bytes(model.SerializeToString(deterministic=True))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def compared(one: Digests, other: Digests, revision: str) -> list[str]:
    """The differences from a revision, one line each, with the reason if one of the two refused a job."""
    lines = []
    for key in differences(one, other):
        reasons = [f" ({found[key]})" for found in (one, other) if found.get(key, "").startswith(REFUSED)]
        lines.append(f"differs: {key}{''.join(reasons)}")
    same = len(one.keys() | other.keys()) - len(lines)
    return [*lines, f"{same} of {same + len(lines)} are the same as at {revision}"]


def main() -> int:
    """Print the digests, or the differences."""
    every = list(train_jobs(_Nowhere()))
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--at", metavar="REVISION", help="what is digested; the working tree where it is not given")
    parser.add_argument("--against", metavar="REVISION", help="compare with this revision")
    parser.add_argument("--only", nargs="+", default=every, choices=every, help="jobs to run")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="keep what was made")
    options = parser.parse_args()

    def digested(revision: str | None) -> Digests:
        keep = options.keep / (revision or "now").replace("/", "-") if options.keep else None
        with checkout_of(revision) if revision else nullcontext(ROOT) as checkout:
            return digests_of(checkout, options.only, keep)

    found = digested(options.at)
    sys.stdout.write("".join(f"{digest} {key}\n" for key, digest in found.items()))
    if not options.against:
        return 0
    lines = compared(found, digested(options.against), options.against)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return int(len(lines) > 1)


class _Nowhere:
    """A world without files, to list the jobs."""

    def __getattr__(self, name: str) -> Path:
        return Path(name)


if __name__ == "__main__":
    sys.exit(main())
