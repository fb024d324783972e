"""What a split must keep together: values of a field, polygons, squares of the ground, or nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..contract.errors import ErrorCode, JobError
from ..contract.job import Labels, RasterLabels, VectorLabels
from ..contract.method import SplitBy
from ..process.reporting import Reporter
from ..raster.features import POLYGONS, Features
from ..raster.overlap import overlapping
from .places import Places
from .sample_set import Indices
from .blocks import spatial_blocks

BY_POLYGON = "polygon"
BY_POINT = "point"
BY_CHANCE = "chance"


def require_groups(labels: Labels, split_by: SplitBy) -> None:
    """Raise where the labels cannot be split as asked.

    Raises:
        JobError: the pixels of a label raster belong to no feature.
    """
    if split_by is SplitBy.FEATURE and isinstance(labels, RasterLabels):
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="SPLIT_BY",
            found="a split by feature of labels that are a raster",
            expected="points or polygons, where each feature is to be kept together",
            remedy="Choose a split by block, or leave the choice to CoLearn.",
        )


def feature_groups(
    labels: VectorLabels, features: Features, rows: Indices, split_by: SplitBy, reporter: Reporter
) -> tuple[Indices, str]:
    """Groups (row,) of features, and what formed them (empty: each feature is its own).

    Equal values of the group field where the split follows it, else polygons that share ground.
    """
    if labels.group_field and split_by is SplitBy.AUTO:
        values = features.values[labels.group_field]
        texts = [f"feature {row}" if values[row] is None else f"value {values[row]}" for row in rows]
        _, groups = np.unique(texts, return_inverse=True)
        return groups.astype(np.int64), f"field {labels.group_field}"
    if labels.group_field:
        reporter.warning(
            "group_field_unused",
            f"The field {labels.group_field} does not group the samples: a split by {split_by.value} was asked for.",
        )
    if features.kind != POLYGONS:
        return np.arange(len(rows), dtype=np.int64), ""
    groups = overlapping(features, rows.tolist())
    sharing = len(rows) - len(np.unique(groups))
    if sharing:
        reporter.info(
            "polygons_overlap", f"{sharing} polygon(s) overlap others; the split keeps overlapping ones together."
        )
    return groups, BY_POLYGON


def grouped(places: Places, split_by: SplitBy, reporter: Reporter) -> Places:
    """The places in the groups that the split is asked to keep together, where its features do not say it already."""
    if split_by is SplitBy.RANDOM:
        reporter.warning(
            "split_at_random",
            "The split is drawn at random, as asked: neighbouring samples stand on both sides of it, and the scores "
            "flatter. A map of other ground will be worse than they say.",
        )
        return replace(places, groups=np.arange(len(places), dtype=np.int64), grouped_by=BY_CHANCE)
    if split_by is SplitBy.FEATURE:
        return replace(places, grouped_by=places.grouped_by or BY_POINT)
    if split_by is SplitBy.AUTO and places.grouped_by:
        return places
    groups, side_m = _blocks_of_centres(places)
    size = f"{side_m / 1000:.3g} km" if side_m >= 1000 else f"{side_m:.3g} m"
    reporter.info("spatial_blocks", f"The split keeps squares of {size} together ({len(np.unique(groups))} squares).")
    return replace(places, groups=groups, grouped_by=f"spatial block of {size}")


def _blocks_of_centres(places: Places) -> tuple[Indices, float]:
    """The square of the ground that holds the centre of each place's group: no polygon is torn apart."""
    _, unit = np.unique(places.groups, return_inverse=True)
    each = np.bincount(unit)
    longitude, latitude = (np.bincount(unit, degrees) / each for degrees in places.degrees())
    blocks, side_m = spatial_blocks(longitude, latitude)
    return blocks[unit], side_m
