"""Spatial separation of the parts of a split: samples that lie in a patch of another part are excluded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Doubles, Flags, Indices
from ...raster.geo import LEAST_METRES_PER_DEGREE
from .. import Footprints, SampleSet, Split
from .nearness import near

_WHOLE = 0.5  # pixel centres have integer coordinates: a pixel extends this far around its centre
_STRICTLY = 1e-6  # of a pixel
_MARGIN = 8  # patch sizes: samples on other lattices that are further away are not compared
_CORNERS = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])

Reach = tuple[float, float]


@dataclass(frozen=True)
class _Plane:
    """All samples of one sensor in the pixel coordinates of one of its lattices.

    ``at`` (sample, 2) is the row and col of each sample's pixel; for samples on another lattice it is the fractional
    position of their pixel centre, NaN if far away. ``own`` (sample,) marks samples on this lattice, ``present``
    (sample,) those covered by the sensor. ``halo_px`` is the number of pixels by which a patch extends beyond its
    centre pixel. ``pixel_px`` and ``patch_px`` are the half sizes, in rows and cols of this lattice, of pixels and
    patches of other lattices; ``step_m`` is the pixel size on the ground in metres.
    """

    at: Doubles
    own: Flags
    present: Flags
    halo_px: int
    pixel_px: Reach
    patch_px: Reach
    step_m: Reach

    def sees(self, one: Indices, others: Indices) -> Flags:
        """Which of ``one`` have a pixel of ``others`` in their patch, or their own pixel in a patch of ``others``."""
        own_reach = (self.halo_px + _WHOLE,) * 2
        far_reach = (self.halo_px + _WHOLE + self.pixel_px[0], self.halo_px + _WHOLE + self.pixel_px[1])
        read = self.own & self.present
        found = self._near(one, others, read, self.own, own_reach)
        if not self.present[self.own].all():  # otherwise the relation is symmetric
            found |= self._near(one, others, self.own, read, own_reach)
        found |= self._near(one, others, read, ~self.own, far_reach) | self._near(
            one, others, ~self.own, read, far_reach
        )
        return found

    def touches(self, one: Indices, others: Indices, buffer_m: float) -> Flags:
        """Which of ``one`` have a patch that shares a pixel with one of ``others``, or is closer than the buffer."""
        read = self.own & self.present
        grown = [2 * self.halo_px + 1 + buffer_m / step - _STRICTLY for step in self.step_m]
        far = [
            self.halo_px + _WHOLE + around + buffer_m / step
            for around, step in zip(self.patch_px, self.step_m, strict=True)
        ]
        not_own = ~self.own & self.present
        found = self._near(one, others, read, read, (grown[0], grown[1]))
        found |= self._near(one, others, read, not_own, (far[0], far[1]))
        found |= self._near(one, others, not_own, read, (far[0], far[1]))
        return found

    def _near(self, one: Indices, others: Indices, of_one: Flags, of_others: Flags, reach: Reach) -> Flags:
        """Which of ``one`` that are in ``of_one`` lie within reach of ``others`` that are in ``of_others``."""
        found = np.zeros(len(one), dtype=bool)
        asked = of_one[one]
        found[asked] = near(self.at[one[asked]], self.at[others[of_others[others]]], reach)
        return found


class Neighbourhood:
    """Which samples have one another's labelled pixels in their patches, for any sensor.

    The pixel that contains a sample is its labelled pixel in every sensor that encloses it, fine or coarse. A patch is
    read only by sensors that cover the sample. If scenes of one sensor overlap on different lattices, bounding
    rectangles of their pixels and patches are compared, which errs on the side of "too close".

    Args:
        patch_sizes_px: patch sizes per sensor, if different from those that were read.
        most_buffer_m: the largest buffer that will be requested.
    """

    def __init__(
        self, samples: SampleSet, patch_sizes_px: tuple[int, ...] | None = None, most_buffer_m: float = 0.0
    ) -> None:
        self._planes = [
            plane
            for at, sensor in enumerate(samples.sensors)
            if sensor.footprints is not None
            for plane in _planes(
                samples,
                sensor.footprints,
                samples.present[:, at],
                (patch_sizes_px or ())[at : at + 1] or None,
                most_buffer_m,
            )
        ]

    @property
    def known(self) -> bool:
        """Whether the source pixels of the samples are known."""
        return bool(self._planes)

    def sees(self, one: Indices, others: Indices) -> Flags:
        """Which of ``one`` have a pixel of ``others`` in a patch, or their own pixel in a patch of ``others``."""
        found = np.zeros(len(one), dtype=bool)
        for plane in self._planes:
            found |= plane.sees(one, others)
        return found

    def touches(self, one: Indices, others: Indices, buffer_m: float = 0.0) -> Flags:
        """Which of ``one`` have a patch that shares a pixel with a patch of ``others`` of the same sensor.

        Args:
            buffer_m: buffer in metres, along rows and cols, that is added around patches.
        """
        found = np.zeros(len(one), dtype=bool)
        for plane in self._planes:
            found |= plane.touches(one, others, buffer_m)
        return found


class Separation:
    """The rule of all splits: no labelled pixel of one part lies in a patch of another part.

    Args:
        buffer_m: minimum distance on the ground, in metres, between training patches and patches of the other parts; 0
            allows the margins of patches to overlap.
        at_random: the split is random: nothing is excluded.
        patch_sizes_px: patch sizes per sensor, if different from those that were read.
    """

    def __init__(
        self,
        samples: SampleSet,
        buffer_m: float = 0.0,
        at_random: bool = False,
        patch_sizes_px: tuple[int, ...] | None = None,
    ) -> None:
        self._around = Neighbourhood(samples, patch_sizes_px, buffer_m)
        self._buffer_m = buffer_m
        self._at_random = at_random

    def keep(self, train: Indices, validation: Indices, test: Indices) -> Split:
        """The split without the training and validation samples that are too close to another part.

        Test samples are never excluded, so that scores represent all labels.
        """
        if self._at_random or not self._around.known:
            return Split(train, validation, test)
        near_validation = self._around.sees(validation, test)
        judged = np.concatenate([validation[~near_validation], test])
        near_train = self._around.sees(train, judged)
        if self._buffer_m:
            near_train |= self._around.touches(train, judged, self._buffer_m)
        too_near = np.sort(np.concatenate([train[near_train], validation[near_validation]]))
        return Split(train[~near_train], validation[~near_validation], test, too_near)

    def with_rims(self, split: Split) -> Split:
        """The split with ``rims``: the share of test samples whose patches share pixels with training patches."""
        if not self._around.known or not len(split.test):
            return split
        return replace(split, rims=float(self._around.touches(split.test, split.train).mean()))


def _planes(
    samples: SampleSet, footprints: Footprints, present: Flags, side_px: tuple[int, ...] | None, buffer_m: float
) -> list[_Plane]:
    """One plane for each lattice with samples."""
    halo_px = side_px[0] // 2 if side_px else footprints.halo_px
    numbers = np.unique(footprints.lattice[footprints.lattice >= 0]).tolist()
    return [_plane(samples, footprints, present, halo_px, number, buffer_m) for number in numbers]


def _plane(
    samples: SampleSet, footprints: Footprints, present: Flags, halo_px: int, number: int, buffer_m: float
) -> _Plane:
    own = footprints.lattice == number
    at = np.full((len(own), 2), np.nan)
    at[own] = footprints.pixel[own]
    step_m = (1.0, 1.0)  # irrelevant without a buffer
    if buffer_m:
        from .lattices import step_m_of  # imports GDAL, which is absent on training-only machines

        row, col = at[own].mean(axis=0).tolist()
        step_m = step_m_of(footprints.lattices[number], row, col)
    margin_m = _MARGIN * (halo_px + 1) * footprints.lattices[number].pixel_m + buffer_m
    pixel_px, patch_px = np.zeros(2), np.zeros(2)
    for other, index in _beside(samples, footprints, own, margin_m).items():
        from .lattices import on_lattice

        lattices, beside = (footprints.lattices[number], footprints.lattices[other]), at[own][0]
        middle = footprints.pixel[index] + 0.0
        at[index] = on_lattice(*lattices, middle, beside)
        for corner in _CORNERS:
            for half, around in ((_WHOLE, pixel_px), (halo_px + _WHOLE, patch_px)):
                reach = np.abs(on_lattice(*lattices, middle + half * corner, beside) - at[index])
                np.fmax(around, np.fmax.reduce(reach, axis=0, initial=0.0), out=around)
    return _Plane(at, own, present, halo_px, _pair(pixel_px), _pair(patch_px), step_m)


def _beside(samples: SampleSet, footprints: Footprints, own: Flags, margin_m: float) -> dict[int, Indices]:
    """Samples on other lattices that may be close to those of this one, by lattice."""
    others = (footprints.lattice >= 0) & ~own
    if not others.any():
        return {}
    east = (samples.longitude - samples.longitude[own][0] + 180) % 360 - 180
    north = samples.latitude
    tall = margin_m / LEAST_METRES_PER_DEGREE
    wide = tall / max(float(np.cos(np.radians(np.abs(north[own]).max() + tall))), 0.01)
    box = (east >= east[own].min() - wide) & (east <= east[own].max() + wide)
    box &= (north >= north[own].min() - tall) & (north <= north[own].max() + tall)
    index = np.flatnonzero(others & box)
    return {int(number): index[footprints.lattice[index] == number] for number in np.unique(footprints.lattice[index])}


def _pair(around: Doubles) -> Reach:
    return float(around[0]), float(around[1])
