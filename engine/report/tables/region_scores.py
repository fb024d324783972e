"""Regions so far apart that a single map would mostly show the distance between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...arrays import Doubles, Indices

MOST = 4
_GAP = 0.5  # share of the larger side from which two regions are shown separately
_FAR_DEGREES = 0.3  # closer locations are shown on one map


def regions(x: Doubles, y: Doubles) -> tuple[Indices, ...]:
    """Indices of the samples of each region, from north to south; at most four regions.

    Args:
        x: degrees of longitude (sample,); y the same of latitude; finite, at least one.
    """
    found = [np.arange(len(x))]
    while len(found) < MOST:
        cuts = [_cut(x[part], y[part]) for part in found]
        at = max(range(len(cuts)), key=lambda position: cuts[position][0])
        share, low = cuts[at]
        if share < _GAP:
            break
        found[at : at + 1] = [found[at][low], found[at][~low]]
    return tuple(sorted(found, key=lambda part: -float(y[part].mean())))


def _cut(x: Doubles, y: Doubles) -> tuple[float, NDArray[np.bool_]]:
    """The widest empty strip along either axis, as a share of the larger side, and the samples below it."""
    size = max(float(np.ptp(x)), float(np.ptp(y)))
    gap, values, middle = max((_widest(values) for values in (x, y)), key=lambda found: found[0])
    share = gap / size if size > _FAR_DEGREES else 0.0
    return share, values < middle


def _widest(values: Doubles) -> tuple[float, Doubles, float]:
    ordered = np.sort(values)
    steps = np.diff(ordered)
    if not len(steps):
        return 0.0, values, float(ordered[0])
    at = int(steps.argmax())
    return float(steps[at]), values, float(ordered[at] + steps[at] / 2)
