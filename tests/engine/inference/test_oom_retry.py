"""A GPU that runs out of memory: the map goes on in pieces, and is the undivided one to the bit."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.manifest.sample_shape import SampleShape, SensorKind
from colearn.engine.contract.wire.errors import DeviceError, EngineError, ErrorCode
from colearn.engine.contract.wire.events import Level
from colearn.engine.inference.oom_retry import LEAST_PX, OomRetry
from colearn.engine.inference.session import GPU_CAPACITY, GraphOutput, short_memory, without_scores
from colearn.engine.process.reporting import Reporter
from numpy.lib.stride_tricks import sliding_window_view

from journeys import Listening

HALO_PX = 3


class Small:
    """A GPU for at most ``most_px`` pixels at once, whose pixels depend on all their neighbours."""

    device, precision, capacity = Device.CUDA, Precision.FP32, GPU_CAPACITY

    def __init__(self, kind: SensorKind, most_px: int, labels: int = 0, has_label: bool = True) -> None:
        self.kind = kind
        self.most_px = most_px
        self.labels = labels
        self.has_label = has_label
        self.tried: list[int] = []
        self.lock = threading.Lock()

    def run(self, values: np.ndarray, scores: bool = True) -> GraphOutput:
        found = self._scores(values)
        pixels = found[:, 0].size
        with self.lock:
            self.tried.append(pixels)
        if pixels > self.most_px:
            raise short_memory(RuntimeError("CUDA out of memory"))
        label = (found[:, : self.labels] if self.labels else found[:, 0]) > 0
        if self.has_label and not scores:
            return without_scores(label.astype(np.uint8), found.ndim - 2)
        return GraphOutput(label.astype(np.uint8) if self.has_label else None, found)

    def _scores(self, values: np.ndarray) -> np.ndarray:
        if self.kind is SensorKind.SERIES:
            return values.sum(axis=1)
        side = 2 * HALO_PX + 1
        return sliding_window_view(values, (side, side), axis=(2, 3)).max(axis=(4, 5)).copy()


def image(rows: int, cols: int, batch: int = 1) -> np.ndarray:
    shape = (batch, 2, rows + 2 * HALO_PX, cols + 2 * HALO_PX)
    return np.random.default_rng(rows).normal(size=shape).astype(np.float32)


def series(pixels: int) -> np.ndarray:
    return np.random.default_rng(pixels).normal(size=(1, 2, 4, pixels)).astype(np.float32)


IMAGE_CASES = [(64, 64, 1), (1, 4097, 1), (4097, 1, 1), (37, 211, 1), (211, 37, 1), (40, 41, 3), (1, 1, 5000)]
CASES = [(SensorKind.IMAGE, image(*case)) for case in IMAGE_CASES]
CASES += [(SensorKind.SERIES, series(pixels)) for pixels in (1025, 4096, 5001)]


def halving(session: Small) -> tuple[OomRetry, Listening]:
    sink = Listening()
    image = session.kind is SensorKind.IMAGE
    shape = SampleShape(2, side_px=2 * HALO_PX + 1) if image else SampleShape(2, dates=4)
    return OomRetry(session, shape, Reporter(sink)), sink


@pytest.mark.parametrize("most_px", [LEAST_PX, 1500, 10**9])
@pytest.mark.parametrize("labels", [0, 2], ids=["classes", "several labels"])
@pytest.mark.parametrize(("kind", "values"), CASES, ids=lambda case: getattr(case, "shape", case))
def test_pieces_are_the_whole(kind: SensorKind, values: np.ndarray, labels: int, most_px: int) -> None:
    whole = Small(kind, 10**9, labels).run(values)
    found = halving(Small(kind, most_px, labels))[0].run(values)
    np.testing.assert_array_equal(found.scores, whole.scores)
    np.testing.assert_array_equal(found.label, whole.label)


@pytest.mark.parametrize(("kind", "values"), [CASES[0], CASES[-1]], ids=["image", "series"])
def test_labels_alone(kind: SensorKind, values: np.ndarray) -> None:
    whole = Small(kind, 10**9).run(values)
    found = halving(Small(kind, LEAST_PX))[0].run(values, scores=False)
    np.testing.assert_array_equal(found.label, whole.label)
    assert found.scores.shape == (1, 0, *whole.scores.shape[2:])


def test_a_regression_has_no_labels() -> None:
    found = halving(Small(SensorKind.SERIES, LEAST_PX, has_label=False))[0].run(series(5000))
    assert found.label is None
    assert found.scores.shape == (1, 4, 5000)


def test_the_size_that_worked_is_remembered_and_logged_once() -> None:
    small = Small(SensorKind.SERIES, 2000)
    session, sink = halving(small)
    session.run(series(8000))
    small.tried.clear()
    session.run(series(8000))
    session.run(series(1700))
    assert max(small.tried) <= 2000
    assert sink.texts(Level.WARNING).count("too little memory") == 1
    assert "8000 pixels" in sink.texts(Level.WARNING)


def test_nothing_is_logged_and_nothing_cut_where_memory_is_enough() -> None:
    small = Small(SensorKind.SERIES, 8000)
    session, sink = halving(small)
    session.run(series(8000))
    assert small.tried == [8000]
    assert sink.texts() == ""


def test_too_little_even_for_few_pixels_is_an_error() -> None:
    session, _ = halving(Small(SensorKind.SERIES, LEAST_PX // 2))
    with pytest.raises(DeviceError) as error:
        session.run(series(10 * LEAST_PX))
    assert error.value.code is ErrorCode.OUT_OF_MEMORY


def test_other_errors_are_not_taken_for_it() -> None:
    class Broken(Small):
        def run(self, values: np.ndarray, scores: bool = True) -> GraphOutput:
            self.tried.append(1)
            raise EngineError(ErrorCode.UNFORESEEN, found="an error", expected="none", remedy="None.")

    broken = Broken(SensorKind.SERIES, 1)
    with pytest.raises(EngineError):
        halving(broken)[0].run(series(5000))
    assert len(broken.tried) == 1


def test_from_many_threads() -> None:
    small = Small(SensorKind.IMAGE, 1200)
    session, sink = halving(small)
    blocks = [image(rows, 60) for rows in range(40, 72)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(session.run, blocks))
    for block, output in zip(blocks, found, strict=True):
        np.testing.assert_array_equal(output.scores, Small(SensorKind.IMAGE, 10**9).run(block).scores)
    assert sink.texts(Level.WARNING).count("too little memory") == 1


def test_it_is_the_session_it_holds() -> None:
    session, _ = halving(Small(SensorKind.SERIES, 1))
    assert (session.device, session.precision, session.capacity) == (Device.CUDA, Precision.FP32, GPU_CAPACITY)
