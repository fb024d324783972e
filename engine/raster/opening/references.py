"""What a name leads to: over the network, or to something that is no file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator

# GDAL's network file systems, services by their drivers' words, databases, addresses.
_REMOTE_FILES = re.compile(r"/vsi(?:curl|s3|gs|az|adls|oss|swift|webhdfs|hdfs)(?:_streaming)?(?:[/?]|$)", re.I)
_SERVICE = re.compile(
    r"^\s*(?:wms|wcs|wmts|wfs|wfs3|oapif|ogcapi|eedai?|plmosaic|plscenes|daas|ngw|csw|sos|stac\w*|pg|postgresql|mysql|"
    r"mssql|mongodbv3|mongodb|es|elasticsearch|carto|amigocloud|couchdb|odbc|http|hana|tiledb)\s*:",
    re.I,
)
_ADDRESS = re.compile(r"""(?:^|["'\s:=,(/])[a-z][a-z0-9+-]*://(?=[^/\s])""", re.I)
_STRANGE = re.compile(r"^\s*(?:mem:|/vsistdin|/vsisparse|/vsiplugin)", re.I)
_PREFIXES = re.compile(r"^(?:/vsi[a-z0-9_]+/)+")
_SEPARATORS = re.compile(r'[":,|?{}<>\n\r]')
_MOST_PIECES = 100


def is_remote(name: str) -> bool:
    """Whether opening a name asks another machine."""
    if name.lstrip().startswith("<"):  # a virtual raster as text, which is looked through by itself
        return False
    return bool(_REMOTE_FILES.search(name) or _SERVICE.search(name) or _ADDRESS.search(name))


def mentions_remote_files(text: str) -> bool:
    """Whether a text, wherever it stands, names one of GDAL's network file systems, or memory."""
    return bool(_REMOTE_FILES.search(text) or _STRANGE.search(text))


def is_strange(name: str) -> bool:
    """Whether a name is that of raw memory, of standard input, or of a file put together from others."""
    return bool(_STRANGE.search(name))


def special_file_in(name: str) -> str:
    """The first pipe, device or socket that a name leads to, in words; empty where there is none."""
    for path in _paths_in(name):
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError):
            continue
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            return f"{_kind(mode)} ({path})"
    return ""


def _paths_in(name: str) -> Iterator[str]:
    """All that can be a path in what GDAL opens: all of it, and the pieces of ``NETCDF:"a.nc":b``, ``/vsizip/a/b``."""
    yield name
    for piece in _SEPARATORS.split(name)[:_MOST_PIECES]:
        path = _PREFIXES.sub("", piece.strip())
        while path and path not in ("/", "."):
            yield path
            if os.path.lexists(path):
                break
            shorter = os.path.dirname(path)
            path = "" if shorter == path else shorter


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"
