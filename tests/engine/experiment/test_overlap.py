"""Unlabelled samples that nobody asked for."""

import numpy as np
import pytest
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.experiment.overlap import CLUSTERS, DRAWN_PER_USED, spread
from colearn.engine.samples.sample_set import SensorSamples
from colearn.engine.samples.unlabelled import Unlabelled


def positions(values: np.ndarray) -> Unlabelled:
    """Seen by one sensor of images that shows a single value each, and by one of series that shows nothing."""
    image = np.asarray(values, np.float32)[:, np.newaxis, np.newaxis, np.newaxis] * np.ones((1, 1, 3, 3), np.float32)
    series = np.full((len(values), 4, 2), np.nan, np.float32)
    present = np.tile([True, False], (len(values), 1))
    sensors = SensorSamples("a", SensorKind.IMAGE, image), SensorSamples("b", SensorKind.SERIES, series)
    return Unlabelled(sensors, present)


def test_rare_covers_get_more_than_their_share() -> None:
    """Of 3000 positions 90 are of the rare cover, 3 %; among the two thirds that stay all of them are."""
    random = np.random.default_rng(0)
    values = np.concatenate([random.normal(0, 1, 2910), random.normal(40, 1, 90)])
    found = spread(positions(random.permutation(values)), seed=0)
    kept = found.sensors[0].values[:, 0, 1, 1]
    assert len(found) == 2000 == 3000 / DRAWN_PER_USED
    assert (kept > 20).sum() == 90
    assert found.present.shape == (2000, 2)
    assert len(np.unique(kept)) == 2000  # each position once


def test_one_seed_draws_the_same(monkeypatch) -> None:
    values = np.random.default_rng(1).normal(size=600)
    one, other = (spread(positions(values), seed=3).sensors[0].values for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("count", [0, 1, CLUSTERS])
def test_few_positions_are_all_taken(count: int) -> None:
    drawn = positions(np.arange(count, dtype=float))
    assert spread(drawn, seed=0) is drawn


def test_constant_values_are_accepted() -> None:
    assert len(spread(positions(np.full(300, 7.0)), seed=0)) == 200
