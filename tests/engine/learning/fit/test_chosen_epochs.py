"""Trainings for epochs that were chosen beforehand, and what the schedule of others makes of theirs."""

from dataclasses import replace

import numpy as np
import torch
from colearn.engine.learning.fit.data import TrainingData
from colearn.engine.learning.fit.loop import TrainedNetwork, train_network
from colearn.engine.learning.fit.settings import Criterion
from colearn.engine.samples.sample_set import SampleSet, Split

from network_weights import weights
from synthetic_samples import (
    IMAGE,
    SERIES,
    SMALL,
    make_samples,
    settings_for,
)


class TestEpochsChosenBeforehand:
    """All samples are learned from, and none is left to choose an epoch by."""

    def trained(self, samples: SampleSet, keep: tuple[int, ...], validation: int = 0) -> TrainedNetwork:
        positions = np.arange(len(samples))
        split = Split(positions[validation:], positions[:validation], positions[:0])
        settings = settings_for(samples, epochs=6, cosine=True, criterion=Criterion.LOSS, design=SMALL)
        return train_network(TrainingData(samples), split, settings, "t", lambda epoch: None, keep=keep)

    def test_every_sensor_is_kept_as_it_was_then(self) -> None:
        samples = make_samples()
        apart, early, late = (self.trained(samples, keep) for keep in ((2, 4), (2, 2), (4, 4)))
        image, series = (sensor.values for sensor in samples.sensors)
        np.testing.assert_array_equal(apart.predict(IMAGE, image), early.predict(IMAGE, image))
        np.testing.assert_array_equal(apart.predict(SERIES, series), late.predict(SERIES, series))
        assert not np.array_equal(early.predict(SERIES, series), late.predict(SERIES, series))

    def test_nothing_is_trained_after_the_last_nor_validated(self) -> None:
        network = self.trained(make_samples(), (2, 4))
        assert [(each.epoch, each.epochs) for each in network.history] == [(n, 4) for n in (1, 2, 3, 4)]
        assert np.isnan([each.validation_loss for each in network.history]).all()
        assert network.kept == (2, 4)

    def test_samples_to_validate_on_change_nothing(self) -> None:
        samples = make_samples()
        target = np.where(np.arange(60) < 20, 0, samples.target)
        first, second = (
            self.trained(each, (3, 3), validation=20) for each in (samples, replace(samples, target=target))
        )
        assert torch.equal(weights(first), weights(second))
