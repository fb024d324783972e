"""The rasters a prediction writes: classes or values, and on request probabilities and confidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contract.job import PredictJob, Task
from ..contract.manifest import LabelClass, Manifest
from ..contract.map_choices import ProbabilityType
from ..process.outputs import OutputSet
from ..raster.grid import Grid, Window
from ..raster.overviews import Resampling
from ..raster.writer import RasterWriter
from .block_map import BlockMap
from .certainty import BYTE_STEPS, PROBABILITY_NODATA, probability_nodata
from .form import CONFIDENCE_WORDS, MapForm


@dataclass(frozen=True)
class MapLayer:
    """One output raster: its name among the outputs, its final path, how its bands are typed and called.

    ``scale`` is what stored values are to be multiplied by. ``metadata`` are names and values the file carries.
    ``overviews`` is how smaller copies are made; None for none.
    """

    name: str
    path: str
    dtype: str
    nodata: float
    bands: tuple[str, ...]
    classes: tuple[LabelClass, ...] = ()
    scale: float | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    overviews: Resampling | None = None

    def bytes_of(self, grid: Grid) -> int:
        """Uncompressed size on a grid."""
        whole = grid.rows * grid.cols * len(self.bands) * np.dtype(self.dtype).itemsize
        return whole if self.overviews is None else whole * 4 // 3


def layers_of(job: PredictJob, manifest: Manifest, form: MapForm) -> tuple[MapLayer, ...]:
    """The rasters a job asks for."""
    layers = [_main_layer(job.output, manifest, form)]
    if job.output_probabilities:
        layers.append(_probability_layer(job.output_probabilities, manifest, form))
    if job.output_confidence:
        layers.append(_confidence_layer(job.output_confidence, form))
    return tuple(replace(layer, overviews=_resampling(layer, manifest)) if job.overviews else layer for layer in layers)


def _probability_layer(path: str, manifest: Manifest, form: MapForm) -> MapLayer:
    names = tuple(label.name for label in manifest.classes)
    stored = form.probability_type
    scale = 1 / BYTE_STEPS if stored is ProbabilityType.UINT8 else None
    return MapLayer("OUTPUT_PROBABILITIES", path, stored.value, probability_nodata(stored.value), names, scale=scale)


def _confidence_layer(path: str, form: MapForm) -> MapLayer:
    band, metadata = CONFIDENCE_WORDS[form.confidence], (("CONFIDENCE", form.confidence.value),)
    return MapLayer("OUTPUT_CONFIDENCE", path, "float32", PROBABILITY_NODATA, (band,), metadata=metadata)


def _resampling(layer: MapLayer, manifest: Manifest) -> Resampling:
    has_codes = layer.name == "OUTPUT" and manifest.task is not Task.REGRESSION
    return Resampling.MODE if has_codes else Resampling.AVERAGE


def _main_layer(path: str, manifest: Manifest, form: MapForm) -> MapLayer:
    if manifest.task is Task.REGRESSION:
        return MapLayer("OUTPUT", path, "float32", manifest.nodata, tuple(target.name for target in manifest.targets))
    if manifest.task is Task.MULTILABEL:
        return MapLayer("OUTPUT", path, "uint8", manifest.nodata, tuple(label.name for label in manifest.classes))
    layer = MapLayer("OUTPUT", path, manifest.class_dtype, manifest.nodata, (manifest.label,), manifest.classes)
    if form.unsure is None:
        return layer
    told = (("CONFIDENCE", form.confidence.value), ("MINIMUM_CONFIDENCE", f"{form.minimum_confidence:g}"))
    return replace(layer, classes=(*manifest.classes, form.unsure), metadata=told)


class MapFiles:
    """The open rasters of one prediction, written block by block under temporary names."""

    def __init__(self, outputs: OutputSet, layers: tuple[MapLayer, ...], grid: Grid) -> None:
        """Create the rasters.

        Raises:
            OutputError: a path that cannot be written, or too little free disk for the uncompressed rasters.
        """
        self._writers: dict[str, RasterWriter] = {}
        for layer in layers:
            outputs.require_free(layer.path, layer.bytes_of(grid))
        for layer in layers:
            self._writers[layer.name] = RasterWriter.create(
                outputs.stage(layer.path),
                grid,
                bands=len(layer.bands),
                dtype=layer.dtype,
                nodata=layer.nodata,
                descriptions=layer.bands,
                classes=layer.classes,
                scale=layer.scale,
                metadata=layer.metadata,
                overviews=layer.overviews,
            )

    def write(self, window: Window, block: BlockMap) -> None:
        """Write one block; ``window`` is relative to the output's grid."""
        parts: dict[str, NDArray[Any] | None] = {
            "OUTPUT": block.main,
            "OUTPUT_PROBABILITIES": block.probabilities,
            "OUTPUT_CONFIDENCE": None if block.confidence is None else block.confidence[np.newaxis],
        }
        for name, writer in self._writers.items():
            array = parts[name]
            if array is not None:
                writer.write(window, array)

    def close(self) -> None:
        """Close and check every raster, its smaller copies made where they are wanted."""
        for writer in self._writers.values():
            writer.close()
