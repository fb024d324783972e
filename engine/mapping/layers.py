"""The output rasters of a prediction: how they are stored, and how they are finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract import LabelClass, Manifest, PredictJob, ProbabilityType
from ..raster.geo import Grid
from ..raster.output import Finish, Resampling, Scaling
from ..raster.vector_output import PolygonFile
from .block_map import BlockMap, filled
from .confidence import BYTE_STEPS, PROBABILITY_NODATA, as_bytes, probability_nodata
from .options import CONFIDENCE_WORDS, MapOptions
from .packing import DTYPE, NODATA, Packing, packing_of


@dataclass(frozen=True)
class MapLayer:
    """One output raster: its name among the outputs, its final path, data types and names of its bands.

    ``dtype`` and ``nodata`` are those of the computed blocks, and of the file unless ``packing`` defines
    others. ``scalings`` convert stored values of each band, if needed. ``metadata`` are names
    and values stored in the file. ``finish`` is what is added after the last pixel, ``polygons`` what is traced then.
    ``pick`` returns the layer's array of a block (band, row, col), of that dtype and nodata; ``of_scores``: it needs
    scores, which a class map alone does not.
    """

    name: str
    path: str
    dtype: str
    nodata: float
    bands: tuple[str, ...]
    pick: Callable[[BlockMap], NDArray[Any]]
    of_scores: bool = False
    units: tuple[str, ...] = ()
    classes: tuple[LabelClass, ...] = ()
    scalings: tuple[Scaling, ...] = ()
    packing: Packing | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    resampling: Resampling = Resampling.AVERAGE
    finish: Finish = field(default_factory=Finish)
    polygons: PolygonFile | None = None

    def empty(self, shape: tuple[int, int]) -> NDArray[Any]:
        """A block (band, row, col) of nodata."""
        return np.full((len(self.bands), *shape), self.nodata, self.dtype)

    def masked(self, array: NDArray[Any], inside: NDArray[np.bool_]) -> NDArray[Any]:
        """A block (band, row, col) with nodata wherever ``inside`` (row, col) is false."""
        return np.where(inside, array, np.asarray(self.nodata, array.dtype))

    @property
    def stored_dtype(self) -> str:
        """The data type in the file."""
        return self.dtype if self.packing is None else DTYPE

    @property
    def stored_nodata(self) -> float:
        """Nodata in the file."""
        return self.nodata if self.packing is None else NODATA

    @property
    def stored_scalings(self) -> tuple[Scaling, ...]:
        """The scale and offset of the file's values, by band."""
        return self.scalings if self.packing is None else self.packing.scalings

    @property
    def pixel_bytes(self) -> int:
        """Bytes per pixel in the file, uncompressed."""
        return len(self.bands) * np.dtype(self.stored_dtype).itemsize

    def bytes_of(self, grid: Grid) -> int:
        """The maximum disk space while it is written on a grid: uncompressed, with overviews and temporary files.

        Polygons are not included, because their number is unknown.
        """
        whole = grid.rows * grid.cols * self.pixel_bytes
        if self.finish.cog:
            return whole * 8 // 3  # the plain file with overviews (4/3), and both again as a COG
        sieved = 0 if self.polygons is None or self.polygons.least_m2 == 0 else whole
        return (whole * 4 // 3 if self.finish.overviews else whole) + sieved


def layers_of(job: PredictJob, manifest: Manifest, options: MapOptions) -> tuple[MapLayer, ...]:
    """The rasters that a job requests, the map itself first."""
    layers = [_main_layer(job, manifest, options)]
    for name, layer in BESIDE.items():
        path = getattr(job, name)
        if path:
            layers.append(layer(path, manifest, options))
    return tuple(
        replace(layer, finish=Finish(layer.resampling, job.overviews, job.statistics, job.cog)) for layer in layers
    )


def finishing_share(job: PredictJob) -> float:
    """The approximate share of a run, 0 to 1, that follows the last block."""
    return (0.15 if job.cog else 0.1 if job.overviews else 0.0) + (0.15 if job.output_polygons else 0.0)


def _probability_layer(path: str, manifest: Manifest, options: MapOptions) -> MapLayer:
    names = tuple(label.name for label in manifest.classes)
    dtype = options.probability_type.value
    nodata = probability_nodata(dtype)
    if options.probability_type is ProbabilityType.UINT8:
        scalings = tuple(Scaling(1 / BYTE_STEPS) for _ in names)
        return MapLayer("OUTPUT_PROBABILITIES", path, dtype, nodata, names, _byte_scores, True, scalings=scalings)
    return MapLayer("OUTPUT_PROBABILITIES", path, dtype, nodata, names, _scores, True)


def _confidence_layer(path: str, _manifest: Manifest, options: MapOptions) -> MapLayer:
    band, metadata = CONFIDENCE_WORDS[options.confidence], (("CONFIDENCE", options.confidence.value),)
    return MapLayer(
        "OUTPUT_CONFIDENCE", path, "float32", PROBABILITY_NODATA, (band,), _confidence, True, metadata=metadata
    )


# Rasters in addition to the map, by the job's field with their path. A new one: a function here, a field, a parameter.
BESIDE: dict[str, Callable[[str, Manifest, MapOptions], MapLayer]] = {
    "output_probabilities": _probability_layer,
    "output_confidence": _confidence_layer,
}


def _main(block: BlockMap) -> NDArray[Any]:
    return block.main


def _scores(block: BlockMap) -> NDArray[Any]:
    return filled(block.scores, PROBABILITY_NODATA)


def _byte_scores(block: BlockMap) -> NDArray[Any]:
    return as_bytes(block.scores)


def _confidence(block: BlockMap) -> NDArray[Any]:
    if block.confidence is None:
        raise ValueError("confidence was not worked out, though a layer is made of it")
    return filled(block.confidence, PROBABILITY_NODATA)[np.newaxis]


def _main_layer(job: PredictJob, manifest: Manifest, options: MapOptions) -> MapLayer:
    layer = MapLayer("OUTPUT", job.output, manifest.map_dtype, manifest.nodata, manifest.answers, _main)
    if not manifest.task.has_probabilities:
        return _of_values(layer, manifest, options)
    layer = replace(layer, resampling=Resampling.MODE)
    return _of_classes(layer, job, manifest, options) if manifest.task.one_class else layer


def _of_classes(layer: MapLayer, job: PredictJob, manifest: Manifest, options: MapOptions) -> MapLayer:
    layer = replace(layer, classes=manifest.classes)
    if job.output_polygons:
        layer = replace(layer, polygons=PolygonFile(job.output_polygons, job.least_polygon_m2))
    if options.unsure is None:
        return layer
    metadata = (("CONFIDENCE", options.confidence.value), ("MINIMUM_CONFIDENCE", f"{options.minimum_confidence:g}"))
    return replace(layer, classes=(*manifest.classes, options.unsure), metadata=metadata)


def _of_values(layer: MapLayer, manifest: Manifest, options: MapOptions) -> MapLayer:
    units = tuple(target.unit for target in manifest.targets)
    packing = packing_of(manifest.targets, manifest.nodata) if options.packed else None
    return replace(layer, units=units, packing=packing)
