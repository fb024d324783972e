"""GDAL's failures as ours."""

import numpy as np
import pytest
from colearn.engine.contract.errors import ErrorCode, InputError
from colearn.engine.contract.job import RasterSource
from colearn.engine.raster.raster_file import look_at
from osgeo import gdal

from world import write_raster


def test_bytes_that_gdal_repeats_need_not_be_text(tmp_path) -> None:
    """It says which tag of a damaged file it cannot read; its bindings then fail to call whoever listens."""
    raster = write_raster(tmp_path / "scene.tif", np.ones((1, 8, 8), np.uint8))
    gdal.Open(str(raster), gdal.GA_Update).SetMetadataItem("KEY", "value")
    raster.write_bytes(raster.read_bytes().replace(b"<GDALMetadata>", b"<GDAL\xcd\xe5tadata>"))
    with pytest.raises(InputError) as caught:
        look_at(RasterSource(str(raster)))
    assert caught.value.code is ErrorCode.RASTER_UNREADABLE
    assert "no text" in caught.value.found
