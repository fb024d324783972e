"""Source strings: QGIS's for a raster, GDAL's, and those that remain valid in another working folder."""

from __future__ import annotations

import os
import re

from qgis.core import QgsCoordinateReferenceSystem

_FIRST_WORD = re.compile(r"^(?:[A-Za-z0-9_]{2,}:|(?=/vsi[a-z0-9_]+/))")
_WORD = re.compile(r'(?P<prefix>(?:/vsi[a-z0-9_]+/)*\{?)(?P<path>[^":{}?]+)')
_OPTION = "option:"
# GDAL's network file systems, URLs, drivers of services, Windows shares, and XML, which may contain any of these.
_BEYOND = re.compile(
    r"(?i)/vsi(?:curl|s3|gs|az|adls|oss|swift|hdfs|webhdfs)|[a-z][a-z0-9+.-]*://|^\s*[\\/]{2}|\\\\|^\s*<"
    r"|^\s*(?:wms|wmts|wcs|wfs|oapif|ogcapi|ngw|plmosaic|plscenes|eeda|eedai|daas|dods|iip|pg|mysql|mssql|oci|georaster"
    r"|elastic|couchdb|carto|amigocloud|googledocs|csw|stacit|stacta):"
)
_SIGN_IN = re.compile(r"[|\s](?:authcfg=|credential:)")


def gdal_source(source: str) -> str:
    """The part of a raster layer's source that GDAL opens, absolute, without what QGIS appended for itself."""
    return absolute_source(_parts(source)[0])


def open_options(source: str) -> list[str]:
    """GDAL's open options in a layer's source (``|option:KEY=VALUE``), each as ``KEY=VALUE``."""
    return [part[len(_OPTION) :] for part in _parts(source)[1:] if part.startswith(_OPTION)]


def is_local(source: str) -> bool:
    """Whether a source named by a project or a job can be opened without network access, judging by its text."""
    return _BEYOND.search(source) is None


def needs_sign_in(source: str) -> bool:
    """Whether QGIS needs credentials to read the source; these are never passed on."""
    return _SIGN_IN.search(source) is not None


def absolute_source(source: str) -> str:
    """A GDAL source with a relative path, if any, made absolute: the engine runs in another folder."""
    if os.path.exists(source):
        return os.path.abspath(source)
    start = _FIRST_WORD.match(source)
    for word in _WORD.finditer(source, start.end()) if start else ():
        path = word["path"]
        if not os.path.isabs(path) and os.path.exists(_existing_part(path)):
            return source[: word.start("path")] + os.path.abspath(path) + source[word.end("path") :]
    return source


def short_name(name: str) -> str:
    """A layer's display name: only the file name if the layer is named by its whole path (``/vsizip/…``).

    QGIS names layers like this when it opens files by such paths.
    """
    subdataset = re.fullmatch(r'[A-Za-z0-9_]+:"?(?P<file>[^"]*[./\\][^"]*)"?:(?P<inside>[^/\\]+)', name)
    if subdataset:
        return f"{_stem(subdataset['file'])} {subdataset['inside']}"
    return _stem(name) if re.search(r"[/\\]", name) else name


def _stem(path: str) -> str:
    last = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    return os.path.splitext(last)[0] or path


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """A CRS in the form used by the contract: ``EPSG:n`` if it has such a code, else WKT."""
    if crs.authid().startswith("EPSG:"):
        return crs.authid()
    return crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT2_2018)


def _parts(source: str) -> list[str]:
    return [source] if source.lstrip().startswith("<") else source.split("|")


def _existing_part(path: str) -> str:
    """The leading part of a path that is a file or folder (what follows is inside an archive)."""
    while path and not os.path.exists(path):
        path = os.path.dirname(path)
    return path
