"""Band metadata of a raster file, to be repeated in a virtual raster; read with GDAL, as QGIS exposes only part of it.

The only plugin module that uses GDAL's bindings. They are QGIS's own, which Processing itself requires; the engine
has separate bindings in its own Python.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Optional
from xml.etree import ElementTree  # nosec B405  # the XML it parses was just written by GDAL

from osgeo import gdal

from ...engine.contract.naming import wavelength_name
from ...engine.contract.wire import decoded

_REPEATED = (
    "Description",
    "UnitType",
    "Offset",
    "Scale",
    "ColorInterp",
    "ColorTable",
    "CategoryNames",
    "GDALRasterAttributeTable",
)
# Domains that describe how the file is stored, or that GDAL derives from other domains.
_OF_STORAGE = ("IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "SUBDATASETS", "COLOR_PROFILE", "OVERVIEWS")
_State = Optional[tuple[int, int]]  # of a file: modification time, size in bytes
_FILES_KNOWN = 500  # number of files whose facts are cached
MODEL_TAG, SENSOR_TAG = "COLEARN_MODEL", "COLEARN_SENSOR"  # as the engine writes them into its maps
_STATISTICS = "STATISTICS_"  # prefix of items to omit: QGIS's settings may change which pixels are valid


@dataclass(frozen=True)
class BandMetadata:
    """One band as stored in its file: GDAL data type, nodata value, and everything else as XML of a virtual raster.

    ``masked``: the band has its own mask of valid pixels, not shared with the other bands.
    """

    dtype: str
    nodata: Optional[float]
    xml: str
    masked: bool


@dataclass(frozen=True)
class FileMetadata:
    """A file's bands and the file's own metadata; ``masked``: one mask of valid pixels applies to all bands."""

    bands: tuple[BandMetadata, ...]
    xml: str
    masked: bool


@dataclass(frozen=True)
class FileFacts:
    """The band names of a raster file, empty for unnamed bands, and what its values were mapped with.

    ``origin``: the identity of the model and the sensor, if CoLearn wrote it: a map, its confidence, a preview.
    """

    bands: tuple[str, ...] = ()
    origin: Optional[tuple[str, str]] = None


def metadata_of(path: str, options: Sequence[str]) -> Optional[FileMetadata]:
    """The metadata of a raster, opened with these GDAL options; None if GDAL cannot open it."""
    try:
        with _exceptions():
            dataset = gdal.OpenEx(path, gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR, open_options=list(options))
            return _metadata(dataset) if dataset is not None and dataset.RasterCount else None
    except RuntimeError:
        return None


def file_facts(path: str, options: Sequence[str] = ()) -> FileFacts:
    """What a raster file says about itself; nothing if GDAL cannot open it. May be called in any thread.

    Forms ask at every change, so results are cached until the file changes.
    """
    state = _state_of(path)
    if state is None:  # not a plain file: only GDAL knows whether it changes
        return _read_facts(path, tuple(options))
    return _known_facts(path, tuple(options), (state, _state_of(f"{path}.aux.xml")))


@lru_cache(maxsize=_FILES_KNOWN)
def _known_facts(path: str, options: tuple[str, ...], _states: tuple[_State, _State]) -> FileFacts:
    return _read_facts(path, options)


def _state_of(path: str) -> _State:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


def _read_facts(path: str, options: tuple[str, ...]) -> FileFacts:
    try:
        with _exceptions():
            dataset = gdal.OpenEx(path, gdal.OF_RASTER, open_options=list(options))
            return _facts(dataset) if dataset is not None else FileFacts()
    except RuntimeError:
        return FileFacts()


def _facts(dataset: Any) -> FileFacts:
    bands = tuple(_described(dataset.GetRasterBand(number + 1)) for number in range(dataset.RasterCount))
    model, sensor = (str(dataset.GetMetadataItem(tag) or "") for tag in (MODEL_TAG, SENSOR_TAG))
    return FileFacts(bands, (model, sensor) if model else None)


def _described(band: Any) -> str:
    """The band's description, else its wavelength: how the engine names bands."""
    described_as = decoded(band.GetDescription()).strip()
    if described_as:
        return described_as
    nanometres = band.GetMetadataItem("wavelength")
    micrometres = band.GetMetadataItem("CENTRAL_WAVELENGTH_UM", "IMAGERY")
    if micrometres:
        return wavelength_name(micrometres, "um")
    return wavelength_name(nanometres, band.GetMetadataItem("wavelength_units") or "") if nanometres else ""


def _exceptions() -> AbstractContextManager[object]:
    """Use GDAL exceptions in this block only; before GDAL 3.7 the setting made by QGIS or another plugin applies."""
    manager = getattr(gdal, "ExceptionMgr", None)
    return manager(useExceptions=True) if manager else nullcontext()


def _metadata(dataset: Any) -> FileMetadata:
    copy = gdal.GetDriverByName("VRT").CreateCopy("", dataset)
    vrt_xml = copy.GetMetadata("xml:VRT")[0]
    described = ElementTree.fromstring(vrt_xml).findall("VRTRasterBand")  # noqa: S314  # nosec B314
    bands = [dataset.GetRasterBand(number + 1) for number in range(dataset.RasterCount)]
    flags = bands[0].GetMaskFlags()
    return FileMetadata(
        tuple(_band(band, element) for band, element in zip(bands, described)),
        _domains_xml(dataset),
        bool(flags & gdal.GMF_PER_DATASET) and not flags & gdal.GMF_ALPHA,
    )


def _band(band: Any, described: ElementTree.Element) -> BandMetadata:
    repeated = [ElementTree.tostring(each, "unicode") for tag in _REPEATED for each in described.findall(tag)]
    pixel_type = band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE")  # how GDAL before 3.7 marks int8
    signed = _metadata_xml("IMAGE_STRUCTURE", {"PIXELTYPE": pixel_type}) if pixel_type else ""
    return BandMetadata(
        gdal.GetDataTypeName(band.DataType),
        band.GetNoDataValue(),
        "".join([_domains_xml(band), signed, *repeated]),
        band.GetMaskFlags() == 0,
    )


def _domains_xml(described: Any) -> str:
    """All metadata of a dataset or a band, domain by domain."""
    domains = [name for name in described.GetMetadataDomainList() or () if not name.startswith("xml:")]
    return "".join(_metadata_xml(name, described.GetMetadata_Dict(name)) for name in domains if name not in _OF_STORAGE)


def _metadata_xml(domain: str, items: dict[str, str]) -> str:
    items_xml = "".join(
        f'<MDI key="{escape(key)}">{escape(value)}</MDI>'
        for key, value in items.items()
        if not key.startswith(_STATISTICS)
    )
    named = f' domain="{escape(domain)}"' if domain else ""
    return f"<Metadata{named}>{items_xml}</Metadata>" if items_xml else ""
