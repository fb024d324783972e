"""Which texts are accepted as a CRS. PROJ and GDAL also accept URLs and file names, and would read them."""

from __future__ import annotations

import re

_MOST_CHARACTERS = 200_000
_CODE = re.compile(r"(?:EPSG|ESRI|IGNF|OGC|NKG|NRCAN|SR-ORG|CRS|AUTO|IAU(?:_\d{4})?):[\w.,:+-]{1,60}", re.I | re.A)
_URN = re.compile(r"urn:ogc:def:crs:[\w.:,-]{1,100}", re.I | re.A)
_NAME = re.compile(r"(?:WGS84|WGS72|NAD27|NAD83|CRS84|CRS83|CRS27)", re.I)
_WKT = re.compile(r"[A-Z][A-Z0-9_]*\s*[\[(]", re.I)
_PROJ = re.compile(r"\+?(?:proj|init)=", re.I)
# PROJ parameters whose values are file names, in a PROJ string or within WKT.
_FILE_VALUES = re.compile(r"(?:grids|file|catalog|init|xy_src|z_src|src|xy_grids|z_grids)\s*=\s*([^\s\"\]]+)", re.I)
_FILE_PARAMETERS = re.compile(r"PARAMETERFILE\s*[\[(]\s*\"[^\"]*\"\s*,\s*\"([^\"]*)\"", re.I)
_JSON_FILE = re.compile(r'"value"\s*:\s*"[^"]*[/\\\\]', re.I)
_PLAIN_FILE = re.compile(r"@?[\w.+-]+(?:,@?[\w.+-]+)*", re.A)  # in PROJ's own data folder


def is_plain_crs(text: str) -> bool:
    """Whether a text is an authority code, WKT, PROJJSON or PROJ string that refers to no files but PROJ's grids."""
    text = text.strip()
    if not 0 < len(text) <= _MOST_CHARACTERS or "\0" in text:
        return False
    if _CODE.fullmatch(text) or _URN.fullmatch(text) or _NAME.fullmatch(text):
        return True
    if not (_WKT.match(text) or _PROJ.match(text) or text.startswith("{")):
        return False
    if text.startswith("{") and _JSON_FILE.search(text):
        return False
    named = [*_FILE_VALUES.findall(text), *_FILE_PARAMETERS.findall(text)]
    return all(_is_plain_file(name) for name in named)


def _is_plain_file(name: str) -> bool:
    if re.fullmatch(r"epsg:\d+", name, re.I):
        return True
    return bool(_PLAIN_FILE.fullmatch(name)) and ".." not in name
