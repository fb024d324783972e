"""Small vector layers on the made-up world."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from colearn.engine.contract.job.sources import VectorLabels, VectorSource
from osgeo import ogr, osr

from world import EPSG, NORTH, PIXEL_M, WEST

FIELD_TYPES = {str: ogr.OFTString, int: ogr.OFTInteger, float: ogr.OFTReal}
ALL_OVER = tuple((col, row) for col in (2, 26, 50, 74, 98) for row in (14, 38, 62, 86))  # pixels, all with data


def square(col: float, row: float, side_px: float = 8) -> str:
    """A square by its upper left pixel of the camera."""
    x, y, side = WEST + col * PIXEL_M, NORTH - row * PIXEL_M, side_px * PIXEL_M
    return f"POLYGON (({x} {y}, {x + side} {y}, {x + side} {y - side}, {x} {y - side}, {x} {y}))"


def write_layer(
    path: Path,
    features: Iterable[tuple[str, dict[str, Any]]],
    *,
    fields: dict[str, type] | None = None,
    epsg: int | None = EPSG,
    kind: int = ogr.wkbPolygon,
) -> Path:
    """Write features (WKT, values; None stays NULL) as the layer ``stands`` of a GeoPackage."""
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    crs = osr.SpatialReference()
    if epsg:
        crs.ImportFromEPSG(epsg)
    layer = dataset.CreateLayer("stands", crs if epsg else None, kind)
    for name, field in (fields or {"kind": str}).items():
        layer.CreateField(ogr.FieldDefn(name, FIELD_TYPES[field]))
    for wkt, values in features:
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, value in values.items():
            if value is not None:
                feature[name] = value
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        layer.CreateFeature(feature)
    del layer, dataset
    return path


def stands(path: Path, *fields: str, group: str | None = None) -> VectorLabels:
    """The layer as labels."""
    return VectorLabels(VectorSource(str(path), "stands", "my stands"), fields or ("kind",), group)
