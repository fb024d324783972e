"""Trained networks that are trained further on more samples."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from colearn.engine.contract import Epoch, Spectral, Task
from colearn.engine.learning.fit.checkpoint import Checkpoint
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import Settings, TrainedNetwork, train_network
from colearn.engine.samples.sample_set import SampleSet, SensorSamples, Split

from network_weights import weights
from synthetic_samples import IMAGE, SMALL, make_samples, settings_for

SOME = Split(np.arange(30), np.arange(30, 40), np.arange(40, 60))
EVERY = replace(SOME, train=np.arange(60))


def settings(samples: SampleSet, **changes: object) -> Settings:
    return settings_for(samples, design=SMALL, **changes)


def started(samples: SampleSet) -> TrainedNetwork:
    return train_network(TrainingData(samples), SOME, settings(samples), "t", lambda epoch: None)


def further(samples: SampleSet, start: TrainedNetwork, on_epoch=lambda epoch: None, checkpoint=None) -> TrainedNetwork:
    data, longer = TrainingData(samples), settings(samples, epochs=3)
    return train_network(data, EVERY, longer, "t", on_epoch, checkpoint, (3,), start)


def hyperspectral() -> SampleSet:
    """Training samples vary in fewer ways than the others: fewer principal components hold their variance."""
    samples = make_samples().only(IMAGE)
    random = np.random.default_rng(0)
    kinds = random.normal(size=(60, 14))
    kinds[:30, 9:] = 0
    values = (1000 + 100 * kinds @ random.normal(size=(14, 80))).astype(np.float32)[:, :, None, None]
    return replace(samples, sensors=(SensorSamples(IMAGE, samples.sensors[0].kind, values),))


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.REGRESSION])
def test_what_it_was_standardized_by_stays(task: Task) -> None:
    """Its weights are for these units: those of other samples would change its predictions before it learns."""
    samples = make_samples(task)
    start = started(samples)
    before = weights(start).clone()
    found = further(samples, start)
    for own, other in zip(found.sensors, start.sensors, strict=True):
        np.testing.assert_array_equal(own.statistics.mean, other.statistics.mean)
        np.testing.assert_array_equal(own.statistics.scale, other.statistics.scale)
    np.testing.assert_array_equal(found.target_mean, start.target_mean)
    np.testing.assert_array_equal(found.target_sd, start.target_sd)
    assert not torch.equal(weights(found), before)
    assert torch.equal(weights(start), before)


def test_principal_components_of_the_samples_before_stay() -> None:
    """The others vary in more ways: their components are more, and the network would not fit them."""
    samples = hyperspectral()
    data, reduced = TrainingData(samples), settings_for(samples, design=replace(SMALL, spectral=Spectral.PCA))
    start = train_network(data, SOME, reduced, "t", lambda epoch: None)
    found, anew = (
        train_network(data, EVERY, reduced, "t", lambda epoch: None, None, (2,), each) for each in (start, None)
    )
    assert [_components(each) for each in (start, found, anew)] == [9, 9, 14]


def test_who_is_interrupted_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    samples = make_samples()
    start, checkpoint = started(samples), Checkpoint(tmp_path / "job" / "t.pt", every_s=0)

    def interrupted(epoch: Epoch) -> None:
        if epoch.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        further(samples, start, interrupted, checkpoint)
    epochs: list[int] = []
    found = further(samples, start, lambda epoch: epochs.append(epoch.epoch), checkpoint)
    assert epochs == [1, 2, 3]
    assert torch.equal(weights(found), weights(further(samples, start)))


def _components(network: TrainedNetwork) -> int:
    (found,) = (
        value
        for name, value in network.network.state_dict().items()
        if "specific" in name and "projection.weights" in name
    )
    return len(found)
