"""Labels in the network's terms."""

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ClassWeight, Optimize
from colearn.engine.learning.fit.targets import balanced_weights, class_weights, criteria, network_targets

from synthetic_samples import make_samples, settings_for

TRAIN = np.arange(20)


def test_balanced_weights() -> None:
    assert balanced_weights(np.array([0, 0, 0, 2]), 3).tolist() == pytest.approx([4 / (2 * 3), 1, 4 / (2 * 1)])


def test_balanced_weights_have_a_mean_of_one_per_sample() -> None:
    target = np.random.default_rng(0).integers(0, 5, 200) ** 2 // 5
    assert balanced_weights(target, 4)[target].mean() == pytest.approx(1)


def test_regression_targets_are_standardized_by_the_training_samples() -> None:
    samples = make_samples(Task.REGRESSION)
    targets = network_targets(samples, TRAIN, 2)
    chosen = targets.values[:20].numpy()
    np.testing.assert_allclose(chosen.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(chosen.std(axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose(targets.values.numpy() * targets.sd + targets.mean, samples.target, rtol=1e-5)


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL])
def test_other_targets_stay_as_they_are(task: Task) -> None:
    samples = make_samples(task)
    targets = network_targets(samples, TRAIN, 3)
    np.testing.assert_array_equal(targets.values.numpy(), samples.target)
    assert (targets.mean.tolist(), targets.sd.tolist()) == ([0, 0, 0], [1, 1, 1])


def test_class_weights_can_be_left_out() -> None:
    samples = make_samples()
    logits, target = torch.randn(60, 3), torch.from_numpy(samples.target)
    plain = criteria(samples, TRAIN, settings_for(samples, class_weight=ClassWeight.NONE)).task(logits, target)
    torch.testing.assert_close(plain, torch.nn.functional.cross_entropy(logits, target))
    assert criteria(samples, TRAIN, settings_for(samples)).task(logits, target) != plain


@pytest.mark.parametrize(("optimize", "weighted"), [(Optimize.BALANCED_ACCURACY, True), (Optimize.ACCURACY, False)])
def test_what_is_optimized_decides_whether_classes_weigh_the_same(optimize: Optimize, weighted: bool) -> None:
    settings = settings_for(make_samples(), class_weight=ClassWeight.AUTO, optimize=optimize)
    assert (class_weights(np.array([0, 0, 0, 1]), settings) is not None) is weighted


def test_square_root_weights_lie_between() -> None:
    target = np.array([0, 0, 0, 0, 1])
    full, root = balanced_weights(target, 2), balanced_weights(target, 2, 0.5)
    assert root[1] / root[0] == pytest.approx(2)
    assert full[1] / full[0] == pytest.approx(4)
    assert root[target].mean() == pytest.approx(1)
