"""Untrusted model files, built by code: small files that claim or cost much."""

from __future__ import annotations

import bz2
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

MANIFEST = "manifest.json"
Build = Callable[[], bytes]


def plain_zip(entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    """A ZIP as any program writes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as file:
        for name, content in entries.items():
            file.writestr(name, content)
        file.comment = comment
    return made.getvalue()


def claiming(content: bytes, size: int, method: int = zipfile.ZIP_STORED, packed: int | None = None) -> bytes:
    """A ZIP of one manifest whose headers claim what they like."""
    stored = len(content) if packed is None else packed
    name = MANIFEST.encode()
    local = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, method, 0, 33, 0, stored, size, len(name), 0) + name + content
    )
    central = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, method, 0, 33, 0, stored, size, len(name), 0, 0, 0, 0, 0, 0
    )
    table = central + name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(table), len(local), 0)
    return local + table + end


def bz2_bomb() -> bytes:
    """2.4 KB that unpack to 100 MB, under a header that claims a small manifest."""
    return claiming(bz2.compress(b" " * 100_000_000), 1000, zipfile.ZIP_BZIP2)


def many_entries(count: int) -> bytes:
    return plain_zip({f"entry {number}": b"" for number in range(count)})


def overlapping() -> bytes:
    """Two entries of the table that lie on the same bytes."""
    whole = claiming(b"{}", 2)
    end = whole[-22:]
    start, length = struct.unpack("<I", end[16:20])[0], struct.unpack("<I", end[12:16])[0]
    table = whole[start : start + length] * 2
    return whole[:start] + table + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(table), start, 0)


def of_manifest(text: str) -> bytes:
    return plain_zip({MANIFEST: text.encode("utf-8", "surrogatepass")})


FILES: dict[str, Build] = {
    "empty objects": lambda: of_manifest("[" + "{}," * (4 * 2**20 // 3 - 2) + "{}]"),
    "empty lists": lambda: of_manifest('{"a":' + "[" + "[]," * 1_000_000 + "[]]}"),
    "numbers": lambda: of_manifest("[" + "1," * 2_000_000 + "1]"),
    "a number of a million digits": lambda: of_manifest('{"colearn_model": ' + "9" * 1_000_000 + "}"),
    "a text of four million characters": lambda: of_manifest(
        json.dumps({"colearn_model": 1, "method": "é" * 2_000_000})
    ),
    "lists in lists": lambda: of_manifest("[" * 500_000),
    "objects in objects": lambda: of_manifest('{"colearn_model":1,"job":' + '{"a":' * 900 + "1" + "}" * 901),
    "too large": lambda: of_manifest(" " * (4 * 2**20) + "{}"),
    "half a character": lambda: of_manifest('{"colearn_model": 1, "method": "\\ud800"}'),
    "NUL": lambda: of_manifest('{"colearn_model": 1, "method": "a\\u0000b"}'),
    "UTF-8 that is none": lambda: plain_zip({MANIFEST: b'{"colearn_model": 1, "method": "\xff\xfe"}'}),
    "another coding": lambda: plain_zip({MANIFEST: '{"colearn_model": 1}'.encode("utf-16")}),
    "packed by bz2": bz2_bomb,
    "packed by lzma": lambda: plain_zip({MANIFEST: b" " * 1_000_000}, zipfile.ZIP_LZMA),
    "packed by deflate": lambda: plain_zip({MANIFEST: b" " * 10_000_000}, zipfile.ZIP_DEFLATED),
    "claims 3 GB": lambda: claiming(b"{}", 3_000_000_000),
    "claims 3 GB as it is": lambda: claiming(b"{}", 3_000_000_000, packed=3_000_000_000),
    "claims more than there is": lambda: claiming(b"{}", 4000, packed=4000),
    "70,000 entries": lambda: many_entries(70_000),
    "2,000 entries": lambda: many_entries(2_000),
    "entries on the same bytes": overlapping,
    "a comment": lambda: plain_zip({MANIFEST: b"{}"}, comment=b"PK\x05\x06" + b"x" * 1000),
    "something before": lambda: b"#!/bin/sh\n" + plain_zip({MANIFEST: b"{}"}),
    "something behind": lambda: plain_zip({MANIFEST: b"{}"}) + b"x" * 100,
    "an unknown method": lambda: claiming(b"{}", 2, 99),
    "null": lambda: of_manifest("null"),
    "a list": lambda: of_manifest("[]"),
    "schema true": lambda: of_manifest('{"colearn_model": true}'),
    "schema of the future": lambda: of_manifest('{"colearn_model": 10000000000}'),
    "not a number": lambda: of_manifest('{"colearn_model": NaN}'),
    "nothing": lambda: b"",
    "the mark only": lambda: b"PK\x03\x04",
    "the end only": lambda: struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0),
    "zip64": lambda: (
        b"PK\x03\x04" + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    ),
}


def write(folder: Path, name: str) -> Path:
    """Write one of them."""
    path = folder / f"{name}.colearn"
    path.write_bytes(FILES[name]())
    return path
