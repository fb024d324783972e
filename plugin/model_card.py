"""What a model file says about itself. Reads one JSON entry of a ZIP; never runs anything of the model."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from pathlib import Path

from ..engine.contract.errors import ErrorCode, ModelError
from ..engine.contract.manifest import MANIFEST_ENTRY, Manifest, manifest_from_text

MANIFEST_LIMIT_BYTES = 16 * 2**20  # a real one has some kilobytes


def read_manifest(path: str) -> Manifest:
    """The manifest of the model file at ``path``.

    Raises:
        ModelError: no such file, not a model, of a newer schema, or damaged.
    """
    try:
        changed_ns = Path(path).stat().st_mtime_ns
    except (OSError, ValueError) as error:
        raise _unreadable(path, f"no file that can be opened ({error})") from error
    return _read_manifest(path, changed_ns)


@lru_cache(maxsize=16)
def _read_manifest(path: str, _changed_ns: int) -> Manifest:
    """Read once per version of the file: dialogs ask often."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(MANIFEST_ENTRY).file_size > MANIFEST_LIMIT_BYTES:
                raise _unreadable(path, "a manifest of impossible size")
            text = archive.read(MANIFEST_ENTRY).decode("utf-8")
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(path, f"a file that is not a whole model file ({error})") from error
    return manifest_from_text(text, path)


def _unreadable(path: str, found: str) -> ModelError:
    return ModelError(
        ErrorCode.MODEL_UNREADABLE,
        subject=path,
        found=found,
        expected="a CoLearn model file (.colearn)",
        remedy="Choose a model file made by CoLearn's training; copy it again if it was transferred.",
    )
