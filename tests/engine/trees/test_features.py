"""What trees are shown, against NumPy on each pixel's own patch or series."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from colearn.engine.learning.standardization.statistics import Statistics
from colearn.engine.trees.design import RICH, USUAL, FeatureDesign
from colearn.engine.trees.features import SensorView, TreeFeatures, medians_of
from colearn.engine.trees.image_features import windows_for
from colearn.engine.trees.series_features import in_order

BANDS = ("red", "nir")
PLAIN = Statistics(np.zeros(2), np.ones(2), np.zeros(2), np.full(2, 9.0))  # z-scores are the values themselves


def image_features(context_px: int = 7, design: FeatureDesign = USUAL) -> TreeFeatures:
    return TreeFeatures(SensorView(BANDS, context_px), PLAIN, design)


def series_features(dates: int = 5, design: FeatureDesign = RICH, days: tuple = ()) -> TreeFeatures:
    view = SensorView(BANDS, 1, days or tuple(30.0 * at for at in range(dates)))
    return TreeFeatures(view, PLAIN, design)


def by_name(features: TreeFeatures, values: np.ndarray) -> dict:
    """The features of one sample, by name."""
    row = features.table(values[np.newaxis].astype(np.float32))[0]
    return dict(zip([feature.name for feature in features.features], row, strict=True))


def patch(side: int, holes: float = 0.0, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = random.uniform(0.5, 4, (2, side, side)).astype(np.float32)
    values[:, random.random((side, side)) < holes] = np.nan
    values[:, side // 2, side // 2] = (1.0, 3.0)
    return values


def test_squares_lie_inside_the_patch_which_is_the_last_one() -> None:
    assert [windows_for(side) for side in (1, 3, 5, 15, 21)] == [(), (3,), (3, 5), (3, 7, 15), (3, 7, 15, 21)]


@pytest.mark.parametrize("holes", [0.0, 0.3])
def test_features_of_an_image_are_mean_and_spread_around_the_pixel(holes: float) -> None:
    values = patch(7, holes)
    found = by_name(image_features(), values)
    assert found["value of red"] == 1.0
    assert found["value of NDVI"] == np.float32(0.5)  # (3 - 1) / (3 + 1)
    for side in (3, 7):
        rim = (7 - side) // 2
        inside = values[:, rim : 7 - rim, rim : 7 - rim].astype(np.float64)
        ndvi = (inside[1] - inside[0]) / (inside[1] + inside[0])
        for name, band in (("red", inside[0]), ("nir", inside[1]), ("NDVI", ndvi)):
            assert found[f"mean of {name} in {side} px"] == pytest.approx(np.nanmean(band), abs=1e-5)
            assert found[f"spread of {name} in {side} px"] == pytest.approx(np.nanvar(band), abs=1e-5)


def test_the_slope_of_a_plane_is_its_steepness_squared_times_the_reach() -> None:
    rows, cols = np.mgrid[:7, :7].astype(np.float32)
    found = by_name(image_features(), np.stack([3 * cols - 4 * rows, np.ones((7, 7))]) / 8)
    # values two pixels apart differ by 2 * (3, 4) / 8; means of 3 px at the sides of 7 px are four pixels apart
    assert found["slope of red in 3 px"] == (2 / 8 * 3) ** 2 + (2 / 8 * 4) ** 2
    assert found["slope of red in 7 px"] == pytest.approx((4 / 8 * 3) ** 2 + (4 / 8 * 4) ** 2)
    assert found["slope of nir in 7 px"] == 0


def test_there_is_no_slope_towards_nodata() -> None:
    values = patch(3)
    values[:, 1, 0] = values[:, 0, 1] = np.nan
    assert by_name(image_features(3), values)["slope of red in 3 px"] == 0


def test_a_pixel_of_nodata_has_no_features() -> None:
    values = patch(7)
    values[1, 3, 3] = np.nan
    assert np.isnan(image_features().table(values[np.newaxis])).all()


def test_features_of_many_bands_are_pixel_and_mean() -> None:
    bands = tuple(f"band {at + 1}" for at in range(70))
    statistics = Statistics(*(np.full(70, value) for value in (0.0, 1.0, 0.0, 9.0)))
    features = TreeFeatures(SensorView(bands, 7), statistics).features
    assert [feature.measure for feature in features] == ["value"] * 70 + ["mean"] * 70


def test_features_of_a_raster_are_those_of_each_pixels_patch_to_the_bit() -> None:
    random = np.random.default_rng(3)
    raster = random.normal(2, 1, (2, 20, 18)).astype(np.float32)
    raster[:, random.random((20, 18)) < 0.1] = np.nan
    features = image_features()
    dense, valid = features(torch.from_numpy(raster[np.newaxis]))
    patches = np.stack([raster[:, row : row + 7, col : col + 7] for row in range(14) for col in range(12)])
    table = features.table(patches)
    expected = np.where(valid.numpy(), dense.numpy(), np.nan)[0].reshape(table.shape[1], -1).T
    np.testing.assert_array_equal(table, expected)


def test_features_of_a_series_are_its_values_and_their_season() -> None:
    values = np.array([[1, 3], [2, 2], [np.nan, np.nan], [4, 1], [3, 5]], np.float32)  # (date, band)
    found = by_name(series_features(design=replace(RICH, indices=False)), values)
    assert [found[f"value of red at date {at}"] for at in (1, 2, 4, 5)] == [1, 2, 4, 3]
    assert np.isnan(found["value of red at date 3"])
    assert found["step to 2 of red at date 2"] == 1
    assert np.isnan(found["step to 3 of red at date 3"]) and np.isnan(found["step to 4 of red at date 4"])
    assert (found["least of red"], found["mean of red"], found["most of red"]) == (1, 2.5, 4)
    assert found["spread of red"] == 1.25  # of 1, 2, 4, 3
    assert (found["first of nir"], found["last of nir"]) == (3, 5)
    # of 1 2 3 4 the ranks 0.25 * 3, 0.5 * 3 and 0.75 * 3 are 0.75, 1.5 and 2.25: to the nearest, halves up, 1, 2, 2
    assert [found[f"quartile {at} of red"] for at in (1, 2, 3)] == [2, 3, 3]
    assert (found["dates"], found["first day"], found["last day"]) == (4, 0, 120)


def test_the_first_and_the_last_date_may_be_missing() -> None:
    values = np.array([[np.nan, 1], [7, 2], [8, 3], [1, np.nan]], np.float32)
    found = by_name(series_features(4), values)
    assert (found["first of red"], found["last of red"], found["first day"], found["last day"]) == (7, 8, 30, 60)


def test_a_wave_of_a_year_is_found() -> None:
    days = tuple(365.25 / 12 * at for at in range(12))
    wave = 5 + 2 * np.cos(2 * np.pi * np.arange(12) / 12)
    found = by_name(series_features(days=days), np.stack([wave, np.ones(12)], axis=1))
    assert found["cosine of wave 1 of red"] == pytest.approx(2, abs=1e-5)
    assert found["sine of wave 1 of red"] == pytest.approx(0, abs=1e-5)
    assert found["power of wave 1 of red"] == pytest.approx(4, abs=1e-4)
    assert found["power of wave 2 of red"] == pytest.approx(0, abs=1e-5)


def test_a_series_of_one_date() -> None:
    found = by_name(series_features(1), np.array([[2, 3]], np.float32))
    assert (found["value of red at date 1"], found["last of nir"], found["quartile 2 of red"]) == (2, 3, 2)


@pytest.mark.parametrize("dates", [1, 2, 3, 7, 12, 16])
def test_the_network_of_comparisons_sorts(dates: int) -> None:
    values = np.random.default_rng(dates).normal(size=(1, 2, dates, 50)).astype(np.float32)
    np.testing.assert_array_equal(in_order(torch.from_numpy(values), dates).numpy(), np.sort(values, axis=2))


def test_a_series_of_nothing_has_no_features() -> None:
    assert np.isnan(series_features().table(np.full((1, 5, 2), np.nan, np.float32))).all()


def test_missing_features_get_the_median_of_the_training_samples() -> None:
    values = np.full((4, 5, 2), 2.0, np.float32)
    values[:3, 0, 0] = (1, 5, 9)
    values[3, 0, 0] = np.nan
    bare = series_features(design=USUAL)
    features = bare.with_medians(bare.table(values[:3]))
    assert by_name(features, values[3])["value of red at date 1"] == 5
    assert np.isfinite(features.imputed(bare.table(values))).all()


def test_a_median_is_one_of_the_values_and_0_where_there_is_none() -> None:
    table = np.array([[1, np.nan], [4, np.nan], [np.nan, np.nan], [2, np.nan], [3, np.nan]], np.float32)
    assert medians_of(table).tolist() == [2, 0]


def test_an_index_of_nothing_over_nothing_is_0() -> None:
    assert by_name(image_features(1), np.zeros((2, 1, 1)))["value of NDVI"] == 0


def test_kinds_of_features_are_what_people_ask_about() -> None:
    image = image_features(7)
    assert list(image.kinds()) == [
        "value of the pixel",
        "indices",
        *(f"{measure} in {window} px" for window in (3, 7) for measure in ("mean", "spread", "slope")),
    ]
    series = series_features(3)
    found = series.kinds()
    assert {"values by date", "steps between dates", "harmonics", "quartiles", "dates with data"} <= set(found)
    assert {"least over dates", "mean over dates", "most over dates", "last over dates"} <= set(found)
    assert sorted(at for columns in found.values() for at in columns) == list(range(len(series.features)))
