"""Contradictory labels: several classes at one pixel, or in overlapping polygons."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ...arrays import Floats, Indices
from ...process import Reporter, counted
from .. import Footprints, SampleSet
from ..labels import LabelSpace

SHOWN = 3


def log_contradictions(samples: SampleSet, space: LabelSpace, reporter: Reporter) -> None:
    """Log how many pixels of each sensor carry labels of more than one class, and which classes.

    For the sensor with the smallest pixels this is a warning: the labels contradict each other. For coarser sensors it
    is information: their pixels may well be mixed.
    """
    if not samples.task.one_class:
        return
    known = [(sensor.name, sensor.footprints) for sensor in samples.sensors if sensor.footprints]
    known.sort(key=lambda each: each[1].lattices[0].pixel_m if each[1].lattices else 0.0)
    for number, (name, footprints) in enumerate(known):
        found = _classes_at_one_pixel(footprints, np.asarray(samples.target, dtype=np.int64))
        if not found:
            continue
        text = f"{counted(len(found), 'pixel')} of {name} with labels of different classes ({_pairs(found, space)})"
        if number == 0:
            reporter.warning(
                "labels_contradict",
                f"{text}: contradictory labels cannot be learned. Correct them, or remove outdated ones.",
            )
        else:
            reporter.info("pixels_mixed", f"{text}: these are mixed pixels.")


def log_overlapping_classes(
    sharing: Indices, target: NDArray[np.int64] | Floats, space: LabelSpace, reporter: Reporter
) -> None:
    """Warn of overlapping polygons of different classes: how many locations, and which classes.

    Args:
        sharing: (polygon,) a number that is equal for overlapping polygons.
        target: (polygon,) class indices; ignored by tasks without exclusive classes.
    """
    if not space.task.one_class:
        return
    pairs = np.unique(np.column_stack([sharing, target]), axis=0)
    heaps, count = np.unique(pairs[:, 0], return_counts=True)
    several = [tuple(pairs[pairs[:, 0] == heap, 1].tolist()) for heap in heaps[count > 1]]
    if several:
        reporter.warning(
            "polygons_contradict",
            f"Polygons of different classes overlap at {counted(len(several), 'location')} ({_pairs(several, space)}): "
            f"contradictory labels cannot be learned. Correct them, or remove outdated ones.",
        )


def _pairs(found: list[tuple[int, ...]], space: LabelSpace) -> str:
    """The combinations of classes as text, most frequent first."""
    shown = Counter(" and ".join(space.classes[at].name for at in classes) for classes in found).most_common()
    listed = ", ".join(f"{names}: {count}" for names, count in shown[:SHOWN])
    return listed + (f", and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")


def _classes_at_one_pixel(footprints: Footprints, target: Indices) -> list[tuple[int, ...]]:
    """The class indices at each pixel that has more than one class."""
    kept = footprints.lattice >= 0
    rows = np.column_stack([footprints.lattice, footprints.pixel, target])[kept]
    pairs = np.unique(rows, axis=0)
    _, pixel, count = np.unique(pairs[:, :3], axis=0, return_inverse=True, return_counts=True)
    several = pairs[count[pixel.reshape(-1)] > 1]
    found: dict[tuple[int, ...], list[int]] = {}
    for lattice, row, col, index in several.tolist():
        found.setdefault((lattice, row, col), []).append(index)
    return [tuple(classes) for classes in found.values()]
