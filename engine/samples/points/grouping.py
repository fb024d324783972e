"""Groups that the split keeps together: values of a field, polygons, spatial blocks, or single samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Indices
from ...contract import ErrorCode, JobError, Labels, RasterLabels, SplitBy, VectorLabels, about_m, thousands
from ...process import Reporter, counted
from ...raster.vectors import POLYGONS, Features
from ..split import BLOCKS_WANTED, components, spatial_blocks
from .label_points import LabelPoints

BY_POLYGON = "polygon"
BY_POINT = "point"
BY_CHANCE = "chance"
PATCHES_PER_BLOCK = 2


def require_groups(labels: Labels, split_by: SplitBy) -> None:
    """Raise if the labels cannot be split as requested.

    Raises:
        JobError: a split by feature of label rasters, whose pixels belong to no feature.
    """
    if split_by is SplitBy.FEATURE and isinstance(labels, RasterLabels):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="SPLIT_BY",
            found="a split by feature, but the labels are a raster",
            expected="point or polygon labels for a split by feature",
            remedy="Choose a split by spatial block, or the automatic split.",
        )


def feature_groups(
    labels: VectorLabels, features: Features, sharing: Indices, split_by: SplitBy, reporter: Reporter
) -> tuple[Indices, str]:
    """Group numbers (feature,), and a text that names the grouping (empty: each feature is its own group).

    Features are grouped by the group field if there is one and the split is automatic; otherwise each polygon is a
    group. Overlapping polygons are always in one group.

    Args:
        sharing: (feature,) a number that is equal for overlapping polygons.
    """
    if labels.group_field and split_by is SplitBy.AUTO:
        return _field_groups(labels.group_field, features, sharing, reporter), f"field {labels.group_field}"
    if labels.group_field:
        reporter.warning(
            "group_field_unused",
            f"The field {labels.group_field} is not used for grouping, because a split by {split_by.value} was chosen.",
        )
    overlaps = len(features) - len(np.unique(sharing))
    if overlaps:
        reporter.info(
            "polygons_overlap", f"Polygons that overlap others: {thousands(overlaps)}; the split keeps them together."
        )
    return sharing, BY_POLYGON if features.kind == POLYGONS else ""


def _field_groups(field: str, features: Features, sharing: Indices, reporter: Reporter) -> Indices:
    """Group numbers (feature,) by field value; groups with overlapping polygons are merged."""
    texts = [f"feature {at}" if value is None else f"value {value}" for at, value in enumerate(features.values[field])]
    named = np.unique(texts, return_inverse=True)[1].reshape(-1).astype(np.int64)
    groups = components(named, sharing)
    joined = len(np.unique(named)) - len(np.unique(groups))
    if joined:
        reporter.info(
            "groups_overlap",
            f"Groups of the field {field} with polygons that overlap those of other groups: {joined}; the split "
            f"keeps overlapping polygons together ({len(np.unique(groups))} groups remain).",
        )
    return groups


def grouped(points: LabelPoints, split_by: SplitBy, patch_m: float, reporter: Reporter) -> LabelPoints:
    """The locations with the groups that the requested split keeps together.

    Groups of a field or of polygons are kept; otherwise, or if requested, spatial blocks are formed.

    Args:
        patch_m: side of the largest patch on the ground. Blocks are at least two patches wide; in smaller ones, most
            samples would be too close to another block.
    """
    if split_by is SplitBy.RANDOM:
        reporter.warning(
            "split_at_random",
            "The split is random, as requested: neighbouring samples end up in different parts, so the scores are "
            "optimistic. Maps of other areas will be less accurate.",
        )
        return replace(points, groups=np.arange(len(points), dtype=np.int64), grouped_by=BY_CHANCE)
    if split_by is SplitBy.FEATURE:
        return replace(points, grouped_by=points.grouped_by or BY_POINT)
    if split_by is SplitBy.AUTO and points.grouped_by:
        return points
    groups, side_m = spatial_blocks(*points.degrees(), points.groups, PATCHES_PER_BLOCK * patch_m)
    size = f"{about_m(side_m / 1000)} km" if side_m >= 1000 else f"{about_m(side_m)} m"
    count = len(np.unique(groups))
    few = "" if count >= BLOCKS_WANTED else _why_few(count, len(np.unique(points.groups)), patch_m)
    reporter.info("spatial_blocks", f"The split is by spatial block of {size} ({count} blocks{few}).")
    return replace(points, groups=groups, grouped_by=f"spatial block of {size}")


def _why_few(count: int, units: int, patch_m: float) -> str:
    """Why there are fewer blocks than recommended, as text to be appended to a message."""
    wanted = f"; {BLOCKS_WANTED} are recommended for at least ten groups in each part, but "
    if units < BLOCKS_WANTED or count == units:
        return f"{wanted}the labels form only {counted(units, 'separate group')}"
    return f"{wanted}blocks are at least {PATCHES_PER_BLOCK} patches of {about_m(patch_m)} m wide"
