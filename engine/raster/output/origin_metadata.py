"""The model and sensor that a map was made with: written to the file's metadata, and read from it."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Manifest, RasterSource, SensorManifest
from .. import gdal
from ..files import open_dataset

MODEL_TAG, SENSOR_TAG = "COLEARN_MODEL", "COLEARN_SENSOR"


@dataclass(frozen=True)
class MapOrigin:
    """The identity of the model (see Manifest) and the sensor's name, empty if not in the file.

    ``shows_classes`` is false for confidence, probabilities and regression values, which are not integers.
    """

    model: str
    sensor: str
    shows_classes: bool = True


def origin_tags(manifest: Manifest, sensor: SensorManifest) -> tuple[tuple[str, str], ...]:
    """Names and values for the metadata of every raster made by this model from this sensor."""
    return ((MODEL_TAG, manifest.identity), (SENSOR_TAG, sensor.name))


def origin_of(source: RasterSource) -> MapOrigin:
    """The origin stored in a raster's metadata.

    Raises:
        InputError: it cannot be opened.
    """
    dataset = open_dataset(source)
    integers = dataset.GetRasterBand(1).DataType not in (gdal.GDT_Float32, gdal.GDT_Float64)
    return MapOrigin(dataset.GetMetadataItem(MODEL_TAG) or "", dataset.GetMetadataItem(SENSOR_TAG) or "", integers)
