"""What a prediction writes: its rasters, how they are stored, and what is made of them at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ..contract.job import PredictJob, Task
from ..contract.manifest import LabelClass, Manifest
from ..contract.map_choices import ProbabilityType
from ..raster.geo.grid import Grid
from ..raster.output.geotiff import Finish, Scaling
from ..raster.output.overviews import Resampling
from ..raster.output.polygonize import PolygonFile
from .confidence import BYTE_STEPS, PROBABILITY_NODATA, probability_nodata
from .options import CONFIDENCE_WORDS, MapOptions
from .packing import DTYPE, NODATA, Packing, packing_of


@dataclass(frozen=True)
class MapLayer:
    """One output raster: its name among the outputs, its final path, how its bands are typed and called.

    ``dtype`` and ``nodata`` are those of the blocks that are computed; the file has them too, unless ``packing`` says
    how it stores them. ``scalings`` are what the values of each band mean, where not themselves. ``metadata`` are names
    and values the file carries. ``finish`` is what it gets when all pixels are there, ``polygons`` what is traced then.
    """

    name: str
    path: str
    dtype: str
    nodata: float
    bands: tuple[str, ...]
    units: tuple[str, ...] = ()
    classes: tuple[LabelClass, ...] = ()
    scalings: tuple[Scaling, ...] = ()
    packing: Packing | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    finish: Finish = field(default_factory=Finish)
    polygons: PolygonFile | None = None

    @property
    def stored_dtype(self) -> str:
        """The type in the file."""
        return self.dtype if self.packing is None else DTYPE

    @property
    def stored_nodata(self) -> float:
        """Nodata in the file."""
        return self.nodata if self.packing is None else NODATA

    @property
    def stored_scalings(self) -> tuple[Scaling, ...]:
        """What the file's values mean."""
        return self.scalings if self.packing is None else self.packing.scalings

    @property
    def pixel_bytes(self) -> int:
        """What a pixel takes in the file, uncompressed."""
        return len(self.bands) * np.dtype(self.stored_dtype).itemsize

    def bytes_of(self, grid: Grid) -> int:
        """The most that it takes on a grid while it is made: uncompressed, smaller copies and temporary ones included.

        Outlines of classes are not in it: how many there will be nobody knows.
        """
        whole = grid.rows * grid.cols * self.pixel_bytes
        if self.finish.cog:
            return whole * 8 // 3  # the plain file, its smaller copies, and then both again as one
        sieved = 0 if self.polygons is None or self.polygons.least_m2 == 0 else whole
        return (whole * 4 // 3 if self.finish.overviews else whole) + sieved


def layers_of(job: PredictJob, manifest: Manifest, options: MapOptions) -> tuple[MapLayer, ...]:
    """The rasters a job asks for."""
    layers = [_main_layer(job, manifest, options)]
    if job.output_probabilities:
        layers.append(_probability_layer(job.output_probabilities, manifest, options))
    if job.output_confidence:
        layers.append(_confidence_layer(job.output_confidence, options))
    return tuple(replace(layer, finish=_finish(job, layer, manifest)) for layer in layers)


def finishing_share(job: PredictJob) -> float:
    """About which part of a run comes after the last block, 0 to 1."""
    return (0.15 if job.cog else 0.1 if job.overviews else 0.0) + (0.15 if job.output_polygons else 0.0)


def _probability_layer(path: str, manifest: Manifest, options: MapOptions) -> MapLayer:
    names = tuple(label.name for label in manifest.classes)
    stored = options.probability_type
    scalings = tuple(Scaling(1 / BYTE_STEPS) for _ in names) if stored is ProbabilityType.UINT8 else ()
    nodata = probability_nodata(stored.value)
    return MapLayer("OUTPUT_PROBABILITIES", path, stored.value, nodata, names, scalings=scalings)


def _confidence_layer(path: str, options: MapOptions) -> MapLayer:
    band, metadata = CONFIDENCE_WORDS[options.confidence], (("CONFIDENCE", options.confidence.value),)
    return MapLayer("OUTPUT_CONFIDENCE", path, "float32", PROBABILITY_NODATA, (band,), metadata=metadata)


def _finish(job: PredictJob, layer: MapLayer, manifest: Manifest) -> Finish:
    has_codes = layer.name == "OUTPUT" and manifest.task is not Task.REGRESSION
    resampling = Resampling.MODE if has_codes else Resampling.AVERAGE
    return Finish(resampling, job.overviews, job.statistics, job.cog)


def _main_layer(job: PredictJob, manifest: Manifest, options: MapOptions) -> MapLayer:
    if manifest.task is Task.REGRESSION:
        return _value_layer(job.output, manifest, options)
    if manifest.task is Task.MULTILABEL:
        names = tuple(label.name for label in manifest.classes)
        return MapLayer("OUTPUT", job.output, "uint8", manifest.nodata, names)
    layer = MapLayer(
        "OUTPUT", job.output, manifest.class_dtype, manifest.nodata, (manifest.label,), classes=manifest.classes
    )
    if job.output_polygons:
        layer = replace(layer, polygons=PolygonFile(job.output_polygons, job.least_polygon_m2))
    if options.unsure is None:
        return layer
    metadata = (("CONFIDENCE", options.confidence.value), ("MINIMUM_CONFIDENCE", f"{options.minimum_confidence:g}"))
    return replace(layer, classes=(*manifest.classes, options.unsure), metadata=metadata)


def _value_layer(path: str, manifest: Manifest, options: MapOptions) -> MapLayer:
    names = tuple(target.name for target in manifest.targets)
    units = tuple(target.unit for target in manifest.targets)
    packing = packing_of(manifest.targets, manifest.nodata) if options.packed else None
    return MapLayer("OUTPUT", path, "float32", manifest.nodata, names, units, packing=packing)
