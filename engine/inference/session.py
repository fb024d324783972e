"""What maps are computed with, whichever program and device it runs on: plain arrays in, plain arrays out."""

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
    """What a graph says of every pixel.

    Images: ``label`` (batch, row, col), multilabel (batch, label, row, col); ``scores`` (batch, output, row, col).
    Series: ``label`` (1, pixel), multilabel (1, label, pixel); ``scores`` (1, output, pixel). Labels are uint8 or
    uint16 with the manifest's nodata, None for regression; scores are probabilities or values, NaN = nodata. Where
    only labels were asked for, scores have no outputs: the length of that axis is 0.
    """

    label: NDArray[Any] | None
    scores: Floats


@dataclass(frozen=True)
class Capacity:
    """How a device likes its work.

    Series are run ``series_px`` pixels at a time, fewer where more than ``series_values`` pixels × dates would come
    together; images in squares of about ``image_side_px``, or larger ones where the halo is wide. ``runs_at_once`` is
    how many runs side by side make sense, 0 = one per processor core; where it is not 0, sessions see to it themselves,
    and any number of threads may call.
    """

    series_px: int
    series_values: int
    image_side_px: int
    runs_at_once: int


# Fastest where it was measured, for the activations stay in the core's own cache: of series of 12 dates 512 pixels, in
# fp32 and int8 (5 to 7 % ahead of 2048); of images 64 × 64 pixels (15 to 70 % ahead of 256 × 256).
CPU_CAPACITY = Capacity(series_px=1024, series_values=6144, image_side_px=64, runs_at_once=0)
# A whole block in one run, of series 256 × 256 pixels of 24 dates: below, a large card waits for its next kernel. Two
# runs side by side: one computes while the other's values travel.
GPU_CAPACITY = Capacity(series_px=65_536, series_values=1_572_864, image_side_px=8192, runs_at_once=2)


class MapSession(Protocol):
    """One sensor's graph, ready to run on a device; :meth:`run` may be called from several threads."""

    @property
    def device(self) -> Device:
        """``cpu`` or ``cuda``: the device really used."""

    @property
    def precision(self) -> Precision:
        """``fp32`` or ``int8``: the numbers really used."""

    @property
    def capacity(self) -> Capacity:
        """How much to give it."""

    def run(self, values: Floats, scores: bool = True) -> GraphOutput:
        """Run the graph.

        Args:
            values: raw values, NaN = nodata: images (batch, band, row + 2 halo, col + 2 halo), series
                (1, band, date, pixel).
            scores: whether scores are wanted; without, a class map costs less. A regression always gives them.

        Raises:
            DeviceError: memory is short.
            EngineError: the values do not fit the graph.
        """


def short_memory(error: BaseException) -> DeviceError:
    """What a session says where its device has too little memory for one run."""
    return DeviceError(
        ErrorCode.OUT_OF_MEMORY,
        subject="mapping",
        found="too little memory for one block",
        expected="memory for one block per thread",
        remedy="Lower the block size or the number of threads, choose the device cpu, or close other programs.",
        details=str(error),
    )


def without_scores(label: NDArray[Any], spatial_axes: int) -> GraphOutput:
    """The output of a run that was asked for labels only.

    Args:
        spatial_axes: 2 for images (row, col), 1 for series (pixel).
    """
    return GraphOutput(label, np.empty((label.shape[0], 0, *label.shape[-spatial_axes:]), np.float32))


def joined(outputs: Sequence[GraphOutput], axis: int) -> GraphOutput:
    """The outputs of several runs as one, side by side along an axis."""
    labels = [output.label for output in outputs if output.label is not None]
    label = np.concatenate(labels, axis=axis) if labels else None
    return GraphOutput(label, np.concatenate([output.scores for output in outputs], axis=axis))
