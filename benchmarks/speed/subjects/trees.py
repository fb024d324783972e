"""Trees: a forest in the graph compared with scikit-learn's same trees, an average with its network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ....engine.arrays import Floats
from ....engine.contract import Precision, Task
from ....engine.export import Probe, export_predictor
from ....engine.model import NetworkDesign, PredictionNetwork, averaged
from ....engine.samples import SampleSet
from ....engine.samples.split import split_by_group
from ....engine.trees import (
    ForestSettings,
    MapPredictor,
    PredictionAverage,
    SharesToScores,
    TrainedForest,
    TreeFeatures,
    TreeKind,
    features_for,
    grown,
    nodes_of,
    one_hot,
)
from ..entries import Entry, Facts, Prepared, prepared
from ..models import NODATA, SEED, Model, model_of, trained
from ..names import (
    AVERAGE,
    FAST_INT8,
    FOREST_IN_GRAPH,
    FOREST_MEGABYTES,
    FOREST_OFF,
    GIVEN_FEATURES,
    NETWORK,
    SAME_TREES,
    SHIPPED,
    TREES_OF,
)
from ..pixels import Land, coast, hesbaye
from ..samples import KINDS, labelled_samples, with_kinds
from ..size import Size
from ..stored import as_read, tiled

CONTEXT_PX = 15
NETWORKS = 3  # of half the width, as in `auto`'s default average


@dataclass(frozen=True)
class _Case:
    """One kind of sensor: models by contestant, scikit-learn's same forest, and a block to map."""

    network: Model
    forest: Model
    average: Model
    shipped: Model
    copy: Model
    features: TreeFeatures
    same_trees: Any
    block: Floats

    @property
    def pixels(self) -> float:
        """The number of output pixels."""
        halo_px = self.network.sensor.halo_px
        return float((self.block.shape[-2] - 2 * halo_px) * (self.block.shape[-1] - 2 * halo_px))


def prepare(size: Size) -> Prepared:
    """Forests and averages of an image and of a series, to map a block."""
    cases = {TREES_OF[0]: _image(size), TREES_OF[1]: _series(size)}
    entries = [entry for name, case in cases.items() for entry in _entries(name, case)]
    return prepared(entries, partial(_facts, cases))


def _image(size: Size) -> _Case:
    land = coast()
    samples = labelled_samples(land, size.samples, CONTEXT_PX)
    return _case(land, samples, land.classes, tiled(land.values, size.series_side_px + CONTEXT_PX - 1), size)


def _series(size: Size) -> _Case:
    land = hesbaye()
    samples = with_kinds(labelled_samples(land, size.samples))
    kinds = [f"kind {number + 1}" for number in range(KINDS)]
    return _case(land, samples, kinds, tiled(land.values, size.series_side_px), size)


def _case(land: Land, samples: SampleSet, classes: Any, block: NDArray[Any], size: Size) -> _Case:
    network = model_of(samples, classes, land.bands, NetworkDesign(), size.epochs, int8=False)
    sensor, train = samples.sensors[0], split_by_group(samples, SEED, "the benchmark").train
    features, table = features_for(sensor, train, land.bands)
    target = one_hot(samples.target[train], len(classes))
    outputs = len(classes)
    plain = SharesToScores(Task.CLASSIFICATION, np.ones(outputs), np.zeros(outputs))
    settings = {kind: ForestSettings(kind, seed=SEED) for kind in TreeKind}
    models = {kind: grown(Task.CLASSIFICATION, table, target, each) for kind, each in settings.items()}
    forests = [
        TrainedForest(Task.CLASSIFICATION, features, nodes_of(model.estimators_, outputs), np.zeros(outputs))
        for model in models.values()
    ]
    member = averaged(NetworkDesign())
    small = [
        trained(samples, outputs, member, size.epochs, SEED + at)[0].predictor(sensor.name) for at in range(NETWORKS)
    ]

    def average(networks: Sequence[PredictionNetwork]) -> PredictionAverage:
        shares = [0.5 / len(networks)] * len(networks) + [0.5 / len(forests)] * len(forests)
        return PredictionAverage([*networks, *(each.predictor() for each in forests)], shares, plain).eval()

    probe = Probe(sensor.name, sensor.values[train[:8]], np.ones(outputs, np.float32))
    codes = list(range(1, outputs + 1))

    def exported(what: MapPredictor) -> Model:
        return replace(network, fp32=export_predictor(what, probe, codes, NODATA))

    return _Case(
        network=network,
        forest=exported(forests[0].predictor()),
        average=exported(average([network.network.predictor(sensor.name)])),
        shipped=exported(average(small)),
        copy=model_of(samples, classes, land.bands, member, size.epochs),
        features=features,
        same_trees=models[TreeKind.RANDOM_FOREST],
        block=as_read(block),
    )


def _entries(name: str, case: _Case) -> list[Entry]:
    table = _table(case)
    found = [
        Entry(GIVEN_FEATURES.format(name), float(len(table)), lambda: partial(case.same_trees.predict, table)),
        Entry(SAME_TREES.format(name), float(len(table)), lambda: lambda: case.same_trees.predict(_table(case))),
    ]
    alone = ((NETWORK, case.network), (FOREST_IN_GRAPH, case.forest))
    for told, model in (*alone, (AVERAGE, case.average), (SHIPPED, case.shipped)):
        found.append(Entry(told.format(name), case.pixels, partial(_mapping, model, case.block, Precision.FP32)))
    eight = partial(_mapping, case.copy, case.block, Precision.INT8)
    return [*found, Entry(FAST_INT8.format(name), case.pixels, eight)]


def _mapping(model: Model, block: Floats, precision: Precision) -> Callable[[], object]:
    return partial(model.map, model.session(precision), block)


def _table(case: _Case) -> Floats:
    """The features (pixel, feature) of the block's valid pixels, computed by torch."""
    block = torch.from_numpy(case.block)
    if case.features.shape.has_dates:
        dates, bands = block.shape[:2]
        block = block.permute(1, 0, 2, 3).reshape(bands, dates, -1)
    with torch.inference_mode():
        features, valid = case.features(block.unsqueeze(0))
    rows = features.permute(0, 2, 3, 1).reshape(-1, features.shape[1])
    return np.ascontiguousarray(rows[valid.flatten()].numpy())


def _facts(cases: dict[str, _Case]) -> Facts:
    """The size of the forest's graph, and its maximum difference from scikit-learn's predictions over the block."""
    found = {}
    for name, case in cases.items():
        found[FOREST_MEGABYTES.format(name)] = len(case.forest.fp32) / 1e6
        values = case.block
        if case.features.shape.has_dates:
            values = np.ascontiguousarray(values.reshape(*values.shape[:2], -1).transpose(1, 0, 2))
        scores = case.forest.session().run(values[np.newaxis]).scores[0]
        ours = scores.reshape(len(scores), -1).T
        theirs = case.same_trees.predict(_table(case))
        found[FOREST_OFF.format(name)] = float(np.abs(ours[np.isfinite(ours[:, 0])] - theirs).max())
    return found
