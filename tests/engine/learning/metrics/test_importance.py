"""What a predictor relies on, of predictors that are known."""

import numpy as np
import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.learning.metrics.importance import Part, importance_of_bands, importance_of_sensors, neighbours
from colearn.engine.samples.sample_set import SampleSet, SensorSamples

COUNT = 400


def series(holes: float = 0.0) -> SensorSamples:
    random = np.random.default_rng(0)
    values = random.normal(size=(COUNT, 3, 2)).astype(np.float32)
    values[random.random((COUNT, 3)) < holes] = np.nan
    return SensorSamples("radar", SensorKind.SERIES, values)


def near(target: np.ndarray):
    """Minus the mean squared distance from the target: 0 at best."""
    return lambda found: -float(np.square(found[:, 0] - target).mean())


def test_a_predictor_of_one_band_at_one_date_misses_these_alone() -> None:
    sensor = series()

    def predict(values: np.ndarray) -> np.ndarray:
        return values[:, 1, :1]

    score = near(sensor.values[:, 1, 0])
    found = {(each.part, each.name): each for each in importance_of_bands(sensor, "ab", "123", predict, score, seed=1)}
    assert list(found) == [(Part.BAND, "a"), (Part.BAND, "b"), *((Part.DATE, name) for name in "123")]
    # values of variance 1 of another sample: the squared distance of two independent ones is 2 on average
    assert found[Part.BAND, "a"].fall == pytest.approx(2, abs=0.3)
    assert found[Part.DATE, "2"].fall == found[Part.BAND, "a"].fall
    assert all(found[key].fall == 0 == found[key].sd for key in [(Part.BAND, "b"), (Part.DATE, "1"), (Part.DATE, "3")])


def test_what_is_missing_stays_missing_and_nothing_more() -> None:
    sensor = series(holes=0.3)
    seen = []

    def predict(values: np.ndarray) -> np.ndarray:
        seen.append(np.isnan(values))
        return np.nan_to_num(values[:, 0, :1])

    importance_of_bands(sensor, "ab", "123", predict, near(np.zeros(COUNT)), seed=1)
    assert len(seen) > 1
    assert all(np.array_equal(each, np.isnan(sensor.values)) for each in seen)


def test_a_band_of_an_image_is_shuffled_over_the_whole_patch() -> None:
    values = np.random.default_rng(0).normal(size=(COUNT, 2, 3, 3)).astype(np.float32)
    sensor = SensorSamples("camera", SensorKind.IMAGE, values)

    def predict(raw: np.ndarray) -> np.ndarray:
        return raw[:, 1, 0, 2][:, np.newaxis]

    found = importance_of_bands(sensor, ("red", "nir"), (), predict, near(values[:, 1, 0, 2]), seed=1)
    assert [each.name for each in found] == ["red", "nir"]
    assert (found[0].fall, found[1].fall > 1) == (0, True)


def test_of_two_sensors_the_one_that_is_read_matters() -> None:
    one, other = series(), SensorSamples("camera", SensorKind.SERIES, series().values[::-1].copy())
    places = np.zeros(COUNT)
    present = np.ones((COUNT, 2), bool)
    target = np.zeros((COUNT, 1), np.float32)
    samples = SampleSet(Task.REGRESSION, (one, other), present, target, np.arange(COUNT), places, places)
    found = importance_of_sensors(
        samples, lambda each: each.sensors[1].values[:, 0, :1], near(other.values[:, 0, 0]), seed=1
    )
    assert [(each.part, each.name) for each in found] == [(Part.SENSOR, "radar"), (Part.SENSOR, "camera")]
    assert found[0].fall == 0 and found[1].fall > 1


def test_the_same_seed_gives_the_same_figures() -> None:
    sensor = series()
    score = near(sensor.values[:, 1, 0])
    one, two, other = (
        importance_of_bands(sensor, "ab", "123", lambda values: values[:, 1, :1], score, seed) for seed in (1, 1, 2)
    )
    assert one == two != other


@pytest.mark.parametrize(("count", "runs"), [(3, ["0", "1", "2"]), (5, ["0 – 1", "2 – 3", "4"]), (0, [])])
def test_of_many_bands_neighbours_go_together(count: int, runs: list) -> None:
    names = [str(at) for at in range(count)]
    found = neighbours(names, 3)
    assert [name for name, _ in found] == runs
    assert [at for _, run in found for at in range(count)[run]] == list(range(count))


def test_neighbours_are_shuffled_together() -> None:
    """Two bands that hold the same: without one the other still tells; without both nothing does."""
    one = series().values[:, :, :1]
    sensor = SensorSamples("radar", SensorKind.SERIES, np.concatenate([one, one, np.zeros_like(one)], axis=2))

    def predict(values: np.ndarray) -> np.ndarray:
        return np.where(values[:, 0, :1] == one[:, 0], values[:, 0, :1], values[:, 0, 1:2])

    score = near(one[:, 0, 0])
    apart = importance_of_bands(sensor, "abc", (), predict, score, seed=1)
    together = importance_of_bands(sensor, "abc", (), predict, score, seed=1, most=2)
    assert [each.fall for each in apart[:1]] == [0]
    assert [each.name for each in together] == ["a – b", "c"]
    assert together[0].fall == pytest.approx(2, abs=0.3)
