"""One block of pixels in, one block of the map out: the compute core of prediction, on plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..bundle.map_session import GraphOutput, MapSession
from ..contract.job import Task
from ..contract.manifest import Manifest, SensorKind, SensorManifest
from ..contract.map_choices import ProbabilityType
from .certainty import PROBABILITY_NODATA, as_bytes, certainty, probability_nodata
from .form import MapForm

SERIES_PART_PX = 2048  # fastest where it was measured: the activations of a part stay in the cache,
SERIES_PART_DATES = 24_576  # pixels × dates; a hundred dates at 2048 px took twice the time and a gigabyte
LEAST_PX = 128  # ONNX Runtime adds up the products of fewer pixels in another order, and the last bit changes

SAMPLES_AT_ONCE = 256

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class BlockMap:
    """A block of every map.

    ``main`` (layer, row, col): class codes, 0/1 per label, or values in the target's unit. ``probabilities``
    (class, row, col) float32 in 0..1, or uint8 in 0..254, and ``confidence`` (row, col) float32 in 0..1; both None for
    regression. Nodata is the manifest's in ``main``, −9999 in the others, 255 where they are uint8.
    """

    main: NDArray[Any]
    probabilities: NDArray[Any] | None
    confidence: Floats | None

    def masked(self, inside: NDArray[np.bool_], nodata: float) -> BlockMap:
        """The block with nodata wherever ``inside`` (row, col) is false."""
        main = np.where(inside, self.main, np.asarray(nodata, dtype=self.main.dtype))
        if self.probabilities is None or self.confidence is None:
            return BlockMap(main, None, None)
        return BlockMap(main, _hidden(self.probabilities, inside), _hidden(self.confidence, inside))


def _hidden(values: NDArray[Any], inside: NDArray[np.bool_]) -> NDArray[Any]:
    return np.where(inside, values, np.asarray(probability_nodata(values.dtype), values.dtype))


def map_block(
    session: MapSession, sensor: SensorManifest, manifest: Manifest, values: Floats, form: MapForm | None = None
) -> BlockMap:
    """Map one block.

    Args:
        values: raw values with the halo around: (band, row + 2 halo, col + 2 halo), or (date, band, row, col).
        form: how confidence is measured and what it decides; by default the largest probability, and nothing.
    """
    output = _run_series(session, values) if sensor.kind is SensorKind.SERIES else _run_image(session, sensor, values)
    if manifest.task is Task.REGRESSION:
        return BlockMap(_filled(output.scores, manifest.nodata), None, None)
    if output.label is None:
        raise ValueError("a classification graph without the output 'label'")
    label = output.label if output.label.ndim == 3 else output.label[np.newaxis]
    return _in_form(label, output.scores, form or MapForm())


def _in_form(label: NDArray[Any], scores: Floats, form: MapForm) -> BlockMap:
    sure = certainty(scores, form.confidence)
    if form.unsure is not None:
        below = sure < np.float32(form.minimum_confidence)  # never where it is NaN: nodata stays nodata
        label = np.where(below, np.asarray(form.unsure.code, label.dtype), label)
    stored = form.probability_type is ProbabilityType.UINT8
    probabilities = as_bytes(scores) if stored else _filled(scores, PROBABILITY_NODATA)
    return BlockMap(label, probabilities, _filled(sure, PROBABILITY_NODATA))


def empty_block(manifest: Manifest, shape: tuple[int, int], form: MapForm | None = None) -> BlockMap:
    """A block (row, col) of nodata."""
    outputs = len(manifest.classes) or len(manifest.targets)
    if manifest.task is Task.REGRESSION:
        return BlockMap(np.full((outputs, *shape), manifest.nodata, np.float32), None, None)
    labels = outputs if manifest.task is Task.MULTILABEL else 1
    stored = (form or MapForm()).probability_type.value
    return BlockMap(
        np.full((labels, *shape), manifest.nodata, manifest.class_dtype),
        np.full((outputs, *shape), probability_nodata(stored), stored),
        np.full(shape, PROBABILITY_NODATA, np.float32),
    )


def part_px(dates: int) -> int:
    """How many pixels of a series are mapped at once."""
    return max(LEAST_PX, min(SERIES_PART_PX, SERIES_PART_DATES // dates))


def run_steadily(session: MapSession, values: Floats, pixels: int) -> GraphOutput:
    """Run a graph so that no bit of a pixel's result depends on how few pixels there are.

    Args:
        values: as :meth:`.MapSession.run` takes them; columns (series: pixels) of nodata are added and cut off again.
        pixels: how many pixels come out.
    """
    if pixels >= LEAST_PX:
        return session.run(values)
    widened = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, LEAST_PX)], constant_values=np.nan)
    output = session.run(widened)
    label = None if output.label is None else output.label[..., :-LEAST_PX]
    return GraphOutput(label, output.scores[..., :-LEAST_PX])


def _run_image(session: MapSession, sensor: SensorManifest, values: Floats) -> GraphOutput:
    halo_px = sensor.context_px // 2
    rows, cols = (side - 2 * halo_px for side in values.shape[1:])
    output = run_steadily(session, values[np.newaxis], rows * cols)
    return GraphOutput(None if output.label is None else output.label[0], output.scores[0])


def _run_series(session: MapSession, values: Floats) -> GraphOutput:
    dates, bands, rows, cols = values.shape
    pixels = np.ascontiguousarray(values.reshape(dates, bands, rows * cols).transpose(1, 0, 2))[np.newaxis]
    size = part_px(dates)
    cut = [pixels[..., start : start + size] for start in range(0, rows * cols, size)]
    parts = [run_steadily(session, part, part.shape[-1]) for part in cut]
    scores = np.concatenate([part.scores[0] for part in parts], axis=-1)
    labels = [part.label[0] for part in parts if part.label is not None]
    label = np.concatenate(labels, axis=-1) if labels else None
    return GraphOutput(
        None if label is None else label.reshape(*label.shape[:-1], rows, cols), scores.reshape(-1, rows, cols)
    )


def _filled(values: Floats, nodata: float) -> Floats:
    filled: Floats = np.where(np.isnan(values), np.float32(nodata), values)
    return filled


def score_samples(session: MapSession, sensor: SensorManifest, values: Floats) -> Floats:
    """Probabilities or values (sample, output) of samples, by the same graph that makes the map.

    Args:
        values: raw values, images (sample, band, row, col) of exactly the context's size, series (sample, date, band).
    """
    size = part_px(values.shape[1]) if sensor.kind is SensorKind.SERIES else SAMPLES_AT_ONCE
    parts = []
    for start in range(0, len(values), size):
        part = values[start : start + size]
        if sensor.kind is SensorKind.SERIES:
            pixels = np.ascontiguousarray(part.transpose(2, 1, 0))[np.newaxis]
            parts.append(run_steadily(session, pixels, len(part)).scores[0].T)
        else:
            parts.append(session.run(part).scores[:, :, 0, 0])
    return np.concatenate(parts)
