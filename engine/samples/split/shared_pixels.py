"""Merging of groups that overlap or share pixels of a sensor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Indices
from ...process import Reporter
from .. import Footprints, SampleSet

MOST_SHARE = 0.1  # largest share of all samples in a merged group: half a part of 20 %


def components(one: Indices, other: Indices) -> Indices:
    """Connected components (item,), numbered from 0: items with equal ``one`` or equal ``other`` are connected."""
    ones, one_of = np.unique(one, return_inverse=True)
    others, other_of = np.unique(other, return_inverse=True)
    one_of, other_of = one_of.reshape(-1), other_of.reshape(-1)
    leader = list(range(len(ones)))

    def leader_of(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    first = [-1] * len(others)
    for pair in np.unique(one_of * len(others) + other_of).tolist():
        own, shared = divmod(pair, len(others))
        if first[shared] < 0:
            first[shared] = own
            continue
        low, high = sorted((leader_of(first[shared]), leader_of(own)))
        leader[high] = low
    leaders = np.array([leader_of(at) for at in range(len(ones))], dtype=np.int64)
    numbers: Indices = np.unique(leaders[one_of], return_inverse=True)[1].reshape(-1)
    return numbers


def join_shared_pixels(samples: SampleSet, reporter: Reporter) -> SampleSet:
    """The samples with groups merged that share pixels of a sensor, finest sensor first.

    Pixels of a coarse sensor may connect all adjacent groups. A merged group with more than a tenth of all samples is
    not formed: the split then excludes samples instead.
    """
    groups = np.unique(samples.groups, return_inverse=True)[1].reshape(-1).astype(np.int64)
    known = [(sensor.name, sensor.footprints) for sensor in samples.sensors if sensor.footprints]
    for name, footprints in sorted(known, key=lambda each: each[1].lattices[0].pixel_m if each[1].lattices else 0.0):
        together = components(groups, _pixels(footprints))
        unwieldy = np.bincount(together)[together] > MOST_SHARE * len(samples)
        joined = np.where(unwieldy, groups + len(samples), together)
        apart = len(np.unique(groups[unwieldy])) - len(np.unique(together[unwieldy]))
        _log_joined(name, _count(groups) - _count(joined), apart, reporter)
        groups = np.unique(joined, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return replace(samples, groups=groups)


def _pixels(footprints: Footprints) -> Indices:
    """A number (sample,) of the pixel that contains each sample; unique for samples that no scene encloses."""
    pixels = np.column_stack([footprints.lattice, footprints.pixel])
    numbers = np.unique(pixels, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    own = np.arange(len(pixels), dtype=np.int64) + len(pixels)
    return np.where(footprints.lattice < 0, own, numbers)


def _count(groups: Indices) -> int:
    return len(np.unique(groups))


def _log_joined(sensor: str, joined: int, apart: int, reporter: Reporter) -> None:
    if joined:
        reporter.info(
            "groups_joined", f"Groups that share pixels of {sensor} with others: {joined}, kept together by the split."
        )
    if apart:
        reporter.info(
            "groups_share_pixels",
            f"Groups that share pixels of {sensor} with others but are not merged: {apart}. Merged groups "
            f"would exceed a tenth of all samples. Training samples on shared pixels are excluded instead.",
        )
