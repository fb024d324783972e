"""Statistics of bands and targets."""

import numpy as np
import pytest
from colearn.engine.contract.manifest.manifest import SensorKind
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.learning.standardization.statistics import sensor_statistics, target_statistics
from colearn.engine.samples.sample_set import SensorSamples

RANDOM = np.random.default_rng(0)
ALL = np.arange(150)


def image(values: np.ndarray) -> SensorSamples:
    return SensorSamples("camera", SensorKind.IMAGE, values.astype(np.float32))


def test_image_statistics_leave_out_pixels_with_any_invalid_band() -> None:
    values = RANDOM.normal(1000, 50, (150, 3, 5, 5)).astype(np.float32)
    values[RANDOM.random(values.shape) < 0.05] = np.nan
    values[3, 1, 2, 2] = np.inf
    pixels = values.transpose(0, 2, 3, 1).reshape(-1, 3)
    valid = pixels[np.isfinite(pixels).all(axis=1)].astype(np.float64)
    found = sensor_statistics(image(values), ALL)
    np.testing.assert_allclose(found.mean, valid.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.sd, valid.std(axis=0), rtol=1e-12)
    np.testing.assert_array_equal(found.minimum, valid.min(axis=0))
    np.testing.assert_array_equal(found.maximum, valid.max(axis=0))


def test_series_statistics_leave_out_dates_with_any_invalid_band() -> None:
    values = RANDOM.normal(-15, 3, (150, 12, 2)).astype(np.float32)
    values[:, 4, 1] = np.nan
    valid = np.delete(values, 4, axis=1).reshape(-1, 2).astype(np.float64)
    found = sensor_statistics(SensorSamples("radar", SensorKind.SERIES, values), ALL)
    np.testing.assert_allclose(found.mean, valid.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.sd, valid.std(axis=0), rtol=1e-12)


def test_only_the_chosen_samples_count() -> None:
    values = np.zeros((4, 1, 1, 1))
    values[:, 0, 0, 0] = [1, 3, 1e6, np.nan]
    found = sensor_statistics(image(values), np.array([0, 1, 3]))
    assert (found.mean[0], found.sd[0], found.maximum[0]) == (2, 1, 3)


def test_a_large_offset_costs_no_digits() -> None:
    values = (1e6 + RANDOM.integers(0, 2, (150, 1, 3, 3))).astype(np.float32)
    assert sensor_statistics(image(values), ALL).sd[0] == pytest.approx(values.astype(np.float64).std(), rel=1e-12)


@pytest.mark.parametrize("constant", [0.0, 7.0, 0.1, -9999.0])
def test_a_constant_band_is_scaled_by_one(constant: float) -> None:
    found = sensor_statistics(image(np.full((150, 1, 3, 3), constant)), ALL)
    assert found.scale.tolist() == [1.0]


def test_small_but_real_variation_is_kept() -> None:
    values = RANDOM.normal(0, 1e-6, (150, 1, 3, 3))
    found = sensor_statistics(image(values), ALL)
    assert found.scale[0] == found.sd[0] < 1e-5


def test_a_sensor_without_any_valid_pixel_is_named() -> None:
    values = np.ones((150, 2, 1, 1))
    values[:75, 0] = np.nan
    values[75:, 1] = np.nan
    with pytest.raises(InputError) as error:
        sensor_statistics(image(values), ALL)
    assert error.value.code is ErrorCode.TOO_FEW_SAMPLES
    assert error.value.subject == "camera"


def test_target_statistics() -> None:
    found = target_statistics(np.array([[1.0, 5.0], [3.0, 5.0]], dtype=np.float32))
    assert found.mean.tolist() == [2, 5]
    assert found.sd.tolist() == [1, 0]
    assert found.scale.tolist() == [1, 1]
