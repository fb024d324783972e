"""Samples as graphs take them, by numpy and by torch, and their outputs as one row a sample."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from colearn.engine.contract.manifest.sample_shape import SampleShape
from colearn.engine.model.layout import as_raster, band_first, of_samples, pixel_valid
from colearn.engine.samples.layout import pixels_of, raster_of, rows_of

IMAGE = SampleShape(bands=2, side_px=3)
SERIES = SampleShape(bands=2, dates=4)
BOTH = pytest.mark.parametrize("shape", [IMAGE, SERIES], ids=["image", "series"])


def samples_of(shape: SampleShape, count: int = 5) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, *shape.lengths)).astype(np.float32)


def test_a_series_date_by_date_becomes_a_row_of_pixels() -> None:
    samples = samples_of(SERIES)
    raster = raster_of(samples, SERIES)
    assert raster.shape == (1, 2, 4, 5)
    assert raster[0, 1, 3, 2] == samples[2, 3, 1]  # band 1, date 3 of sample 2


@BOTH
def test_torch_and_numpy_lay_samples_out_alike(shape: SampleShape) -> None:
    samples = samples_of(shape)
    by_torch = as_raster(band_first(samples, shape), shape).numpy()
    np.testing.assert_array_equal(by_torch, raster_of(samples, shape))


def test_rows_are_the_outputs_of_each_sample() -> None:
    outputs = np.arange(15, dtype=np.float32)
    of_images, of_series = outputs.reshape(5, 3, 1, 1), outputs.reshape(1, 3, 5)
    assert rows_of(of_images, IMAGE)[1].tolist() == [3, 4, 5]
    assert rows_of(of_series, SERIES)[1].tolist() == [1, 6, 11]
    assert of_samples(torch.from_numpy(of_images), IMAGE)[1].tolist() == [3, 4, 5]
    assert of_samples(torch.from_numpy(of_series[:, :, np.newaxis]), SERIES)[1].tolist() == [1, 6, 11]


@BOTH
def test_pixels_have_their_bands_last(shape: SampleShape) -> None:
    samples = samples_of(shape)
    pixels = pixels_of(samples, shape)
    assert pixels.shape[-1] == 2
    assert (
        pixels[4, -1].ravel()[-2:].tolist()
        == samples[4].reshape(-1)[[-10, -1] if shape is IMAGE else [-2, -1]].tolist()
    )


def test_a_series_is_valid_where_any_date_is_and_an_image_where_its_own_pixel_is() -> None:
    dates = torch.zeros(1, 1, 4, 2, dtype=torch.bool)
    dates[0, 0, 3, 1] = True
    assert pixel_valid(dates, SERIES).flatten().tolist() == [False, True]
    patch = torch.ones(1, 1, 3, 3, dtype=torch.bool)
    patch[0, 0, 1, 1] = False
    assert pixel_valid(patch, IMAGE).flatten().tolist() == [False]
