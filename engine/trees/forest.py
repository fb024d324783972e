"""Forests that are shipped: scikit-learn's, on the features of one sensor, small enough for a model file.

Random forests (Breiman 2001, Machine Learning 45:5) and extremely randomized trees (Geurts, Ernst, Wehenkel 2006,
Machine Learning 63:3). Trees of labels and of soft targets alike are regressions on probabilities: the variance of
one-hot labels is their Gini impurity, and what a leaf holds is the mean.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

from ..arrays import Doubles, Floats
from ..contract import Task
from ..learning.standardization import target_statistics
from ..process import usable_cores
from .tree_nodes import TreeNodes, nodes_of

LEAST_LEAF = 2  # samples; probabilities of single samples are all 0 or 1
LEAST_LEAF_REGRESSION = 3
LEAST_SHARE = 1 / 200  # of a class in a leaf; soft targets leave a little of every class everywhere


class TreeKind(str, Enum):
    """How trees are grown: the best of all cuts on a bootstrap of the samples, or the best of random cuts on all."""

    RANDOM_FOREST = "random_forest"
    EXTRA_TREES = "extra_trees"


@dataclass(frozen=True)
class ForestSize:
    """Limits: a graph grows with the samples of a tree, by about 35 bytes a node, and slows down with it.

    Fifty trees score like a hundred (docs/research.md), in half the time and space.
    ``samples`` are those of one tree, drawn anew for each; ``leaves`` bounds a tree whatever its samples.
    """

    trees: int = 50
    samples: int = 4000
    leaves: int = 300


@dataclass(frozen=True)
class ForestSettings:
    """What a forest is grown by, apart from its samples."""

    kind: TreeKind = TreeKind.RANDOM_FOREST
    size: ForestSize = ForestSize()
    seed: int = 0


def fit_nodes(
    task: Task,
    table: Floats,
    target: NDArray[Any],
    settings: ForestSettings,
    weights: NDArray[Any] | None = None,
) -> TreeNodes:
    """Grow a forest; one seed gives one forest, whatever the number of cores.

    Args:
        table: (sample, feature) without NaN.
        target: (sample, class or label) shares from 0 to 1, or (sample, target) values.
        weights: (sample,) weights of the samples.

    Raises:
        ValueError: no samples, or features that are missing.
    """
    model = grown(task, table, target, settings, weights)
    nodes = nodes_of(model.estimators_, target.shape[1], least_share=LEAST_SHARE if task.one_class else 0.0)
    scale = target_scale(task, target)
    return _in_unit(nodes, scale)


def grown(
    task: Task,
    table: Floats,
    target: NDArray[Any],
    settings: ForestSettings,
    weights: NDArray[Any] | None = None,
) -> Any:
    """The same as scikit-learn's model; values of a regression in standard deviations."""
    if not len(table):
        raise ValueError("no samples to fit a forest on")
    if not np.isfinite(table).all():
        raise ValueError("features that are missing: impute them first")
    whole = np.asarray(target, np.float64) / target_scale(task, target)
    return fitted_on_all_cores(_model(task, settings, len(table)), table, whole, weights)


def fitted_on_all_cores(model: Any, table: Floats, target: NDArray[Any], weights: NDArray[Any] | None) -> Any:
    """Fit scikit-learn's ``model`` on all cores; it predicts on one, for threads add up trees in any order.

    Args:
        target: (sample,) or (sample, output).
        weights: (sample,) weights of the samples.
    """
    model.set_params(n_jobs=usable_cores())
    # The threads of scikit-learn set the filters of the process. They may leave none, and one that finds none warns so.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*sklearn.utils.parallel.delayed", category=UserWarning)
        model.fit(table, target[:, 0] if target.ndim == 2 and target.shape[1] == 1 else target, weights)
    return model.set_params(n_jobs=1)


def one_hot(classes: NDArray[Any], outputs: int) -> Floats:
    """Class indices (sample,) as shares (sample, class)."""
    return np.asarray(np.asarray(classes)[:, np.newaxis] == np.arange(outputs), np.float32)


def target_scale(task: Task, target: NDArray[Any]) -> Doubles:
    """What targets are divided by: else the one of the largest numbers would grow all trees."""
    if task.has_probabilities:
        return np.ones(target.shape[1])
    return target_statistics(target).scale


def _model(task: Task, settings: ForestSettings, samples: int) -> Any:
    size, regression = settings.size, not task.has_probabilities
    capped = size.samples < samples
    options = {
        "n_estimators": size.trees,
        "min_samples_leaf": LEAST_LEAF_REGRESSION if regression else LEAST_LEAF,
        "max_features": 1 / 3 if regression else "sqrt",
        "max_leaf_nodes": size.leaves,
        "random_state": settings.seed,
        "max_samples": size.samples if capped else None,
    }
    if settings.kind is TreeKind.RANDOM_FOREST:
        return RandomForestRegressor(**options)
    return ExtraTreesRegressor(**options, bootstrap=capped)


def _in_unit(nodes: TreeNodes, scale: Doubles) -> TreeNodes:
    """Trees of scaled targets, so that they say values in the targets' unit."""
    own = (nodes.scale * scale).astype(np.float32), (nodes.offset * scale).astype(np.float32)
    return replace(nodes, scale=own[0], offset=own[1])
