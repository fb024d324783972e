"""The teacher never says of a sample what it learned from it."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.experiment.forests.forest import Forest
from colearn.engine.experiment.forests.privileged_teacher import (
    out_of_fold,
    teacher,
    teacher_folds,
    trees_of_teacher,
)
from colearn.engine.learning.tasks.rules import main_score
from colearn.engine.samples.sample_set import SensorSamples

from synthetic_samples import IMAGE, OUTPUTS, SERIES, few_trees, make_samples

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
BOTH = [IMAGE, SERIES]
ALL = np.arange(120)


def fingerprints(groups, target):
    """Samples whose one sensor tells their group and nothing of their label: all a memory needs."""
    values = np.random.default_rng(1).normal(size=groups.max() + 1)[groups].reshape(-1, 1, 1)
    sensors = (SensorSamples("memory", SensorKind.SERIES, values.astype(np.float32)),)
    samples = make_samples(count=len(groups))
    return replace(samples, sensors=sensors, present=np.ones((len(groups), 1), bool), target=target, groups=groups)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch):
    """What is tested here is who is asked about whom: a tenth of the trees will do."""
    few_trees(monkeypatch, 20)


@pytest.mark.parametrize("task", TASKS)
def test_a_teacher_predicts_samples_it_was_not_fitted_on(task):
    samples = make_samples(task, count=150)
    train = np.random.default_rng(0).permutation(150)[:100]
    soft_targets = out_of_fold(samples, BOTH, train, OUTPUTS[task], seed=0)
    assert soft_targets.shape == (100, OUTPUTS[task])
    assert soft_targets.dtype == np.float32
    assert main_score(task, samples.target[train], soft_targets) > 0.7
    others = samples.take(np.setdiff1d(np.arange(150), train))
    soft_targets = teacher(samples, BOTH, train, OUTPUTS[task], seed=0).predict(others)
    assert main_score(task, others.target, soft_targets) > 0.7


def test_what_can_only_be_memorized_is_no_soft_target():
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(100), 6)
    samples = fingerprints(groups, random.integers(0, 2, 100)[groups])
    train = np.arange(len(groups))
    memorized = Forest.fit(samples, ["memory"], train, 2, seed=0).predict(samples)
    assert main_score(Task.CLASSIFICATION, samples.target, memorized) == 1
    soft_targets = out_of_fold(samples, ["memory"], train, 2, seed=0)
    assert main_score(Task.CLASSIFICATION, samples.target, soft_targets) == pytest.approx(0.5, abs=0.15)


def test_a_label_changes_no_soft_target_of_its_own_group():
    groups = np.repeat(np.arange(24), 5)
    samples = replace(make_samples(Task.REGRESSION, count=120), groups=groups)
    lied = samples.target.copy()
    lied[groups == 7, 1] = 2000  # the second target: folds are stratified by the first
    honest, fooled = (out_of_fold(replace(samples, target=t), BOTH, ALL, 2, seed=0) for t in (samples.target, lied))
    assert np.abs(fooled[groups == 7]).max() < 1000
    assert np.abs(fooled - honest)[groups != 7, 1].max() > 1


@pytest.mark.parametrize("group_count", [2, 3, 5, 40])
def test_groups_never_straddle_folds_and_every_fold_is_asked(group_count):
    samples = make_samples(count=120)
    samples = replace(samples, groups=np.random.default_rng(0).permutation(np.arange(120) % group_count))
    fold = teacher_folds(samples, ALL, seed=1)
    assert all(len(np.unique(fold[samples.groups == group])) == 1 for group in range(group_count))
    assert np.unique(fold).tolist() == list(range(min(group_count, 5)))


def test_samples_outside_training_are_not_looked_at():
    samples, train = make_samples(count=90), np.arange(60)
    other = replace(samples, target=np.where(np.arange(90) < 60, samples.target, 2))
    for sensor in other.sensors:
        sensor.values[60:] = -1e6
    np.testing.assert_array_equal(out_of_fold(samples, BOTH, train, 3, 0), out_of_fold(other, BOTH, train, 3, 0))


def test_soft_targets_follow_the_order_of_the_samples():
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 2)
    samples = fingerprints(groups, np.zeros(120, np.int64))
    samples = replace(samples, target=(samples.sensors[0].values[:, 0, 0] > 0).astype(np.int64))
    shuffled = random.permutation(120)
    soft_targets = out_of_fold(samples, ["memory"], shuffled, 2, seed=0)
    assert main_score(Task.CLASSIFICATION, samples.target[shuffled], soft_targets) > 0.9


def test_a_class_of_one_group_is_unlikely_where_it_was_not_learned_but_not_impossible():
    samples = make_samples(count=120)
    groups = np.where(ALL < 6, 0, ALL)
    samples = replace(samples, target=np.where(ALL < 6, 2, samples.target % 2), groups=groups)
    soft_targets = out_of_fold(samples, BOTH, ALL, 4, seed=0)  # class 3 has no sample at all
    assert np.isfinite(np.log(soft_targets)).all()
    assert soft_targets[:6, 2].max() < 0.01
    np.testing.assert_allclose(soft_targets.sum(axis=1), 1, rtol=1e-5)


def test_a_label_that_all_or_none_have_keeps_its_logit_finite():
    samples = make_samples(Task.MULTILABEL, count=60)
    target = np.column_stack([samples.target[:, 0], np.ones(60), np.zeros(60)]).astype(np.float32)
    samples = replace(samples, target=target)
    for soft_targets in (
        out_of_fold(samples, BOTH, np.arange(60), 3, seed=0),
        teacher(samples, BOTH, np.arange(60), 3, seed=0).predict(samples),
    ):
        assert np.isfinite(np.log(soft_targets / (1 - soft_targets))).all()


def test_samples_that_some_sensor_misses_are_spoken_of_too():
    samples = make_samples(count=90)
    samples.present[::3, 0] = False
    soft_targets = out_of_fold(samples, BOTH, np.arange(90), 3, seed=0)
    assert main_score(Task.CLASSIFICATION, samples.target[::3], soft_targets[::3]) > 0.6


def test_one_seed_gives_the_same_soft_targets():
    samples = make_samples(count=60)
    first, again, other = (out_of_fold(samples, BOTH, np.arange(60), 3, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_single_group_cannot_be_cross_fitted():
    samples = replace(make_samples(), groups=np.zeros(60, np.int64))
    with pytest.raises(InputError) as caught:
        out_of_fold(samples, BOTH, np.arange(60), 3, seed=0)
    assert caught.value.code is ErrorCode.TOO_FEW_SAMPLES
    assert "GROUP_FIELD" in caught.value.remedy


@pytest.mark.parametrize(("rows", "trees"), [(1, 200), (1500, 200), (3000, 100), (6000, 50), (100_000, 50)])
def test_a_teacher_of_many_samples_has_fewer_trees(monkeypatch, rows: int, trees: int) -> None:
    monkeypatch.undo()
    assert trees_of_teacher(rows) == trees
