"""Values too far off to shape a band's mean and spread."""

import numpy as np
import pytest
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.learning.standardization import robust_range as plausible
from colearn.engine.learning.standardization.robust_range import plausible_range, some_of
from colearn.engine.learning.standardization.spectral import principal_components
from colearn.engine.learning.standardization.statistics import sensor_statistics
from colearn.engine.samples.sample_set import SensorSamples
from hypothesis import given, settings
from hypothesis import strategies as st

COUNT = 2000
ALL = np.arange(COUNT)


def statistics_of(values: np.ndarray):
    """Of pixels (pixel, band), each a sample of its own."""
    pixels = values.astype(np.float32)[:, :, np.newaxis, np.newaxis]
    return sensor_statistics(SensorSamples("camera", SensorKind.IMAGE, pixels), np.arange(len(values)))


def test_the_range_by_hand() -> None:
    """0 … 100 evenly: quartiles 25, 50, 75; twenty times 25 on either side."""
    low, high = plausible_range(np.arange(101.0)[:, np.newaxis])
    assert (low.tolist(), high.tolist()) == ([25 - 20 * 25], [75 + 20 * 25])


def test_a_skewed_band_reaches_further_where_it_is_longer() -> None:
    """Quartiles 1, 2, 10: twenty times 8 upwards; downwards at least twenty times a quarter of 9."""
    values = np.repeat([1.0, 2.0, 10.0], [30, 30, 41])[:, np.newaxis]
    low, high = plausible_range(values)
    assert (low.tolist(), high.tolist()) == ([1 - 20 * 2.25], [10 + 20 * 8])


@pytest.mark.parametrize("share_of_ones", [0.0005, 0.004, 0.03, 0.2, 0.5])
def test_marks_of_zero_and_one_keep_their_plain_statistics(share_of_ones: float) -> None:
    values = (np.arange(10_000) < share_of_ones * 10_000).astype(float)[:, np.newaxis]
    found = statistics_of(values)
    assert found.mean[0] == pytest.approx(share_of_ones)
    assert found.sd[0] == pytest.approx(np.sqrt(share_of_ones * (1 - share_of_ones)))


def test_zeros_with_a_few_others_are_recognized_by_the_others() -> None:
    values = np.concatenate([np.zeros(8500), np.linspace(1, 100, 1490), np.full(10, 1e9)])[:, np.newaxis]
    found = statistics_of(values)
    assert found.maximum[0] == 100
    assert found.mean[0] == pytest.approx(1490 * 50.5 / 9990)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.001, 0.2),
    st.sampled_from([-1e20, -1e6, -32768, -9999, 65535, 1e9]),
    st.floats(-3, 100),
)
def test_up_to_a_fifth_of_absurd_values_change_nothing(seed, share, absurd, mean) -> None:
    random = np.random.default_rng(seed)
    clean = random.normal(mean, 10, (COUNT, 2)).astype(np.float32).astype(np.float64)
    dirty = clean.copy()
    dirty[: int(share * COUNT)] = absurd
    found, rest = statistics_of(dirty), clean[int(share * COUNT) :]
    np.testing.assert_allclose(found.mean, rest.mean(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.sd, rest.std(axis=0), rtol=1e-9)
    assert (found.minimum.tolist(), found.maximum.tolist()) == (rest.min(axis=0).tolist(), rest.max(axis=0).tolist())


@settings(deadline=None, derandomize=True)  # one draw in some thousands has a tail that is cut
@given(st.integers(0, 2**32 - 1), st.sampled_from(["normal", "uniform", "exponential", "gamma"]))
def test_clean_values_keep_their_plain_statistics(seed, kind) -> None:
    random = np.random.default_rng(seed)
    draw = {
        "normal": lambda: random.normal(3000, 800, (COUNT, 1)),
        "uniform": lambda: random.uniform(-1, 1, (COUNT, 1)),
        "exponential": lambda: random.exponential(5, (COUNT, 1)),
        "gamma": lambda: random.gamma(2, 100, (COUNT, 1)),
    }[kind]
    values = draw().astype(np.float32).astype(np.float64)
    found = statistics_of(values)
    np.testing.assert_allclose(found.mean, values.mean(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.sd, values.std(axis=0), rtol=1e-9)


def test_each_band_has_its_own_range() -> None:
    values = np.random.default_rng(0).normal(0, 1, (COUNT, 2))
    values[:5, 1] = 1e9
    found = statistics_of(values)
    assert found.mean[0] == pytest.approx(values[:, 0].mean(), rel=1e-4, abs=1e-6)
    assert found.sd[1] < 2


def test_of_very_many_pixels_some_are_looked_at_evenly_whatever_the_parts(monkeypatch) -> None:
    monkeypatch.setattr(plausible, "MOST_LOOKED_AT", 10)
    pixels = np.arange(95.0)[:, np.newaxis]
    for borders in ([], [1, 2, 50], [33, 66], [94]):
        assert some_of(iter(np.split(pixels, borders)), 95).ravel().tolist() == [*range(0, 95, 10)]


def test_a_defective_pixel_does_not_dominate_the_first_component() -> None:
    random = np.random.default_rng(0)
    values = random.normal(0, 1, (COUNT, 12)) * np.arange(1, 13)
    values[0, 3] = 1e12
    sensor = SensorSamples("spectra", SensorKind.IMAGE, values.astype(np.float32)[:, :, np.newaxis, np.newaxis])
    weights = np.abs(principal_components(sensor, ALL, sensor_statistics(sensor, ALL)).weights)
    assert weights.shape[0] == 12  # with the pixel in it, the first component is it alone, and no other varies
