"""A mapper: set up from a job, used for many windows."""

from __future__ import annotations

import numpy as np
import pytest
from colearn.engine.contract.job.sources import Extent
from colearn.engine.inference.onnx_session import Session
from colearn.engine.mapping.block_map import map_block
from colearn.engine.mapping.mapper import Mapper, set_up
from colearn.engine.process.reporting import Reporter
from colearn.engine.raster.geo.grid import Window
from osgeo import gdal

from journeys import Listening, predict_job
from world import EPSG, NORTH, WEST


@pytest.fixture
def half(world, tmp_path):
    """The camera's raster, its upper half without data."""
    path = tmp_path / "half.tif"
    gdal.Translate(str(path), str(world.camera))
    dataset = gdal.Open(str(path), gdal.GA_Update)
    for number in range(1, dataset.RasterCount + 1):
        dataset.GetRasterBand(number).WriteArray(np.zeros((60, 120), np.uint16))
    del dataset
    return path


@pytest.fixture
def mapper(half, small_model, tmp_path) -> Mapper:
    outputs = {"output_probabilities": str(tmp_path / "p.tif"), "output_confidence": str(tmp_path / "c.tif")}
    return set_up(predict_job(small_model, half, tmp_path / "map.tif", **outputs), Reporter(Listening()))


def test_the_network_is_not_asked_about_a_block_without_a_valid_value(mapper, monkeypatch) -> None:
    asked = []
    run = Session.run
    monkeypatch.setattr(Session, "run", lambda *args, **options: asked.append(1) or run(*args, **options))
    empty = mapper.map(mapper.read(Window(0, 0, 32, 32)))
    assert asked == []
    assert not mapper.holds_anything(empty)
    assert mapper.holds_anything(mapper.map(mapper.read(Window(50, 0, 32, 32))))
    assert len(asked) == 1


def test_what_it_then_says_is_what_the_network_would(mapper) -> None:
    pixels = mapper.read(Window(0, 0, 32, 32))
    empty = mapper.map(pixels)
    asked = map_block(mapper.session, mapper.sensor, mapper.manifest, pixels.values, mapper.options)
    assert [layer.name for layer in mapper.layers] == ["OUTPUT", "OUTPUT_PROBABILITIES", "OUTPUT_CONFIDENCE"]
    for layer, ours in zip(mapper.layers, empty, strict=True):
        networks = layer.pick(asked)
        assert ours.dtype == networks.dtype
        np.testing.assert_array_equal(ours, networks)


def test_its_grid_is_the_windows(half, small_model, tmp_path) -> None:
    extent = Extent(WEST + 205, NORTH - 800, WEST + 900, NORTH - 103, f"EPSG:{EPSG}")
    made = set_up(predict_job(small_model, half, tmp_path / "map.tif", extent=extent), Reporter(Listening()))
    assert made.window == Window(10, 20, 70, 70)
    assert made.grid.shape == (70, 70)
    assert made.grid.transform[0] == WEST + 200
    assert made.inputs[:2] == (str(small_model), str(half))
