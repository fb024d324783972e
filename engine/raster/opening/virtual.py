"""Virtual rasters (VRT), checked before GDAL opens them: they may refer only to files.

GDAL's own reader supports bands from the bytes of any file or from the memory of the process, code in
Python, and sources anywhere. It accepts attributes as elements and ignores case; so does this one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from xml.etree import ElementTree  # nosec B405  # entity definitions are refused before parsing

from .. import gdal
from .drivers import services_are_added
from .references import is_remote, is_strange, mentions_remote_files, special_file_in

_MARK = b"<VRTDataset"
_SERVICE_MARKS = (b"<GDAL_WM", b"<WCS_GDAL", b"<WMTCapabilities", b"<WMT_MS_Capabilities", b"<WMS_Capabilities")
_HEAD_BYTES = 1024  # where GDAL looks for the signature
_MOST_BYTES = 64 * 2**20
_MOST_DEPTH = 8
_REFERENCES = frozenset(
    {
        *("sourcefilename", "sourcedataset", "dempath", "demfile", "x_dataset", "y_dataset", "overview_file"),
        "cutlinedsname",
    }
)
_REMOTE = "a reference to another machine"


class UntrustedError(Exception):
    """A source that is not opened; the message states what was found."""


class ServiceError(UntrustedError):
    """The source refers to a web service that the user did not name."""


def require_plain(name: str, shown: str = "") -> None:
    """Raise unless a raster, and whatever it refers to if it is a virtual one, are files.

    Args:
        name: what GDAL is to open, as given by the user; it may itself be remote.
        shown: what the user opened in QGIS if the virtual raster only adds settings to it.

    Raises:
        UntrustedError: it refers to something else.
        OSError: it cannot be read.
    """
    _Look(shown).at(name, named=True, depth=0)


class _Look:
    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._seen: set[str] = set()

    def at(self, name: str, named: bool, depth: int) -> None:
        if name in self._seen:
            return
        named = named or name == self._shown != ""
        self._seen.add(name)
        if depth > _MOST_DEPTH:
            raise UntrustedError(f"virtual rasters nested more than {_MOST_DEPTH} levels deep")
        name = _without_word(name)
        if is_strange(name):
            raise UntrustedError(f"a reference to memory or to a stream ({name[:60]})")
        if not named and is_remote(name):
            raise UntrustedError(f"{_REMOTE} ({name[:200]})")
        special = "" if name.lstrip().startswith("<") else special_file_in(name)
        if special:
            raise UntrustedError(special)
        text = _virtual_text(name)
        if text is not None:
            self._through(text, "" if name.lstrip().startswith("<") else os.path.dirname(name), depth)

    def _through(self, text: str, folder: str, depth: int) -> None:
        root = _parsed(text)
        if root.tag.lower() != "vrtdataset" and not services_are_added():
            raise UntrustedError(f"XML that is not a virtual raster (<{root.tag[:40]}>)")
        relative = False
        for key, value in _values(root):
            if key == "relativetovrt":
                relative = value.strip() not in ("", "0")
            elif key in _REFERENCES:
                self._reference(value, folder, relative, depth)
                relative = False
            elif key == "subclass" and "raw" in value.lower():
                raise UntrustedError("a raw band (VRTRawRasterBand), which exposes the bytes of any file")
            elif key == "pixelfunctionlanguage" and value.strip().lower() != "c":
                raise UntrustedError(f"a band that runs code ({value.strip()[:20]})")
            elif key == "pixelfunctioncode":
                raise UntrustedError("a band that runs code")
            elif mentions_remote_files(value):
                raise UntrustedError(f"{_REMOTE} ({value.strip()[:200]})")

    def _reference(self, value: str, folder: str, relative: bool, depth: int) -> None:
        for name in {value, value.strip()}:
            beside = relative and not os.path.isabs(name) and not is_remote(name) and not is_strange(name)
            if beside and is_remote(folder):
                if ".." in name.replace("\\", "/").split("/"):
                    raise UntrustedError(f"{_REMOTE} ({name[:200]})")
                continue  # next to the virtual raster that the user named
            self.at(f"{folder}/{name}" if beside and folder else name, named=False, depth=depth + 1)


def _without_word(name: str) -> str:
    """The name without the prefix ``vrt://``."""
    return name[len("vrt://") :].split("?", maxsplit=1)[0] if name.lower().startswith("vrt://") else name


def _virtual_text(name: str) -> str | None:
    """The text of a virtual raster; None if the source is missing or something else.

    Raises:
        UntrustedError: it is too large, or not text.
    """
    if name.lstrip().startswith("<"):
        return name
    start = _start_of(name, _HEAD_BYTES)
    if any(mark in start for mark in _SERVICE_MARKS) and not services_are_added():
        raise ServiceError("the description of a web service")
    if _MARK not in start:
        return None
    content = _start_of(name, _MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise UntrustedError(f"a virtual raster of more than {_MOST_BYTES / 2**20:.0f} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UntrustedError("a virtual raster that is not UTF-8 text") from None


def _start_of(name: str, most_bytes: int) -> bytes:
    if os.path.isfile(name):
        with open(name, "rb") as file:
            return file.read(most_bytes)
    if not name.startswith("/vsi"):
        return b""
    try:
        file = gdal.VSIFOpenL(name, "rb")
    except RuntimeError:
        return b""
    if file is None:
        return b""
    try:
        return bytes(gdal.VSIFReadL(1, most_bytes, file) or b"")
    finally:
        gdal.VSIFCloseL(file)


def _parsed(text: str) -> ElementTree.Element:
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise UntrustedError("a virtual raster with a DOCTYPE")
    try:
        return ElementTree.fromstring(text.strip())  # noqa: S314  # nosec B314  # no entities: refused above
    except ElementTree.ParseError as error:
        raise UntrustedError(f"a virtual raster that is not valid XML ({error})") from None


def _values(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """All names and values, attributes before the text of their element; of metadata, the key is the name."""
    for element in root.iter():
        key = element.tag.rpartition("}")[2].lower()
        yield "relativetovrt", "0"
        for name, value in element.attrib.items():
            yield name.lower(), value
        if key in ("mdi", "option", "ooi"):
            key = (element.get("key") or element.get("name") or key).lower()
        if element.text and element.text.strip():
            yield key, element.text
