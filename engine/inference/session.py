"""The interface for computing maps with any runtime and device: plain arrays in, plain arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from ..contract import Device, DeviceError, ErrorCode, Precision


@dataclass(frozen=True)
class GraphOutput:
    """The output of a graph for every pixel.

    Images: ``label`` (batch, row, col), multilabel (batch, label, row, col); ``scores`` (batch, output, row, col).
    Series: ``label`` (1, pixel), multilabel (1, label, pixel); ``scores`` (1, output, pixel). Labels are uint8 or
    uint16 with the manifest's nodata, None for regression; scores are probabilities or values, NaN = nodata. Where
    only labels were requested, scores have no outputs: the length of that axis is 0.
    """

    label: NDArray[Any] | None
    scores: Floats


@dataclass(frozen=True)
class Capacity:
    """The efficient amount of work for a device.

    Series are run ``series_px`` pixels at a time, fewer if that would be more than ``series_values`` pixels × dates
    in total; images in squares of about ``image_side_px``, or larger ones if the halo is wide. ``runs_at_once`` is
    the useful number of parallel runs, 0 = one per processor core; if it is not 0, sessions enforce it themselves,
    and any number of threads may call.
    """

    series_px: int
    series_values: int
    image_side_px: int
    runs_at_once: int


# Fastest in measurements, as the activations stay in the core's cache: for series of 12 dates 512 pixels, in
# fp32 and int8 (5 to 7 % faster than 2048); for images 64 × 64 pixels (15 to 70 % faster than 256 × 256).
CPU_CAPACITY = Capacity(series_px=1024, series_values=6144, image_side_px=64, runs_at_once=0)
# A whole block in one run, for series 256 × 256 pixels of 24 dates: with less, a large GPU waits for kernels. Two
# parallel runs: one computes while the other's values are transferred.
GPU_CAPACITY = Capacity(series_px=65_536, series_values=1_572_864, image_side_px=8192, runs_at_once=2)


class MapSession(Protocol):
    """One sensor's graph, ready to run on a device; :meth:`run` may be called from several threads."""

    @property
    def device(self) -> Device:
        """``cpu`` or ``cuda``: the device actually used."""

    @property
    def precision(self) -> Precision:
        """``fp32`` or ``int8``: the precision actually used."""

    @property
    def capacity(self) -> Capacity:
        """The efficient amount of work."""

    def run(self, values: Floats, scores: bool = True) -> GraphOutput:
        """Run the graph.

        Args:
            values: raw values, NaN = nodata: images (batch, band, row + 2 halo, col + 2 halo), series
                (1, band, date, pixel).
            scores: whether scores are needed; without, a class map is faster. A regression always returns them.

        Raises:
            DeviceError: memory is insufficient.
            EngineError: the values do not match the graph.
        """


def short_memory(error: BaseException) -> DeviceError:
    """The error of a session whose device has too little memory for one run."""
    return DeviceError(
        ErrorCode.OUT_OF_MEMORY,
        subject="mapping",
        found="too little memory for one block",
        expected="memory for one block per thread",
        remedy="Lower the block size or the number of threads, choose the device cpu, or close other programs.",
        details=str(error),
    )


def without_scores(label: NDArray[Any], spatial_axes: int) -> GraphOutput:
    """The output of a run for labels only.

    Args:
        spatial_axes: 2 for images (row, col), 1 for series (pixel).
    """
    return GraphOutput(label, np.empty((label.shape[0], 0, *label.shape[-spatial_axes:]), np.float32))


def joined(outputs: Sequence[GraphOutput], axis: int) -> GraphOutput:
    """The outputs of several runs, concatenated along an axis."""
    labels = [output.label for output in outputs if output.label is not None]
    label = np.concatenate(labels, axis=axis) if labels else None
    return GraphOutput(label, np.concatenate([output.scores for output in outputs], axis=axis))
