"""The rasters a prediction writes: classes or values, and on request probabilities and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contract.job import PredictJob, Task
from .contract.manifest import LabelClass, Manifest
from .mapping import PROBABILITY_NODATA, BlockMap
from .outputs import OutputSet
from .raster.grid import Grid, Window
from .raster.writer import RasterWriter


@dataclass(frozen=True)
class MapLayer:
    """One output raster: its name among the outputs, its final path, how its bands are typed and called."""

    name: str
    path: str
    dtype: str
    nodata: float
    bands: tuple[str, ...]
    classes: tuple[LabelClass, ...] = ()

    def bytes_of(self, grid: Grid) -> int:
        """Uncompressed size on a grid."""
        return grid.rows * grid.cols * len(self.bands) * np.dtype(self.dtype).itemsize


def layers_of(job: PredictJob, manifest: Manifest) -> tuple[MapLayer, ...]:
    """The rasters a job asks for."""
    layers = [_main_layer(job.output, manifest)]
    names = tuple(label.name for label in manifest.classes)
    if job.output_probabilities:
        layers.append(MapLayer("OUTPUT_PROBABILITIES", job.output_probabilities, "float32", PROBABILITY_NODATA, names))
    if job.output_confidence:
        band = "largest probability"
        layers.append(MapLayer("OUTPUT_CONFIDENCE", job.output_confidence, "float32", PROBABILITY_NODATA, (band,)))
    return tuple(layers)


def _main_layer(path: str, manifest: Manifest) -> MapLayer:
    if manifest.task is Task.REGRESSION:
        return MapLayer("OUTPUT", path, "float32", manifest.nodata, tuple(target.name for target in manifest.targets))
    if manifest.task is Task.MULTILABEL:
        return MapLayer("OUTPUT", path, "uint8", manifest.nodata, tuple(label.name for label in manifest.classes))
    return MapLayer("OUTPUT", path, manifest.class_dtype, manifest.nodata, (manifest.label,), manifest.classes)


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
        """Close and check every raster."""
        for writer in self._writers.values():
            writer.close()
