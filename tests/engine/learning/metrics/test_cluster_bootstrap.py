"""Predictors over folds and seeds: pooled, averaged, paired; and intervals that never shut."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.scores import Estimate
from colearn.engine.learning.metrics.cluster_bootstrap import MINIMUM_GROUPS, Fold, PairedBootstrap, bootstrap
from colearn.engine.learning.metrics.intervals import compare
from colearn.engine.learning.tasks.scores import classification_scores, regression_scores

CLASSES, VALUES, LABELS = Task.CLASSIFICATION, Task.REGRESSION, Task.MULTILABEL


def run(seed, target, groups, **predictions):
    return Fold(seed, target, groups, predictions)


def values_run(seed, count=60, groups=20, first=0, noise=1.0):
    """A run of a regression: ``good`` and ``bad`` predict the same samples."""
    random = np.random.default_rng(100 * seed + first)
    target = random.normal(size=(count, 1))
    good, bad = (target + random.normal(0, noise * spread, (count, 1)) for spread in (0.5, 1.0))
    return run(seed, target, first + np.arange(count) % groups, good=good, bad=bad)


def r2(run, name):
    return regression_scores(run.target, run.predictions[name]).mean.r2


def pooled(*runs):
    predictions = {name: np.concatenate([each.predictions[name] for each in runs]) for name in runs[0].predictions}
    return Fold(
        0, np.concatenate([each.target for each in runs]), np.concatenate([each.groups for each in runs]), predictions
    )


def test_folds_of_a_seed_are_pooled():
    folds = [values_run(0, first=first) for first in (0, 20, 40)]
    found, together = bootstrap(VALUES, folds, seed=1), bootstrap(VALUES, [pooled(*folds)], seed=1)
    np.testing.assert_array_equal(found.drawn, together.drawn)
    assert [each.value for each in found.scores("good")] == [each.value for each in together.scores("good")]
    assert found.scores("good")[0].value == pytest.approx(r2(pooled(*folds), "good"))
    assert found.groups == 60


def test_seeds_are_averaged():
    runs = [values_run(seed) for seed in (3, 1, 2)]
    found = bootstrap(VALUES, runs, seed=0)
    assert found.scores("bad")[0].value == pytest.approx(np.mean([r2(each, "bad") for each in runs]))
    by_seed = sorted(runs, key=lambda each: each.seed)
    np.testing.assert_allclose(
        found.by_seed[:, :, 0], [[r2(each, name) for each in by_seed] for name in ("good", "bad")]
    )


def test_more_seeds_of_the_same_groups_are_not_more_groups():
    """Three copies of one run say nothing new: the interval stays."""
    one = values_run(0)
    copies = [Fold(seed, one.target, one.groups, one.predictions) for seed in range(3)]
    once, thrice = (bootstrap(VALUES, runs, seed=0).scores("bad")[0] for runs in ([one], copies))
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))


def test_the_interval_is_that_of_a_mean_over_groups():
    """Bias is a mean, whose interval is known: Student's t over the groups' means (groups of equal size)."""
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 5)
    error = random.normal(0, 1, 40)[groups] + random.normal(0, 0.2, 200)
    zero = np.zeros((200, 1))
    bias = bootstrap(VALUES, [run(0, zero, groups, net=error[:, None])], seed=0).scores("net")[3]
    means = error.reshape(40, 5).mean(axis=1)
    half = 2.0227 * means.std(ddof=1) / np.sqrt(40)  # t of 39 degrees of freedom
    assert (bias.low, bias.high) == pytest.approx((means.mean() - half, means.mean() + half), rel=0.12)


def test_differences_are_paired_over_all_runs():
    runs = [values_run(seed, first=first) for seed in (0, 1) for first in (0, 20)]
    found = bootstrap(VALUES, runs, seed=0)
    lead = found.difference("good", "bad")
    good, bad = found.scores("good"), found.scores("bad")
    for score in range(5):
        assert lead[score].value == pytest.approx(good[score].value - bad[score].value)
    back = found.difference("bad", "good")[0]
    assert (back.value, back.low, back.high) == pytest.approx((-lead[0].value, -lead[0].high, -lead[0].low))
    assert lead[0].low > 0
    unpaired = np.hypot(*found.drawn[:, :, 0].std(axis=1))
    assert (found.drawn[0] - found.drawn[1])[:, 0].std() < unpaired


def test_a_contender_has_no_lead_over_itself():
    paired = bootstrap(VALUES, [values_run(0)], seed=0)
    assert paired.predictors == ("good", "bad")
    assert paired.difference("bad", "bad") == (Estimate(0.0, 0.0, 0.0),) * 5


@pytest.mark.parametrize("task", [CLASSES, LABELS])
def test_any_number_of_contenders_of_any_task(task):
    random = np.random.default_rng(0)
    target = random.integers(0, 2, 80) if task is CLASSES else random.integers(0, 2, (80, 2))
    predictions = {name: random.random((80, 2)) for name in ("net", "alone", "forest", "fused")}
    found = bootstrap(task, [Fold(0, target, np.arange(80) // 4, predictions)], seed=0)
    paired = compare(task, target, predictions["net"], predictions["forest"], np.arange(80) // 4, seed=0)
    assert (found.scores("net"), found.scores("forest")) == (paired.colearned, paired.alone)
    assert found.difference("net", "forest") == paired.gain


def test_seeds_that_test_few_of_the_groups_still_have_an_interval():
    """Each seed tests two groups of twelve: most resamples miss some seed altogether."""
    runs = [values_run(seed, groups=2, first=2 * seed) for seed in range(6)]
    found = bootstrap(VALUES, runs, seed=0)
    assert np.isfinite(found.drawn).all()
    score = found.scores("good")[0]
    assert score.low < score.value < score.high


@pytest.mark.parametrize("task", [CLASSES, VALUES, LABELS])
def test_how_many_resamples_are_in_memory_changes_nothing(task, monkeypatch):
    random = np.random.default_rng(0)
    target = {CLASSES: random.integers(0, 2, 40), VALUES: random.random((40, 2)), LABELS: random.random((40, 2)) > 0.5}
    predictions = {name: random.random((40, 2)) for name in ("net", "alone")}
    folds = [Fold(seed, target[task], np.arange(40) // 5 + 4 * seed, predictions) for seed in range(2)]
    whole = bootstrap(task, folds, seed=0, resamples=50)
    for at_once in (1, 7 * 40):
        monkeypatch.setattr("colearn.engine.learning.metrics.cluster_bootstrap._AT_ONCE", at_once)
        found = bootstrap(task, folds, seed=0, resamples=50)
        assert found.drawn == pytest.approx(whole.drawn)
        assert found.run_drawn == pytest.approx(whole.run_drawn, nan_ok=True)


def test_a_fold_without_samples_has_no_effect():
    nothing = run(0, np.zeros((0, 1)), np.zeros(0, int), good=np.zeros((0, 1)), bad=np.zeros((0, 1)))
    with_it, without = (
        bootstrap(VALUES, runs, seed=0).scores("bad") for runs in ([nothing, values_run(0)], [values_run(0)])
    )
    assert with_it == without


def test_few_groups_have_scores_but_no_interval():
    found = bootstrap(VALUES, [values_run(0, groups=MINIMUM_GROUPS - 1)], seed=0)
    assert found.scores("good")[0] == Estimate(pytest.approx(r2(values_run(0, groups=5), "good")))
    assert found.difference("good", "bad")[0].low is None


def answers(right, groups):
    target = np.arange(len(right)) % 2
    return run(0, target, groups, net=np.eye(2)[np.where(right, target, 1 - target)])


@pytest.mark.parametrize("groups", [6, 30, 300])
def test_all_right_is_bounded_by_the_rule_of_three(groups):
    found = bootstrap(CLASSES, [answers(np.ones(600, bool), np.arange(600) // (600 // groups))], seed=0)
    for score in found.scores("net"):
        assert (score.value, score.high) == (1, 1)
        # Were the share of right groups this low, all of them would be right once in 20 times.
        assert score.low**groups == pytest.approx(0.05)
    assert found.scores("net")[0].low == pytest.approx(1 - 3 / groups, abs=0.12 if groups == 6 else 0.005)


def test_all_wrong_is_bounded_from_above():
    found = bootstrap(CLASSES, [answers(np.zeros(600, bool), np.arange(600) % 30)], seed=0)
    scores = dict(zip(found.names, found.scores("net"), strict=True))
    for name in ("accuracy", "balanced accuracy", "macro F1"):
        assert (scores[name].value, scores[name].low) == (0, 0)
        assert scores[name].high == pytest.approx(0.095, abs=0.001)


def test_labels_all_right_are_bounded_too():
    target = np.random.default_rng(0).integers(0, 2, (60, 2))
    found = bootstrap(LABELS, [run(0, target, np.arange(60) // 2, net=target * 0.9)], seed=0)
    assert all(score.low == pytest.approx(0.05 ** (1 / 30)) for score in found.scores("net"))


def test_one_error_is_left_to_the_resamples():
    right = np.ones(600, bool)
    right[5] = False
    found = bootstrap(CLASSES, [answers(right, np.arange(600) % 30)], seed=0).scores("net")[1]
    assert found.value == pytest.approx(599 / 600)
    assert found.low < found.value


def test_a_perfect_regression_is_not_bounded():
    target = np.random.default_rng(0).normal(size=(60, 1))
    found = bootstrap(VALUES, [run(0, target, np.arange(60), net=target)], seed=0).scores("net")
    assert found[0] == Estimate(1.0, 1.0, 1.0)
    assert found[1] == Estimate(0.0, 0.0, 0.0)


def test_the_seed_decides_the_interval_and_nothing_else():
    runs = [values_run(0)]
    first, again, other = (bootstrap(VALUES, runs, seed=seed).scores("bad")[0] for seed in (4, 4, 5))
    assert first == again
    assert first.value == other.value
    assert first.low != other.low


def test_pooled_scores_of_classes_are_those_of_all_samples():
    random = np.random.default_rng(0)
    folds = [
        run(0, random.integers(0, 3, 30), np.arange(30) + 30 * fold, net=random.random((30, 3))) for fold in range(3)
    ]
    everything = classification_scores(
        np.concatenate([fold.target for fold in folds]), np.concatenate([fold.predictions["net"] for fold in folds])
    )
    found = bootstrap(CLASSES, folds, seed=0, resamples=10).scores("net")
    assert [score.value for score in found] == pytest.approx(
        [everything.balanced_accuracy, everything.accuracy, everything.macro_f1, everything.kappa]
    )


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([], "in any fold"),
        ([run(0, np.zeros((0, 1)), np.arange(0), net=np.zeros((0, 1)))], "in any fold"),
        ([run(0, np.zeros((3, 1)), np.arange(3))], "predictors"),
        ([values_run(0), run(0, np.zeros((3, 1)), np.arange(3), good=np.zeros((3, 1)))], "predictors"),
        ([run(0, np.zeros((3, 1)), np.arange(2), net=np.zeros((3, 1)))], "groups"),
        ([run(0, np.zeros((3, 1)), np.arange(3), net=np.full((3, 1), np.nan))], "nodata"),
        ([run(0, np.zeros((3, 1)), np.arange(3), net=np.zeros((2, 1)))], "no samples to score"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused(runs, reason):
    with pytest.raises(ValueError, match=reason):
        bootstrap(VALUES, runs, seed=0)


def test_an_unknown_contender_is_refused():
    paired: PairedBootstrap = bootstrap(VALUES, [values_run(0)], seed=0)
    with pytest.raises(ValueError, match="tuple"):
        paired.scores("fused")
