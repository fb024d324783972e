"""Cloud Optimized GeoTIFF: metadata first, then overviews, then full-resolution pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .. import Progress, close_dataset, gdal, gdal_callback
from .overviews import Resampling

BLOCK_PX = 512  # one HTTP request each for remote readers


def make_cog(plain: Path, path: Path, dtype: np.dtype[np.generic], resampling: Resampling, progress: Progress) -> None:
    """Convert a closed GeoTIFF to a Cloud Optimized one, with all its metadata.

    Memory holds a few rows of blocks. Intermediate files (the overviews) are written next to ``path``.

    Raises:
        RuntimeError: GDAL could not.
    """
    source = gdal.Open(str(plain))
    source.GetGeoTransform()  # GDAL 3.6 reads the sidecar only if more than names are requested
    driver = gdal.GetDriverByName("COG")
    made = driver.CreateCopy(str(path), source, options=_options(dtype, resampling), callback=gdal_callback(progress))
    close_dataset(made)
    close_dataset(source)


def _options(dtype: np.dtype[np.generic], resampling: Resampling) -> list[str]:
    differences = dtype.kind in "iu" and dtype.itemsize > 1
    return [
        "COMPRESS=DEFLATE",
        "LEVEL=1",
        f"PREDICTOR={'STANDARD' if differences else 'NO'}",
        f"OVERVIEW_PREDICTOR={'STANDARD' if differences else 'NO'}",
        f"BLOCKSIZE={BLOCK_PX}",
        f"OVERVIEW_RESAMPLING={resampling.value}",
        "OVERVIEWS=IGNORE_EXISTING",
        "BIGTIFF=IF_SAFER",
    ]
