"""The model file: one ZIP of stored entries, checked entry by entry. Standard library only.

    manifest.json            what the model is (engine.contract.manifest), with the digest of every other entry
    sensors/N.onnx           one graph per sensor
    sensors/N.fast.onnx      one network distilled from it, if it is an average
    sensors/N.int8.onnx      the 8-bit graph of the one network, if there is one
    report.html              the training report
    weights.safetensors      in files of early versions only; checked like all entries, and not read

It contains no code, nothing is unpickled, nothing is unpacked to disk. Any problem with a file raises a
:class:`ModelError`.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ..contract import (
    MANIFEST_ENTRY,
    REPORT_ENTRY,
    WEIGHTS_ENTRY,
    ErrorCode,
    Manifest,
    OutputError,
    Precision,
    Quality,
    damaged,
    manifest_of,
    manifest_to_text,
    opened_model,
)
from ..contract.wire import disk_is_full

GRAPH_NAME = re.compile(r"sensors/[^/\\\x00-\x1f]+\.onnx")
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest date of a ZIP: equal models are equal files


def write_model(path: str | Path, manifest: Manifest, graphs: Mapping[str, bytes], report: str) -> None:
    """Write a model file; the digests of the entries go into its manifest.

    Args:
        graphs: ONNX files by entry; exactly those the manifest's sensors name.

    Raises:
        OutputError: the file cannot be written.
    """
    entries = {**graphs, REPORT_ENTRY: report.encode()}
    if sorted(entries) != sorted(_expected(manifest)) or not all(GRAPH_NAME.fullmatch(name) for name in graphs):
        raise ValueError(f"entries {sorted(entries)} do not match a manifest that lists {sorted(_expected(manifest))}")
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in entries.items()}
    text = manifest_to_text(replace(manifest, digests=digests))
    with _write_errors(path), zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for name, content in {MANIFEST_ENTRY: text.encode(), **entries}.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = 0o644 << 16
            file.writestr(entry, content)


@dataclass(frozen=True)
class ModelFile:
    """A verified model file: all expected entries, intact, and no others."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: str | Path) -> ModelFile:
        """Open a model file and check every entry against its digest.

        Raises:
            ModelError: not a model file, a newer schema, or damaged.
        """
        with opened_model(path) as file:
            manifest = manifest_of(file, path)
            _check_names(file, manifest, path)
            for name in _expected(manifest):
                _content(file, manifest, name, path)
        return cls(Path(path), manifest)

    def graph(self, sensor: str, precision: Precision = Precision.FP32, quality: Quality = Quality.BEST) -> bytes:
        """The ONNX graph that maps from ``sensor``, with quality and precision as chosen by :mod:`..inference`.

        Raises:
            ModelError: no such sensor, or the file changed since it was opened.
            ValueError: no graph of this precision.
        """
        described = self.manifest.sensor(sensor)
        if precision is Precision.FP32:
            return self._read(described.fp32_graph(quality))
        int8 = described.int8_of(quality)
        if precision is Precision.INT8 and int8:
            return self._read(int8.graph)
        raise ValueError(f"no graph of {sensor} in {precision.value}")

    def report(self) -> str:
        """The training report, as HTML."""
        return self._read(REPORT_ENTRY).decode()

    def _read(self, name: str) -> bytes:
        with opened_model(self.path) as file:
            return _content(file, self.manifest, name, self.path)


def _expected(manifest: Manifest) -> list[str]:
    earlier = [WEIGHTS_ENTRY] if WEIGHTS_ENTRY in manifest.digests else []
    return [*(graph for sensor in manifest.sensors for graph in sensor.graphs), *earlier, REPORT_ENTRY]


def _check_names(file: zipfile.ZipFile, manifest: Manifest, path: str | Path) -> None:
    """Require exactly the expected entries, each once, with safe names."""
    names, expected = file.namelist(), [MANIFEST_ENTRY, *_expected(manifest)]
    if sorted(names) != sorted(expected):
        odd = sorted({*names} ^ {*expected}) or sorted({name for name in names if names.count(name) > 1})
        raise damaged(path, f"missing, repeated or unknown entries: {', '.join(odd)}", ", ".join(expected))
    for graph in (graph for sensor in manifest.sensors for graph in sensor.graphs):
        if not GRAPH_NAME.fullmatch(graph):
            raise damaged(path, f"a graph called {graph!r}", "a name like sensors/NAME.onnx")


def _content(file: zipfile.ZipFile, manifest: Manifest, name: str, path: str | Path) -> bytes:
    content = file.read(name)
    if hashlib.sha256(content).hexdigest() != manifest.digests.get(name):
        raise damaged(path, f"{name} with modified content", "content that matches its checksum")
    return content


@contextmanager
def _write_errors(path: str | Path) -> Iterator[None]:
    """Convert write failures to :class:`OutputError`."""
    try:
        yield
    except OSError as error:
        full = disk_is_full(error)
        raise OutputError(
            ErrorCode.DISK_FULL if full else ErrorCode.OUTPUT_UNWRITABLE,
            subject=Path(path).name,
            found=f"a model file that could not be written ({error.strerror or error})",
            expected="free space in a writable folder",
            remedy="Free some space there, or choose another folder." if full else "Choose another folder.",
        ) from error
