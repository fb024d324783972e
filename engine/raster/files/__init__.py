"""One raster file: its bands, values, dates and bands in names, whether it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...contract.lazy import lazy_door

if TYPE_CHECKING:
    from .crop import Part
    from .dataset import RasterBand, RasterFile, look_at, open_dataset
    from .dataset_pool import OpenDatasets
    from .identity import identities
    from .names_of_files import (
        band_date_notes,
        band_name,
        band_names_of_files,
        band_of_file,
        band_words_of_files,
        date_notes,
        dated_names,
        dates_of_files,
    )
    from .read import (
        MOST_VALUE,
        beyond_values,
        close_datasets,
        inexact_value,
        read_stored_band,
        read_values,
        value_in_type,
    )
else:
    __getattr__ = lazy_door(__name__, __file__)

__all__ = [
    "MOST_VALUE",
    "OpenDatasets",
    "Part",
    "RasterBand",
    "RasterFile",
    "band_date_notes",
    "band_name",
    "band_names_of_files",
    "band_of_file",
    "band_words_of_files",
    "beyond_values",
    "close_datasets",
    "date_notes",
    "dated_names",
    "dates_of_files",
    "identities",
    "inexact_value",
    "look_at",
    "open_dataset",
    "read_stored_band",
    "read_values",
    "value_in_type",
]
