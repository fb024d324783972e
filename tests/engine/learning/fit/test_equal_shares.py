"""Sensors get the same steps and batches whether others are beside them or not, however sparse they are."""

import numpy as np
import pytest
import torch
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.job.method import UnlabelledUse
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import train_network
from colearn.engine.learning.fit.settings import Fusion
from colearn.engine.learning.fit.trainer import SensorMeans, Trainer
from colearn.engine.samples.sample_set import SampleSet
from colearn.engine.samples.unlabelled import Unlabelled

from synthetic_samples import (
    IMAGE,
    SERIES,
    SMALL,
    halves,
    make_samples,
    settings_for,
    trained_for_a_moment,
)


def sparse(samples: SampleSet, every: int = 10) -> SampleSet:
    """The radar covers one sample in ten."""
    samples.present[:, 1] = np.arange(len(samples)) % every == 1
    return samples


def rows_learned(monkeypatch: pytest.MonkeyPatch, data: TrainingData, **changes: object) -> dict[str, list[list[int]]]:
    """Rows of every step of every sensor, in the order of the steps."""
    steps: dict[str, list[list[int]]] = {name: [] for name in data.sensor_names()}
    samples = data.samples
    original = Trainer._loss

    def noted(trainer: Trainer, views, batch, weights):
        for view in views:
            own = batch[view.rows]
            steps[data.sensor_names()[view.position]].append(own[own < len(samples)].tolist())
        return original(trainer, views, batch, weights)

    monkeypatch.setattr(Trainer, "_loss", noted)
    train_network(data, halves(samples), settings_for(samples, design=SMALL, **changes), "t", lambda epoch: None)
    monkeypatch.setattr(Trainer, "_loss", original)
    return steps


@pytest.mark.parametrize("fusion", list(Fusion))
def test_every_row_of_a_sparse_sensor_is_learned_from_in_every_epoch(
    monkeypatch: pytest.MonkeyPatch, fusion: Fusion
) -> None:
    """Of 150 samples the radar covers 15, 10 of which are to train on (position % 3 > 0)."""
    samples = sparse(make_samples(count=150))
    learned = rows_learned(monkeypatch, TrainingData(samples), epochs=3, fusion=fusion)
    few = [position for position in range(150) if position % 10 == 1 and position % 3]
    assert len(few) == 10
    assert [sorted(rows) for rows in learned[SERIES]] == [few] * 3  # one step an epoch, with all of them
    dense = sorted(row for rows in learned[IMAGE] for row in rows)
    assert dense == sorted(list(halves(samples).train) * 3)


@pytest.mark.parametrize("use", list(UnlabelledUse))
@pytest.mark.parametrize("name", [IMAGE, SERIES])
def test_a_sensor_gets_the_same_batches_alone_and_with_others(
    monkeypatch: pytest.MonkeyPatch, name: str, use: UnlabelledUse
) -> None:
    samples, more = sparse(make_samples(count=150), every=4), make_samples(count=200, seed=1)
    together = TrainingData(samples, Unlabelled(more.sensors, more.present))
    changes = {"epochs": 4, "unlabelled_use": use}
    beside = rows_learned(monkeypatch, together, **changes)[name]
    alone = rows_learned(monkeypatch, TrainingData(samples).only(name), **changes)[name]
    assert beside == alone
    assert len(alone) >= 4


def learners_of(monkeypatch: pytest.MonkeyPatch, each_data: list[TrainingData]) -> list[Trainer]:
    """What was passed to the trainings of each training data."""
    made: list[Trainer] = []
    init = Trainer.__init__

    def noted(trainer: Trainer, *arguments) -> None:
        init(trainer, *arguments)
        made.append(trainer)

    monkeypatch.setattr(Trainer, "__init__", noted)
    for data in each_data:
        samples = data.samples
        train_network(data, halves(samples), settings_for(samples, design=SMALL, epochs=1), "t", lambda epoch: None)
    return made


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.REGRESSION])
def test_a_sensors_loss_is_the_same_alone_and_with_others(monkeypatch: pytest.MonkeyPatch, task: Task) -> None:
    """Where the radar shows one class less often, or large values only, than the camera does."""
    samples = make_samples(task, count=150)
    common = samples.target == 0 if task is Task.CLASSIFICATION else samples.target[:, 0] < np.median(samples.target)
    samples.present[:, 1] = ~common | (np.arange(150) % 5 == 1)
    names, whole = [IMAGE, SERIES], TrainingData(samples)
    together, *alone = learners_of(monkeypatch, [whole, *(whole.only(name) for name in names)])
    logits, train = torch.randn(150, 3 if task is Task.CLASSIFICATION else 2), halves(samples).train
    for at, single in enumerate(alone):
        rows = train[samples.present[train, at]]
        own = logits[rows], together._targets.values[rows]
        cost = together._criteria[at].task(*own)
        assert torch.equal(cost, single._criteria[0].task(*own))
        assert torch.equal(together._targets.values, single._targets.values)
        if task is Task.CLASSIFICATION:  # every class counts the same among the sensor's own rows
            lost = torch.nn.functional.cross_entropy(*own, reduction="none")
            expected = np.mean([lost[own[1] == number].mean().item() for number in range(3)])
            assert cost.item() == pytest.approx(expected, rel=1e-5)
            shares = np.bincount(samples.target[train]) / len(train)
            learned = together._shifts[at] - np.log(shares)  # the prior that was learned: a third of each class
            np.testing.assert_allclose(learned, np.log(3), rtol=1e-5)
            np.testing.assert_array_equal(together._shifts[at], single._shifts[0])


@pytest.mark.parametrize("fusion", list(Fusion))
def test_a_batch_with_one_sample_per_sensor_is_skipped(fusion: Fusion) -> None:
    samples = make_samples(count=90)
    samples.present[:, 0] = np.arange(90) % 2 == 0
    samples.present[:, 1] = ~samples.present[:, 0]
    network = trained_for_a_moment(samples, batch_size=2, design=SMALL, fusion=fusion)
    assert np.isfinite(network.history[-1].train_loss)


def test_a_sensor_of_few_rows_counts_in_the_training_loss_as_any_other() -> None:
    means = SensorMeans()
    for position, loss, rows in [(0, 1.0, 90), (0, 2.0, 10), (1, 5.0, 2), (1, 8.0, 4)]:
        means.add(position, torch.tensor(loss), rows)
    assert means.mean() == pytest.approx((1.1 + 7.0) / 2)  # (90 + 20) / 100, (10 + 32) / 6
    assert np.isnan(SensorMeans().mean())
