"""Series brought to other dates: against a formula written per pixel, and what must not change a bit."""

import numpy as np
import pytest
from colearn.engine.raster.scenes.interpolation import Interpolation
from hypothesis import given, settings
from hypothesis import strategies as st

NAN = np.nan


def by_hand(asked, observations):
    """Pixel by pixel, date by date, in double precision (wanted day, band, row, col)."""
    given_ = np.stack(observations).astype(np.float64)
    out = np.full((len(asked.wanted), *given_.shape[1:]), NAN)
    for row, col in np.ndindex(given_.shape[2:]):
        valid = [at for at in range(len(given_)) if np.isfinite(given_[at, :, row, col]).all()]
        for number, want in enumerate(asked.wanted):
            before = [at for at in valid if asked.observed[at] <= want][-1:]
            after = [at for at in valid if asked.observed[at] >= want][:1]
            around = [*before, *after]
            far = [abs(asked.observed[at] - want) for at in around]
            if before and after and asked.observed[after[0]] - asked.observed[before[0]] <= asked.gap_days:
                days = [asked.observed[at] for at in around]
                values = [given_[at, :, row, col] for at in around]
                out[number, :, row, col] = [np.interp(want, days, band) for band in np.transpose(values)]
            elif around and min(far) <= asked.reach_days:
                out[number, :, row, col] = given_[around[int(np.argmin(far))], :, row, col]
    return out


days = st.lists(st.integers(0, 60), min_size=1, max_size=8, unique=True).map(sorted).map(tuple)
wanted = st.lists(st.integers(-10, 70), min_size=1, max_size=5, unique=True).map(sorted).map(tuple)
asked_for = st.builds(Interpolation, days, wanted, st.integers(1, 30), st.integers(0, 12))


@settings(max_examples=80, derandomize=True)
@given(asked_for, st.integers(0, 2**16), st.sampled_from([0.0, 0.3, 0.8]))
def test_every_pixel_is_interpolated_between_its_nearest_valid_observations(asked, seed, holes):
    random = np.random.default_rng(seed)
    observations = random.integers(-3000, 3000, (len(asked.observed), 2, 3, 4)).astype(np.float32)
    observations[random.random(observations.shape) < holes] = NAN
    found = asked.run(iter(observations))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, by_hand(asked, observations), rtol=1e-5, atol=1e-2)


@settings(max_examples=40, derandomize=True)
@given(asked_for, st.integers(0, 2**16))
def test_a_pixel_does_not_depend_on_its_neighbours(asked, seed):
    random = np.random.default_rng(seed)
    observations = random.random((len(asked.observed), 2, 4, 5), np.float32)
    observations[random.random(observations.shape) < 0.3] = NAN
    whole = asked.run(iter(observations))
    for row in range(4):
        np.testing.assert_array_equal(
            asked.run(iter(observations[..., row : row + 1, 2:])), whole[..., row : row + 1, 2:]
        )


@settings(max_examples=40, derandomize=True)
@given(asked_for, st.integers(0, 2**16))
def test_what_is_not_needed_changes_nothing(asked, seed):
    observations = np.random.default_rng(seed).random((len(asked.observed), 1, 2, 2), np.float32)
    asked = Interpolation(asked.observed, asked.wanted, max(asked.gap_days, asked.reach_days), asked.reach_days)
    needed = asked.needed()
    if not needed:
        assert np.isnan(asked.run(iter(observations))).all()
        return
    fewer = Interpolation(tuple(asked.observed[at] for at in needed), asked.wanted, asked.gap_days, asked.reach_days)
    np.testing.assert_array_equal(fewer.run(iter(observations[needed])), asked.run(iter(observations)))


def run(asked, *values):
    return asked.run(np.full((1, 1, 1), value, np.float32) for value in values)[:, 0, 0, 0].tolist()


def test_days_that_were_observed_are_given_to_the_bit():
    values = np.float32([0.1, 3e38, -3e38]).tolist()
    assert run(Interpolation((0, 10, 20), (0, 10, 20), 30, 5), *values) == values


def test_an_observation_with_a_missing_band_is_invalid():
    asked = Interpolation((0, 10, 20), (10,), 30, 0)
    observations = np.float32([[[[0]], [[0]]], [[[7]], [[NAN]]], [[[2]], [[4]]]])
    assert asked.run(iter(observations))[0, :, 0, 0].tolist() == [1, 2]


def test_a_gap_too_long_is_not_bridged():
    assert run(Interpolation((0, 31), (15,), 31, 5), 0, 31) == [15]
    np.testing.assert_equal(run(Interpolation((0, 32), (15,), 31, 5), 0, 32), [NAN])


@pytest.mark.parametrize(
    ("want", "given_"), [(4, 1), (5, 1), (6, NAN), (26, NAN), (27, 2), (28, 2), (37, 2), (38, NAN)]
)
def test_beside_a_gap_and_at_the_ends_the_nearest_is_taken_where_it_is_near(want, given_):
    np.testing.assert_equal(run(Interpolation((0, 32), (want,), 31, 5), 1, 2), [given_])


def test_dates_that_stay_missing_are_known_before():
    asked = Interpolation((0, 40, 70), (-6, -5, 3, 20, 41, 75, 76), 31, 5)
    assert asked.missing() == [0, 3, 6]
