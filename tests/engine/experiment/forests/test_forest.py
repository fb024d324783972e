"""The forest: its table against numbers worked out by hand, its answers in the shape every contender has."""

from dataclasses import replace

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import ClassWeight
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.experiment.forests.forest import MANY_BANDS, Forest, feature_table, features
from colearn.engine.learning.tasks.rules import main_score
from colearn.engine.learning.tasks.scores import classification_scores
from colearn.engine.samples.sample_set import SensorSamples

from synthetic_samples import IMAGE, OUTPUTS, SERIES, make_samples

NAN = np.nan
TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]


def image(values):
    return SensorSamples("i", SensorKind.IMAGE, np.asarray(values, np.float32))


def series(values):
    return SensorSamples("s", SensorKind.SERIES, np.asarray(values, np.float32))


def test_series_features_by_hand():
    found = features(series([[[1, 10], [NAN, 99], [5, 30]]]))
    dates = [1, 10, NAN, NAN, 5, 30]  # a date with one band missing is missing
    np.testing.assert_array_equal(found, [[*dates, 1, 10, 3, 20, 5, 30]])
    assert found.dtype == np.float32


def test_image_features_by_hand():
    found = features(image([[[[1, 2, 3], [4, 5, 6], [7, 8, NAN]]]]))
    valid = np.arange(1.0, 9.0)
    np.testing.assert_allclose(found, [[5, valid.mean(), valid.std()]], rtol=1e-6)


def test_a_pixel_with_one_band_missing_counts_in_no_band():
    patch = np.ones((1, 2, 1, 3), np.float32)
    patch[0, :, 0, 0] = [NAN, 100]
    np.testing.assert_array_equal(features(image(patch)), [[1, 1, 1, 1, 0, 0]])


def test_many_bands_have_no_spread():
    values = np.random.default_rng(0).normal(size=(3, MANY_BANDS + 1, 3, 3))
    found = features(image(values))
    np.testing.assert_allclose(found, np.hstack([values[:, :, 1, 1], values.mean(axis=(2, 3))]), rtol=1e-5, atol=1e-6)
    assert features(image(values[:, :MANY_BANDS])).shape == (3, 3 * MANY_BANDS)


@pytest.mark.parametrize("sensor", [series(np.full((2, 3, 2), NAN)), image(np.full((2, 4, 3, 3), NAN))])
def test_what_is_all_nodata_is_all_nan(sensor):
    assert np.isnan(features(sensor)).all()


def test_infinite_values_are_nodata():
    assert np.isnan(features(series([[[np.inf]], [[-np.inf]]]))).all()


@pytest.mark.parametrize("sensor", [series(np.zeros((0, 3, 2))), image(np.zeros((0, 4, 3, 3)))])
def test_no_sample_has_no_row_but_all_columns(sensor):
    one = replace(sensor, values=np.zeros((1, *sensor.values.shape[1:]), np.float32))
    assert features(sensor).shape == (0, features(one).shape[1])


def test_samples_are_described_alike_in_any_company():
    sensor = make_samples(count=200).sensors[0]
    alone = features(replace(sensor, values=sensor.values[130:131]))
    np.testing.assert_array_equal(features(sensor)[130:131], alone)


def test_features_are_nan_where_a_sensor_is_missing():
    samples = make_samples()
    samples.present[4, 0] = False
    table = feature_table(samples, [IMAGE, SERIES])
    width = features(samples.sensors[0]).shape[1]
    assert np.isnan(table[4, :width]).all()
    np.testing.assert_array_equal(table[:, width:], features(samples.sensors[1]))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("names", [[IMAGE], [SERIES], [IMAGE, SERIES]])
def test_learns_what_can_be_learned(task, names):
    samples = make_samples(task, count=150)
    samples.present[::9, 0] = False
    forest = Forest.fit(samples, names, np.arange(100), OUTPUTS[task], seed=0)
    held_back = samples.take(np.arange(100, 150))
    prediction = forest.predict(held_back)
    assert prediction.shape == (50, OUTPUTS[task])
    assert prediction.dtype == np.float32
    covered = np.arange(100, 150) % 9 != 0 if names == [IMAGE] else np.ones(50, dtype=bool)
    assert np.isnan(prediction[~covered]).all()
    held_back, prediction = held_back.take(covered), prediction[covered]
    assert main_score(task, held_back.target, prediction) > 0.7
    if task is Task.CLASSIFICATION:
        np.testing.assert_allclose(prediction.sum(axis=1), 1, rtol=1e-6)
    if task is Task.MULTILABEL:
        assert 0 <= prediction.min() <= prediction.max() <= 1


def test_one_target_is_a_column_too():
    samples = make_samples(Task.REGRESSION)
    samples = replace(samples, target=samples.target[:, :1])
    assert Forest.fit(samples, [SERIES], np.arange(60), 1, seed=0).predict(samples).shape == (60, 1)


def test_the_scale_of_one_target_does_not_drown_another():
    random = np.random.default_rng(0)
    values = random.normal(size=(300, 2, 1)).astype(np.float32)
    target = np.stack([1e4 * values[:, 0, 0], values[:, 1, 0]], axis=1)
    samples = make_samples(Task.REGRESSION, count=300)
    samples = replace(samples, sensors=(series(values),), present=np.ones((300, 1), bool), target=target)
    prediction = Forest.fit(samples, ["s"], np.arange(200), 2, seed=0).predict(samples)[200:]
    for at in range(2):
        assert main_score(Task.REGRESSION, target[200:, at : at + 1], prediction[:, at : at + 1]) > 0.8


def test_classes_never_seen_have_probability_zero():
    samples = make_samples()
    known = np.flatnonzero(samples.target != 1)
    prediction = Forest.fit(samples, [SERIES], known, 5, seed=0).predict(samples)
    assert prediction.shape == (60, 5)
    assert (prediction[:, [1, 3, 4]] == 0).all()
    np.testing.assert_allclose(prediction[:, [0, 2]].sum(axis=1), 1, rtol=1e-6)


def test_one_class_is_all_it_then_says():
    samples = make_samples()
    prediction = Forest.fit(samples, [SERIES], np.flatnonzero(samples.target == 2), 3, seed=0).predict(samples)
    np.testing.assert_array_equal(prediction, np.tile([0, 0, 1], (60, 1)))


def test_one_seed_gives_one_forest_to_the_last_bit(monkeypatch):
    samples = make_samples(Task.REGRESSION)
    first = Forest.fit(samples, [IMAGE], np.arange(40), 2, seed=3).predict(samples)
    monkeypatch.setattr("colearn.engine.trees.forest.usable_cores", lambda: 4)
    np.testing.assert_array_equal(first, Forest.fit(samples, [IMAGE], np.arange(40), 2, seed=3).predict(samples))
    assert (first != Forest.fit(samples, [IMAGE], np.arange(40), 2, seed=4).predict(samples)).any()


def test_class_weights_raise_the_recall_of_rare_classes():
    random = np.random.default_rng(0)
    target = (random.random(600) < 0.1).astype(np.int64)
    values = (random.normal(size=600) + 1.2 * target).reshape(600, 1, 1)
    samples = replace(
        make_samples(count=600), sensors=(series(values),), present=np.ones((600, 1), bool), target=target
    )
    recalls = [
        classification_scores(
            target[400:], Forest.fit(samples, ["s"], np.arange(400), 2, 0, weight).predict(samples)[400:]
        )
        .classes[1]
        .recall
        for weight in (ClassWeight.NONE, ClassWeight.SQUARE_ROOT, ClassWeight.BALANCED)
    ]
    assert recalls == sorted(recalls)
    assert recalls[0] < recalls[2]


def test_an_unresolved_class_weight_is_refused():
    samples = make_samples()
    with pytest.raises(ValueError, match="auto"):
        Forest.fit(samples, [SERIES], np.arange(60), 3, 0, ClassWeight.AUTO)


def test_no_samples_and_unknown_sensors_are_refused():
    samples = make_samples()
    with pytest.raises(ValueError, match="no samples"):
        Forest.fit(samples, [SERIES], np.arange(0), 3, 0)
    with pytest.raises(ValueError, match="sonar"):
        Forest.fit(samples, ["sonar"], np.arange(60), 3, 0)


def test_predicting_nothing_gives_nothing():
    samples = make_samples()
    forest = Forest.fit(samples, [SERIES], np.arange(60), 3, seed=0)
    assert forest.predict(samples.take(np.arange(0))).shape == (0, 3)
