"""What holds of every map, whatever its size, its holes and how it is cut: on rasters that hypothesis thinks up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colearn.engine.contract.job.job import Device, Precision
from colearn.engine.inference.onnx_session import Session
from colearn.engine.mapping.block_map import score_samples
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.raster.files.read import close_datasets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osgeo import gdal

from journeys import predict_job, read, run_predict
from world import CAMERA_BANDS, DATES, write_raster

BLOCK_PX = 8
SERIES = tuple(f"{band}_{date}" for date in DATES for band in ("red", "nir"))

# From one pixel to three blocks and one more, odd sizes and all.
sides = st.integers(1, 3 * BLOCK_PX + 1)
shapes = st.tuples(sides, sides)
marks = st.sampled_from(["value", "mask", "alpha", "nan"])
seeds = st.integers(0, 2**16)
shares = st.sampled_from([0.0, 0.05, 0.5, 1.0])
plans = st.fixed_dictionaries({"block_px": st.sampled_from([1, 3, BLOCK_PX, 11]), "threads": st.integers(1, 4)})
calm = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def noise(shape, seed, share):
    """Values of the camera (band, row, col), and which pixels are invalid (row, col), some in one band only."""
    random = np.random.default_rng(seed)
    values = random.integers(1, 4000, (4, *shape)).astype(np.float32)
    holes = random.random((4, *shape)) < share / 4
    return values, holes


def store(path: Path, values, holes, mark):
    """Write the values, their holes marked one way or another; gives what is invalid then (row, col)."""
    invalid = holes.any(axis=0)
    marked = np.where(holes, np.float32({"value": -1, "nan": np.nan}.get(mark, 7)), values).astype(np.float32)
    names = CAMERA_BANDS
    if mark == "alpha":
        marked, names = (
            np.concatenate([marked, np.where(invalid, 0, 1)[np.newaxis].astype(np.float32)]),
            (*CAMERA_BANDS, ""),
        )
    write_raster(path, marked, nodata=-1 if mark == "value" else None, names=names)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    if mark == "mask":
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().WriteArray(np.where(invalid, 0, 255).astype(np.uint8))
    if mark == "alpha":
        dataset.GetRasterBand(5).SetColorInterpretation(gdal.GCI_AlphaBand)
    dataset = None
    return invalid


@pytest.fixture
def mapped(tmp_path):
    """Map a raster: classes or values, and probabilities where there are any (layer, row, col)."""

    def run(model, raster, **changes):
        job = predict_job(model, raster, tmp_path / "map.tif", **changes)
        found = [tmp_path / "map.tif"]
        if Path(raster).stem == "camera":
            job = replace(job, output_probabilities=str(tmp_path / "p.tif"))
            found.append(tmp_path / "p.tif")
        run_predict(job)
        close_datasets()
        return np.concatenate([read(path) for path in found])

    return run


@calm
@given(shapes, seeds, shares, marks)
def test_nodata_is_where_the_input_has_none_and_nowhere_else(small_model, mapped, tmp_path, shape, seed, share, mark):
    invalid = store(tmp_path / "camera.tif", *noise(shape, seed, share), mark)
    found = mapped(small_model, tmp_path / "camera.tif", block_px=BLOCK_PX)
    assert found.shape[1:] == shape
    np.testing.assert_array_equal(found[0] == 255, invalid)
    np.testing.assert_array_equal(found[1:] == -9999, np.broadcast_to(invalid, (3, *shape)))


@calm
@given(shapes, seeds, shares, plans, st.sampled_from([Precision.FP32, Precision.AUTO]))
def test_blocks_and_threads_change_no_bit(small_model, mapped, tmp_path, shape, seed, share, plan, precision):
    store(tmp_path / "camera.tif", *noise(shape, seed, share), "nan")
    whole = mapped(small_model, tmp_path / "camera.tif", precision=precision, threads=1)
    np.testing.assert_array_equal(mapped(small_model, tmp_path / "camera.tif", precision=precision, **plan), whole)


@calm
@given(shapes, seeds, shares, plans)
def test_nor_do_they_in_a_series(small_series_model, mapped, tmp_path, shape, seed, share, plan):
    random = np.random.default_rng(seed)
    values = random.integers(0, 2000, (12, *shape)).astype(np.float32)
    values[random.random(values.shape) < share / 2] = np.nan
    write_raster(tmp_path / "series.tif", values, names=SERIES)
    whole = mapped(small_series_model, tmp_path / "series.tif", threads=1)
    np.testing.assert_array_equal(mapped(small_series_model, tmp_path / "series.tif", **plan), whole)
    no_date = np.isnan(values.reshape(6, 2, *shape)).any(axis=1).all(axis=0)
    np.testing.assert_array_equal(whole[0] == -9999, no_date)


@calm
@given(shapes, seeds, shares)
def test_a_map_is_the_network_on_every_pixels_own_patch(small_model, mapped, tmp_path, shape, seed, share):
    values, holes = noise(shape, seed, share)
    invalid = store(tmp_path / "camera.tif", values, holes, "nan")
    found = mapped(small_model, tmp_path / "camera.tif", block_px=BLOCK_PX, precision=Precision.FP32)
    model = ModelFile.open(str(small_model))
    camera = model.manifest.sensor("camera")
    halo_px = camera.halo_px
    values = np.where(holes, np.float32(np.nan), values)
    padded = reflected(values, halo_px)
    rows, cols = np.nonzero(~invalid)
    some = np.random.default_rng(seed).permutation(len(rows))[:40]
    side = 2 * halo_px + 1
    if not len(some):
        return
    patches = np.stack([padded[:, row : row + side, col : col + side] for row, col in zip(rows[some], cols[some])])
    alone = score_samples(Session(model.graph("camera"), Device.CPU, threads=1), camera, patches)
    np.testing.assert_allclose(found[1:, rows[some], cols[some]].T, alone, atol=1e-5)


def reflected(values, pad):
    """The raster with its mirrors around it; along an axis of one pixel, that pixel is seen everywhere."""
    rows, cols = values.shape[1:]
    at_row = np.pad(np.arange(rows), pad, mode="reflect" if rows > 1 else "edge")
    at_col = np.pad(np.arange(cols), pad, mode="reflect" if cols > 1 else "edge")
    return values[:, at_row[:, np.newaxis], at_col]
