"""Which model made a map, and from which sensor: written into the file's metadata, read from it."""

from __future__ import annotations

from dataclasses import dataclass

from ...contract import Manifest, RasterSource, SensorManifest
from .. import gdal
from ..files import open_dataset

MODEL_TAG, SENSOR_TAG = "COLEARN_MODEL", "COLEARN_SENSOR"


@dataclass(frozen=True)
class MapOrigin:
    """The identity of the model (see Manifest) and the sensor's name, empty where the file does not say.

    ``shows_classes`` is false of confidence, probabilities and measured values, which are no integers.
    """

    model: str
    sensor: str
    shows_classes: bool = True


def origin_tags(manifest: Manifest, sensor: SensorManifest) -> tuple[tuple[str, str], ...]:
    """Names and values for the metadata of every raster made by this model from this sensor."""
    return ((MODEL_TAG, manifest.identity), (SENSOR_TAG, sensor.name))


def origin_of(source: RasterSource) -> MapOrigin:
    """What a raster says of where it comes from.

    Raises:
        InputError: it cannot be opened.
    """
    dataset = open_dataset(source)
    integers = dataset.GetRasterBand(1).DataType not in (gdal.GDT_Float32, gdal.GDT_Float64)
    return MapOrigin(dataset.GetMetadataItem(MODEL_TAG) or "", dataset.GetMetadataItem(SENSOR_TAG) or "", integers)
