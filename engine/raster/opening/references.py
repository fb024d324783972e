"""Whether a source name refers to the network, or to something that is not a file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator

# GDAL's network file systems, prefixes of service drivers, databases, URLs.
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
    """Whether opening a name contacts another machine."""
    if name.lstrip().startswith("<"):  # a virtual raster as text, which is checked separately
        return False
    return bool(_REMOTE_FILES.search(name) or _SERVICE.search(name) or _ADDRESS.search(name))


def mentions_remote_files(text: str) -> bool:
    """Whether a text contains the name of one of GDAL's network file systems, or of memory."""
    return bool(_REMOTE_FILES.search(text) or _STRANGE.search(text))


def is_strange(name: str) -> bool:
    """Whether a name refers to raw memory, standard input, or a file composed of others."""
    return bool(_STRANGE.search(name))


def special_file_in(name: str) -> str:
    """The first pipe, device or socket that a name refers to, as text; empty if there is none."""
    for path in _paths_in(name):
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError):
            continue
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            return f"{_kind(mode)} ({path})"
    return ""


def _paths_in(name: str) -> Iterator[str]:
    """All possible paths in a GDAL source: the whole, and the parts of ``NETCDF:"a.nc":b``, ``/vsizip/a/b``."""
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
