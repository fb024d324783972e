"""Training as a whole, on made-up samples."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import LossWeights, UnlabelledUse
from colearn.engine.contract.wire.errors import EngineError, ErrorCode, InputError
from colearn.engine.contract.wire.events import Epoch
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import train_network
from colearn.engine.learning.fit.settings import Criterion, Fusion
from colearn.engine.learning.tasks.rules import main_score
from colearn.engine.samples.sample_set import Split
from colearn.engine.samples.unlabelled import Unlabelled

from network_weights import weights
from synthetic_samples import (
    IMAGE,
    SERIES,
    SMALL,
    half_covered,
    halves,
    make_samples,
    settings_for,
    trained_for_a_moment,
)

TASKS = [Task.CLASSIFICATION, Task.MULTILABEL, Task.REGRESSION]
LONG_ENOUGH = {"epochs": 9, "batch_size": 32, "learning_rate": 0.02}  # to learn what made-up samples hold


@pytest.mark.parametrize("task", TASKS)
def test_learns_what_can_be_learned(task: Task) -> None:
    samples = make_samples(task, count=150)
    network = trained_for_a_moment(samples, **LONG_ENOUGH)
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
        train_network(TrainingData(each), split, settings_for(each), "t", lambda epoch: None)
        for each in (samples, other)
    )
    assert torch.equal(weights(first), weights(second))


def test_the_best_checkpoint_is_kept() -> None:
    """A high learning rate makes the last epochs worse than the best; what is kept predicts as the best did."""
    samples = make_samples(count=90).only(IMAGE)
    usual = {"learning_rate": 0.05, "criterion": Criterion.LOSS}
    network = trained_for_a_moment(samples, epochs=15, **usual)
    best = min(network.history, key=lambda epoch: epoch.validation_loss)
    assert best.epoch < len(network.history)
    shorter = trained_for_a_moment(samples, epochs=best.epoch, **usual)
    values = samples.sensors[0].values
    np.testing.assert_array_equal(network.predict(IMAGE, values), shorter.predict(IMAGE, values))


def test_which_epoch_was_kept_is_known() -> None:
    samples = make_samples(count=90).only(IMAGE)
    network = trained_for_a_moment(samples, epochs=15, learning_rate=0.05, criterion=Criterion.LOSS)
    best = min(network.history, key=lambda epoch: epoch.validation_loss)
    assert network.kept == (best.epoch,)


@pytest.mark.parametrize("criterion", list(Criterion))
def test_the_schedule_is_run_to_its_end_whatever_validation_says(criterion: Criterion) -> None:
    """So learning the validation set by heart earns nobody more epochs."""
    samples = make_samples(count=30).only(IMAGE)
    network = trained_for_a_moment(samples, epochs=30, learning_rate=0.05, criterion=criterion, design=SMALL)
    losses = [epoch.validation_loss for epoch in network.history]
    assert len(losses) == 30
    assert np.argmin(losses) < 29  # it had been better before


def test_a_diverged_network_is_trained_no_further() -> None:
    emitted: list[Epoch] = []
    samples = make_samples(Task.REGRESSION)
    with pytest.raises(EngineError):
        train_network(
            TrainingData(samples),
            halves(samples),
            settings_for(samples, epochs=50, learning_rate=1e30),
            "t",
            emitted.append,
        )
    assert len(emitted) < 5


@pytest.mark.parametrize("criterion", list(Criterion))
def test_every_sensor_is_kept_as_it_was_at_its_best(criterion: Criterion) -> None:
    """But for the paper's criterion, which looks at all sensors at once."""
    samples = make_samples(count=90)
    network = trained_for_a_moment(samples, epochs=6, learning_rate=0.05, criterion=criterion)
    assert len(network.history) == 6
    assert all(np.isfinite(network.predict(each.name, each.values[1:2])).all() for each in samples.sensors)


def test_every_epoch_is_emitted() -> None:
    samples, emitted = make_samples(), []
    network = train_network(
        TrainingData(samples), halves(samples), settings_for(samples, epochs=3), "co-learned", emitted.append
    )
    assert tuple(emitted) == network.history
    assert [(epoch.training, epoch.epoch, epoch.epochs) for epoch in emitted] == [
        ("co-learned", n, 3) for n in (1, 2, 3)
    ]
    assert all(np.isfinite([epoch.train_loss, epoch.validation_loss, epoch.score]).all() for epoch in emitted)
    assert isinstance(emitted[0], Epoch)


@pytest.mark.parametrize("name", [IMAGE, SERIES])
def test_alone_is_the_same_network_with_one_sensor(name: str) -> None:
    samples = make_samples()
    alone = trained_for_a_moment(samples.only(name))
    assert [sensor.name for sensor in alone.sensors] == [name]
    position = [IMAGE, SERIES].index(name)
    together = trained_for_a_moment(samples)
    count = [
        sum(p.numel() for p in network.parameters())
        for network in (alone.network.sensor_network(0), together.network.sensor_network(position))
    ]
    assert count[0] == count[1]


@pytest.mark.parametrize("count", [2, 3, 17, 33])
def test_no_number_of_training_samples_breaks_batch_normalization(count: int) -> None:
    samples = make_samples(count=count + 2)
    split = Split(np.arange(count), np.arange(count, count + 2), np.arange(0))
    train_network(TrainingData(samples), split, settings_for(samples, epochs=1), "t", lambda epoch: None)


def test_a_loss_that_is_no_number_is_an_error() -> None:
    with pytest.raises(EngineError) as error:
        trained_for_a_moment(make_samples(Task.REGRESSION), learning_rate=1e30)
    assert error.value.code is ErrorCode.TRAINING_DIVERGED
    assert "LEARNING_RATE" in error.value.remedy


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("fusion", list(Fusion))
def test_samples_some_sensors_do_not_cover_take_part(task: Task, fusion: Fusion) -> None:
    samples = half_covered(make_samples(task, count=150))
    network = trained_for_a_moment(samples, fusion=fusion, **LONG_ENOUGH)
    held_back = samples.take(halves(samples).validation)
    if fusion is Fusion.ALL:
        seen = held_back.present.any(axis=1)
        assert main_score(task, held_back.target[seen], network.fuse(held_back)[seen]) > 0.7
        return
    for at, sensor in enumerate(held_back.sensors):
        prediction = network.predict(sensor.name, sensor.values)
        seen = held_back.present[:, at] & ~np.isnan(prediction).any(axis=1)
        assert main_score(task, held_back.target[seen], prediction[seen]) > 0.7, sensor.name


def test_what_one_sensor_sees_alone_is_learned_from() -> None:
    """A class that only one sensor ever covers is known to it: its samples were not thrown away."""
    samples = make_samples(count=150)
    samples.present[samples.target == 2, 1] = False
    network = trained_for_a_moment(samples, **LONG_ENOUGH)
    image = samples.sensors[0].values[samples.target == 2]
    assert (network.predict(IMAGE, image[~np.isnan(image).any(axis=(1, 2, 3))]).argmax(axis=1) == 2).mean() > 0.7


@pytest.mark.parametrize("use", list(UnlabelledUse))
def test_unlabelled_positions_are_learned_from(use: UnlabelledUse) -> None:
    samples, more = make_samples(count=90), make_samples(count=200, seed=1)
    settings = settings_for(samples, epochs=3, unlabelled_use=use, design=SMALL)
    plain, helped = (
        train_network(TrainingData(samples, each), halves(samples), settings, "t", lambda epoch: None)
        for each in (None, Unlabelled(more.sensors, more.present))
    )
    assert not torch.equal(weights(plain), weights(helped))
    assert np.isfinite([epoch.train_loss for epoch in helped.history]).all()


def test_soft_targets_of_unlabelled_samples_are_learned_from() -> None:
    """Labels of chance, and a teacher who knows: what is learned is the teacher's."""
    samples, more = make_samples(count=90), make_samples(count=300, seed=1)
    blind = replace(samples, target=np.random.default_rng(0).permutation(samples.target))
    known = np.eye(3, dtype=np.float32)[more.target] * 0.97 + 0.01
    nothing = np.full((90, 3), np.nan, np.float32)
    data = TrainingData(blind, Unlabelled(more.sensors, more.present), nothing, known)
    settings = settings_for(samples, weights=LossWeights(distillation=0.9), **LONG_ENOUGH)
    network = train_network(data, halves(samples), settings, "t", lambda epoch: None)
    whole = ~np.isnan(samples.sensors[0].values).any(axis=(1, 2, 3))
    prediction = network.predict(IMAGE, samples.sensors[0].values[whole])
    assert main_score(Task.CLASSIFICATION, samples.target[whole], prediction) > 0.7


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
    assert trained_for_a_moment(samples).sensor(IMAGE).shape.side_px == context_px


def test_a_band_that_never_varies_does_no_harm() -> None:
    samples = make_samples()
    samples.sensors[0].values[:, 2] = 12345.0
    network = trained_for_a_moment(samples)
    assert np.isfinite(network.history[-1].validation_loss)


def test_a_sensor_without_a_sample_to_validate_on_is_an_error() -> None:
    samples = make_samples()
    samples.present[halves(samples).validation, 1] = False
    with pytest.raises(InputError) as error:
        train_network(
            TrainingData(samples).only(SERIES), halves(samples), settings_for(samples, design=SMALL), "alone", print
        )
    assert error.value.code is ErrorCode.TOO_FEW_SAMPLES
    assert "no validation sample" in error.value.found


@pytest.mark.parametrize("fusion", [Fusion.ALL, Fusion.DROPOUT])
def test_one_head_for_several_sensors_is_kept_at_its_own_best(fusion: Fusion) -> None:
    """Heads that such a training never moves say nothing about when it was best."""
    samples = make_samples(count=90)
    usual = {"epochs": 8, "learning_rate": 0.02, "fusion": fusion, "design": SMALL}
    first = trained_for_a_moment(samples, criterion=Criterion.OBJECTIVE, **usual)
    emitted = trained_for_a_moment(samples, criterion=Criterion.LOSS, **usual)
    assert torch.equal(weights(first), weights(emitted))


def test_soft_targets_come_before_the_labels_where_unlabelled_samples_come_first() -> None:
    samples, more = make_samples(count=60).only(IMAGE), make_samples(count=200, seed=1).only(IMAGE)
    settings = settings_for(samples, design=SMALL, epochs=4, unlabelled_use=UnlabelledUse.BEFORE)
    labels, others = (np.eye(3, dtype=np.float32)[each.target] * 0.97 + 0.01 for each in (samples, more))
    unlabelled = Unlabelled(more.sensors, more.present)
    data = TrainingData(samples, unlabelled, labels, others)
    wrong = replace(data, unlabelled_soft_targets=np.roll(others, 1, axis=1))
    first, second = (train_network(each, halves(samples), settings, "t", lambda epoch: None) for each in (data, wrong))
    assert first.history[0].validation_loss < second.history[0].validation_loss


def test_one_sensor_without_a_teacher_learns_nothing_before_the_labels() -> None:
    samples, more = make_samples().only(IMAGE), make_samples(count=100, seed=1).only(IMAGE)
    settings = settings_for(samples, design=SMALL, unlabelled_use=UnlabelledUse.BEFORE)
    plain, same = (
        train_network(TrainingData(samples, each), halves(samples), settings, "t", lambda epoch: None)
        for each in (None, Unlabelled(more.sensors, more.present))
    )
    assert torch.equal(weights(plain), weights(same))
