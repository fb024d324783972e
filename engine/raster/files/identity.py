"""The identity of a file, which shows whether it changed: size and modification time, or content."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from .. import gdal
from .changes import BESIDE, file_behind

_VIRTUAL_START = b"<VRTDataset"
_MOST_VIRTUAL_BYTES = 64 * 2**20


@dataclass(frozen=True)
class FileIdentity:
    """``size`` in bytes, ``mtime_ns``, −1 if unknown; for a virtual raster only its ``content`` (SHA-256)."""

    path: str
    size: int = -1
    mtime_ns: int = -1
    content: str = ""


def identities(paths: tuple[str, ...]) -> tuple[FileIdentity, ...]:
    """The identity of every file that pixels are read from, in a deterministic order."""
    found = {identity_of(path) for path in paths if not path.lower().endswith(BESIDE)}
    return tuple(sorted(found, key=lambda each: (each.path, each.content)))


def identity_of(path: str) -> FileIdentity:
    """The identity of a GDAL source.

    Virtual rasters are identified by content, not by path: QGIS writes new ones for every run.
    The files they refer to are separate inputs.
    """
    if path.lstrip().startswith(_VIRTUAL_START.decode()):
        return FileIdentity("", content=hashlib.sha256(path.encode()).hexdigest())
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return _identity_elsewhere(path)
    if facts.st_size <= _MOST_VIRTUAL_BYTES and os.path.isfile(path):
        with open(path, "rb") as file:
            if file.read(len(_VIRTUAL_START)) == _VIRTUAL_START:
                file.seek(0)
                return FileIdentity("", content=hashlib.sha256(file.read()).hexdigest())
    return FileIdentity(os.path.abspath(path), facts.st_size, facts.st_mtime_ns)


def _identity_elsewhere(path: str) -> FileIdentity:
    """The identity of a source that only GDAL understands: a file in an archive, a URL, a subdataset."""
    archive = file_behind(path)
    if archive:
        facts = os.stat(archive)
        return FileIdentity(path, facts.st_size, facts.st_mtime_ns)
    status = gdal.VSIStatL(path)
    return FileIdentity(path) if status is None else FileIdentity(path, int(status.size), int(status.mtime) * 10**9)
