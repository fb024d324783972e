"""Reading vector layers: points and polygons in the form that samples and masks need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ...contract import ErrorCode, InputError, VectorSource
from ...contract.wire import decoded
from ...process import listed
from .. import gdal_failures, ogr
from ..geo import Bounds, wkt_of
from ..opening import open_vector
from .clip import polygons_in
from .features import POINTS, POLYGONS, Features, point_xy
from .overlap import overlapping
from .rasterize import burn, inside_pixels, reaches

__all__ = [
    "Features",
    "LayerBounds",
    "burn",
    "inside_pixels",
    "layer_bounds",
    "overlapping",
    "point_xy",
    "reaches",
    "read_features",
]

Layer = Any
Feature = Any
Geometry = Any

_TYPES = {
    ogr.OFTInteger: "integer",
    ogr.OFTInteger64: "integer",
    ogr.OFTReal: "real",
    ogr.OFTDate: "date",
    ogr.OFTDateTime: "date",
    ogr.OFTTime: "date",
}
_KINDS = {
    ogr.wkbPoint: POINTS,
    ogr.wkbMultiPoint: POINTS,
    ogr.wkbPolygon: POLYGONS,
    ogr.wkbMultiPolygon: POLYGONS,
}


_CHECK_FILE = "Check the file and the layer name, or export the features to a GeoPackage."


class LayerBounds(NamedTuple):
    """The bounding rectangle of a layer, NaN if it is empty, and its CRS."""

    bounds: Bounds
    crs_wkt: str


def read_features(source: VectorSource, fields: Sequence[str] = ()) -> Features:
    """Read a layer's points or polygons with some of its fields.

    Z and M values are dropped, curves linearized, invalid polygons repaired; features without usable geometry
    are skipped and counted.

    Raises:
        InputError: LABELS_UNREADABLE (also for lines, tables, and points mixed with polygons), LABELS_WITHOUT_CRS,
            LABEL_FIELD_MISSING naming the available fields.
    """
    with _layer_of(source) as layer:
        crs_wkt = _crs_of(layer, source)
        columns = [_column(layer, field, source) for field in fields]
        rows: list[tuple[int, bytes, list[Any]]] = []
        kinds: Counter[str] = Counter()
        skipped = mended = 0
        for feature in layer:
            kind, wkb, changed = _cleaned(feature.GetGeometryRef())
            if not wkb:
                skipped += 1
                continue
            kinds[kind] += 1
            mended += changed
            rows.append((feature.GetFID(), wkb, [_value(feature, *column) for column in columns]))
        kind = _one_kind(kinds, layer, source)
    return Features(
        crs_wkt=crs_wkt,
        kind=kind,
        geometry=tuple(wkb for _, wkb, _ in rows),
        values={field: [values[at] for _, _, values in rows] for at, field in enumerate(fields)},
        fid=tuple(fid for fid, _, _ in rows),
        skipped=skipped,
        field_types={field: kind for field, (_, kind) in zip(fields, columns)},
        mended=mended,
    )


def layer_bounds(source: VectorSource) -> LayerBounds:
    """The rectangle around all features of a layer.

    Raises:
        InputError: LABELS_UNREADABLE or LABELS_WITHOUT_CRS.
    """
    with _layer_of(source) as layer:
        crs_wkt = _crs_of(layer, source)
        if layer.GetFeatureCount() == 0:
            return LayerBounds(Bounds(np.nan, np.nan, np.nan, np.nan), crs_wkt)
        x_min, x_max, y_min, y_max = layer.GetExtent()
    return LayerBounds(Bounds(x_min, y_min, x_max, y_max), crs_wkt)


@contextmanager
def _layer_of(source: VectorSource) -> Iterator[Layer]:
    """The open layer; GDAL's failures while it is read are raised as unreadable labels."""
    with gdal_failures(lambda words: _unreadable(source, f"a layer that cannot be read ({words})")):
        dataset = open_vector(source.path, source.label())
        layers = [dataset.GetLayer(at) for at in range(dataset.GetLayerCount())]
        spatial = [layer for layer in layers if layer.GetGeomType() != ogr.wkbNone]
        if source.layer:
            fitting = [layer for layer in layers if layer.GetName() == source.layer]
        else:
            fitting = spatial if len(spatial) == 1 else []
        if not fitting:
            found = f"no layer {source.layer!r}, but " if source.layer else ""
            seen = f"{found}the layers {listed(layer.GetName() for layer in layers)}"
            raise _unreadable(source, seen, _name_one(source, spatial) if spatial else _CHECK_FILE)
        yield fitting[0]


def _crs_of(layer: Layer, source: VectorSource) -> str:
    crs_wkt = wkt_of(layer.GetSpatialRef())
    if crs_wkt is None:
        raise InputError(
            ErrorCode.LABELS_WITHOUT_CRS,
            subject=source.label(),
            found="a layer without a coordinate reference system",
            expected="a layer with a coordinate reference system",
            remedy="Assign the CRS (Vector ▸ Data Management Tools ▸ Define Layer Projection) and use the result.",
        )
    return crs_wkt


def _column(layer: Layer, field: str, source: VectorSource) -> tuple[int, str]:
    """Index and type of a field; -1 is the feature id, which some formats show as a field."""
    definition = layer.GetLayerDefn()
    index = int(definition.GetFieldIndex(field))
    if index < 0 and field == layer.GetFIDColumn():
        return -1, "integer"
    if index < 0:
        names = [definition.GetFieldDefn(at).GetName() for at in range(definition.GetFieldCount())]
        raise InputError(
            ErrorCode.LABEL_FIELD_MISSING,
            subject=source.label(),
            found=f"no field {field!r}",
            expected=f"one of the fields {listed(names)}" if names else "a layer with fields",
            remedy="Choose a field of this layer.",
        )
    described = definition.GetFieldDefn(index)
    if described.GetSubType() == ogr.OFSTBoolean:
        return index, "bool"
    return index, _TYPES.get(described.GetType(), "string")


def _value(feature: Feature, index: int, kind: str) -> Any:
    if index < 0:
        return feature.GetFID()
    if not feature.IsFieldSetAndNotNull(index):
        return None
    if kind == "integer":
        return feature.GetFieldAsInteger64(index)
    if kind == "bool":
        return bool(feature.GetFieldAsInteger(index))
    if kind == "real":
        number = feature.GetFieldAsDouble(index)
        return None if np.isnan(number) else number
    text = decoded(feature.GetFieldAsString(index))
    return text.replace("/", "-") if kind == "date" else text


def _cleaned(geometry: Geometry) -> tuple[str, bytes, bool]:
    """Kind, WKB (empty if nothing is usable) and whether a polygon was repaired."""
    if geometry is None or geometry.IsEmpty() or not np.isfinite(geometry.GetEnvelope()).all():
        return "", b"", False
    flat = geometry.GetLinearGeometry()
    flat.Set3D(False)
    flat.SetMeasured(False)
    kind = _KINDS.get(flat.GetGeometryType(), flat.GetGeometryName().lower())
    broken = kind == POLYGONS and not flat.IsValid()
    if broken:
        flat = polygons_in(flat.MakeValid())
    if kind not in (POINTS, POLYGONS):
        return kind, b"?", False
    return kind, b"" if flat is None else bytes(flat.ExportToWkb(ogr.wkbNDR)), broken


def _one_kind(kinds: Counter[str], layer: Layer, source: VectorSource) -> str:
    if not kinds:
        return _KINDS.get(ogr.GT_Flatten(ogr.GT_GetLinear(layer.GetGeomType())), POLYGONS)
    if len(kinds) > 1 or next(iter(kinds)) not in (POINTS, POLYGONS):
        found = ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common())
        raise _unreadable(source, found, "Choose a layer of that kind.")
    return next(iter(kinds))


def _name_one(source: VectorSource, layers: list[Layer]) -> str:
    return (
        f"Append the layer name to the path: {source.path}|layername={layers[0].GetName()} (in a job file, use the "
        f"key “layer”)."
    )


def _unreadable(source: VectorSource, found: str, remedy: str = _CHECK_FILE) -> InputError:
    return InputError(
        ErrorCode.LABELS_UNREADABLE,
        subject=source.label(),
        found=found,
        expected="a point or polygon layer that GDAL can open",
        remedy=remedy,
    )
