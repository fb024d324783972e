"""Areas of the classes and the accuracy of the whole map, from a sample of it (Olofsson et al. 2014)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...contract import M2_PER_HECTARE, LabelClass
from ...learning.metrics import AreaAccuracy, AreaEstimate
from ..content import NONE, FormattedEstimate, decimals_for, fixed, interval, style_of


@dataclass(frozen=True)
class AreaRow:
    """One class: its area corrected for the map's errors, user's and producer's accuracy of the whole map."""

    label: LabelClass
    area: FormattedEstimate
    users: FormattedEstimate
    producers: FormattedEstimate


@dataclass(frozen=True)
class AreaTable:
    """``overall`` is the share of the mapped area that is correct; areas are in hectares.

    ``clustered``: intervals are too narrow, because several pixels come from the same polygon.
    """

    overall: FormattedEstimate
    clustered: bool
    rows: tuple[AreaRow, ...]


def area_table(classes: tuple[LabelClass, ...], found: AreaAccuracy) -> AreaTable:
    """The table of all classes in the map or the sample."""
    total_m2 = sum(area.value for area in found.areas_m2)
    decimals = decimals_for(total_m2 / M2_PER_HECTARE, 4)
    rows = tuple(
        AreaRow(label, _area(area, decimals, total_m2), _share(users), _share(producers))
        for label, area, users, producers in zip(classes, found.areas_m2, found.users, found.producers, strict=True)
        if area.value > 0 or math.isfinite(users.value)
    )
    return AreaTable(_share(found.overall), found.clustered, rows)


def _area(found: AreaEstimate, decimals: int, total_m2: float) -> FormattedEstimate:
    area = found.estimate(0.0, total_m2)
    value = fixed(area.value / M2_PER_HECTARE, decimals)
    if area.low is None or area.high is None:
        return FormattedEstimate(value)
    low, high = (fixed(end / M2_PER_HECTARE, decimals) for end in (area.low, area.high))
    return FormattedEstimate(value, interval(low, high))


def _share(found: AreaEstimate) -> FormattedEstimate:
    return style_of("accuracy").score(found.estimate()) if math.isfinite(found.value) else FormattedEstimate(NONE)
