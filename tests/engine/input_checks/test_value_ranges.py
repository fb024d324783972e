"""Another unit is reported with the command to run; another season, another land and a lake are not another unit."""

import numpy as np
import pytest
from colearn.engine.contract.manifest.manifest import Band
from colearn.engine.input_checks.rescaling import likely_rescaling
from colearn.engine.input_checks.value_ranges import Found, Trained, strange_bands

BANDS = 6
MEAN = np.array([800.0, 1000, 900, 2500, 2000, 1200])  # blue, green, red, near infrared, two short waves
SD = np.array([300.0, 350, 450, 900, 700, 500])
NOTHING = (np.ones(BANDS), np.zeros(BANDS))


def scene(mean=MEAN, sd=SD, pixels=4000, seed=0, least=1.0):
    drawn = np.random.default_rng(seed).normal(mean, sd, (pixels, len(mean)))
    return np.maximum(drawn, least).astype(np.float32)


def trained_on(pixels) -> Trained:
    columns = zip(pixels.mean(axis=0), pixels.std(axis=0), pixels.min(axis=0), pixels.max(axis=0), strict=True)
    return Trained.of(tuple(Band(str(at), *map(float, column)) for at, column in enumerate(columns)))


def logged(pixels, trained, declared=NOTHING) -> str | None:
    """What to do, or None where nothing is strange."""
    found = Found.of(np.asarray(pixels, np.float32))
    return likely_rescaling(found, trained, declared) if strange_bands(found, trained).any() else None


@pytest.mark.parametrize("factor", [100.0, 1000.0, 10000.0])
def test_values_too_small_and_too_large_are_reported_with_their_factor(factor) -> None:
    assert logged(scene() / factor, trained_on(scene(seed=1))) == f"multiply by {factor:g}"
    assert logged(scene(), trained_on(scene(seed=1) / factor)) == f"divide by {factor:g}"


@pytest.mark.parametrize("limit", [255.0, 65535.0])
def test_shares_of_a_types_full_scale_are_reported(limit) -> None:
    full = np.random.default_rng(0).uniform(0.1, 0.98, (4000, 4))
    nothing = (np.ones(4), np.zeros(4))
    assert logged(full, trained_on(full * limit), nothing) == f"multiply by {limit:g}"
    assert logged(full * limit, trained_on(full), nothing) == f"divide by {limit:g}"


def test_a_darker_or_lighter_or_wetter_scene_in_another_unit_keeps_its_factor() -> None:
    for season in (0.5, 0.8, 1.6):
        assert logged(scene(MEAN * season, SD * season) / 10000, trained_on(scene(seed=1))) == "multiply by 10000"


@pytest.mark.parametrize(("trained_on_offset", "remedy"), [(False, "subtract 1000"), (True, "add 1000")])
def test_the_offset_of_another_processing_is_reported(trained_on_offset, remedy) -> None:
    one, other = scene(), scene(MEAN * 1.1, SD, seed=1)
    if trained_on_offset:
        assert logged(one, trained_on(other + 1000)) == remedy
    else:
        assert logged(one + 1000, trained_on(other)) == remedy


def test_power_where_decibels_were_trained_and_the_reverse() -> None:
    decibels = scene(np.array([-11.0, -17.0]), np.array([3.0, 3.5]), least=-40)
    power, nothing = 10 ** (decibels / 10), (np.ones(2), np.zeros(2))
    assert "to decibels" in logged(power, trained_on(decibels), nothing)
    assert "from decibels" in logged(decibels, trained_on(power), nothing)


def test_kelvin_where_celsius_was_trained() -> None:
    celsius = scene(np.array([18.0]), np.array([6.0]), least=-10)
    assert logged(celsius + 273.15, trained_on(celsius), (np.ones(1), np.zeros(1))) == "subtract 273.15"


def test_what_the_file_declares_comes_first_where_it_fits() -> None:
    stored = (scene() / 10000 + 0.2) / 0.0000275
    declared = (np.full(BANDS, 0.0000275), np.full(BANDS, -0.2))
    assert (
        logged(stored, trained_on(scene(seed=1) / 10000), declared)
        == "apply the scale and offset that the file declares"
    )


def test_an_unknown_factor_is_reported_approximately() -> None:
    assert logged(scene() * 41, trained_on(scene(seed=1))) == "divide by about 40"


def test_shares_of_light_are_known_by_their_size_whatever_the_land() -> None:
    snow = scene(np.array([8500.0, 8400, 8300, 7500, 900, 600]), SD)
    for one, other in ((snow, scene(seed=1)), (scene(), snow)):
        assert logged(one / 10000, trained_on(other)) == "multiply by 10000"
        assert logged(one, trained_on(other / 10000)) == "divide by 10000"


def test_elevations_of_other_terrain_get_no_advice() -> None:
    coast, mountains = scene(np.array([12.0]), np.array([4.0])), scene(np.array([230.0]), np.array([40.0]))
    nothing = (np.ones(1), np.zeros(1))
    assert logged(mountains, trained_on(coast), nothing) == ""


def test_other_land_is_no_offset() -> None:
    snow = scene(np.array([8500.0, 8400, 8300, 7500, 2400, 2000]), SD / 3, least=1000)
    assert logged(scene(), trained_on(snow)) != "add 1000"
    assert logged(snow, trained_on(scene())) != "subtract 1000"


def test_values_from_elsewhere_are_strange_without_a_remedy() -> None:
    assert logged(scene() * -1 - 30000, trained_on(scene(seed=1))) == ""


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "other",
    [
        lambda pixels: pixels * 0.6,  # a low sun
        lambda pixels: pixels * 1.5 + 200,  # haze
        lambda pixels: pixels * [1.8, 1.8, 2.5, 1.2, 1.6, 2.0],  # a desert
        lambda pixels: pixels * [0.6, 0.6, 0.4, 1.6, 0.6, 0.4],  # the growing season
        lambda pixels: pixels * [0.4, 0.3, 0.15, 0.02, 0.015, 0.01],  # nothing but a lake
        lambda pixels: np.broadcast_to(np.array([300, 250, 150, 40, 20, 12]), pixels.shape),  # the same, calm
        lambda pixels: pixels[:40],  # a small place
        lambda pixels: pixels[:1] * 1.5,  # a pixel
        lambda pixels: np.where(np.arange(len(pixels))[:, None] % 3, pixels, 9000),  # a third of it in clouds
    ],
)
def test_other_areas_and_seasons_are_not_reported(other, seed) -> None:
    assert logged(other(scene(seed=seed)), trained_on(scene(seed=99))) is None


@pytest.mark.parametrize("shift", [-4.0, 4.0])
def test_a_wet_or_a_dry_radar_scene_is_not_strange(shift) -> None:
    decibels = scene(np.array([-11.0, -17.0]), np.array([3.0, 3.5]), least=-40)
    assert logged(decibels + shift, trained_on(decibels), (np.ones(2), np.zeros(2))) is None


def test_a_constant_band_in_training_is_no_reason_to_fail() -> None:
    flat = np.full((50, 1), 7.0, np.float32)
    assert logged(flat, trained_on(flat), (np.ones(1), np.zeros(1))) is None
