"""The zip for the plugin repository: its files, its restrictions, and deterministic bytes."""

from __future__ import annotations

import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from release.metadata import folder_name, metadata_of, with_changelog

MOST_BYTES = 25_000_000
# What users' QGIS needs; everything else (tests, benchmarks, tools, docs) is left out.
FOLDERS = ("engine", "plugin", "resources")
FILES = (
    "__init__.py",
    "metadata.txt",
    "LICENSE",
    "CHANGELOG.md",
    "engine-requirements.txt",
    "scale-requirements.txt",
)
# Only readable text, so that a scan of the zip covers all of it.
ENDINGS = (".py", ".txt", ".md", ".html", ".css", ".js", ".j2", ".svg", ".qml", ".json", ".ts", "")
_FORBIDDEN_PARTS = frozenset({"tests", "__pycache__", "__MACOSX", ".git", ".venv"})
_SINCE = (1980, 1, 1, 0, 0, 0)  # a fixed time stamp: the same files give the same zip


@dataclass(frozen=True)
class Package:
    """A plugin zip on disk."""

    path: Path
    folder: str
    version: str


def tracked_files(root: Path) -> list[str]:
    """The checkout's files that belong in the zip, according to Git: untracked files are not shipped."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *FOLDERS, *FILES],  # noqa: S607  (whichever git the person uses)
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(name for name in listed.stdout.split("\0") if name and (root / name).is_file())


def build(root: Path, target: Path) -> Package:
    """Write the zip of a checkout into the folder ``target``.

    Raises:
        ValueError: it would contain files that the plugin repository refuses; lists them.
    """
    metadata = metadata_of(root)
    folder = folder_name(metadata)
    contents = {f"{folder}/{name}": (root / name).read_bytes() for name in tracked_files(root)}
    described = with_changelog(
        (root / "metadata.txt").read_text(encoding="utf-8"), (root / "CHANGELOG.md").read_text(encoding="utf-8")
    )
    contents[f"{folder}/metadata.txt"] = described.encode("utf-8")
    path = target / f"{folder}-{metadata['version']}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _SINCE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    found = faults(path)
    if found:
        path.unlink()
        raise ValueError("the zip would be refused:\n" + "\n".join(found))
    return Package(path, folder, metadata["version"])


def faults(path: Path) -> list[str]:
    """What the plugin repository would refuse in a zip, one line each."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        found = [fault for name in names for fault in _faults_of(name, archive.read(name))]
    folders = sorted({name.partition("/")[0] for name in names})
    if len(folders) != 1 or not folders[0].isidentifier():
        found.append(f"top folders {folders}: expected one, named by a Python identifier")
    there = {name.partition("/")[2] for name in names}
    found += [f"{name}: is not there" for name in FILES if name not in there]
    if path.stat().st_size > MOST_BYTES:
        found.append(f"{path.stat().st_size} bytes: expected {MOST_BYTES} at most")
    return found


def _faults_of(name: str, data: bytes) -> list[str]:
    path = PurePosixPath(name)
    found = []
    if path.is_absolute() or ".." in path.parts or _FORBIDDEN_PARTS.intersection(path.parts):
        found.append(f"{name}: must not be in the zip")
    if path.suffix not in ENDINGS:
        found.append(f"{name}: an ending that is not known to be text")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        found.append(f"{name}: is no text")
    if b"\0" in data:
        found.append(f"{name}: holds zero bytes")
    return found
