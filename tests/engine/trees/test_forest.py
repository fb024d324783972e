"""Forests that are shipped: small, repeatable, equal to scikit-learn's on rows with gaps."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.samples.sample_set import SensorSamples
from colearn.engine.trees.design import RICH
from colearn.engine.trees.forest import (
    ForestSettings,
    ForestSize,
    TreeKind,
    fit_nodes,
    fitted_on_all_cores,
    grown,
    one_hot,
)
from colearn.engine.trees.trained_forest import features_for, train_forest

from synthetic_samples import IMAGE, make_samples

CROPS = Path(os.environ.get("COLEARN_DATA", Path(__file__).parents[4] / "shared/data")) / "canada_crops_2017"
TASKS = (Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION)
SMALL = ForestSize(trees=20, samples=200, leaves=64)
KINDS = pytest.mark.parametrize("kind", list(TreeKind), ids=lambda kind: kind.value)


def gappy_series(count: int = 300) -> tuple[SensorSamples, np.ndarray]:
    random = np.random.default_rng(0)
    classes = random.integers(0, 3, count)
    values = (random.normal(0, 1, (count, 8, 3)) + classes[:, None, None]).astype(np.float32)
    values[random.random((count, 8)) < 0.3] = np.nan
    return SensorSamples("radar", SensorKind.SERIES, values), classes


@KINDS
def test_the_same_seed_gives_the_same_forest_whatever_the_cores(kind: TreeKind, monkeypatch) -> None:
    sensor, classes = gappy_series()
    _, table = features_for(sensor, np.arange(300))
    found = []
    for cores in (1, 2):
        monkeypatch.setattr("colearn.engine.trees.forest.usable_cores", lambda cores=cores: cores)
        settings = ForestSettings(kind, SMALL, seed=3)
        found.append(fit_nodes(Task.CLASSIFICATION, table, one_hot(classes, 3), settings).predict(table))
    np.testing.assert_array_equal(*found)


@KINDS
def test_a_forest_keeps_to_its_size(kind: TreeKind) -> None:
    sensor, classes = gappy_series()
    _, table = features_for(sensor, np.arange(300))
    size = ForestSize(trees=7, samples=100, leaves=16)
    nodes = fit_nodes(Task.CLASSIFICATION, table, one_hot(classes, 3), ForestSettings(kind, size))
    assert len(nodes.roots) == 7
    assert np.diff([*nodes.roots, len(nodes)]).max() <= 2 * 16 - 1


def test_trees_of_few_samples_see_other_ones_each() -> None:
    sensor, classes = gappy_series()
    _, table = features_for(sensor, np.arange(300))
    settings = ForestSettings(TreeKind.EXTRA_TREES, ForestSize(trees=5, samples=50, leaves=64))
    model = grown(Task.CLASSIFICATION, table, one_hot(classes, 3), settings)
    assert all(tree.tree_.weighted_n_node_samples[0] == 50 for tree in model.estimators_)


@KINDS
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.value)
def test_a_forest_predicts_samples_with_gaps_as_scikit_learn_does(task: Task, kind: TreeKind) -> None:
    sensor, classes = gappy_series()
    train, fresh = np.arange(200), np.arange(200, 300)
    target = {
        Task.CLASSIFICATION: one_hot(classes, 3),
        Task.MULTILABEL: np.stack([classes > 0, classes > 1], axis=1).astype(np.float32),
        Task.REGRESSION: np.stack([1000.0 + 40 * classes, 0.001 * classes], axis=1),
    }[task]
    features, table = features_for(sensor, train, design=RICH)
    settings = ForestSettings(kind, SMALL)
    forest = train_forest(task, features, table, target[train], settings)
    model = grown(task, table, target[train], settings)
    unit = target[train].std(axis=0) if task is Task.REGRESSION else 1.0
    expected = model.predict(features.imputed(features.table(sensor.values[fresh]))) * unit
    whole = ~np.isfinite(sensor.values[fresh]).all(axis=2).any(axis=1)  # nodata at every date
    found = forest.predict(sensor.values[fresh])
    assert np.array_equal(np.isnan(found).any(axis=1), whole)
    assert (np.abs(found - expected)[~whole] <= 2e-5 * unit + 2e-7 * np.abs(expected[~whole])).all()


def test_it_learns_what_the_samples_hold() -> None:
    samples = make_samples(count=240)
    sensor = next(each for each in samples.sensors if each.name == IMAGE)
    features, table = features_for(sensor, np.arange(120))
    target = one_hot(samples.target[:120], 3)
    forest = train_forest(Task.CLASSIFICATION, features, table, target, ForestSettings(size=SMALL))
    found = forest.predict(sensor.values[120:])
    assert (found.argmax(axis=1) == samples.target[120:]).mean() > 0.9
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-4)


def test_missing_features_are_refused() -> None:
    with pytest.raises(ValueError, match="impute"):
        fit_nodes(Task.REGRESSION, np.full((4, 2), np.nan, np.float32), np.ones((4, 1)), ForestSettings())
    with pytest.raises(ValueError, match="no samples"):
        fit_nodes(Task.REGRESSION, np.ones((0, 2), np.float32), np.ones((0, 1)), ForestSettings())


@pytest.mark.skipif(not CROPS.is_dir(), reason="no canada_crops_2017 (COLEARN_DATA)")
def test_on_real_series_with_clouds_it_is_scikit_learns_forest() -> None:
    file = np.load(next(CROPS.glob("*.npz")), allow_pickle=False)
    values = next(file[key] for key in file.files if key.lower().startswith("s2") and file[key].ndim == 3)
    values = np.asarray(values, np.float32)[:1500]
    assert np.isnan(values).any()
    target = values[:, ::-1].argmax(axis=1)[:, 0] % 3  # any labels: what is compared is how they are repeated
    sensor = SensorSamples("s2", SensorKind.SERIES, values)
    train, fresh = np.arange(1000), np.arange(1000, 1500)
    features, table = features_for(sensor, train)
    settings = ForestSettings(size=ForestSize(trees=50))
    forest = train_forest(Task.CLASSIFICATION, features, table, one_hot(target[train], 3), settings)
    model = grown(Task.CLASSIFICATION, table, one_hot(target[train], 3), settings)
    expected = model.predict(features.imputed(features.table(values[fresh])))
    found = forest.predict(values[fresh])
    there = np.isfinite(found).all(axis=1)
    assert there.sum() > 400
    assert np.abs(found - expected)[there].max() < 1e-5


def test_what_threads_do_to_the_filters_of_warnings_is_undone() -> None:
    """scikit-learn's threads set the filters of the process, each its own, and the last may leave it none."""

    class Model:
        def set_params(self, n_jobs: int) -> "Model":
            return self

        def fit(self, *_data: object) -> None:
            warnings.warn("`sklearn.utils.parallel.delayed` should be used with …", UserWarning, stacklevel=1)
            warnings.resetwarnings()

    before = list(warnings.filters)
    fitted_on_all_cores(Model(), np.zeros((2, 1), np.float32), np.zeros(2), None)
    assert before
    assert warnings.filters == before
