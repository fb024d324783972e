"""Groups that a split must keep together: values of a field, polygons, spatial blocks, or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Indices
from ...contract import ErrorCode, JobError, Labels, RasterLabels, SplitBy, VectorLabels
from ...process import Reporter
from ...raster.geo import about_m
from ...raster.vectors import POLYGONS, Features
from ..split import BLOCKS_WANTED, components, spatial_blocks
from .label_points import LabelPoints

BY_POLYGON = "polygon"
BY_POINT = "point"
BY_CHANCE = "chance"
PATCHES_PER_BLOCK = 2


def require_groups(labels: Labels, split_by: SplitBy) -> None:
    """Raise where the labels cannot be split as asked.

    Raises:
        JobError: the pixels of a label raster belong to no feature.
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
    """Groups (feature,) of features, and what formed them (empty: each feature is its own).

    Equal values of the group field where the split follows it, else each polygon; polygons that share ground are one
    group whatever formed them.

    Args:
        sharing: (feature,) equal numbers for overlapping polygons.
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
            "polygons_overlap", f"{overlaps} polygon(s) overlap others; the split keeps overlapping polygons together."
        )
    return sharing, BY_POLYGON if features.kind == POLYGONS else ""


def _field_groups(field: str, features: Features, sharing: Indices, reporter: Reporter) -> Indices:
    """Groups (feature,) of equal values, merged if their polygons overlap."""
    texts = [f"feature {at}" if value is None else f"value {value}" for at, value in enumerate(features.values[field])]
    named = np.unique(texts, return_inverse=True)[1].reshape(-1).astype(np.int64)
    groups = components(named, sharing)
    joined = len(np.unique(named)) - len(np.unique(groups))
    if joined:
        reporter.info(
            "groups_overlap",
            f"{joined} group(s) of the field {field} have polygons that overlap those of other groups; the split "
            f"keeps overlapping polygons together ({len(np.unique(groups))} groups remain).",
        )
    return groups


def grouped(points: LabelPoints, split_by: SplitBy, patch_m: float, reporter: Reporter) -> LabelPoints:
    """The places in the groups that the split is asked to keep together, where its features do not say it already.

    Args:
        patch_m: side of the largest patch on the ground: in blocks smaller than two of them, most samples would lie too
            near to another block.
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
    """Why there are not as many blocks as ten groups in each part take."""
    wanted = f"; {BLOCKS_WANTED} are recommended for at least ten groups in each part, but "
    if units < BLOCKS_WANTED or count == units:
        return f"{wanted}the labels form only {units} separate group(s)"
    return f"{wanted}blocks are at least {PATCHES_PER_BLOCK} patches of {about_m(patch_m)} m wide"
