"""Products as delivered by agencies, recognized by file names: a folder, its metadata file, or an archive.

Only names are used: nothing is unpacked, and no file is opened except to list an archive.
"""

from __future__ import annotations

import itertools
import os
import re
import tarfile
import zipfile
from dataclasses import dataclass
from enum import Enum
from typing import Optional

_MOST_MEMBERS = 50_000
_MOST_TEXT_BYTES = 64 * 2**20
_DEPTH = 6  # of folders inside a product; a SAFE needs four


class ProductKind(str, Enum):
    """The kind of product, by its provider."""

    SENTINEL2 = "Sentinel-2"
    LANDSAT = "Landsat"
    ENMAP = "EnMAP"


# Names of files of values; ``product`` is the same for all files of a product, ``band`` distinguishes them.
BAND_FILES = {
    ProductKind.SENTINEL2: re.compile(
        r"(?:.*/)?GRANULE/[^/]+/IMG_DATA/(?:R\d0m/)?(?:L2A_)?(?P<product>T\d\d[A-Z]{3}_\d{8}T\d{6})_"
        r"(?P<band>B\d[\dA]|SCL)(?:_(?P<pixel_m>\d0)m)?\.jp2"
    ),
    ProductKind.LANDSAT: re.compile(
        r"(?:.*/)?(?P<product>L[COTE]\d\d_L\d[A-Z]{2}_\d{6}_\d{8}_\d{8}_\d\d_(?:T1|T2|RT))_"
        r"(?P<band>(?:SR_|ST_)?B\d+|QA_PIXEL)\.tif",
        re.IGNORECASE,
    ),
    ProductKind.ENMAP: re.compile(
        r"(?:.*/)?(?P<product>ENMAP\d\d-_+L[0-9A-Z]+-[^/]*?)-(?P<band>SPECTRAL_IMAGE(?:_VNIR|_SWIR)?|QL_QUALITY_[A-Z]+)"
        r"(?:_COG)?\.(?:tiff?|bsq|bil|bip|jp2)",
        re.IGNORECASE,
    ),
}
_METADATA = {
    ProductKind.SENTINEL2: re.compile(r"(?:.*/)?MTD_MSIL\d[A-Z]\.xml"),
    ProductKind.LANDSAT: re.compile(r"(?:.*/)?[^/]+_MTL\.(?:txt|xml|json)", re.IGNORECASE),
    ProductKind.ENMAP: re.compile(r"(?:.*/)?ENMAP[^/]+-METADATA\.xml", re.IGNORECASE),
}
_ARCHIVES = {".zip": "/vsizip/", ".tar": "/vsitar/"}


@dataclass(frozen=True)
class Delivery:
    """A product, or several in one folder: ``members`` are paths relative to ``root``, a folder or an archive.

    ``prefix`` is GDAL's virtual file system for the archive, empty for a folder.
    """

    kind: ProductKind
    root: str
    prefix: str
    members: tuple[str, ...]

    @property
    def name(self) -> str:
        """The display name: the folder's or archive's name without its extension."""
        return re.sub(r"\.(?:SAFE|zip|tar)$|\.SAFE\.zip$", "", os.path.basename(self.root.rstrip("/\\")))

    def band_files(self) -> tuple[tuple[str, re.Match[str]], ...]:
        """The members with values or quality, each with the match of its name, sorted by name."""
        matches = ((member, BAND_FILES[self.kind].fullmatch(member)) for member in sorted(self.members))
        return tuple((member, match) for member, match in matches if match)

    def metadata(self) -> tuple[str, ...]:
        """The metadata files of the product."""
        return tuple(member for member in sorted(self.members) if _METADATA[self.kind].fullmatch(member))

    def gdal_path(self, member: str) -> str:
        """The GDAL path of a member."""
        if self.prefix:
            return f"{self.prefix}{self.root}/{member}"
        return os.path.join(self.root, *member.split("/"))

    def text(self, member: str) -> str:
        """A member as text.

        Raises:
            OSError: it cannot be read, or is too large for metadata.
        """
        try:
            content = self._bytes(member)
        except (zipfile.BadZipFile, tarfile.TarError, KeyError, RuntimeError, EOFError) as error:
            raise OSError(f"{member}: {error}") from error
        if len(content) > _MOST_TEXT_BYTES:
            raise OSError(f"{member}: more than {_MOST_TEXT_BYTES} bytes")
        return content.decode("utf-8", errors="replace")

    def _bytes(self, member: str) -> bytes:
        if self.prefix == "/vsizip/":
            with zipfile.ZipFile(self.root) as archive, archive.open(member) as file:
                return file.read(_MOST_TEXT_BYTES + 1)
        if self.prefix:
            with tarfile.open(self.root) as tar:
                found = tar.extractfile(member)
                if found is None:
                    raise OSError(f"{member}: no file")
                return found.read(_MOST_TEXT_BYTES + 1)
        with open(self.gdal_path(member), "rb") as file:
            return file.read(_MOST_TEXT_BYTES + 1)


def delivery_at(path: str) -> Optional[Delivery]:
    """The product at the path of a folder, a metadata file or an archive; None if there is none."""
    if not path or path.startswith("/vsi") or not os.path.exists(path):
        return None
    path = os.path.abspath(path)
    ending = os.path.splitext(path)[1].lower()
    if os.path.isdir(path):
        return _known(path, "", _files_in(path))
    if not os.path.isfile(path):  # a pipe, a device
        return None
    if ending in _ARCHIVES:
        return _known(path, _ARCHIVES[ending], _files_of_archive(path))
    if any(pattern.fullmatch(os.path.basename(path)) for pattern in _METADATA.values()):
        folder = os.path.dirname(path)
        return _known(folder, "", _files_in(folder))
    return None


def _known(root: str, prefix: str, members: tuple[str, ...]) -> Optional[Delivery]:
    for kind, pattern in BAND_FILES.items():
        if any(pattern.fullmatch(member) for member in members):
            return Delivery(kind, root, prefix, members)
    return None


def _files_in(folder: str) -> tuple[str, ...]:
    """Names of the files in a possible product folder, limited in depth and number."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        below = os.path.relpath(place, folder)
        parts = [] if below == os.curdir else below.split(os.sep)
        if len(parts) >= _DEPTH or len(found) > _MOST_MEMBERS:
            folders.clear()
            continue
        found += ["/".join([*parts, file]) for file in files]
        if not parts:
            folders[:] = [each for each in folders if _may_hold_bands(each)]
    return tuple(found[:_MOST_MEMBERS])


def _may_hold_bands(folder: str) -> bool:
    """Whether a top-level folder can belong to a product; other folders are not searched."""
    return folder == "GRANULE" or folder.endswith(".SAFE") or folder.upper().startswith("ENMAP")


def _files_of_archive(path: str) -> tuple[str, ...]:
    """Names in an archive; none if it is damaged, which GDAL reports later."""
    try:
        if path.lower().endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                return tuple(name for name in archive.namelist()[:_MOST_MEMBERS] if not name.endswith("/"))
        with tarfile.open(path, "r:") as tar:
            return tuple(member.name for member in itertools.islice(tar, _MOST_MEMBERS))
    except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError, UnicodeError):
        return ()
