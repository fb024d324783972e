"""Splitting multi-part features: a dissolved layer has few features, each with parts in many locations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Indices
from .. import ogr
from .features import Features


def in_parts(features: Features, rows: Sequence[int]) -> tuple[Features, Indices]:
    """Every part of some features as a separate feature, and the index in ``rows`` that each comes from (part,)."""
    parts = [_parts(features.geometry[row]) for row in rows]
    of_row = np.repeat(np.arange(len(parts), dtype=np.int64), [len(each) for each in parts])
    source = [rows[at] for at in of_row.tolist()]
    apart = Features(
        crs_wkt=features.crs_wkt,
        kind=features.kind,
        geometry=tuple(part for each in parts for part in each),
        values={field: [values[row] for row in source] for field, values in features.values.items()},
        fid=tuple(features.fid[row] for row in source),
        skipped=features.skipped,
        field_types=features.field_types,
        mended=features.mended,
    )
    return apart, of_row


def _parts(wkb: bytes) -> list[bytes]:
    """The parts of a geometry as WKB; the geometry itself if it has only one."""
    geometry = ogr.CreateGeometryFromWkb(wkb)
    if geometry.GetGeometryName() not in ("MULTIPOLYGON", "MULTIPOINT"):
        return [wkb]
    return [
        bytes(geometry.GetGeometryRef(at).ExportToWkb(ogr.wkbNDR))
        for at in range(geometry.GetGeometryCount())
        if not geometry.GetGeometryRef(at).IsEmpty()
    ]
