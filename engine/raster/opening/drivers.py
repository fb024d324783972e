"""The formats that are opened. GDAL knows two hundred, many of which are services, lists of addresses or raw memory."""

from __future__ import annotations

import os
import re

from .. import gdal

ADDED = "COLEARN_GDAL_DRIVERS"  # a variable of the environment: names of further drivers

# One line a kind: add a driver here if people have data in it and if its files refer to no others by free names.
RASTER = (
    *("GTiff", "COG", "LIBERTIFF", "VRT"),  # virtual rasters are read first, by `virtual`
    *("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG2000", "ECW", "MrSID"),
    *("netCDF", "HDF4", "HDF4Image", "HDF5", "HDF5Image", "BAG", "GRIB", "Zarr", "KEA"),
    *("ENVI", "EHdr", "HFA", "AIG", "AAIGrid", "GRASSASCIIGrid", "SAGA", "RST", "ILWIS", "PCRaster", "RRASTER", "BT"),
    *("GSAG", "GSBG", "GS7BG", "XYZ", "ZMap", "GXF", "USGSDEM", "SRTMHGT", "DTED", "NTv2", "GTX", "ROI_PAC", "ISCE"),
    *("PNG", "JPEG", "WEBP", "GIF", "BIGGIF", "BMP", "PNM", "HEIF", "JPEGXL"),
    *("GPKG", "MBTiles", "Rasterlite", "SQLite"),
    "HTTP",  # an address that the person gives
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
_OWN = ("MEM", "Memory")  # what the engine itself works in; never opened by a name


def raster_drivers() -> list[str]:
    """The drivers that rasters are opened with."""
    return [*RASTER, *_added()]


def vector_drivers() -> list[str]:
    """The drivers that vector layers are opened with."""
    return [*VECTOR, *_added()]


def drop_other_drivers() -> None:
    """Forget all other drivers: what an opened file refers to is opened with those that are known."""
    kept = {*RASTER, *VECTOR, *_added(), *_OWN}
    for driver in [gdal.GetDriver(at) for at in range(gdal.GetDriverCount())]:
        if driver.ShortName not in kept:
            driver.Deregister()


def services_are_added() -> bool:
    """Whether the person wants what lies behind descriptions of services."""
    return bool(SERVICES & set(_added()))


def _added() -> list[str]:
    return [name.strip() for name in re.split("[,;]", os.environ.get(ADDED, "")) if name.strip()]
