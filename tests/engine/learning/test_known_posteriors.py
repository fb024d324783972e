"""In a world whose true probabilities are known, what is stated is what is observed, whatever training was shown."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Device, Task
from colearn.engine.contract.job.method import ClassWeight, Method, Optimize
from colearn.engine.experiment.comparison import train_all
from colearn.engine.experiment.methods import Experiment
from colearn.engine.export.graph import export_graph
from colearn.engine.export.quantized import quantize_graph
from colearn.engine.inference.onnx_session import Session
from colearn.engine.inference.torch_session import TorchSession
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.recipe import with_recipe
from colearn.engine.learning.metrics.calibration import class_reliability, fit_calibration, reliability
from colearn.engine.learning.tasks.population import Population
from colearn.engine.learning.tasks.rules import prior_shift
from colearn.engine.learning.tasks.scores import classification_scores
from colearn.engine.samples.sample_set import Split
from scipy.stats import binomtest

from gauss_world import MEANS, OFFSET, RARE, SD, SENSOR, SHARES, draw, true_posterior
from synthetic_samples import SMALL, few_trees, settings_for

EVEN = (1 / 3, 1 / 3, 1 / 3)
CODES = (7, 11, 13)
TOLERANCE = 0.02  # of calibration errors
FITTED = 0.05  # what fitting on 1,000 validation samples leaves to chance, at the ends


@pytest.fixture(scope="module", autouse=True)
def small_forests():
    """The world has two bands: fifty trees know them as well as two hundred."""
    with pytest.MonkeyPatch.context() as patch:
        few_trees(patch, 50)
        yield


def trained(shares, class_weight, optimize=Optimize.BALANCED_ACCURACY):
    """Contenders of one sensor, trained on 4000 samples drawn with ``shares`` from the world."""
    torch.set_num_threads(1)
    samples = draw(4000, seed=1, shares=shares)
    at = np.arange(len(samples))
    split = Split(at[at % 4 > 1], at[at % 4 == 1], at[at % 4 == 0])
    settings = with_recipe(
        settings_for(
            samples, epochs=25, class_weight=class_weight, optimize=optimize, shares=SHARES, design=SMALL, batch_size=64
        )
    )
    return train_all(Experiment(TrainingData(samples), split, settings, lambda epoch: None), Method.ALONE)


@pytest.fixture(
    scope="module", params=[(SHARES, ClassWeight.BALANCED), (EVEN, ClassWeight.NONE)], ids=["weights", "draw"]
)
def comparison(request):
    return trained(*request.param)


@pytest.fixture(scope="module")
def unseen():
    return draw(30000, seed=2)


def within_the_interval(probabilities, is_class, least):
    """Whether probabilities of at least ``least`` are right as often as they say: exact 99.9 % interval, and FITTED."""
    flagged = probabilities >= least
    assert flagged.sum() >= 200
    interval = binomtest(int(is_class[flagged].sum()), int(flagged.sum())).proportion_ci(0.999)
    stated = probabilities[flagged].mean()
    return interval.low - FITTED <= stated <= interval.high + FITTED


def test_one_temperature_cannot_undo_class_weights(unseen):
    """The exact posterior of even classes, as a network with balanced weights learns it, on labels of .60/.30/.10."""
    weighted = np.log(true_posterior(unseen, EVEN))
    rare = unseen.target == RARE
    shift = prior_shift(unseen.task, unseen.target, 1 / np.array(SHARES), SHARES)
    one = fit_calibration(unseen.task, weighted, unseen.target, shift=None, groups=np.zeros(len(rare)))
    both = fit_calibration(unseen.task, weighted, unseen.target, shift=shift, groups=np.zeros(len(rare)))
    before, after = (fitted.probabilities(weighted)[:, RARE] for fitted in (one, both))
    assert before[before >= 0.7].mean() - rare[before >= 0.7].mean() > 0.15  # 80 % is predicted, under 65 % are
    assert abs(after[after >= 0.7].mean() - rare[after >= 0.7].mean()) < 0.03
    np.testing.assert_allclose(both.probabilities(weighted), true_posterior(unseen), atol=0.02)


def test_the_rare_class_is_as_often_right_as_its_probability(comparison, unseen):
    """Before, pixels predicted as rare with 70 % or more were so in fewer than 60 %."""
    probabilities = comparison.shipped(SENSOR).network.predict(SENSOR, unseen.sensors[0].values)
    rare = unseen.target == RARE
    flagged = probabilities[:, RARE] >= 0.7
    assert flagged.sum() >= 200
    assert rare[flagged].mean() >= 0.7
    assert within_the_interval(probabilities[:, RARE], rare, 0.7)


@pytest.mark.parametrize("least", [0.1, 0.3, 0.5])
def test_every_class_is_as_frequent_as_its_probability(comparison, unseen, least):
    probabilities = comparison.shipped(SENSOR).network.predict(SENSOR, unseen.sensors[0].values)
    for at in range(3):
        assert within_the_interval(probabilities[:, at], unseen.target == at, least), at


def test_probabilities_are_near_the_true_ones(comparison, unseen):
    probabilities = comparison.shipped(SENSOR).network.predict(SENSOR, unseen.sensors[0].values)
    assert np.abs(probabilities - true_posterior(unseen)).mean() < 0.04  # the small network's own error
    errors = [found.error for found in class_reliability(unseen.task, unseen.target, probabilities)]
    assert max(errors) < TOLERANCE
    assert reliability(unseen.task, unseen.target, probabilities).error < TOLERANCE


def test_the_class_given_is_the_one_bayes_rule_balances(comparison, unseen):
    """With equal shares the most probable class is the one of the nearest mean, since all spread alike."""
    network = comparison.shipped(SENSOR).network
    decided = network.population.decided(network.predict(SENSOR, unseen.sensors[0].values))
    bands = (unseen.sensors[0].values[:, :, 0, 0] - OFFSET) / SD
    nearest = ((bands[:, np.newaxis] - MEANS) ** 2).sum(axis=2).argmin(axis=1)
    assert (decided == nearest).mean() > 0.92


def test_the_confidence_is_how_often_the_class_given_is_right(comparison, unseen):
    network = comparison.shipped(SENSOR).network
    probabilities = network.predict(SENSOR, unseen.sensors[0].values)
    found = reliability(
        unseen.task, unseen.target, probabilities, population=Population(SHARES, network.population.decision)
    )
    assert found.error < TOLERANCE
    decided = network.population.decided(probabilities)
    given = probabilities[np.arange(len(decided)), decided]
    assert (given < probabilities.max(axis=1) - 0.05).any()  # a balanced decision is not always the most probable class
    right = decided == unseen.target
    for low, high in ((0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        some = (given >= low) & (given < high)
        assert right[some].mean() == pytest.approx(given[some].mean(), abs=0.04), (low, high)


@pytest.fixture(scope="module")
def graphs(comparison):
    network = comparison.shipped(SENSOR).network
    fp32 = export_graph(network, SENSOR, CODES, 255)
    seen = draw(1000, seed=3).sensors[0]
    int8 = quantize_graph(fp32, seen.shape, seen.values)
    return {"fp32": fp32, "int8": int8}


@pytest.mark.parametrize("precision", ["fp32", "int8", "torch"])
def test_the_exported_graphs_say_and_decide_the_same(comparison, graphs, unseen, precision):
    network = comparison.shipped(SENSOR).network
    some = unseen.sensors[0].values[:4000]
    session = (
        TorchSession(graphs["fp32"], Device.CPU) if precision == "torch" else Session(graphs[precision], threads=1)
    )
    output = session.run(some)
    probabilities = output.scores[:, :, 0, 0]
    np.testing.assert_array_equal(output.label[:, 0, 0], np.array(CODES)[network.population.decided(probabilities)])
    np.testing.assert_allclose(probabilities, network.predict(SENSOR, some), atol=0.15 if precision == "int8" else 1e-4)
    errors = class_reliability(unseen.task, unseen.target[:4000], probabilities)
    assert max(found.error for found in errors) < 2 * TOLERANCE  # of 4,000 samples, which chance adds to


def test_the_reference_forest_predicts_for_the_same_population(comparison, unseen):
    forest = comparison.references[SENSOR].predict(unseen)
    assert forest.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(forest.mean(axis=0) - SHARES).max() < 0.04
    scores = classification_scores(unseen.target, forest, comparison.population)
    best = classification_scores(unseen.target, true_posterior(unseen), comparison.population)
    assert scores.balanced_accuracy > best.balanced_accuracy - 0.06


def test_what_is_optimized_decides(unseen):
    """By hand: the true posterior's decisions are the best there are, each by its own score."""
    truth = true_posterior(unseen)
    accurate, balanced = (
        Population.of(unseen.task, SHARES, optimize) for optimize in (Optimize.ACCURACY, Optimize.BALANCED_ACCURACY)
    )
    by_accuracy, by_balance = (classification_scores(unseen.target, truth, each) for each in (accurate, balanced))
    assert by_accuracy.accuracy > by_balance.accuracy + 0.03
    assert by_balance.balanced_accuracy > by_accuracy.balanced_accuracy + 0.03


def rare_or_not(samples, task):
    """The samples, labelled only rare or not: as two classes, or as two labels of which each has one."""
    rare = samples.target == RARE
    target = rare.astype(np.int64) if task is Task.CLASSIFICATION else np.column_stack([rare, ~rare]).astype(np.float32)
    return replace(samples, task=task, target=target)


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL], ids=["two classes", "labels"])
def test_two_classes_and_labels_are_as_frequent_as_their_probability(unseen, task):
    """Two classes of .90 and .10 under balanced weights; labels of which half of the samples drawn have the rare one.

    Among what is not rare the draw leaves two of the common class to one of the middling one, as in the world.
    """
    torch.set_num_threads(1)
    half = (1 / 3, 1 / 6, 1 / 2)
    samples = rare_or_not(draw(3000, seed=4, shares=SHARES if task is Task.CLASSIFICATION else half), task)
    shares = (0.9, 0.1) if task is Task.CLASSIFICATION else (0.1, 0.9)
    at = np.arange(len(samples))
    split = Split(at[at % 4 > 1], at[at % 4 == 1], at[at % 4 == 0])
    settings = with_recipe(settings_for(samples, epochs=20, outputs=2, shares=shares, design=SMALL, batch_size=64))
    comparison = train_all(Experiment(TrainingData(samples), split, settings, lambda epoch: None), Method.ALONE)
    assessed = rare_or_not(unseen, task)
    network = comparison.shipped(SENSOR).network
    probabilities = network.predict(SENSOR, unseen.sensors[0].values)
    truth = true_posterior(unseen)[:, RARE]
    stated = probabilities[:, 1 if task is Task.CLASSIFICATION else 0]
    assert np.abs(stated - truth).mean() < 0.03
    errors = [found.error for found in class_reliability(task, assessed.target, probabilities)]
    assert max(errors) < TOLERANCE
    for least in (0.1, 0.3, 0.5):
        assert within_the_interval(stated, unseen.target == RARE, least), least
    raw = network.predict(SENSOR, unseen.sensors[0].values, calibrated=False)
    assert max(found.error for found in class_reliability(task, assessed.target, raw)) > 0.1  # what training was shown


def test_a_class_that_a_sensor_never_saw_is_not_mapped_from_it(unseen):
    """Of the labels a tenth is rare, but none where this sensor looks: neither to learn from nor to validate on."""
    torch.set_num_threads(1)
    samples = draw(1200, seed=5)
    samples = samples.take(samples.target != RARE)
    at = np.arange(len(samples))
    split = Split(at[at % 4 > 1], at[at % 4 == 1], at[at % 4 == 0])
    settings = with_recipe(settings_for(samples, epochs=15, outputs=3, shares=SHARES, design=SMALL, batch_size=64))
    data = TrainingData(samples)
    comparison = train_all(Experiment(data, split, settings, lambda epoch: None), Method.ALONE)
    network = comparison.shipped(SENSOR).network
    probabilities = network.predict(SENSOR, unseen.sensors[0].values)
    assert (network.population.decided(probabilities) != RARE).all()
    assert probabilities[:, RARE].max() < 0.05
