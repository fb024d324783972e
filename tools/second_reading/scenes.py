"""A sensor's rasters, read independently: pixels, patches, and labelled pixels in patches of another part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from .findings import Findings
from .samples import PARTS, Samples


@dataclass(frozen=True)
class Raster:
    """One scene: its used bands as float64 (band, row, col), NaN for nodata, and the location of pixels in it."""

    values: np.ndarray
    inverse: tuple[float, ...]
    crs: osr.SpatialReference

    def pixels(self, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
        """Row and col (position, 2); may be outside."""
        degrees = osr.SpatialReference()
        degrees.ImportFromEPSG(4326)
        for crs in (degrees, self.crs):
            crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        moved = osr.CoordinateTransformation(degrees, self.crs).TransformPoints(
            np.column_stack([longitude, latitude]).tolist()
        )
        x, y = np.array(moved)[:, :2].T
        a, b, c, d, e, f = self.inverse
        return np.column_stack([np.floor(d + e * x + f * y), np.floor(a + b * x + c * y)]).astype(int)

    def inside(self, pixels: np.ndarray) -> np.ndarray:
        """Which pixels are inside."""
        rows, cols = self.values.shape[1:]
        return (pixels[:, 0] >= 0) & (pixels[:, 0] < rows) & (pixels[:, 1] >= 0) & (pixels[:, 1] < cols)


def scenes_of(sensor: dict, job: dict) -> list[Raster]:
    """A sensor's rasters, with bands in the model's order."""
    spec = next(each for each in job["sensors"] if each["name"] == sensor["name"])
    names = [band["name"] for band in sensor["bands"]]
    paths = [raster["path"] for raster in spec["rasters"]]
    if sensor["kind"] != "image":
        raise SystemExit(f"{sensor['name']} is a time series: this reader reads images only")
    if sensor["layout"] == "bands":
        files = [next(path for path in paths if Path(path).stem.endswith(name)) for name in names]
        return [opened([(path, 1) for path in files])]
    return [opened([(path, _band(path, name, at)) for at, name in enumerate(names)]) for path in paths]


def _band(path: str, name: str, at: int) -> int:
    """The number of the band with this name; its position if bands have no names."""
    dataset = gdal.Open(path)
    found = [dataset.GetRasterBand(number + 1).GetDescription() for number in range(dataset.RasterCount)]
    return found.index(name) + 1 if name in found else at + 1


def opened(bands: list[tuple[str, int]]) -> Raster:
    """The bands in order, all on the first one's grid."""
    layers = []
    for path, number in bands:
        dataset = gdal.Open(path)
        band = dataset.GetRasterBand(number)
        values = band.ReadAsArray().astype(np.float64)
        values[band.GetMaskBand().ReadAsArray() == 0] = np.nan
        layers.append(values)
    first = gdal.Open(bands[0][0])
    crs = osr.SpatialReference(first.GetProjection())
    return Raster(np.array(layers), gdal.InvGeoTransform(first.GetGeoTransform()), crs)


def check_split(sensor: dict, scenes: list[Raster], samples: Samples, findings: Findings) -> None:
    """Check, pixel by pixel, that no labelled pixel of one part is inside a patch that another part reads."""
    halo, part = sensor["context_px"] // 2, samples["part"]
    covered = samples[f"{sensor['name']} covers"] == 1
    broken = 0
    for scene in scenes:
        pixels = scene.pixels(samples.longitude, samples.latitude)
        there = scene.inside(pixels)
        for one in PARTS:
            labelled = np.zeros(scene.values.shape[1:], dtype=bool)
            others = there & np.isin(part, [other for other in PARTS if other != one])
            labelled[tuple(pixels[others].T)] = True
            for row, col in pixels[there & covered & (part == one)]:
                window = labelled[max(row - halo, 0) : row + halo + 1, max(col - halo, 0) : col + halo + 1]
                broken += bool(window.any())
    findings.note(broken == 0, f"{sensor['name']}: patches that hold a labelled pixel of another part: {broken}")


def patch_of(scenes: list[Raster], longitude: float, latitude: float, halo: int) -> np.ndarray:
    """The patch (band, row, col) float32 around a position in the first scene that covers it; reflected at edges."""
    for scene in scenes:
        pixels = scene.pixels(np.array([longitude]), np.array([latitude]))
        if not scene.inside(pixels)[0]:
            continue
        row, col = pixels[0]
        if np.isnan(scene.values[:, row, col]).any():
            continue
        rows, cols = (reflected(at, halo, size) for at, size in zip((row, col), scene.values.shape[1:], strict=True))
        return scene.values[:, rows[:, np.newaxis], cols].astype(np.float32)
    raise SystemExit(f"no scene covers {longitude}, {latitude}")


def reflected(at: int, halo: int, size: int) -> np.ndarray:
    """The indices around ``at``, reflected at both ends without repeating the edge."""
    index = np.arange(at - halo, at + halo + 1)
    if size == 1:
        return np.zeros_like(index)
    index = np.abs(index) % (2 * size - 2)
    return np.where(index >= size, 2 * size - 2 - index, index)
