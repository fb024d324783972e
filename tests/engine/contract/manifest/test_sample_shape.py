"""What one sample of a sensor is, worked out by hand for an image and a series."""

from __future__ import annotations

import numpy as np
import pytest
from colearn.engine.contract.manifest.sample_shape import SampleShape, SensorKind

IMAGE = SampleShape(bands=4, side_px=5)
SERIES = SampleShape(bands=3, dates=7)


@pytest.mark.parametrize("shape", [IMAGE, SERIES], ids=["image", "series"])
def test_a_samples_shape_follows_from_its_array(shape: SampleShape) -> None:
    assert SampleShape.of_sample(shape.kind, shape.lengths) == shape


def test_axes_of_an_image() -> None:
    assert IMAGE.kind is SensorKind.IMAGE
    assert (IMAGE.has_space, IMAGE.has_dates, IMAGE.halo_px) == (True, False, 2)
    assert (IMAGE.lengths, IMAGE.band_axis, IMAGE.date_axis) == ((4, 5, 5), 1, None)
    assert IMAGE.graph_input == ("batch", 4, "row_with_halo", "col_with_halo")
    assert IMAGE.graph_output(6) == ("batch", 6, "row", "col")
    assert IMAGE.graph_output() == ("batch", "row", "col")
    assert IMAGE.one_pixel == (1, 4, 5, 5)
    assert (IMAGE.channels, IMAGE.block(8, 9)) == (4, (4, 8, 9))


def test_axes_of_a_series() -> None:
    assert SERIES.kind is SensorKind.SERIES
    assert (SERIES.has_space, SERIES.has_dates, SERIES.halo_px) == (False, True, 0)
    assert (SERIES.lengths, SERIES.band_axis, SERIES.date_axis) == ((7, 3), 2, 1)
    assert SERIES.graph_input == (1, 3, 7, "pixel")
    assert SERIES.graph_output(6) == (1, 6, "pixel")
    assert SERIES.graph_output() == (1, "pixel")
    assert SERIES.one_pixel == (1, 3, 7, 1)
    assert (SERIES.channels, SERIES.block(8, 9)) == (21, (7, 3, 8, 9))


def test_the_centre_of_an_image_is_its_middle_pixel_of_every_band() -> None:
    samples = np.arange(2 * 4 * 5 * 5).reshape(2, *IMAGE.lengths)
    assert samples[IMAGE.at_centre].tolist() == [[12, 37, 62, 87], [112, 137, 162, 187]]  # row 2, col 2 of 25 a band


def test_the_centre_of_a_series_is_all_of_it() -> None:
    samples = np.arange(2 * 7 * 3).reshape(2, *SERIES.lengths)
    np.testing.assert_array_equal(samples[SERIES.at_centre], samples)


def test_one_date_is_a_series_too() -> None:
    assert SampleShape(2, dates=1).kind is SensorKind.SERIES


def test_series_of_patches_are_refused_until_something_reads_them() -> None:
    with pytest.raises(ValueError, match="time series have no spatial context"):
        SampleShape(2, dates=3, side_px=5)
