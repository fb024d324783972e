"""Undeclared fill values, distinguished from values that are merely frequent."""

import numpy as np
import pytest
from colearn.engine.contract.wire.events import Level
from colearn.engine.input_checks.undeclared_fill import likely_fill, log_beyond_values, log_fill
from colearn.engine.process.reporting import Reporter
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import Listening

COUNT = 5000


def measured(bands: int, seed: int = 0, dtype: type = np.int16) -> np.ndarray:
    return np.random.default_rng(seed).normal(1200, 400, (COUNT, bands)).clip(1, 9000).astype(dtype).astype(np.float32)


def logged(pixels: np.ndarray, bands: tuple[str, ...] = ("red", "nir", "swir")) -> str:
    sink = Listening()
    log_fill(
        "camera", bands, pixels.astype(np.float32), "the pixels around the labels", "SENSOR_X_NODATA", Reporter(sink)
    )
    return sink.texts(Level.WARNING)


@pytest.mark.parametrize("value", [0, -9999, -32768, 65535, 255, 1e20])
@pytest.mark.parametrize("bands", [2, 3, 12])
def test_one_value_in_every_band_of_many_pixels(bands: int, value: float) -> None:
    pixels = measured(bands)
    pixels[: COUNT * 12 // 100] = value
    (fill,) = likely_fill(pixels)
    assert (fill.value, fill.share, fill.bands) == (np.float32(value), 0.12, ())


def test_the_warning_names_value_share_and_cure() -> None:
    pixels = measured(3)
    pixels[: COUNT * 12 // 100] = 0
    text = logged(pixels)
    assert "camera: 12 % of the pixels around the labels are 0 in every band, which is not declared as nodata" in text
    assert "SENSOR_X_NODATA=0" in text
    assert "dark water can also be 0" in text  # as in the 127 bands of an EnMAP scene


def test_two_fills_are_reported_both_the_more_frequent_first() -> None:
    pixels = measured(3)
    pixels[:250], pixels[250:650] = 0, 65535
    assert [(fill.value, fill.share) for fill in likely_fill(pixels)] == [(65535, 0.08), (0, 0.05)]


@pytest.mark.parametrize(("value", "share"), [(0, 0.004), (255, 0.004), (-9999, 0.0002)])
def test_what_is_rare_is_not_reported(value: float, share: float) -> None:
    pixels = measured(3)
    pixels[: int(share * COUNT)] = value
    assert likely_fill(pixels) == ()


def test_a_usual_fill_value_is_reported_from_few_pixels_on() -> None:
    pixels = measured(3)
    pixels[:5] = -9999
    assert [(fill.value, fill.share) for fill in likely_fill(pixels)] == [(-9999, 0.001)]
    assert "0.1 % of" in logged(pixels)


def test_a_usual_fill_value_in_single_bands_names_them() -> None:
    pixels = measured(3)
    pixels[:500, 1] = -9999
    assert "10 % of the pixels around the labels are -9999 in nir, which" in logged(pixels)


def test_one_band_full_of_zeros_beside_measurements() -> None:
    pixels = measured(1)
    pixels[:600] = 0
    assert [(fill.value, fill.share) for fill in likely_fill(pixels)] == [(0, 0.12)]
    assert "in its one band" in logged(pixels, ("elevation",))


@pytest.mark.parametrize("value", [65535, 32767])
def test_a_usual_fill_value_inside_the_values_of_a_band_is_a_value(value: float) -> None:
    pixels = np.linspace(0, 70000, COUNT, dtype=np.float32)[:, np.newaxis]
    pixels[:10] = value
    assert likely_fill(pixels) == ()


def test_marks_and_classes_are_no_fill() -> None:
    random = np.random.default_rng(0)
    assert likely_fill(random.integers(0, 2, (COUNT, 1)).astype(np.float32)) == ()
    assert likely_fill((random.random((COUNT, 3)) < 0.1).astype(np.float32)) == ()
    assert likely_fill(np.eye(5, dtype=np.float32)[random.integers(0, 5, COUNT)]) == ()
    assert likely_fill(np.zeros((COUNT, 2), np.float32)) == ()  # constant bands are reported as such


def test_grey_pictures_stored_in_three_bands_are_no_fill() -> None:
    grey = np.random.default_rng(0).integers(0, 256, COUNT).astype(np.float32)
    assert likely_fill(np.stack([grey] * 3, axis=1)) == ()


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.sampled_from([np.uint8, np.int16, np.float32]))
def test_measurements_are_never_fill(seed, bands, dtype) -> None:
    values = np.random.default_rng(seed).normal(120, 40, (COUNT // 5, bands)).clip(0, 255).astype(dtype)
    assert likely_fill(values.astype(np.float32)) == ()


def test_no_pixel_at_all() -> None:
    assert likely_fill(np.empty((0, 3), np.float32)) == ()


def test_values_too_large_to_be_any_are_reported_where_there_are_some() -> None:
    sink = Listening()
    log_beyond_values("camera", 0.0, "the pixels", Reporter(sink))
    assert sink.texts() == ""
    log_beyond_values("camera", 0.25, "the pixels", Reporter(sink))
    assert "camera: 25 % of the pixels have infinite values (or values beyond ±1e+30)" in sink.texts(Level.WARNING)


@pytest.mark.parametrize(
    ("value", "text"), [(-2147483648.0, "-2147483648"), (4294967295.0, "4294967295"), (-999.9, "-999.9")]
)
def test_fill_is_named_as_it_is_declared(value: float, text: str) -> None:
    """The log advised to set NODATA=-2.14748e+09, which is another value."""
    sink = Listening()
    pixels = np.random.default_rng(0).normal(size=(COUNT, 3)).astype(np.float32)
    pixels[: COUNT // 4] = value
    log_fill("camera", ("b", "g", "r"), pixels, "the pixels", "NODATA", Reporter(sink))
    assert f"camera: 25 % of the pixels are {text} in every band" in sink.texts(Level.WARNING)
    assert f"set NODATA={text};" in sink.texts(Level.WARNING)
