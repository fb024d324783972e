"""A GPU session that continues with smaller pieces if the GPU's memory is insufficient."""

from __future__ import annotations

import threading

import numpy as np

from ..arrays import Floats
from ..contract import Device, DeviceError, ErrorCode, Precision, SampleShape
from ..process import Reporter
from .session import Capacity, GraphOutput, MapSession, joined

LEAST_PX = 1024  # small enough for any GPU: if even this fails, other programs use its memory


class OomRetry:
    """A session whose runs are halved until they fit in memory.

    Pieces are split along the longer side, images with their halo, so that every pixel has its full neighbourhood. The
    largest size that fits is remembered for all following runs. :meth:`run` may be called from several threads.

    Args:
        session: runs the pieces.
        shape: the sample shape of the graph.
        reporter: receives one warning that memory ran out, with the new size.
    """

    def __init__(self, session: MapSession, shape: SampleShape, reporter: Reporter) -> None:
        self._session = session
        self._shape = shape
        self._reporter = reporter
        self._lock = threading.Lock()
        self._most_px: int | None = None  # no run has been too large yet

    @property
    def device(self) -> Device:
        """That of the session."""
        return self._session.device

    @property
    def precision(self) -> Precision:
        """That of the session."""
        return self._session.precision

    @property
    def capacity(self) -> Capacity:
        """That of the session."""
        return self._session.capacity

    def run(self, values: Floats, scores: bool = True) -> GraphOutput:
        """Run the graph, as :meth:`.map_session.MapSession.run` does, in as many pieces as necessary.

        Raises:
            DeviceError: memory is insufficient even for ``LEAST_PX`` pixels.
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
        """Record that this number of pixels was too large; the first thread to find out reports it."""
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
        """The lengths of all axes that can be split: pixels of series; batch, rows and cols of images."""
        if not self._shape.has_space:
            return (values.shape[-1],)
        lost = 2 * self._shape.halo_px
        return (values.shape[0], values.shape[-2] - lost, values.shape[-1] - lost)

    def _halves(self, values: Floats) -> tuple[int, tuple[Floats, Floats]]:
        """The output axis that is split, counted from the end or 0 for a batch, and the two pieces."""
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
