"""The model file: one ZIP of stored entries, checked entry by entry. Standard library only.

    manifest.json            what the model is (engine.contract.manifest), with the digest of every other entry
    sensors/N.onnx           one graph per sensor
    sensors/N.int8.onnx      the same in 8-bit numbers, where there is one
    weights.safetensors      weights to go on training from
    report.html              the training report

Nothing in it is code, nothing is unpickled, nothing is unpacked to disk. Whatever is wrong with a file, it ends in a
:class:`ModelError`.
"""

from __future__ import annotations

import errno
import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ..contract.errors import ErrorCode, ModelError, OutputError
from ..contract.manifest import (
    MANIFEST_ENTRY,
    REPORT_ENTRY,
    WEIGHTS_ENTRY,
    Manifest,
    manifest_from_text,
    manifest_to_text,
)
from ..contract.map_choices import Precision

GRAPH_NAME = re.compile(r"sensors/[^/\\\x00-\x1f]+\.onnx")
MANIFEST_LIMIT_BYTES = 16 * 2**20
ENTRY_LIMIT_BYTES = 2**31  # protobuf, and so ONNX, ends there
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: equal models are equal files
_ZIP_START = b"PK\x03\x04"
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def write_model(path: str | Path, manifest: Manifest, graphs: Mapping[str, bytes], weights: bytes, report: str) -> None:
    """Write a model file; the digests of the entries go into its manifest.

    Args:
        graphs: ONNX files by entry; exactly those the manifest's sensors name.

    Raises:
        OutputError: the file cannot be written.
    """
    entries = {**graphs, WEIGHTS_ENTRY: weights, REPORT_ENTRY: report.encode()}
    if sorted(entries) != sorted(_expected(manifest)) or not all(GRAPH_NAME.fullmatch(name) for name in graphs):
        raise ValueError(f"entries {sorted(entries)} do not fit a manifest that names {sorted(_expected(manifest))}")
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in entries.items()}
    text = manifest_to_text(replace(manifest, digests=digests))
    with _write_errors(path), zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for name, content in {MANIFEST_ENTRY: text.encode(), **entries}.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = 0o644 << 16
            file.writestr(entry, content)


def read_manifest(path: str | Path) -> Manifest:
    """The manifest of a model file, whose other entries are not looked at.

    Raises:
        ModelError: no model file, of a newer schema, or damaged.
    """
    with _opened(path) as file:
        return _manifest(file, path)


@dataclass(frozen=True)
class ModelFile:
    """A model file whose entries are all there, whole, and none but those expected."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: str | Path) -> ModelFile:
        """Open a model file and check every entry against its digest.

        Raises:
            ModelError: no model file, of a newer schema, or damaged.
        """
        with _opened(path) as file:
            manifest = _manifest(file, path)
            _check_names(file, manifest, path)
            for name in _expected(manifest):
                _content(file, manifest, name, path)
        return cls(Path(path), manifest)

    def graph(self, sensor: str, precision: Precision = Precision.FP32) -> bytes:
        """The ONNX graph that maps from ``sensor``, in a precision as ``choose_precision`` finds it.

        Raises:
            ModelError: no such sensor, or the file changed since it was opened.
            ValueError: no graph of this precision.
        """
        described = self.manifest.sensor(sensor)
        if precision is Precision.FP32:
            return self._read(described.graph)
        if precision is Precision.INT8 and described.quantized:
            return self._read(described.quantized.graph)
        raise ValueError(f"no graph of {sensor} in {precision.value}")

    def weights(self) -> bytes:
        """The weights, as safetensors."""
        return self._read(WEIGHTS_ENTRY)

    def report(self) -> str:
        """The training report, as HTML."""
        return self._read(REPORT_ENTRY).decode()

    def _read(self, name: str) -> bytes:
        with _opened(self.path) as file:
            return _content(file, self.manifest, name, self.path)


def _expected(manifest: Manifest) -> list[str]:
    return [*(graph for sensor in manifest.sensors for graph in sensor.graphs), WEIGHTS_ENTRY, REPORT_ENTRY]


def _manifest(file: zipfile.ZipFile, path: str | Path) -> Manifest:
    if MANIFEST_ENTRY not in file.namelist():
        raise _no_model(path, f"a ZIP without {MANIFEST_ENTRY}")
    entry = file.getinfo(MANIFEST_ENTRY)
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > MANIFEST_LIMIT_BYTES:
        raise _damaged(path, f"a {MANIFEST_ENTRY} of {entry.file_size} bytes", "one stored as it is, of moderate size")
    return manifest_from_text(file.read(entry).decode(), str(path))


def _check_names(file: zipfile.ZipFile, manifest: Manifest, path: str | Path) -> None:
    """Exactly the expected entries, each once, under names that lead nowhere else, stored, of bounded size."""
    names, expected = file.namelist(), [MANIFEST_ENTRY, *_expected(manifest)]
    if sorted(names) != sorted(expected):
        odd = sorted({*names} ^ {*expected}) or sorted({name for name in names if names.count(name) > 1})
        raise _damaged(path, f"missing, repeated or unknown entries: {', '.join(odd)}", ", ".join(expected))
    for graph in (graph for sensor in manifest.sensors for graph in sensor.graphs):
        if not GRAPH_NAME.fullmatch(graph):
            raise _damaged(path, f"a graph called {graph!r}", "a name like sensors/NAME.onnx")
    for entry in file.infolist():
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > ENTRY_LIMIT_BYTES:
            raise _damaged(
                path, f"{entry.filename}, packed or {entry.file_size} bytes large", "stored entries up to 2 GiB"
            )


def _content(file: zipfile.ZipFile, manifest: Manifest, name: str, path: str | Path) -> bytes:
    content = file.read(name)
    if hashlib.sha256(content).hexdigest() != manifest.digests.get(name):
        raise _damaged(path, f"{name} with other content than it was written with", "content that fits its checksum")
    return content


@contextmanager
def _opened(path: str | Path) -> Iterator[zipfile.ZipFile]:
    """The seam where all that can go wrong with a ZIP becomes a :class:`ModelError`."""
    looks_like_zip = False
    try:
        with open(path, "rb") as stream:
            looks_like_zip = stream.read(len(_ZIP_START)) == _ZIP_START
            with zipfile.ZipFile(stream) as file:
                yield file
    except OSError as error:
        raise _no_model(path, _why_unopened(path, error)) from error
    except _ZIP_ERRORS as error:
        if looks_like_zip:
            raise _damaged(path, "a file that is cut off or damaged", "a whole model file", str(error)) from error
        raise _no_model(path, "a file of another kind") from error


@contextmanager
def _write_errors(path: str | Path) -> Iterator[None]:
    """The seam where failures to write become an :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise OutputError(
            ErrorCode.DISK_FULL if full else ErrorCode.OUTPUT_UNWRITABLE,
            subject=Path(path).name,
            found=f"a model file that could not be written ({error.strerror or error})",
            expected="a drive with room for it, in a folder that can be written to",
            remedy="Free some space there, or choose another folder." if full else "Choose another folder.",
        ) from error


def _no_model(path: str | Path, found: str) -> ModelError:
    return ModelError(
        ErrorCode.MODEL_UNREADABLE,
        subject=str(path),
        found=found,
        expected="a CoLearn model file (.colearn)",
        remedy="Choose a model file made by CoLearn's training.",
    )


def _why_unopened(path: str | Path, error: OSError) -> str:
    if Path(path).is_dir():
        return "a folder"
    return "no file of this name" if isinstance(error, FileNotFoundError) else error.strerror or str(error)


def _damaged(path: str | Path, found: str, expected: str, details: str = "") -> ModelError:
    return ModelError(
        ErrorCode.MODEL_DAMAGED,
        subject=str(path),
        found=found,
        expected=expected,
        remedy="Copy the model file again from where it was made, or train it anew.",
        details=details,
    )
