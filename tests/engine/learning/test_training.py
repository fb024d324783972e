"""Training as a whole, on made-up samples."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.errors import EngineError, ErrorCode
from colearn.engine.contract.events import Epoch
from colearn.engine.contract.job import Task
from colearn.engine.learning.metrics import main_score
from colearn.engine.learning.training import TrainedNetwork, train_network
from colearn.engine.samples.sample_set import Split

from synthetic_samples import IMAGE, SERIES, halves, make_samples, settings_for, trained_for_a_moment

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]


def weights(network: TrainedNetwork) -> torch.Tensor:
    return torch.cat([value.flatten().double() for value in network.network.state_dict().values()])


@pytest.mark.parametrize("task", TASKS)
def test_learns_what_can_be_learned(task: Task) -> None:
    samples = make_samples(task, count=150)
    network = trained_for_a_moment(samples, epochs=12)
    held_back = samples.take(halves(samples).validation)
    for sensor in held_back.sensors:
        seen = ~np.isnan(network.predict(sensor.name, sensor.values)).any(axis=1)
        prediction = network.predict(sensor.name, sensor.values[seen])
        assert main_score(task, held_back.target[seen], prediction) > 0.8, sensor.name


def test_one_seed_gives_the_same_weights_to_the_last_bit() -> None:
    samples = make_samples()
    first, second = trained_for_a_moment(samples, seed=3), trained_for_a_moment(samples, seed=3)
    assert torch.equal(weights(first), weights(second))
    assert first.history == second.history
    assert not torch.equal(weights(first), weights(trained_for_a_moment(samples, seed=4)))


def test_the_global_random_state_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    trained_for_a_moment(make_samples(), epochs=1)
    assert torch.equal(torch.rand(3), expected)


def test_the_test_part_is_never_looked_at() -> None:
    samples, split = make_samples(count=60), Split(np.arange(30), np.arange(30, 45), np.arange(45, 60))
    other = replace(
        samples,
        target=np.where(np.arange(60) < 45, samples.target, 0),
        sensors=tuple(
            replace(sensor, values=np.concatenate([sensor.values[:45], sensor.values[45:] * -100]))
            for sensor in samples.sensors
        ),
    )
    first, second = (
        train_network(each, split, settings_for(each), "t", lambda epoch: None) for each in (samples, other)
    )
    assert torch.equal(weights(first), weights(second))


def test_the_best_checkpoint_is_kept() -> None:
    """A high learning rate makes the last epochs worse than the best; what is kept scores as the best did."""
    samples = make_samples(count=90)
    network = trained_for_a_moment(samples, epochs=15, learning_rate=0.05, patience=15)
    best = min(network.history, key=lambda epoch: epoch.validation_loss)
    assert best.epoch < len(network.history)
    shorter = trained_for_a_moment(samples, epochs=best.epoch, learning_rate=0.05, patience=15)
    assert torch.equal(weights(network), weights(shorter))


def test_stops_when_the_validation_loss_falls_no_more() -> None:
    network = trained_for_a_moment(make_samples(count=30), epochs=60, learning_rate=0.05, patience=2)
    losses = [epoch.validation_loss for epoch in network.history]
    assert len(losses) < 60
    assert min(losses[-2:]) >= min(losses[:-2])


def test_every_epoch_is_told() -> None:
    samples, told = make_samples(), []
    network = train_network(samples, halves(samples), settings_for(samples, epochs=3), "co-learned", told.append)
    assert tuple(told) == network.history
    assert [(epoch.training, epoch.epoch, epoch.epochs) for epoch in told] == [("co-learned", n, 3) for n in (1, 2, 3)]
    assert all(np.isfinite([epoch.train_loss, epoch.validation_loss, epoch.score]).all() for epoch in told)
    assert isinstance(told[0], Epoch)


@pytest.mark.parametrize("name", [IMAGE, SERIES])
def test_alone_is_the_same_network_with_one_sensor(name: str) -> None:
    samples = make_samples()
    alone = trained_for_a_moment(samples.only(name))
    assert [sensor.name for sensor in alone.sensors] == [name]
    position = [IMAGE, SERIES].index(name)
    together = trained_for_a_moment(samples)
    count = [
        sum(p.numel() for p in network.parameters())
        for network in (alone.network.path(0), together.network.path(position))
    ]
    assert count[0] == count[1]


@pytest.mark.parametrize("count", [2, 3, 17, 33])
def test_no_number_of_training_samples_breaks_batch_normalization(count: int) -> None:
    samples = make_samples(count=count + 2)
    split = Split(np.arange(count), np.arange(count, count + 2), np.arange(0))
    train_network(samples, split, settings_for(samples, epochs=1), "t", lambda epoch: None)


def test_a_loss_that_is_no_number_is_an_error() -> None:
    with pytest.raises(EngineError) as error:
        trained_for_a_moment(make_samples(Task.REGRESSION), learning_rate=1e30)
    assert error.value.code is ErrorCode.TRAINING_DIVERGED
    assert "LEARNING_RATE" in error.value.remedy


def test_samples_some_sensor_does_not_cover_are_refused() -> None:
    samples = make_samples()
    samples.present[3, 1] = False
    with pytest.raises(ValueError, match="every sensor"):
        trained_for_a_moment(samples)


def test_predicting_is_the_same_in_any_company() -> None:
    samples = make_samples(count=40)
    network = trained_for_a_moment(samples, epochs=1)
    for sensor in samples.sensors:
        together = network.predict(sensor.name, np.tile(sensor.values, (9,) + (1,) * (sensor.values.ndim - 1)))
        each = np.concatenate([network.predict(sensor.name, sensor.values[at : at + 1]) for at in range(40)])
        np.testing.assert_allclose(together[:40], each, atol=1e-5)
        assert len(together) == 360


def test_predicting_nothing_gives_nothing() -> None:
    samples = make_samples()
    network = trained_for_a_moment(samples, epochs=1)
    for sensor in samples.sensors:
        assert network.predict(sensor.name, sensor.values[:0]).shape == (0, 3)


@pytest.mark.parametrize("context_px", [1, 3])
def test_other_contexts(context_px: int) -> None:
    samples = make_samples(context_px=context_px)
    assert trained_for_a_moment(samples).sensor(IMAGE).context_px == context_px


def test_a_band_that_never_varies_does_no_harm() -> None:
    samples = make_samples()
    samples.sensors[0].values[:, 2] = 12345.0
    network = trained_for_a_moment(samples)
    assert np.isfinite(network.history[-1].validation_loss)
