"""Class codes that float32 cannot hold."""

import numpy as np
import pytest
from colearn.engine.contract.job.sources import SensorSpec
from colearn.engine.contract.wire.errors import ErrorCode
from colearn.engine.raster.geo.grid import Window
from colearn.engine.raster.sensors.codes import require_exact_codes
from colearn.engine.raster.sensors.open import open_sensor

LIMIT = 2**24


def check(source):
    (scene,) = open_sensor(SensorSpec("labels", (source,))).scenes
    require_exact_codes(scene, scene.grid.window())
    return scene


@pytest.mark.parametrize("code", [LIMIT + 1, -LIMIT - 1, 2**31 - 1])
def test_codes_that_would_become_others_are_refused(make_raster, error_of, code):
    source = make_raster("parcels.tif", np.array([[[1, code]]], np.int32))
    error = error_of(check, source)
    assert (error.code, error.subject) == (ErrorCode.LABEL_FIELD_UNSUITABLE, "parcels.tif")
    assert str(code) in error.found


@pytest.mark.parametrize("code", [2**40 + 1, 2**53 + 1, 2**63 - 1])
def test_very_large_ones_too(make_raster, error_of, code):
    error = error_of(check, make_raster(array=np.array([[[1, code]]], np.int64)))
    assert str(code) in error.found


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64])
def test_codes_that_arrive_as_they_are_pass(make_raster, dtype):
    check(make_raster(array=np.array([[[1, LIMIT, LIMIT + 2, 100_000_000]]], dtype)))


def test_nodata_is_no_code(make_raster):
    scene = check(make_raster(array=np.array([[[1, 2**31 - 1]]], np.int32), nodata=2**31 - 1))
    np.testing.assert_array_equal(scene.read(Window(0, 0, 1, 2)), [[[1, np.nan]]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.float64])
def test_small_types_and_real_numbers_are_not_even_read(make_raster, monkeypatch, dtype):
    from colearn.engine.raster.files import read as pixels

    monkeypatch.setattr(pixels, "read_values", None)
    check(make_raster(array=np.array([[[1, 0.1]]]).astype(dtype)))


def test_another_window_does_not_matter(make_raster, error_of):
    (scene,) = open_sensor(SensorSpec("A", (make_raster(array=np.array([[[1, LIMIT + 1]]], np.int32)),))).scenes
    require_exact_codes(scene, Window(0, 0, 1, 1))
    assert error_of(require_exact_codes, scene, Window(0, 1, 1, 1)).code is ErrorCode.LABEL_FIELD_UNSUITABLE
