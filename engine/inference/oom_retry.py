"""A session on a GPU that goes on in smaller pieces where the GPU's memory is too small for whole ones."""

from __future__ import annotations

import threading

import numpy as np

from ..arrays import Floats
from ..contract import Device, DeviceError, ErrorCode, Precision, SampleShape
from ..process import Reporter
from .session import Capacity, GraphOutput, MapSession, joined

LEAST_PX = 1024  # what no GPU is too small for: with less, something else has taken its memory


class OomRetry:
    """A session whose runs are halved until they fit into memory.

    Pieces are cut along the longer side, images with their halo, so that every pixel sees what it saw in the whole. The
    largest size that fits is remembered for all runs that follow. :meth:`run` may be called from several threads.

    Args:
        session: what runs the pieces.
        shape: of the samples that the graph reads.
        reporter: gets one warning, that memory ran out and at what size the map goes on.
    """

    def __init__(self, session: MapSession, shape: SampleShape, reporter: Reporter) -> None:
        self._session = session
        self._shape = shape
        self._reporter = reporter
        self._lock = threading.Lock()
        self._most_px: int | None = None  # nothing has been too large yet

    @property
    def device(self) -> Device:
        """The session's."""
        return self._session.device

    @property
    def precision(self) -> Precision:
        """The session's."""
        return self._session.precision

    @property
    def capacity(self) -> Capacity:
        """The session's."""
        return self._session.capacity

    def run(self, values: Floats, scores: bool = True) -> GraphOutput:
        """Run the graph, as :meth:`.map_session.MapSession.run` has it, in as many pieces as it takes.

        Raises:
            DeviceError: memory is too short even for ``LEAST_PX`` pixels.
        """
        pixels = int(np.prod(self._lengths(values)))
        if self._most_px is None or pixels <= self._most_px:
            try:
                return self._session.run(values, scores)
            except DeviceError as error:
                if error.code is not ErrorCode.OUT_OF_MEMORY or pixels <= LEAST_PX:
                    raise
                self._learn(pixels)
        axis, (first, second) = self._halves(values)
        return joined([self.run(first, scores), self.run(second, scores)], axis)

    def _learn(self, pixels: int) -> None:
        """That so many were too many; the first thread to see it says so."""
        half = max(LEAST_PX, -(-pixels // 2))
        with self._lock:
            first = self._most_px is None
            self._most_px = half if self._most_px is None else min(self._most_px, half)
        if first:
            self._reporter.warning(
                "gpu_memory",
                f"The GPU has too little memory for {pixels} pixels at once. Mapping continues with at most {half}, "
                f"somewhat slower.",
            )

    def _lengths(self, values: Floats) -> tuple[int, ...]:
        """How many there are along every axis that can be cut: series' pixels; an image's batch, rows and cols."""
        if not self._shape.has_space:
            return (values.shape[-1],)
        lost = 2 * self._shape.halo_px
        return (values.shape[0], values.shape[-2] - lost, values.shape[-1] - lost)

    def _halves(self, values: Floats) -> tuple[int, tuple[Floats, Floats]]:
        """The axis of the output that is cut, counted from the end or 0 for a batch, and the two pieces."""
        lengths = self._lengths(values)
        if len(lengths) == 3 and lengths[0] > 1:
            middle = lengths[0] // 2
            return 0, (values[:middle], values[middle:])
        axis = -1 if lengths[-1] == max(lengths) else -2
        middle = lengths[axis] // 2
        lost = 2 * self._shape.halo_px
        if axis == -1:
            return axis, (values[..., : middle + lost], values[..., middle:])
        return axis, (values[..., : middle + lost, :], values[..., middle:, :])
