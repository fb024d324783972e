"""Series: twelve months of twelve bands to a class map, compared with the floor and with others on the same pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....engine.contract import Precision
from ....engine.model import NetworkDesign
from ..entries import Entry, Facts, Prepared, Work, prepared
from ..flops import flops_per_pixel
from ..folders import BENCH
from ..matrix import matrix_entries
from ..models import Model, model_of
from ..names import (
    CLEAN_FOREST,
    FOREST,
    HIDDEN,
    LIGHTGBM,
    NAIVE,
    NAIVE_DIFFERENCE,
    ORFEO,
    PAPER_PREDICTION,
    SERIES_FLOPS,
    own,
)
from ..pixels import hesbaye
from ..rivals.forests import boosted, forest
from ..rivals.naive_runtime import NaiveRuntime
from ..rivals.orfeo import Orfeo
from ..rivals.paper_prediction import PaperPrediction
from ..samples import KINDS, labelled_samples, stored_table, with_kinds
from ..size import Size
from ..stored import Stored, as_read, tiled


def prepare(size: Size) -> Prepared:
    """Networks of both widths and all rivals, to map one block of the same pixels."""
    samples = with_kinds(labelled_samples(hesbaye(), size.samples))
    kinds = [f"kind {number + 1}" for number in range(KINDS)]
    models = {
        hidden: model_of(samples, kinds, hesbaye().bands, NetworkDesign(hidden=hidden), size.epochs)
        for hidden in HIDDEN
    }
    values = tiled(hesbaye().values, size.series_side_px)
    contest = _Contest(values, tiled(hesbaye().values, 2 * size.series_side_px), size)
    entries = [
        *matrix_entries(size.matrix_side),
        *contest.of_ours(models),
        *contest.of_networks(models[HIDDEN[0]]),
        *contest.of_trees(stored_table(samples), samples.target),
    ]
    return prepared(entries, partial(_facts, models, values))


@dataclass(frozen=True)
class _Contest:
    """A block of stored values (date, band, row, col), and a ``wide`` one for a program with a long start."""

    values: Stored
    wide: Stored
    size: Size

    def of_ours(self, models: dict[int, Model]) -> Iterator[Entry]:
        for hidden, model in models.items():
            for precision in (Precision.FP32, Precision.INT8):
                yield self._entry(own(precision, hidden), partial(_ready, model, precision, self.values))

    def of_networks(self, model: Model) -> Iterator[Entry]:
        few = self.values[:, :, : max(1, self.size.slow_px // self.values.shape[3])]
        naive = NaiveRuntime(model.network)
        yield self._entry(NAIVE, lambda: partial(naive.classes, self.values))
        pixels = float(few.shape[2] * few.shape[3])
        yield Entry(PAPER_PREDICTION, pixels, lambda: partial(PaperPrediction(model.network).classes, few))

    def of_trees(self, table: Stored, target: NDArray[Any]) -> Iterator[Entry]:
        clean = labelled_samples(hesbaye(), self.size.samples).target
        yield self._entry(FOREST, lambda: partial(forest(table, target).classes, self.values))
        yield self._entry(CLEAN_FOREST, lambda: partial(forest(table, clean).classes, self.values))
        yield self._entry(LIGHTGBM, lambda: partial(boosted(table, target).classes, self.values))
        pixels = float(self.wide.shape[2] * self.wide.shape[3])
        yield Entry(ORFEO, pixels, lambda: Orfeo.trained(BENCH / "orfeo", table, target, self.wide).map)

    def _entry(self, name: str, ready: Callable[[], Work]) -> Entry:
        return Entry(name, float(self.values.shape[2] * self.values.shape[3]), ready)


def _ready(model: Model, precision: Precision, values: Stored) -> Work:
    session = model.session(precision)
    return lambda: model.map(session, as_read(values))


def _facts(models: dict[int, Model], values: Stored) -> Facts:
    """The networks' theoretical costs, and the agreement of ours with naive ONNX Runtime."""
    flops = {
        SERIES_FLOPS.format(hidden): float(flops_per_pixel(model.network.network.sensor_network(0)))
        for hidden, model in models.items()
    }
    model = models[HIDDEN[0]]
    dates, bands, rows, cols = values.shape
    pixels = np.ascontiguousarray(as_read(values).reshape(dates, bands, rows * cols).transpose(1, 0, 2))[np.newaxis]
    ours = model.session().run(pixels).scores[0].T
    theirs = NaiveRuntime(model.network).probabilities(values)
    return {**flops, NAIVE_DIFFERENCE: float(np.nanmax(np.abs(ours - theirs)))}
