"""The requested map, and its job."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional

from ....engine.contract import Extent, Manifest, PredictJob, Quality, RasterSource, VectorSource
from ...training.form.sensors.header import Bounds, RasterHeader

PREVIEW_PX = 512
MAP_ENDING = ".tif"
VALUE_BYTES = {"uint8": 1, "uint16": 2, "float32": 4}


class Area(str, Enum):
    """Which part of the rasters is mapped."""

    WHOLE = "whole"
    CANVAS = "canvas"
    RECTANGLE = "rectangle"
    POLYGONS = "polygons"


@dataclass(frozen=True)
class MapForm:
    """A map: model, rasters, area, outputs. ``frame`` is the canvas or the rectangle, in ``frame_crs``.

    ``bands`` are those assigned manually, in the sensor's order; empty: matched by their names.
    """

    model: str = ""
    rasters: tuple[RasterHeader, ...] = ()
    sensor: str = ""
    bands: tuple[str, ...] = ()
    area: Area = Area.WHOLE
    frame: Optional[Bounds] = None
    frame_crs: str = ""
    mask_key: str = ""
    output: str = ""
    confidence: bool = True
    probabilities: bool = False
    polygons: bool = False
    minimum_confidence: float = PredictJob.minimum_confidence
    quality: Quality = PredictJob.quality

    def job(self) -> PredictJob:
        """The map as a job; rasters are given by the keys of their layers.

        Raises:
            CodecError: no raster is chosen.
        """
        framed = self.area in (Area.CANVAS, Area.RECTANGLE) and self.frame is not None
        return PredictJob(
            model=self.model,
            input=tuple(RasterSource(raster.key, raster.name) for raster in self.rasters),
            output=self.output,
            input_bands=self.bands,
            sensor=self.sensor or None,
            extent=_extent(self.frame, self.frame_crs) if framed and self.frame else None,
            mask=VectorSource(self.mask_key) if self.area is Area.POLYGONS and self.mask_key else None,
            output_confidence=self.beside("_confidence.tif") if self.confidence else None,
            output_probabilities=self.beside("_probabilities.tif") if self.probabilities else None,
            output_polygons=self.beside(".gpkg") if self.polygons else None,
            minimum_confidence=self.minimum_confidence,
            quality=self.quality,
        )

    def files(self) -> tuple[str, ...]:
        """Every file that is written."""
        job = self.job()
        found = (job.output, job.output_confidence, job.output_probabilities, job.output_polygons)
        return tuple(path for path in found if path)

    def beside(self, ending: str) -> str:
        """The path of a file next to the map, named after it."""
        stem = self.output[: -len(MAP_ENDING)] if self.output.endswith(MAP_ENDING) else self.output
        return stem + ending


def parameters_of(job: PredictJob) -> dict[str, Any]:
    """The parameters that make ``colearn:predict`` build this job."""
    given: dict[str, Any] = {
        "MODEL": job.model,
        "INPUT": [raster.path for raster in job.input],
        "SENSOR": job.sensor,
        "INPUT_BANDS": "; ".join(job.input_bands) or None,
        "EXTENT": extent_text(job.extent) if job.extent else None,
        "MASK": job.mask.path if job.mask else None,
        "OUTPUT": job.output,
        "OUTPUT_CONFIDENCE": job.output_confidence,
        "OUTPUT_PROBABILITIES": job.output_probabilities,
        "OUTPUT_POLYGONS": job.output_polygons,
        "MINIMUM_CONFIDENCE": job.minimum_confidence or None,
        "QUALITY": None if job.quality is Quality.AUTO else job.quality.value,
    }
    return {name: value for name, value in given.items() if value is not None}


def extent_text(extent: Extent) -> str:
    """A rectangle in Processing's text form."""
    return f"{extent.x_min!r},{extent.x_max!r},{extent.y_min!r},{extent.y_max!r} [{extent.crs}]"


def pixel_bytes(form: MapForm, manifest: Manifest) -> int:
    """Bytes per pixel of the map and its companion rasters, uncompressed; polygons are not counted."""
    main = VALUE_BYTES[manifest.map_dtype] * len(manifest.answers)
    if not manifest.task.has_probabilities:
        return main
    return main + (4 if form.confidence else 0) + (4 * len(manifest.classes) if form.probabilities else 0)


def preview_frame(raster: RasterHeader, centre: tuple[float, float], most_px: int = PREVIEW_PX) -> Optional[Bounds]:
    """The window of a preview, in the raster's CRS: a limited number of pixels around a point, within the raster.

    None if the window does not overlap the raster.
    """
    if raster.bounds is None:
        return None
    half = most_px * raster.pixel[0] / 2, most_px * raster.pixel[1] / 2
    own = raster.bounds
    frame = Bounds(
        max(own.west, centre[0] - half[0]),
        max(own.south, centre[1] - half[1]),
        min(own.east, centre[0] + half[0]),
        min(own.north, centre[1] + half[1]),
    )
    return frame if frame.east > frame.west and frame.north > frame.south else None


def pixels_in(raster: RasterHeader, frame: Optional[Bounds]) -> int:
    """The number of pixels of the raster that a rectangle in its CRS touches; all pixels without a rectangle."""
    own = raster.bounds
    if own is None or min(raster.pixel) <= 0:
        return 0
    area = own if frame is None else _common(own, frame)
    if area is None:
        return 0
    return round((area.east - area.west) / raster.pixel[0]) * round((area.north - area.south) / raster.pixel[1])


def _common(one: Bounds, other: Bounds) -> Optional[Bounds]:
    west, east = max(one.west, other.west), min(one.east, other.east)
    south, north = max(one.south, other.south), min(one.north, other.north)
    return Bounds(west, south, east, north) if east > west and north > south else None


def _extent(frame: Bounds, crs: str) -> Extent:
    return Extent(frame.west, frame.south, frame.east, frame.north, crs)
