"""The rasters and polygons of one prediction, written block by block and finished at the end."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from numpy.typing import NDArray

from ..contract import OutputError, about, thousands
from ..outputs import OutputSet
from ..process import Reporter, counted
from ..raster.geo import Grid, Window, is_even
from ..raster.output import RasterWriter
from ..raster.vector_output import write_polygons
from .layers import MapLayer


class MapFiles:
    """The open rasters of one prediction, written under temporary names.

    As a context manager it leaves none of them open, because Windows cannot delete open files.
    """

    def __init__(self, outputs: OutputSet, layers: tuple[MapLayer, ...], grid: Grid) -> None:
        """Create the rasters.

        Raises:
            OutputError: a path that cannot be written, or too little free disk space for the uncompressed rasters.
        """
        self._layers = layers
        self._grid = grid
        self._clipped = 0
        for layer in layers:
            outputs.require_free(layer.path, layer.bytes_of(grid))
        self._staged = {path: outputs.stage(path) for path in self.outputs().values()}
        self._writers: dict[str, RasterWriter] = {}
        try:
            for layer in layers:
                self._writers[layer.name] = self._create(layer)
        except OutputError:
            self._discard()
            raise

    def __enter__(self) -> MapFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._discard()

    def _discard(self) -> None:
        for writer in self._writers.values():
            writer.discard()

    def _create(self, layer: MapLayer) -> RasterWriter:
        return RasterWriter.create(
            self._staged[layer.path],
            self._grid,
            bands=len(layer.bands),
            dtype=layer.stored_dtype,
            nodata=layer.stored_nodata,
            descriptions=layer.bands,
            units=layer.units,
            scalings=layer.stored_scalings,
            classes=layer.classes,
            metadata=layer.metadata,
            finish=layer.finish,
        )

    def outputs(self) -> dict[str, str]:
        """The final path of every file, by its name among the outputs."""
        paths = {layer.name: layer.path for layer in self._layers}
        for layer in self._layers:
            if layer.polygons is not None:
                paths["OUTPUT_POLYGONS"] = layer.polygons.path
        return paths

    def write(self, window: Window, arrays: Sequence[NDArray[Any]]) -> None:
        """Write one block, an array (band, row, col) for each layer; ``window`` is relative to the output's grid."""
        for layer, array in zip(self._layers, arrays, strict=True):
            self._writers[layer.name].write(window, self._stored(layer, array))

    def _stored(self, layer: MapLayer, array: NDArray[Any]) -> NDArray[Any]:
        if layer.packing is None:
            return array
        packed, clipped = layer.packing.pack(array)
        self._clipped += clipped
        return packed

    def close(self, reporter: Reporter) -> None:
        """Close and check every raster, add what was requested, and log warnings.

        Raises:
            OutputError: DISK_FULL or OUTPUT_UNWRITABLE.
        """
        steps = len(self._layers) + sum(layer.polygons is not None for layer in self._layers)
        for done, layer in enumerate(self._layers):
            self._close(layer, reporter.within(done / steps, (done + 1) / steps))
        for layer in self._layers:
            if layer.packing is not None and self._clipped:
                reporter.warning("values_clipped", _clipped_words(layer, self._clipped))
            if layer.polygons is not None:
                self._trace(layer, reporter.within(1 - 1 / steps, 1.0))
        self._log_areas(reporter)

    def _close(self, layer: MapLayer, reporter: Reporter) -> None:
        finish = layer.finish
        stage = "Cloud Optimized GeoTIFF" if finish.cog else "Overviews" if finish.overviews else "Closing files"
        self._writers[layer.name].close(lambda fraction: reporter.progress(fraction, stage))

    def _trace(self, layer: MapLayer, reporter: Reporter) -> None:
        wanted = layer.polygons
        if wanted is None:
            return
        found = write_polygons(
            self._staged[layer.path],
            self._staged[wanted.path],
            wanted,
            self._grid,
            layer.classes,
            lambda fraction: reporter.progress(fraction, "Polygons"),
        )
        reporter.info("polygons", f"{counted(found, 'class polygon')}{_least_words(layer, self._grid)}.")

    def _log_areas(self, reporter: Reporter) -> None:
        """Warn if areas are not measured pixel by pixel."""
        if not any(layer.classes and (layer.finish.statistics or layer.polygons) for layer in self._layers):
            return
        if not is_even(self._grid):
            reporter.warning(
                "area_scale",
                "The CRS is not defined over the whole grid of the map: areas of classes and polygons are computed "
                "with the area of the centre pixel. For true areas, use an equal-area CRS.",
            )


def _least_words(layer: MapLayer, grid: Grid) -> str:
    wanted = layer.polygons
    least_px = 0 if wanted is None else wanted.least_px(grid)
    if wanted is None or least_px < 2:
        return ""
    least = f"{about(wanted.least_m2, 6)} m² ({thousands(least_px)} pixels)"
    return f"; polygons below {least} were merged into their largest neighbour"


def _clipped_words(layer: MapLayer, clipped: int) -> str:
    ranges = layer.packing.ranges() if layer.packing else ()
    held = "; ".join(f"{name} {about(low, 4)} to {about(high, 4)}" for name, (low, high) in zip(layer.bands, ranges))
    return (
        f"Values outside the 16-bit range ({held}, three times the range of the training values) were clipped: "
        f"{thousands(clipped)}. To keep them, choose float32."
    )
