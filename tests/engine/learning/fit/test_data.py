"""What a training learns from, as tensors."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.learning.fit.data import TensorPool, TrainingData
from colearn.engine.learning.fit.targets import network_targets
from colearn.engine.learning.standardization.statistics import sensor_statistics
from colearn.engine.model.standardize import Standardize
from colearn.engine.samples.unlabelled import Unlabelled

from synthetic_samples import IMAGE, OUTPUTS, SERIES, half_covered, make_samples

COUNT, MORE = 20, 8


def data(task: Task = Task.CLASSIFICATION, **changes) -> TrainingData:
    more = half_covered(make_samples(count=MORE, seed=5))
    whole = TrainingData(half_covered(make_samples(task, count=COUNT)), Unlabelled(more.sensors, more.present))
    return replace(whole, **changes)


def pool_of(what: TrainingData) -> TensorPool:
    samples, train = what.samples, np.arange(len(what.samples))
    statistics = [sensor_statistics(sensor, train) for sensor in samples.sensors]
    standardize = [Standardize.of(each.mean, each.scale) for each in statistics]
    return TensorPool(what, network_targets(samples, train, OUTPUTS[samples.task]), standardize, "cpu")


def test_samples_come_first_then_positions() -> None:
    pool = pool_of(data())
    assert (pool.labelled_count, pool.unlabelled_count) == (COUNT, MORE)
    _, labelled, _ = pool.labels(torch.tensor([0, COUNT - 1, COUNT, COUNT + MORE - 1]))
    assert labelled.tolist() == [True, True, False, False]


@pytest.mark.parametrize("at", [0, 1])
def test_rows_are_positions_in_the_index_that_a_sensor_covers(at: int) -> None:
    what = data()
    index = torch.tensor([3, 0, 1, COUNT, COUNT + 1, 7, 4])
    present = np.concatenate([what.samples.present, what.unlabelled.present])[:, at]
    assert pool_of(what).rows(index, at).tolist() == np.flatnonzero(present[index.numpy()]).tolist()


def test_what_no_sensor_covers_can_be_left_out() -> None:
    what = data()
    what.samples.present[2] = False
    what.unlabelled.present[3] = False
    index = torch.tensor([2, 5, COUNT + 3, COUNT, 1])
    assert pool_of(what).covered(index).tolist() == [5, COUNT, 1]


@pytest.mark.parametrize(("at", "name"), [(0, IMAGE), (1, SERIES)])
def test_values_are_standardized_band_first_with_gaps_marked(at: int, name: str) -> None:
    what = data()
    pool, samples = pool_of(what), what.samples
    index = torch.tensor([2, COUNT + 3, 5, 3, COUNT + 2])
    values, valid = pool.values(index, at)
    raw = np.concatenate([samples.sensors[at].values, what.unlabelled.sensors[at].values])[index.numpy()]
    raw = raw if name == IMAGE else raw.transpose(0, 2, 1)
    seen = np.isfinite(raw).all(axis=1, keepdims=True)
    np.testing.assert_array_equal(valid.numpy(), seen)
    statistics = sensor_statistics(samples.sensors[at], np.arange(COUNT))
    bands = (slice(None),) + (np.newaxis,) * (raw.ndim - 2)
    expected = np.where(seen, (raw - statistics.mean[bands]) / statistics.scale[bands], 0)
    np.testing.assert_allclose(values.numpy(), expected, atol=1e-4)


@pytest.mark.parametrize("index", [[4, 2], [COUNT + 4, COUNT + 2]], ids=["samples only", "positions only"])
def test_either_kind_by_itself(index: list[int]) -> None:
    pool = pool_of(data())
    values, valid = pool.values(torch.tensor(index), 1)
    assert values.shape[0] == valid.shape[0] == 2
    assert pool.labels(torch.tensor(index))[0].shape == (2,)


@pytest.mark.parametrize("task", list(OUTPUTS))
def test_labels_are_in_the_networks_terms(task: Task) -> None:
    what = data(task)
    target, _, soft_targets = pool_of(what).labels(torch.arange(COUNT))
    truth = what.samples.target
    expected = (truth - truth.mean(axis=0)) / truth.std(axis=0) if task is Task.REGRESSION else truth
    np.testing.assert_allclose(target.numpy(), expected, atol=1e-5)
    assert soft_targets is None


@pytest.mark.parametrize("task", list(OUTPUTS))
def test_soft_targets_are_in_the_networks_units_and_missing_ones_stay_missing(task: Task) -> None:
    what = data(task)
    truth = np.asarray(what.samples.target, np.float32).reshape(COUNT, -1)
    soft_targets = np.broadcast_to(truth, (COUNT, OUTPUTS[task])).astype(np.float32)
    soft_targets[4] = np.nan
    found = pool_of(replace(what, soft_targets=soft_targets)).labels(torch.arange(COUNT + MORE))[2].numpy()
    assert found.dtype == np.float32
    expected = (soft_targets - truth.mean(axis=0)) / truth.std(axis=0) if task is Task.REGRESSION else soft_targets
    np.testing.assert_allclose(found[:COUNT], expected, atol=1e-5)
    assert np.isnan(found[COUNT:]).all()
    both = replace(what, soft_targets=soft_targets, unlabelled_soft_targets=np.ones((MORE, OUTPUTS[task]), np.float32))
    assert np.isfinite(pool_of(both).labels(torch.arange(COUNT, COUNT + MORE))[2].numpy()).all()


def test_which_samples_have_soft_targets() -> None:
    assert not pool_of(data()).has_teacher
    assert pool_of(data(soft_targets=np.zeros((COUNT, 3), np.float32))).has_teacher


@pytest.mark.parametrize("nothing", [None, "empty"])
def test_without_positions(nothing: str | None) -> None:
    what = data()
    if nothing:
        none = what.samples.take(np.arange(0))
        nothing = Unlabelled(none.sensors, none.present)
    pool = pool_of(replace(what, unlabelled=nothing, soft_targets=np.zeros((COUNT, 3), np.float32)))
    assert pool.unlabelled_count == 0
    assert len(pool.values(torch.tensor([2, 3]), 0)[0]) == 2
    assert pool.labels(torch.arange(COUNT))[2].shape == (COUNT, 3)


def test_training_data_of_one_sensor() -> None:
    what = data(soft_targets=np.zeros((COUNT, 3), np.float32), unlabelled_soft_targets=np.zeros((MORE, 3), np.float32))
    own = what.only(SERIES)
    assert (what.sensor_names(), own.sensor_names()) == ((IMAGE, SERIES), (SERIES,))
    np.testing.assert_array_equal(own.samples.present[:, 0], what.samples.present[:, 1])
    np.testing.assert_array_equal(own.unlabelled.present[:, 0], what.unlabelled.present[:, 1])
    assert own.soft_targets is what.soft_targets
    assert own.unlabelled_soft_targets is what.unlabelled_soft_targets
    assert len(own.samples) == COUNT


def test_values_are_not_held_twice() -> None:
    what = data()
    pool = pool_of(what)
    for tensor, sensor in zip(pool._values, what.samples.sensors, strict=True):
        assert np.shares_memory(tensor.numpy(), sensor.values)
