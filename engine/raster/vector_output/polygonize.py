"""The classes of a map as polygons along pixel borders."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...contract import LabelClass
from .. import Progress, close_dataset, gdal, gdal_callback, ogr, silent
from ..geo import Grid, OutlineAreas, reference
from ..output import write_failures
from ..vectors import rings
from .feature_file import FEATURES_AT_ONCE, new_layer, require_whole, transactions

Dataset = Any
Layer = Any

CODE, NAME, AREA, COLOR = "code", "class", "area_m2", "color"
_FIELDS = ((CODE, ogr.OFTInteger), (NAME, ogr.OFTString), (AREA, ogr.OFTReal), (COLOR, ogr.OFTString))
_FOUR = 4  # 4-connectivity: pixels that touch only at a corner are separate areas
_MAP_SCALE = 0.002  # relative area distortion of a CRS in its intended region
_MOST_SPARED_PX = 0.25
_MOST_PX = 2**31 - 1  # limit of GDAL's sieve


@dataclass(frozen=True)
class PolygonFile:
    """A polygon file; areas smaller than ``least_m2`` are merged into their largest neighbour, if any."""

    path: str
    least_m2: float = 0.0

    def least_px(self, grid: Grid) -> int:
        """The minimum area in pixels of the grid; if pixels differ, in those at its centre.

        2,500 m² are 25 pixels of 10 m anywhere in a UTM zone, where the ground area of 100 m² is 99.8 to 100.1 m².
        """
        pixels = self.least_m2 / grid.pixel_area_m2()
        return min(_MOST_PX, math.ceil(pixels - min(_MAP_SCALE * pixels, _MOST_SPARED_PX)))


def write_polygons(
    source: Path,
    path: Path,
    wanted: PolygonFile,
    grid: Grid,
    classes: Sequence[LabelClass],
    progress: Progress = silent,
) -> int:
    """Polygonize a closed class map; returns the number of polygons.

    Fields are the class's code, name and colour, and the area in square metres as measured by :mod:`..geo`. Pixels
    that share a side belong to one area. Nodata is skipped. Rasters are read row by row; memory holds a few
    bytes per area, so a map of pure noise takes the most.

    Args:
        path: where to write; intermediate files are created next to it and removed.

    Raises:
        OutputError: DISK_FULL or OUTPUT_UNWRITABLE.
    """
    with tempfile.TemporaryDirectory(prefix=".polygons-", dir=path.parent) as folder, write_failures(path):
        raster = gdal.Open(str(source))
        if wanted.least_px(grid) > 1:
            raster = _sieved(raster, Path(folder) / "sieved.tif", wanted.least_px(grid), _within(progress, 0.0, 0.3))
        traced = Path(folder) / "traced.fgb"
        _trace(raster, traced, grid, _within(progress, 0.3, 0.6))
        count = _describe(traced, path, grid, classes, _within(progress, 0.6, 1.0))
        require_whole(path, count)
        return count


def _within(progress: Progress, start: float, stop: float) -> Progress:
    return lambda fraction: progress(start + fraction * (stop - start))


def _sieved(raster: Dataset, path: Path, least_px: int, progress: Progress) -> Dataset:
    """A copy with areas below ``least_px`` merged into their largest neighbour; nodata stays and absorbs none."""
    options = ["COMPRESS=DEFLATE", "ZLEVEL=1", "BIGTIFF=IF_SAFER"]  # in strips: written and read row by row
    band = raster.GetRasterBand(1)
    copy = gdal.GetDriverByName("GTiff").Create(
        str(path), raster.RasterXSize, raster.RasterYSize, 1, band.DataType, options
    )
    copy.SetGeoTransform(raster.GetGeoTransform())
    copy.GetRasterBand(1).SetNoDataValue(band.GetNoDataValue())
    callback = gdal_callback(progress)
    gdal.SieveFilter(band, band.GetMaskBand(), copy.GetRasterBand(1), least_px, _FOUR, callback=callback)
    return copy


def _trace(raster: Dataset, path: Path, grid: Grid, progress: Progress) -> None:
    """Write an outline and a code for each area."""
    dataset = gdal.GetDriverByName("FlatGeobuf").Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    layer = dataset.CreateLayer("traced", reference(grid.crs_wkt), ogr.wkbPolygon, ["SPATIAL_INDEX=NO"])
    layer.CreateField(ogr.FieldDefn(CODE, ogr.OFTInteger))
    band = raster.GetRasterBand(1)
    gdal.Polygonize(band, band.GetMaskBand(), layer, 0, [], callback=gdal_callback(progress))
    del layer
    close_dataset(dataset)


def _describe(traced: Path, path: Path, grid: Grid, classes: Sequence[LabelClass], progress: Progress) -> int:
    """Write each area with its attributes; returns their number."""
    # Without any area FlatGeobuf leaves an empty file, which GDAL cannot open.
    source = gdal.OpenEx(str(traced), gdal.OF_VECTOR) if traced.stat().st_size else None
    outlines, total = (source.GetLayer(0), int(source.GetLayer(0).GetFeatureCount())) if source else ((), 0)
    by_code = {label.code: label for label in classes}
    areas = OutlineAreas(grid)
    with new_layer(path, grid.crs_wkt, ogr.wkbPolygon, _FIELDS) as (dataset, layer), transactions(dataset) as renew:
        for number, outline in enumerate(outlines, start=1):
            layer.CreateFeature(_feature(layer, outline, by_code[outline.GetField(0)], areas))
            if number % FEATURES_AT_ONCE == 0:
                renew()
                progress(number / total)
    progress(1.0)
    return total


def _feature(layer: Layer, outline: Any, label: LabelClass, areas: OutlineAreas) -> Any:
    shape = outline.GetGeometryRef()
    if not shape.IsValid():  # an outline that touches itself at a corner
        shape = shape.MakeValid()
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(shape)
    feature.SetField(0, label.code)
    feature.SetField(1, label.name)
    feature.SetField(2, _area_m2(bytes(shape.ExportToWkb(ogr.wkbNDR)), areas))
    feature.SetField(3, label.color)
    return feature


def _area_m2(wkb: bytes, areas: OutlineAreas) -> float:
    """The area of a polygon without its holes."""
    parts = ([areas.area_m2(ring) for ring in polygon] for polygon in rings(wkb))
    return sum(outer - sum(holes) for outer, *holes in parts)
