"""Forests of scikit-learn on the features of one sensor, limited in size so that they fit in a model file.

Random forests (Breiman 2001, Machine Learning 45:5) and extremely randomized trees (Geurts, Ernst, Wehenkel 2006,
Machine Learning 63:3). Classification trees are fitted as regressions on probabilities, which also allows soft targets:
the variance of one-hot labels is proportional to their Gini impurity, and leaves hold mean probabilities.
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

LEAST_LEAF = 2  # samples; leaves with one sample would give probabilities of 0 or 1 only
LEAST_LEAF_REGRESSION = 3
LEAST_SHARE = 1 / 200  # of a class in a leaf; soft targets leave small shares of every class in every leaf


class TreeKind(str, Enum):
    """How trees are grown: best splits on bootstrap samples, or random splits on all samples."""

    RANDOM_FOREST = "random_forest"
    EXTRA_TREES = "extra_trees"


@dataclass(frozen=True)
class ForestSize:
    """Limits of size: a graph needs about 35 bytes per node, and its run time grows with the number of trees.

    Fifty trees score like a hundred (docs/research.md) in half the time and space. ``samples`` are drawn anew for each
    tree; ``leaves`` is the maximum number per tree.
    """

    trees: int = 50
    samples: int = 4000
    leaves: int = 300


@dataclass(frozen=True)
class ForestSettings:
    """How a forest is grown."""

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
    """Fit a forest; the result depends on the seed, not on the number of cores.

    Args:
        table: (sample, feature) without NaN.
        target: (sample, class or label) probabilities, or (sample, target) values.
        weights: (sample,) sample weights.

    Raises:
        ValueError: no samples, or missing features.
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
    """The same forest as scikit-learn's model; regression targets are in standard deviations.

    Raises:
        ValueError: no samples, or missing features.
    """
    if not len(table):
        raise ValueError("no samples to fit a forest on")
    if not np.isfinite(table).all():
        raise ValueError("features that are missing: impute them first")
    whole = np.asarray(target, np.float64) / target_scale(task, target)
    return fitted_on_all_cores(_model(task, settings, len(table)), table, whole, weights)


def fitted_on_all_cores(model: Any, table: Floats, target: NDArray[Any], weights: NDArray[Any] | None) -> Any:
    """Fit a scikit-learn ``model`` on all cores; it then predicts on one, because threads sum trees in varying order.

    Args:
        target: (sample,) or (sample, output).
        weights: (sample,) sample weights.
    """
    model.set_params(n_jobs=usable_cores())
    # scikit-learn's threads change the warning filters of the whole process, and warn if another has emptied them.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*sklearn.utils.parallel.delayed", category=UserWarning)
        model.fit(table, target[:, 0] if target.ndim == 2 and target.shape[1] == 1 else target, weights)
    return model.set_params(n_jobs=1)


def one_hot(classes: NDArray[Any], outputs: int) -> Floats:
    """Class indices (sample,) as one-hot probabilities (sample, class), float32."""
    return np.asarray(np.asarray(classes)[:, np.newaxis] == np.arange(outputs), np.float32)


def target_scale(task: Task, target: NDArray[Any]) -> Doubles:
    """Divisor (target,) of the targets: standard deviations in regression, so that no target dominates; otherwise 1."""
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
    """Trees fitted on scaled targets, with predictions in the targets' units."""
    own = (nodes.scale * scale).astype(np.float32), (nodes.offset * scale).astype(np.float32)
    return replace(nodes, scale=own[0], offset=own[1])
