"""Whether a class map was made by the evaluated model, from the evaluated sensor."""

from __future__ import annotations

from ..contract import Manifest, RasterSource, SensorManifest
from ..process import Reporter
from ..raster.output import origin_of
from .class_map import unsuitable


def require_map_of(source: RasterSource, manifest: Manifest, sensor: SensorManifest, reporter: Reporter) -> None:
    """Refuse a map of another model, warn if it is of another sensor, and log if its origin is unknown.

    The report shows the map's accuracy beside the model's scores, so that those of different models would be confused.

    Raises:
        InputError: MAP_UNSUITABLE, the map was made by another model or shows no classes; or it cannot be opened.
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
