"""A small made-up world with a known truth: two image sensors and a series, polygons, points and a label raster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()

SIDE_PX = 120
FIELD_PX = 12  # the land is made of square fields of one class each
PIXEL_M = 10.0
CLASSES = ("bare", "crop", "wöod & heath")
CAMERA_BANDS, RADAR_BANDS = ("B02", "B03", "B04", "B08"), ("VV", "VH")
CAMERA_MEAN = np.array([[900, 800, 1200, 600], [500, 900, 700, 2500], [300, 500, 400, 1800]])
RADAR_MEAN = np.array([[-14.0, -20.0], [-11.0, -17.0], [-8.0, -12.0]])
GROWTH = np.array([[0, 0, 0, 0, 0, 0], [0, 300, 900, 1500, 700, 100], [400, 500, 600, 600, 500, 400]])
DATES = ("2021-03", "2021-04", "2021-05", "2021-06", "2021-07", "2021-08")
EPSG = 32633
WEST, NORTH = 400_000.0, 5_800_000.0
# What UTM makes of a metre on the ground 100 km beside the middle of a zone: k₀ (1 + x² / (2 k₀² R²)), R = 6,383 km.
GROUND_SCALE = 0.9996 * (1 + (100_000 / 0.9996 / 6_383_000) ** 2 / 2)


@dataclass(frozen=True)
class World:
    """Files of the world, and the class index of every 10 m pixel."""

    camera: Path  # 4 bands uint16, 10 m, nodata 0 in one corner
    radar: Path  # 2 bands float32, 20 m, in EPSG:4326-free UTM, NaN holes
    series: Path  # 2 bands × 6 dates int16, 10 m, one date missing everywhere
    polygons: Path  # EPSG:4326; kind (text), code (whole number), biomass (decimals), plot (text), NULLs in one feature
    points: Path
    label_raster: Path
    truth: np.ndarray


def make_world(folder: Path, seed: int = 0) -> World:
    """Make the world's files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    fields = random.integers(0, 3, (SIDE_PX // FIELD_PX, SIDE_PX // FIELD_PX))
    truth = np.kron(fields, np.ones((FIELD_PX, FIELD_PX), dtype=int))
    return World(
        _camera(folder / "caméra 10 m.tif", truth, random),
        _radar(folder / "radar.tif", truth[::2, ::2], random),
        _series(folder / "series.tif", truth, random),
        _polygons(folder / "polygones été.gpkg", fields),
        _points(folder / "points.gpkg", truth, random),
        write_raster(folder / "labels.tif", (truth + 1)[np.newaxis].astype(np.uint8), nodata=0),
        truth,
    )


def write_raster(
    path: Path,
    array: np.ndarray,
    pixel_m: float = PIXEL_M,
    *,
    nodata: float | None = None,
    names: tuple[str, ...] = (),
    epsg: int | None = EPSG,
    origin: tuple[float, float] = (WEST, NORTH),
) -> Path:
    """Write (band, row, col) as a GeoTIFF."""
    kinds = {"uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "int16": gdal.GDT_Int16, "float32": gdal.GDT_Float32}
    bands, rows, cols = array.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), cols, rows, bands, kinds[array.dtype.name])
    dataset.SetGeoTransform((origin[0], pixel_m, 0, origin[1], 0, -pixel_m))
    if epsg:
        dataset.SetProjection(_crs(epsg).ExportToWkt())
    for number in range(bands):
        band = dataset.GetRasterBand(number + 1)
        band.WriteArray(array[number])
        if nodata is not None:
            band.SetNoDataValue(nodata)
        if names:
            band.SetDescription(names[number])
    return path


def _camera(path: Path, truth: np.ndarray, random: np.random.Generator) -> Path:
    values = CAMERA_MEAN[truth].transpose(2, 0, 1) + random.normal(0, 400, (4, *truth.shape))
    values = np.clip(values, 1, 10000).astype(np.uint16)
    values[:, :7, :9] = 0
    return write_raster(path, values, nodata=0, names=CAMERA_BANDS)


def _radar(path: Path, truth: np.ndarray, random: np.random.Generator) -> Path:
    values = (RADAR_MEAN[truth].transpose(2, 0, 1) + random.normal(0, 2, (2, *truth.shape))).astype(np.float32)
    values[0, 30:33, 30:33] = np.nan
    return write_raster(path, values, 20.0, names=RADAR_BANDS)


def _series(path: Path, truth: np.ndarray, random: np.random.Generator) -> Path:
    growth = GROWTH[truth].transpose(2, 0, 1)
    red = 900 - 0.3 * growth + random.normal(0, 80, growth.shape)
    values = np.stack([red, 800 + growth + random.normal(0, 80, growth.shape)], axis=1)  # (date, band, row, col)
    values[4] = -9999
    names = tuple(f"{band}_{date}" for date in DATES for band in ("red", "nir"))
    return write_raster(path, values.reshape(12, *truth.shape).astype(np.int16), nodata=-9999, names=names)


def _polygons(path: Path, fields: np.ndarray) -> Path:
    layer, dataset = _layer(path, ogr.wkbPolygon, 4326)
    to_degrees = osr.CoordinateTransformation(_crs(EPSG), _crs(4326))
    for (row, col), value in np.ndenumerate(fields):
        x, y = WEST + col * FIELD_PX * PIXEL_M, NORTH - row * FIELD_PX * PIXEL_M
        inset, side = 2 * PIXEL_M, (FIELD_PX - 2) * PIXEL_M
        ring = [(x + inset, y - inset), (x + side, y - inset), (x + side, y - side), (x + inset, y - side)]
        corners = ", ".join(f"{px} {py}" for px, py in [*ring, ring[0]])
        geometry = ogr.CreateGeometryFromWkt(f"POLYGON (({corners}))")
        geometry.Transform(to_degrees)
        _add(layer, geometry, int(value), f"plot {row // 2}-{col // 2}", null=(row, col) == (9, 9))
    del dataset
    return path


def _points(path: Path, truth: np.ndarray, random: np.random.Generator) -> Path:
    layer, dataset = _layer(path, ogr.wkbPoint, EPSG)
    for _ in range(300):
        row, col = random.integers(0, SIDE_PX, 2)
        geometry = ogr.CreateGeometryFromWkt(f"POINT ({WEST + (col + 0.5) * PIXEL_M} {NORTH - (row + 0.5) * PIXEL_M})")
        _add(layer, geometry, int(truth[row, col]), f"plot {row // 40}", null=False)
    del dataset
    return path


def _layer(path: Path, kind: int, epsg: int) -> tuple[ogr.Layer, ogr.DataSource]:
    path.unlink(missing_ok=True)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("labels", _crs(epsg), kind)
    for name, field in (("kind", ogr.OFTString), ("code", ogr.OFTInteger), ("biomass", ogr.OFTReal)):
        layer.CreateField(ogr.FieldDefn(name, field))
    for name, field in (("plot", ogr.OFTString), ("wet", ogr.OFTInteger), ("green", ogr.OFTInteger)):
        layer.CreateField(ogr.FieldDefn(name, field))
    return layer, dataset


def _add(layer: ogr.Layer, geometry: ogr.Geometry, value: int, plot: str, null: bool) -> None:
    feature = ogr.Feature(layer.GetLayerDefn())
    if not null:
        feature["kind"] = CLASSES[value]
        feature["code"] = (10, 20, 30)[value]
        feature["biomass"] = 12.5 + 40.25 * value
        feature["wet"], feature["green"] = int(value == 2), int(value > 0)
    feature["plot"] = plot
    feature.SetGeometry(geometry)
    layer.CreateFeature(feature)


def _crs(epsg: int) -> osr.SpatialReference:
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(epsg)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return crs
