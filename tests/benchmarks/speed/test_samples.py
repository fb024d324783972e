"""Samples of real land are where their labels are, and squares keep neighbours together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from colearn.benchmarks.speed.pixels import NO_LABEL, Land
from colearn.benchmarks.speed.rasters import write_land
from colearn.benchmarks.speed.samples import labelled_samples, stored_table, with_kinds
from colearn.benchmarks.speed.stored import NODATA
from osgeo import gdal


def land(*shape: int) -> Land:
    values = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    labels = (np.indices(shape[-2:]).sum(axis=0) % 2).astype(np.uint8)
    labels[0] = NO_LABEL
    return Land(values, tuple(f"b{band}" for band in range(shape[-3])), labels, ("even", "odd"))


def test_patches_have_their_label_in_the_middle() -> None:
    image = land(4, 30, 20)
    samples = labelled_samples(image, 1000, context_px=5)
    assert len(samples) == 26 * 16  # all but two pixels at every edge
    centre = samples.sensors[0].values[:, 0, 2, 2].astype(int)
    row, col = np.divmod(centre, 20)
    np.testing.assert_array_equal(samples.target, image.labels[row, col])


def test_series_leave_out_pixels_without_label() -> None:
    series = land(12, 12, 20, 20)
    samples = labelled_samples(series, 1000)
    assert len(samples) == 19 * 20
    row, col = np.divmod(samples.sensors[0].values[:, 0, 0].astype(int), 20)
    np.testing.assert_array_equal(samples.target, series.labels[row, col])
    assert {len(set(row[samples.groups == group] // 10)) for group in set(samples.groups)} == {1}


def test_two_sensors_share_the_bands() -> None:
    radar, optical = labelled_samples(land(12, 12, 20, 20), 50, names=("radar", "optical")).sensors
    assert radar.values.shape == (50, 12, 2)
    assert optical.values.shape == (50, 12, 9)


def test_trees_see_nodata_as_stored() -> None:
    series = land(12, 12, 20, 20)
    series.values[3] = NODATA
    table = stored_table(labelled_samples(series, 40))
    assert table.shape == (40, 144)
    assert (table[:, 36:48] == NODATA).all()


def test_kinds_are_the_same_every_time() -> None:
    samples = labelled_samples(land(12, 12, 20, 20), 200)
    first, again = with_kinds(samples, 4), with_kinds(samples, 4)
    np.testing.assert_array_equal(first.target, again.target)
    assert set(first.target) == {0, 1, 2, 3}


@pytest.mark.parametrize("shape", [(12, 12, 6, 5), (4, 6, 5)])
def test_land_is_written_again_and_again(tmp_path: Path, shape: tuple[int, ...]) -> None:
    image = land(*shape)
    dataset = gdal.Open(str(write_land(tmp_path / "land.tif", image, 300)))
    planes = image.values.reshape(-1, 6, 5)
    read = dataset.ReadAsArray()
    assert read.shape == (len(planes), 300, 300)
    np.testing.assert_array_equal(read[:, 258:264, 255:260], planes)
    assert dataset.GetRasterBand(1).GetNoDataValue() == NODATA
    assert dataset.GetRasterBand(1).GetDescription()
