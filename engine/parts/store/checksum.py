"""A checksum at the end of a file: the digest of all bytes before it.

A raster corrupted on the disk often still opens and decodes: libtiff stops reading a block before zlib's
checksum. TIFF ignores trailing bytes after its last block, so the checksum needs no separate file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ...contract.wire import kind_of

_MARK = b"colearn sha256: "
_DIGITS = 64
_AT_ONCE_BYTES = 1 << 20


def write_checksum(path: Path) -> None:
    """Append the checksum to a closed file.

    Raises:
        OSError: it cannot be read or written.
    """
    digest = _digest(path, path.stat().st_size)
    with open(path, "ab") as file:
        file.write(_MARK + digest)


def checksum_matches(path: Path) -> bool:
    """Whether a file is unchanged, byte for byte, since its checksum was written.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size - len(_MARK) - _DIGITS
    if size < 0 or kind_of(path):
        return False
    with open(path, "rb") as file:
        file.seek(size)
        checksum = file.read()
    return checksum == _MARK + _digest(path, size)


def _digest(path: Path, size: int) -> bytes:
    """SHA-256 of the first ``size`` bytes, in hexadecimal."""
    digest, left = hashlib.sha256(), size
    with open(path, "rb") as file:
        while some := file.read(min(left, _AT_ONCE_BYTES)):
            digest.update(some)
            left -= len(some)
    return digest.hexdigest().encode()
