"""Samples read from rasters with the engine's own readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ....engine.contract import Labels, Layout, RasterSource, SensorSpec
from ....engine.input_checks import open_sensors
from ....engine.process import NullSink, Reporter
from ....engine.raster.sensors import SensorRasters
from ....engine.samples import SampleSet
from ....engine.samples.extract import gather, patch_px, without_empty_classes
from ....engine.samples.points import DrawOptions, LabelPoints, draw_label_points
from ....engine.samples.split import join_shared_pixels

QUIET = Reporter(NullSink())


def spec(name: str, paths: Iterable[Path | str], layout: Layout) -> SensorSpec:
    """The specification of a sensor of these rasters."""
    return SensorSpec(name, tuple(RasterSource(str(path)) for path in paths), layout)


def opened(specs: Sequence[SensorSpec], labels: Labels) -> tuple[SensorRasters, ...]:
    """The opened sensors."""
    return open_sensors(tuple(specs), labels, QUIET)


def labelled(
    specs: Sequence[SensorSpec], labels: Labels, draw_options: DrawOptions, context_m: float
) -> tuple[tuple[str, ...], SampleSet]:
    """Names of classes (or targets), and the samples at labelled locations as a training would draw them."""
    sensors = opened(specs, labels)
    points = draw_label_points(labels, sensors, draw_options, QUIET)
    samples = gathered(sensors, points, context_m)
    space, samples = without_empty_classes(points.space, samples, QUIET)
    return tuple(label.name for label in space.classes) or space.names, samples


def gathered(sensors: tuple[SensorRasters, ...], points: LabelPoints, context_m: float) -> SampleSet:
    """The sensors' values in squares of ``context_m`` around the locations; samples without coverage are excluded."""
    samples = gather(sensors, tuple(patch_px(sensor, context_m) for sensor in sensors), points, QUIET)
    return join_shared_pixels(samples.take(samples.present.any(axis=1)), QUIET)


def of_classes(names: Sequence[str], samples: SampleSet, wanted: Sequence[str]) -> SampleSet:
    """The samples of the ``wanted`` classes, with class indices among those."""
    index = np.array([wanted.index(name) if name in wanted else -1 for name in names])[samples.target]
    return replace(samples, target=index.astype(np.int64)).take(index >= 0)
