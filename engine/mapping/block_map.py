"""One block of pixels in, one block of the map out: the compute core of prediction, on plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from ..contract import Manifest, SensorManifest, damaged
from ..inference import CPU_CAPACITY, Capacity, GraphOutput, MapSession, joined
from ..samples import raster_of, rows_of
from .confidence import confidence_of
from .options import MapOptions

LEAST_PX = 128  # with fewer pixels ONNX Runtime sums products in another order, which changes the last bit
HALOS_IN_A_SIDE = 8  # minimum side of the squares an image is run in, in halos: these are computed repeatedly
SAMPLES_AT_ONCE = 256
LABEL_VALUES = (0, 1)  # absent, present


@dataclass(frozen=True)
class BlockMap:
    """The results for a block, from which each layer picks its own array.

    ``main`` (layer, row, col): class codes, 0/1 per label, or values in the target's unit, with the manifest's nodata.
    ``scores`` (output, row, col): probabilities or values, NaN is nodata; no outputs if only labels were requested.
    ``confidence`` (row, col) in 0..1, NaN is nodata; None if not requested, and for regression.
    """

    main: NDArray[Any]
    scores: Floats
    confidence: Floats | None


def map_block(
    session: MapSession,
    sensor: SensorManifest,
    manifest: Manifest,
    values: Floats,
    options: MapOptions | None = None,
    scores: bool = True,
) -> BlockMap:
    """Map one block.

    Args:
        values: raw values with the halo around: (band, row + 2 halo, col + 2 halo), or (date, band, row, col).
        options: how confidence is measured and used; by default the probability of the mapped class.
        scores: whether any layer needs scores; a class map alone does not.
    """
    options = options or MapOptions()
    scores = scores or options.needs_confidence or not manifest.task.has_probabilities
    if sensor.shape.has_space:
        output = _run_image(session, sensor.halo_px, values, scores)
    else:
        output = _run_series(session, values, scores)
    _require_pixels(output, sensor, values.shape[-2:], scores)
    if not manifest.task.has_probabilities:
        return BlockMap(filled(output.scores, manifest.nodata), output.scores, None)
    if output.label is None:
        raise ValueError("a classification graph without the output 'label'")
    _require_known(output.label, sensor, manifest)
    label = output.label if output.label.ndim == 3 else output.label[np.newaxis]
    return _with_confidence(label, output.scores, options, list(manifest.class_codes))


def _require_pixels(output: GraphOutput, sensor: SensorManifest, shape: tuple[int, ...], scores: bool) -> None:
    """Raise unless a graph, which may come from an untrusted source, returned values for these pixels.

    Raises:
        ModelError: MODEL_DAMAGED.
    """
    wanted = (shape[0] - 2 * sensor.halo_px, shape[1] - 2 * sensor.halo_px)
    found = [array.shape[-2:] for array in (output.label, output.scores if scores else None) if array is not None]
    if any(each != wanted for each in found):
        raise damaged(sensor.name, f"a graph that returns {found[0]} pixels", f"{wanted} of them")


def _require_known(label: NDArray[Any], sensor: SensorManifest, manifest: Manifest) -> None:
    """Raise unless an untrusted graph returned codes of the manifest, or 0 and 1; errors as above."""
    allowed = {*(manifest.class_codes or LABEL_VALUES), int(manifest.nodata)}
    known = np.zeros(int(np.iinfo(label.dtype).max) + 1, np.bool_)
    known[list(allowed)] = True
    if not known[label].all():
        strange = sorted(set(np.unique(label).tolist()) - allowed)
        raise damaged(sensor.name, f"a graph that returns the class {strange[0]}", "classes of the manifest")


def _with_confidence(label: NDArray[Any], scores: Floats, options: MapOptions, codes: list[int]) -> BlockMap:
    if not options.needs_confidence:
        return BlockMap(label, scores, None)
    confidence = confidence_of(scores, options.confidence, class_indices(label[0], codes) if codes else None)
    if options.unsure is not None:
        below = confidence < np.float32(options.minimum_confidence)  # false for NaN: nodata stays nodata
        label = np.where(below, np.asarray(options.unsure.code, label.dtype), label)
    return BlockMap(label, scores, confidence)


def class_indices(label: NDArray[Any], codes: list[int]) -> NDArray[np.int64]:
    """The index of each pixel's class in ``codes`` (class,); any index where the label (row, col) is nodata."""
    index = np.zeros(int(np.iinfo(label.dtype).max) + 1, np.int64)
    index[codes] = np.arange(len(codes))
    found: NDArray[np.int64] = index[label]
    return found


def pixels_at_once(dates: int, capacity: Capacity = CPU_CAPACITY) -> int:
    """The number of pixels of a series with ``dates`` dates that are mapped at once."""
    return max(LEAST_PX, min(capacity.series_px, capacity.series_values // dates))


def run_steadily(session: MapSession, values: Floats, pixels: int, scores: bool = True) -> GraphOutput:
    """Run a graph so that no bit of a pixel's result depends on the number of pixels.

    Args:
        values: as for :meth:`.MapSession.run`; columns (series: pixels) of nodata are appended and cut off again.
        pixels: the number of output pixels.
        scores: whether scores are needed.
    """
    if pixels >= LEAST_PX:
        return session.run(values, scores)
    widened = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, LEAST_PX)], constant_values=np.nan)
    output = session.run(widened, scores)
    label = None if output.label is None else output.label[..., :-LEAST_PX]
    return GraphOutput(label, output.scores[..., :-LEAST_PX])


def _run_image(session: MapSession, halo_px: int, values: Floats, scores: bool) -> GraphOutput:
    """Run on (band, row + 2 halo, col + 2 halo), square by square, each with its own halo."""
    rows, cols = (side - 2 * halo_px for side in values.shape[1:])
    about_px = max(session.capacity.image_side_px, HALOS_IN_A_SIDE * halo_px)
    strips = []
    for top, bottom in _cuts(rows, about_px):
        squares = []
        for left, right in _cuts(cols, about_px):
            square = values[np.newaxis, :, top : bottom + 2 * halo_px, left : right + 2 * halo_px]
            squares.append(run_steadily(session, square, (bottom - top) * (right - left), scores))
        strips.append(joined(squares, axis=-1))
    whole = joined(strips, axis=-2)
    return GraphOutput(None if whole.label is None else whole.label[0], whole.scores[0])


def _cuts(length: int, about: int) -> list[tuple[int, int]]:
    """Starts and ends of equal sections that fill the length, each as close to ``about`` as possible."""
    count = max(1, round(length / about))
    return [(length * at // count, length * (at + 1) // count) for at in range(count)]


def _run_series(session: MapSession, values: Floats, scores: bool) -> GraphOutput:
    """Run on (date, band, row, col), some pixels at a time, transposed to the graph's order while in the CPU cache."""
    dates, bands, rows, cols = values.shape
    pixels = values.reshape(dates, bands, rows * cols).transpose(1, 0, 2)[np.newaxis]
    size = pixels_at_once(dates, session.capacity)
    cut = [pixels[..., start : start + size] for start in range(0, rows * cols, size)]
    whole = joined([run_steadily(session, some, some.shape[-1], scores) for some in cut], axis=-1)
    label = None if whole.label is None else whole.label[0].reshape(*whole.label.shape[1:-1], rows, cols)
    return GraphOutput(label, whole.scores[0].reshape(whole.scores.shape[1], rows, cols))


def filled(values: Floats, nodata: float) -> Floats:
    """The values with nodata for NaN."""
    found: Floats = np.where(np.isnan(values), np.float32(nodata), values)
    return found


def score_samples(session: MapSession, sensor: SensorManifest, values: Floats) -> Floats:
    """Probabilities or values (sample, output) of samples, by the same graph as for the map.

    Args:
        values: raw values, images (sample, band, row, col) of exactly the context's size, series (sample, date, band).
    """
    shape = sensor.shape
    size = SAMPLES_AT_ONCE if shape.has_space else pixels_at_once(shape.dates, session.capacity)
    found = []
    for start in range(0, len(values), size):
        some = values[start : start + size]
        raster = raster_of(some, shape)
        output = session.run(raster) if shape.has_space else run_steadily(session, raster, len(some))
        found.append(rows_of(output.scores, shape))
    return np.concatenate(found)
