"""Whether a class map was made by the model, and from the sensor, given with it in an evaluation."""

from __future__ import annotations

from ..contract import Manifest, RasterSource, SensorManifest
from ..process import Reporter
from ..raster.output import origin_of
from .class_map import unsuitable


def require_map_of(source: RasterSource, manifest: Manifest, sensor: SensorManifest, reporter: Reporter) -> None:
    """Refuse the map of another model, warn of another sensor's, tell of one whose origin is not known.

    A report shows the accuracy of the map beside the scores of the model: of another model they would be taken for one
    thing.

    Raises:
        InputError: MAP_UNSUITABLE; the map was made by another model, or cannot be opened.
    """
    origin = origin_of(source)
    if origin.model and origin.model != manifest.identity:
        raise unsuitable(
            source.label(),
            "a map made by another model",
            "a map made by the model being evaluated",
            "Choose the model that made this map, or make the map again with this model.",
        )
    if origin.model and not origin.shows_classes:
        raise unsuitable(
            source.label(),
            "a confidence or probability raster",
            "a map of classes",
            "Choose the class map that was made together with it.",
        )
    if not origin.model:
        reporter.info(
            "map_origin",
            f"{source.label()} does not record which model made it: its accuracy applies to this model only if this "
            f"model made it.",
        )
    elif origin.sensor != sensor.name:
        reporter.warning(
            "map_sensor",
            f"{source.label()} was made from {origin.sensor}, but {sensor.name} is being evaluated: the map accuracy "
            f"and the model scores refer to different sensors.",
        )
