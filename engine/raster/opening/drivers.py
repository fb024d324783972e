"""The supported formats. GDAL has two hundred, many of which are services, lists of URLs or raw memory."""

from __future__ import annotations

import os
import re

from .. import gdal

ADDED = "COLEARN_GDAL_DRIVERS"  # environment variable: names of further drivers

# One line per kind: add a driver here if it is in use and its files cannot refer to arbitrary other files.
RASTER = (
    *("GTiff", "COG", "LIBERTIFF", "VRT"),  # virtual rasters are checked first, by `virtual`
    *("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG2000", "ECW", "MrSID"),
    *("netCDF", "HDF4", "HDF4Image", "HDF5", "HDF5Image", "BAG", "GRIB", "Zarr", "KEA"),
    *("ENVI", "EHdr", "HFA", "AIG", "AAIGrid", "GRASSASCIIGrid", "SAGA", "RST", "ILWIS", "PCRaster", "RRASTER", "BT"),
    *("GSAG", "GSBG", "GS7BG", "XYZ", "ZMap", "GXF", "USGSDEM", "SRTMHGT", "DTED", "NTv2", "GTX", "ROI_PAC", "ISCE"),
    *("PNG", "JPEG", "WEBP", "GIF", "BIGGIF", "BMP", "PNM", "HEIF", "JPEGXL"),
    *("GPKG", "MBTiles", "Rasterlite", "SQLite"),
    "HTTP",  # a URL given by the user
    *("SENTINEL2", "SAFE", "DIMAP", "RS2", "TSX", "COSAR", "NITF", "CEOS", "SAR_CEOS", "L1B", "FAST", "FITS", "SNODAS"),
)
VECTOR = (
    *("GPKG", "ESRI Shapefile", "GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "FlatGeobuf", "SQLite"),
    *("OpenFileGDB", "FileGDB", "PGeo", "MapInfo File", "DXF", "DGN", "CAD", "KML", "LIBKML", "GML", "GPX", "NAS"),
    *(
        "HTTP",
        "CSV",
        "XLSX",
        "ODS",
        "Parquet",
        "Arrow",
        "OGR_GMT",
        "Selafin",
        "S57",
        "JML",
        "MVT",
        "MBTiles",
        "OSM",
        "LVBAG",
    ),
)
SERVICES = frozenset({"WMS", "WMTS", "WCS", "WFS", "OAPIF", "OGCAPI", "STACTA", "STACIT", "EEDAI", "PostGISRaster"})
_OWN = ("MEM", "Memory")  # for the engine's own use; never opened by name


def raster_drivers() -> list[str]:
    """The drivers for rasters."""
    return [*RASTER, *_added()]


def vector_drivers() -> list[str]:
    """The drivers for vector layers."""
    return [*VECTOR, *_added()]


def drop_other_drivers() -> None:
    """Deregister all other drivers, because files that an opened file refers to are opened with any registered one."""
    kept = {*RASTER, *VECTOR, *_added(), *_OWN}
    for driver in [gdal.GetDriver(at) for at in range(gdal.GetDriverCount())]:
        if driver.ShortName not in kept:
            driver.Deregister()


def services_are_added() -> bool:
    """Whether the user allows descriptions of services."""
    return bool(SERVICES & set(_added()))


def _added() -> list[str]:
    return [name.strip() for name in re.split("[,;]", os.environ.get(ADDED, "")) if name.strip()]
