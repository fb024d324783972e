"""Positions without labels, drawn where sensors overlap and far from validation and test samples."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ...arrays import Flags, Indices
from ...contract import thousands
from ...process import Reporter
from ...raster.geo import longest_pixel_m
from ...raster.sensors import SensorRasters
from .. import SampleSet, SensorSamples, Unlabelled
from ..positions import Positions, enclosing, far_from
from ..split import Neighbourhood
from .gathering import extract_all, log_infinite, require_memory
from .patches import Extract, extract
from .sensor_overlap import NOWHERE, SensorOverlap

LEAST_SENSORS = 2
MOST_READINGS = 20  # of rasters, if nodata removes many positions
MOST_DRAWS = 20  # of positions before each reading, if rasters or test samples leave little area
LEAST_DRAW = 1000  # positions at once
SPARE = 1.2  # positions read for each that is missing


def draw_unlabelled(
    sensors: tuple[SensorRasters, ...],
    patch_sizes_px: tuple[int, ...],
    avoid: Positions,
    count: int,
    seed: int,
    reporter: Reporter,
    keep_away_m: float | None = None,
    held_out: SampleSet | None = None,
    asked: bool = True,
) -> Unlabelled:
    """Random pixels covered by at least two sensors, at most ``count``; fewer, or none, are reported.

    Args:
        patch_sizes_px: side of each sensor's patch in its pixels.
        avoid: positions of the validation and test samples.
        keep_away_m: the distance from those; None = such that hardly any patch shares a pixel with one of theirs.
        held_out: the samples themselves: no patch shares a pixel with one of theirs, by the pixels that are read.
        asked: whether the user specified the number; otherwise fewer give no warning.

    Raises:
        InputError: the positions would not fit in memory, or a raster cannot be read.
    """
    require_memory(sensors, patch_sizes_px, count, "unlabelled samples", "UNLABELLED_SAMPLES")
    keep_away_m = _patch_m(sensors, patch_sizes_px) if keep_away_m is None else keep_away_m
    overlap = SensorOverlap(sensors, seed)
    found = [_nothing(sensors, patch_sizes_px)]
    infinite = np.zeros(len(sensors), dtype=np.int64)
    missing = count
    for _ in range(MOST_READINGS):
        positions = _fitting(overlap, sensors, avoid, keep_away_m, math.ceil(missing * SPARE))
        if len(positions) == 0:
            break
        extracts = extract_all(sensors, patch_sizes_px, positions, reporter.within(1 - missing / count, 1))
        infinite += [int(one.infinite.sum()) for one in extracts]
        clear = np.full(len(positions), True) if held_out is None else _clear_of(held_out, extracts, positions)
        found.append(_shared(extracts, missing, clear))
        missing -= len(found[-1])
    _log_found(count - missing, count, infinite, sensors, reporter, asked)
    return _joined(found)


def _patch_m(sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...]) -> float:
    """A distance of positions at which no two patches share a pixel, whatever the alignment of pixels and grids."""
    sides = [
        (side_px + 1) * longest_pixel_m(scene.grid)
        for sensor, side_px in zip(sensors, patch_sizes_px, strict=True)
        for scene in sensor.scenes
    ]
    return max(sides)


def _fitting(
    overlap: SensorOverlap, sensors: tuple[SensorRasters, ...], avoid: Positions, keep_away_m: float, wanted: int
) -> Positions:
    """At most ``wanted`` positions inside the rasters of two sensors and far enough from those to avoid."""
    fitting = NOWHERE
    for _ in range(MOST_DRAWS):
        if len(fitting) >= wanted:
            break
        drawn = overlap.draw(LEAST_DRAW + wanted)
        drawn = drawn.take(enclosing(sensors, drawn).sum(axis=1) >= LEAST_SENSORS)
        fitting = fitting.and_also(drawn.take(far_from(drawn, avoid, keep_away_m)))
    return fitting.take(np.arange(min(wanted, len(fitting))))


def _clear_of(held_out: SampleSet, extracts: list[Extract], positions: Positions) -> Flags:
    """Which positions have no patch that shares a pixel with a sample's patch, or contains its labelled pixel."""
    longitude, latitude = positions.degrees()
    both = SampleSet(
        held_out.task,
        tuple(_beside(sensor, one.samples) for sensor, one in zip(held_out.sensors, extracts, strict=True)),
        np.concatenate([held_out.present, np.column_stack([one.covered for one in extracts])]),
        held_out.target,
        np.arange(len(held_out) + len(positions), dtype=np.int64),
        np.concatenate([held_out.longitude, longitude]),
        np.concatenate([held_out.latitude, latitude]),
    )
    around, drawn = Neighbourhood(both), np.arange(len(held_out), len(both), dtype=np.int64)
    own = np.arange(len(held_out), dtype=np.int64)
    return ~(around.touches(drawn, own) | around.sees(drawn, own))


def _beside(sensor: SensorSamples, drawn: SensorSamples) -> SensorSamples:
    """The footprints of samples, then those of positions, without their values."""
    if sensor.footprints is None or drawn.footprints is None:
        return replace(sensor, footprints=None)
    return replace(sensor, footprints=sensor.footprints.and_also(drawn.footprints))


def _shared(extracts: list[Extract], most: int, clear: Flags) -> Unlabelled:
    """At most ``most`` positions that are ``clear`` of the tests and where at least two sensors have data."""
    present = np.column_stack([one.covered for one in extracts])
    index = np.flatnonzero((present.sum(axis=1) >= LEAST_SENSORS) & clear)[:most]
    return Unlabelled(tuple(one.samples.take(index) for one in extracts), present[index])


def _nothing(sensors: tuple[SensorRasters, ...], patch_sizes_px: tuple[int, ...]) -> Unlabelled:
    empty = [
        extract(sensor, NOWHERE, side_px, lambda _: None)
        for sensor, side_px in zip(sensors, patch_sizes_px, strict=True)
    ]
    return _shared(empty, 0, np.zeros(0, dtype=bool))


def _joined(found: list[Unlabelled]) -> Unlabelled:
    sensors = tuple(
        replace(parts[0], values=np.concatenate([part.values for part in parts]), footprints=None)
        for parts in zip(*(one.sensors for one in found), strict=True)
    )
    return Unlabelled(sensors, np.concatenate([one.present for one in found]))


def _log_found(
    found: int, asked: int, infinite: Indices, sensors: tuple[SensorRasters, ...], reporter: Reporter, by_person: bool
) -> None:
    for sensor, number in zip(sensors, infinite.tolist(), strict=True):
        if number:
            log_infinite(sensor.name, f"{thousands(number)} unlabelled samples", reporter)
    if found == asked:
        reporter.info("unlabelled", f"{thousands(found)} unlabelled samples, each covered by at least two sensors.")
        return
    if not by_person:
        message = f"{thousands(found)} unlabelled samples found where at least two sensors overlap."
        if not found:
            message = "No unlabelled area is covered by at least two sensors and far enough from the validation and "
            message += "test samples; training uses labelled samples only."
        reporter.info("unlabelled", message)
        return
    used = f"only {thousands(found)} of them are used" if found else "training continues without them"
    reporter.warning(
        "unlabelled_few",
        f"{thousands(asked)} unlabelled samples were requested; {used}. There is no further area that at least two "
        "sensors cover and that is far enough from the validation and test samples.",
    )
